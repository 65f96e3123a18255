//! One clear line for everything that is wrong.

use crate::run::{Place, text};

#[test]
fn a_taken_port_is_one_line() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let said = place.one_line("store", &["demo", "--port", &port]);
    assert!(said.contains(&port) && said.contains("--port"), "{said}");
}

#[test]
fn a_folder_that_cannot_be_made_or_written_is_one_line() {
    let place = Place::new();
    std::fs::write(place.path("file"), "").unwrap();
    let said = place.one_line("file/store", &["demo", "--fill-only"]);
    assert!(said.contains("--data"), "{said}");
    // a folder that is there and in which nobody can make a file, whoever runs the tests
    if std::path::Path::new("/proc/self").is_dir() {
        let said = place.one_line("/proc/self", &["demo", "--fill-only"]);
        assert!(said.contains("--data") && said.contains("/proc/self"), "{said}");
    }
}

#[test]
fn a_second_process_is_told_that_the_store_is_in_use() {
    let place = Place::new();
    let mut first = place.command("store", &["torture", "--programme", "one-city"]);
    let mut first = first.stdout(std::process::Stdio::piped()).spawn().unwrap();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(first.stdout.as_mut().unwrap()), &mut String::new())
        .unwrap();
    let said = place.refused("store", &["verify", "--programme", "one-city"]);
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(said.contains("in use"), "{said}");
}

#[test]
fn another_root_key_is_named() {
    let place = Place::new();
    place.filled("store");
    std::fs::write(place.path("root.key"), [9; 32]).unwrap();
    let said = place.refused("store", &["verify", "--programme", "one-city"]);
    assert!(said.contains("root key") && said.contains("--key"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_root_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    std::fs::write(place.path("root.key"), [9; 32]).unwrap();
    std::fs::set_permissions(place.path("root.key"), std::fs::Permissions::from_mode(0o644)).unwrap();
    let said = place.refused("store", &["verify"]);
    assert!(said.contains("chmod 600"), "{said}");
}

#[test]
fn a_wrong_programme_is_shown_with_file_line_and_remedy() {
    let place = Place::new();
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/../../programmes/one-city");
    let copy = place.path("city");
    std::fs::create_dir(&copy).unwrap();
    for entry in std::fs::read_dir(shipped).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, copy.join(path.file_name().unwrap())).unwrap();
    }
    let fine = place.fine("store", &["check", "programme", &text(&copy)]);
    assert!(fine.contains("nothing is wrong"), "{fine}");
    // a folder is read, also when it is called like a programme that comes along
    let out =
        place.command("store", &["check", "programme", "one-city"]).current_dir(place.dir.path()).output().unwrap();
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(said.contains("one-city is no folder"), "{said}");
    let head = std::fs::read_to_string(copy.join("programme.toml")).unwrap();
    std::fs::write(copy.join("programme.toml"), format!("nonsense = 1\n{head}")).unwrap();
    let out = place.run("store", &["check", "programme", &text(&copy)]);
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(!out.status.success() && said.contains("programme.toml:1:") && said.contains("Remedy:"), "{said}");
    std::fs::rename(&copy, place.path("one-city")).unwrap();
    let out =
        place.command("store", &["check", "programme", "one-city"]).current_dir(place.dir.path()).output().unwrap();
    assert!(!out.status.success() && String::from_utf8(out.stderr).unwrap().contains("programme.toml:1:"));
}

#[test]
fn a_wrong_published_figure_is_shown_with_file_line_and_remedy_and_stops_the_start() {
    let place = Place::new();
    let copy = place.path("city");
    std::fs::create_dir(&copy).unwrap();
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../programmes/lvv-2018")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, copy.join(path.file_name().unwrap())).unwrap();
    }
    let sound = std::fs::read_to_string(copy.join("published.toml")).unwrap();
    let wrong = sound.replacen("place = \"national\"", "place = \"groningne\"", 1);
    std::fs::write(
        copy.join("published.toml"),
        wrong.replacen("reasons = [\"detention\"]", "reasons = [\"prison\"]", 1),
    )
    .unwrap();
    for args in [&["check", "programme"][..], &["demo", "--fill-only", "--programme"]] {
        let out = place.run("store", &[args, &[&text(&copy)]].concat());
        let said = String::from_utf8(out.stderr).unwrap();
        assert_eq!(out.status.code(), Some(1), "{said}");
        for line in ["published.toml:10: ", "groningne", "did you mean `groningen`", "prison", "Remedy: "] {
            assert!(said.contains(line), "{line} is missing in {said}");
        }
    }
    assert!(!place.path("store").exists(), "nothing was made");
}

#[test]
fn nobody_can_sign_in_to_an_empty_store() {
    let place = Place::new();
    let said = place.refused("store", &["serve", "--port", "0"]);
    assert!(said.contains("user add"), "{said}");
    let args = [
        "user",
        "add",
        "--login",
        "proef",
        "--name",
        "Proef",
        "--role",
        "coordinator",
        "--org",
        "municipality-groningen",
        "--site",
    ];
    let said = place.refused("store", &[&args[..], &["nergens"]].concat());
    assert!(said.contains("nergens"), "{said}");
    let added = place.fine("store", &[&args[..], &["groningen"]].concat());
    assert!(added.contains("proef can sign in"), "{added}");
}

#[test]
fn a_store_with_a_fact_of_a_newer_kind_is_refused_at_start_in_one_line() {
    for (change, said_of) in [("kind = 'telepathy'", "telepathy"), ("version = 99", "version 99")] {
        let place = Place::new();
        place.filled("store");
        let store = rusqlite::Connection::open(place.path("store").join("store.db")).unwrap();
        let changed = store.execute(&format!("UPDATE fact SET {change} WHERE position = 5"), []).unwrap();
        assert_eq!(changed, 1);
        drop(store);
        for command in [&["serve", "--port", "0"][..], &["verify"], &["rebuild"]] {
            let said = place.refused("store", &[command, &["--programme", "one-city"]].concat());
            assert!(said.contains(said_of) && said.contains("newer version of the program"), "{command:?}: {said}");
        }
    }
}

#[test]
fn nobody_else_is_served_without_encryption() {
    let place = Place::new();
    let said = place.refused("store", &["serve", "--port", "0", "--listen", "0.0.0.0"]);
    assert!(said.contains("--tls-cert") && said.contains("--behind-proxy"), "{said}");
    let open = ["serve", "--port", "0", "--behind-proxy", "--public-origin", "https://lvv.example"];
    let said = place.refused("store", &open);
    assert!(said.contains("--security-contact"), "{said}");
    let out = place.run("store", &["serve", "--public-origin", "http://lvv.example"]);
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(!out.status.success() && said.contains("https://bestendig.example"), "{said}");
}
