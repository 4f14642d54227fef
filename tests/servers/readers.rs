//! The real programs that read what is exported: what each of them gets out of a file, by name.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::env;
use crate::machine::machine;

/// Names and values.
pub type Pairs = BTreeMap<String, String>;

/// What a reader got; or what it said where it could not read.
pub type Got = Result<Pairs, String>;

/// Reads a file.
pub type Reader = fn(&Path) -> Got;

fn ran(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.stdin(Stdio::null()).output().expect("the program is there");
    let Output { status, stdout, stderr } = output;
    if status.success() { Ok(stdout) } else { Err(format!("{status}: {}", String::from_utf8_lossy(&stderr))) }
}

/// An environment as `env -0` writes it.
fn environment(bytes: &[u8]) -> Got {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let pairs = text.split_terminator('\0').filter_map(|pair| pair.split_once('='));
    Ok(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// One object of texts.
fn object(bytes: &[u8]) -> Got {
    let pairs: Result<BTreeMap<String, Value>, _> = serde_json::from_slice(bytes);
    let pairs = pairs.map_err(|error| error.to_string())?;
    let text = |(name, value): (String, Value)| match value {
        Value::String(value) => Ok((name, value)),
        other => Err(format!("{name} is {other}")),
    };
    pairs.into_iter().map(text).collect()
}

/// A shell that runs this before it shows its environment.
fn shell(program: &str, line: &str, file: &Path) -> Got {
    let mut command = Command::new(program);
    if program == "zsh" {
        command.arg("-f");
    }
    command.args(["-c", &format!("{line}\nexec env -0"), program]).arg(file);
    environment(&ran(command.env_clear().env("PATH", "/usr/bin:/bin").env("LANG", "C.UTF-8"))?)
}

/// As the help of `export` has it.
const EVAL: &str = r#"eval "$(cat "$1")""#;
/// As people read a dotenv file into a shell.
const SOURCE: &str = r#"set -a; . "$1""#;

pub fn bash_eval(file: &Path) -> Got {
    shell("bash", EVAL, file)
}

pub fn dash_eval(file: &Path) -> Got {
    shell("dash", EVAL, file)
}

pub fn zsh_eval(file: &Path) -> Got {
    shell("zsh", EVAL, file)
}

pub fn bash_source(file: &Path) -> Got {
    shell("bash", SOURCE, file)
}

pub fn dash_source(file: &Path) -> Got {
    shell("dash", SOURCE, file)
}

pub fn zsh_source(file: &Path) -> Got {
    shell("zsh", SOURCE, file)
}

fn python(code: &str, file: &Path) -> Got {
    object(&ran(Command::new(env::python()).args(["-c", code]).arg(file).env("PYTHONUTF8", "1"))?)
}

pub fn python_json(file: &Path) -> Got {
    python("import json, sys; print(json.dumps(json.load(open(sys.argv[1]))))", file)
}

pub fn python_url(file: &Path) -> Got {
    let decoded =
        "{name: urllib.parse.unquote(value, errors='strict') for name, value in json.load(open(sys.argv[1])).items()}";
    python(&format!("import json, sys, urllib.parse; print(json.dumps({decoded}))"), file)
}

pub fn python_base64(file: &Path) -> Got {
    let decoded = "{name: base64.b64decode(value, validate=True).decode() for name, value in json.load(open(sys.argv[1])).items()}";
    python(&format!("import base64, json, sys; print(json.dumps({decoded}))"), file)
}

pub fn python_yaml(file: &Path) -> Got {
    python("import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))", file)
}

pub fn python_dotenv(file: &Path) -> Got {
    python("import dotenv, json, sys; print(json.dumps(dotenv.dotenv_values(sys.argv[1])))", file)
}

fn node(args: &[&str], code: &str, file: &Path) -> Got {
    let program = env::node();
    let modules = program.ancestors().nth(2).expect("a folder").join("node_modules");
    let mut command = Command::new(&program);
    command.args(args).args(["-e", &format!("const fs = require('fs'); console.log(JSON.stringify({code}))"), "--"]);
    object(&ran(command.arg(file).env_clear().env("NODE_PATH", modules))?)
}

pub fn node_json(file: &Path) -> Got {
    node(&[], "JSON.parse(fs.readFileSync(process.argv[1]))", file)
}

pub fn node_yaml(file: &Path) -> Got {
    node(&[], "require('yaml').parse(fs.readFileSync(process.argv[1], 'utf8'))", file)
}

pub fn node_dotenv(file: &Path) -> Got {
    node(&[], "require('dotenv').parse(fs.readFileSync(process.argv[1]))", file)
}

pub fn node_env_file(file: &Path) -> Got {
    node(&[&format!("--env-file={}", file.display())], "process.env", file)
}

/// A unit under a real systemd.
pub fn systemd(file: &Path) -> Got {
    // One after the other: all read by the same unit.
    static UNIT: Mutex<()> = Mutex::new(());
    let _mine = UNIT.lock().unwrap_or_else(PoisonError::into_inner);
    let machine = machine();
    machine.write("/run/values.env", 0o600, &std::fs::read_to_string(file).expect("text"));
    machine.unit(
        "values.service",
        "[Service]\nType=oneshot\nEnvironmentFile=/run/values.env\nExecStart=/usr/bin/env -0\nStandardOutput=truncate:/run/values\n",
    );
    machine.ok(&["systemctl", "start", "values.service"]);
    environment(machine.ok(&["cat", "/run/values"]).as_bytes())
}

/// Docker's command line, as far as an engine hears of it.
pub fn docker(file: &Path) -> Got {
    let folder = tempfile::TempDir::new().expect("a folder");
    let socket = folder.path().join("docker.sock");
    let listener = UnixListener::bind(&socket).expect("bound");
    let engine = std::thread::spawn(move || {
        listener.incoming().find_map(|stream| created(stream.expect("a connection"))).expect("a container")
    });
    let mut command = Command::new(env::docker());
    command.args(["create", "--env-file"]).arg(file).arg("image");
    command.env_clear().env("DOCKER_HOST", format!("unix://{}", socket.display())).env("DOCKER_CONFIG", folder.path());
    let said = ran(&mut command);
    if said.is_err() {
        // The engine still waits, for a container that does not come.
        let _ = UnixStream::connect(&socket).and_then(|mut stream| stream.write_all(NONE));
    }
    let body = engine.join().expect("no panic");
    said?;
    let body: Value = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
    let pairs = body["Env"].as_array().into_iter().flatten().filter_map(|pair| pair.as_str()?.split_once('='));
    Ok(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

const NONE: &[u8] = b"POST /containers/create HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}";

/// Answers the calls of a connection; the body of the one that makes a container.
fn created(mut stream: UnixStream) -> Option<Vec<u8>> {
    let mut reader = BufReader::new(stream.try_clone().expect("a descriptor"));
    loop {
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") {
            let start = head.len();
            if reader.read_line(&mut head).expect("read") == 0 {
                return None;
            }
            if let Some((_, value)) =
                head[start..].split_once(':').filter(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            {
                length = value.trim().parse().expect("a length");
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        let creates =
            head.starts_with("POST") && head.lines().next().is_some_and(|line| line.contains("/containers/create"));
        let (status, answer) =
            if creates { ("201 Created", r#"{"Id":"one","Warnings":[]}"#) } else { ("200 OK", "OK") };
        let answer = if head.starts_with("HEAD") { "" } else { answer };
        let kind = "content-type: application/json\r\napi-version: 1.41\r\nostype: linux";
        let text = format!("HTTP/1.1 {status}\r\n{kind}\r\ncontent-length: {}\r\n\r\n{answer}", answer.len());
        // One that asked and ended has no use for it.
        let _ = stream.write_all(text.as_bytes());
        if creates {
            return Some(body);
        }
    }
}
