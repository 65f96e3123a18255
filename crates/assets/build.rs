//! Builds `frontend/` with npm and esbuild, and generates the table of files that the crate embeds.
//!
//! Without node: set `BESTENDIG_ASSETS_PREBUILT` to a folder that `node build.mjs <folder>` wrote elsewhere.
#![allow(clippy::disallowed_methods, clippy::expect_used, reason = "a build script reads what cargo sets")]

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let frontend = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../frontend");
    let out = PathBuf::from(env::var("OUT_DIR")?);

    println!("cargo:rerun-if-env-changed=BESTENDIG_ASSETS_PREBUILT");
    let dist = if let Some(folder) = env::var_os("BESTENDIG_ASSETS_PREBUILT") {
        let folder = PathBuf::from(folder);
        println!("cargo:rerun-if-changed={}", folder.display());
        folder
    } else {
        for path in ["src", "build.mjs", "package.json", "package-lock.json", ".npmrc"] {
            println!("cargo:rerun-if-changed={}", frontend.join(path).display());
        }
        bundle(&frontend, &out)?
    };

    let manifest = dist.join("manifest.json");
    let manifest = fs::read(&manifest)
        .map_err(|error| format!("{}: {error}. Was this folder made by `node build.mjs`?", manifest.display()))?;
    let table = table(&serde_json::from_slice(&manifest)?, &dist)?;
    fs::write(out.join("assets.rs"), table)?;
    Ok(())
}

/// Installs what is missing and runs the bundler. The lock file is held for the whole of it, so that a second cargo
/// build (another profile, a second terminal) waits instead of reading a half-written `node_modules`.
fn bundle(frontend: &Path, out: &Path) -> Outcome<PathBuf> {
    let lock = fs::File::create(frontend.join(".npm.lock"))?;
    lock.lock()?;
    install_if_stale(frontend)?;

    let dist = out.join("dist");
    if dist.exists() {
        // names carry a hash: files of the previous build would stay behind
        fs::remove_dir_all(&dist)?;
    }
    run(Command::new("node").arg("build.mjs").arg(&dist).current_dir(frontend))?;
    Ok(dist)
}

/// `npm ci` takes seconds, and most builds change no dependency: the stamp holds the lock of the last install.
fn install_if_stale(frontend: &Path) -> Outcome<()> {
    let wanted = fs::read(frontend.join("package-lock.json"))?;
    let stamp = frontend.join("node_modules/.installed-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    run(Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        .current_dir(frontend))?;
    fs::write(stamp, wanted)?;
    Ok(())
}

fn run(command: &mut Command) -> Outcome<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    // what the tool prints goes to the error stream: cargo reads standard output as instructions
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(format!(
            "{program} ended with {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        )
        .into()),
        Err(error) => Err(format!(
            "cannot start {program}: {error}. The pages' stylesheet and script are built with Node.js 20 or newer: \
             install it, or set BESTENDIG_ASSETS_PREBUILT to a folder made elsewhere with \
             `cd frontend && npm ci && node build.mjs <folder>`."
        )
        .into()),
    }
}

/// The Rust text of the embedded table: each file with its compressed forms, and per entry its address and checksum.
///
/// Paths are written as Rust strings, which is what `Debug` of a text does and `Display` of a path does not.
fn table(manifest: &Value, dist: &Path) -> Outcome<String> {
    let mut rust = String::from("/// Every file, as the bundler wrote it.\npub static FILES: &[File] = &[\n");
    for file in manifest["files"].as_array().ok_or("manifest.json: no list `files`")? {
        let name = text(file, "name")?;
        let path = fs::canonicalize(dist.join(name))?;
        let path = path.to_str().ok_or("the build folder's path is not UTF-8")?;
        let compressed = |extension: &str| {
            let path = format!("{path}.{extension}");
            if Path::new(&path).exists() { format!("Some(include_bytes!({path:?}))") } else { String::from("None") }
        };
        writeln!(
            rust,
            "    File {{ path: {name:?}, mime: {:?}, raw: include_bytes!({path:?}), br: {}, gz: {} }},",
            text(file, "mime")?,
            compressed("br"),
            compressed("gz"),
        )?;
    }
    rust.push_str("];\n");
    for (constant, entry) in manifest["entries"].as_object().ok_or("manifest.json: no map `entries`")? {
        let address = format!("/assets/{}", text(entry, "file")?);
        let sri = text(entry, "sri")?;
        writeln!(rust, "/// Where {constant} is served.\npub const {constant}: &str = {address:?};")?;
        writeln!(rust, "/// The checksum of {constant}, for `integrity`.\npub const {constant}_SRI: &str = {sri:?};")?;
    }
    for (name, file) in manifest["fonts"].as_object().ok_or("manifest.json: no map `fonts`")? {
        let path = fs::canonicalize(dist.join(file.as_str().ok_or("manifest.json: a font is no text")?))?;
        let path = path.to_str().ok_or("the build folder's path is not UTF-8")?;
        writeln!(rust, "/// A font for letters.\npub static FONT_{name}: &[u8] = include_bytes!({path:?});")?;
    }
    Ok(rust)
}

fn text<'a>(value: &'a Value, key: &str) -> Outcome<&'a str> {
    value[key].as_str().ok_or_else(|| format!("manifest.json: no text `{key}`").into())
}
