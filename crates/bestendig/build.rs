//! Embeds the programmes, so that the program needs no files beside it.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a build script reads what cargo sets, and stops the build when it cannot"
)]

use std::{env, fmt::Write as _, fs, path::Path};

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../programmes");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut out = String::from("/// Programmes that come with the program: name, and files with their text.\n");
    out.push_str("pub(crate) const EMBEDDED: &[(&str, &[(&str, &str)])] = &[\n");
    for folder in entries(&root) {
        println!("cargo:rerun-if-changed={}", folder.display());
        // writing to a String cannot fail
        let _ = writeln!(out, "    ({:?}, &[", name(&folder));
        for file in entries(&folder).iter().filter(|file| file.extension().is_some_and(|end| end == "toml")) {
            println!("cargo:rerun-if-changed={}", file.display());
            let _ = writeln!(out, "        ({:?}, include_str!({:?})),", name(file), file.display());
        }
        out.push_str("    ]),\n");
    }
    out.push_str("];\n");
    let target = Path::new(&env::var("OUT_DIR").expect("cargo sets OUT_DIR")).join("programmes.rs");
    fs::write(target, out).expect("OUT_DIR is writable");
}

fn entries(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    paths.sort();
    paths
}

fn name(path: &Path) -> String {
    path.file_name().expect("a name").to_string_lossy().into_owned()
}
