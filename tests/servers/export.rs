//! What the real program exports reaches the real readers.

use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::process::Command;

use crate::org::org;
use crate::readers::{self, Reader};

/// A secret as Okta allows it, with as much in it that means something elsewhere as every format can hold.
const SECRET: &str = r#" two  blanks #$x="q" `id` c\d; !%~*&|<>() "#;

/// A program on a store in a home of its own; what it wrote.
async fn windlass(home: &Path, clock: &str, args: &[&str]) -> Vec<u8> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_windlass"));
    command.args(args).env_clear().env("HOME", home).env("TZ", "UTC").env("WINDLASS_CLOCK", clock);
    let output = command.stdin(Stdio::null()).output().await.expect("it starts");
    assert!(output.status.success(), "{args:?}: {output:?}");
    output.stdout
}

#[tokio::test]
async fn what_is_exported_is_what_is_read() {
    let (sandbox, clock) = org(7).await;
    let client_id = {
        let mut inside = sandbox.org().inside();
        let app = inside.apps.iter_mut().find(|app| app.label == "Payments").expect("seeded");
        app.secrets.truncate(1);
        SECRET.clone_into(&mut app.secrets[0].client_secret);
        app.client_id.clone()
    };
    let folder = TempDir::new().expect("a folder");
    let (home, clock) = (folder.path(), clock.to_string());
    std::fs::write(home.join("token"), sandbox.token()).expect("written");
    let (url, token) = (sandbox.url(), home.join("token"));
    let token = token.to_str().expect("text");
    windlass(home, &clock, &["connection", "create", "acme", "--url", &url, "--token-file", token]).await;
    let create = ["rotation", "create", "payments", "--connection", "acme", "--app", "Payments", "--adopt"];
    windlass(home, &clock, &create).await;
    let file = home.join("exported");
    let readers: [(&str, Reader); 11] = [
        ("shell", readers::bash_eval),
        ("shell", readers::dash_eval),
        ("shell", readers::zsh_eval),
        ("dotenv", readers::python_dotenv),
        ("dotenv", readers::node_env_file),
        ("dotenv", readers::node_dotenv),
        ("docker", readers::docker),
        ("systemd", readers::systemd),
        ("json", readers::python_json),
        ("yaml", readers::python_yaml),
        ("yaml", readers::node_yaml),
    ];
    for (format, reader) in readers {
        let written = windlass(home, &clock, &["export", "--format", format]).await;
        std::fs::write(&file, written).expect("written");
        let got = reader(&file).unwrap_or_else(|error| panic!("{format}: {error}"));
        assert_eq!(got.get("OKTA_CLIENT_SECRET").map(String::as_str), Some(SECRET), "{format}");
        assert_eq!(got.get("OKTA_CLIENT_ID"), Some(&client_id), "{format}");
    }
}
