use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::*;

/// Runs it, and says how it failed.
async fn run(command: &[String], input: &[u8], limit: Duration) -> Result<(), String> {
    super::run(command, input, limit).await.map_err(|failed| failed.why + &failed.said)
}

/// Longer than any of these takes.
const AMPLE: Duration = Duration::from_mins(5);

fn shell(script: &str) -> Vec<String> {
    ["sh", "-c", script].map(str::to_owned).to_vec()
}

fn gone(pid: &str) -> bool {
    let pid = Pid::from_raw(pid.trim().parse().expect("a pid"));
    // Killed, though its parent may not have looked yet.
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    state.is_empty() || state.rsplit(')').next().is_some_and(|rest| rest.trim_start().starts_with('Z'))
}

#[tokio::test]
async fn it_reads_the_message_and_its_output_is_no_matter() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("read");
    let script = format!("cat > {}; echo talk; echo more >&2", file.display());
    assert_eq!(run(&shell(&script), b"{}\n", AMPLE).await, Ok(()));
    assert_eq!(std::fs::read(file).expect("written"), b"{}\n");
}

#[tokio::test]
async fn one_that_fails_is_reported_with_what_it_said() {
    let failed = run(&shell("echo no route >&2; exit 3"), b"{}\n", AMPLE).await;
    assert_eq!(failed, Err("ended with exit status: 3: no route".into()));
}

#[tokio::test]
async fn one_that_is_missing_or_not_ours_is_reported_and_foreseen() {
    let failed = run(&["windlass-no-such-program".into()], b"{}", AMPLE).await.expect_err("missing");
    assert_eq!(failed, "cannot be started: it is not found on PATH");
    assert_eq!(found("windlass-no-such-program"), Err(failed));
    assert!(found("/nonexistent/page").is_err_and(|why| why.starts_with("cannot be started")));
    assert!(found("sh").is_ok_and(|path| path.is_absolute()));
    let dir = tempfile::tempdir().expect("a directory");
    let program = dir.path().join("page");
    std::fs::write(&program, "#!/bin/sh\ntrue\n").expect("written");
    let mode = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("set");
    let line = [program.to_str().expect("text").to_owned()];
    mode(&program, 0o600);
    assert!(found(&line[0]).is_err(), "not executable");
    mode(&program, 0o700);
    assert_eq!(found(&line[0]), Ok(program.clone()));
    assert_eq!(run(&line, b"{}", AMPLE).await, Ok(()));
    for (path, loose, tight) in [(program.as_path(), 0o707, 0o700), (dir.path(), 0o707, 0o700)] {
        mode(path, loose);
        let why = run(&line, b"{}", AMPLE).await.expect_err("everybody can write to it");
        assert!(why.starts_with("is not run: ") && why.ends_with(&format!("chmod go-w {}", path.display())), "{why}");
        mode(path, tight);
    }
}

#[tokio::test]
async fn one_that_hangs_is_killed_with_its_children() {
    let dir = tempfile::tempdir().expect("a directory");
    let fifo = dir.path().join("fifo");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).expect("made");
    let script = format!("sleep 1000 & echo $! $$ > {}; wait", fifo.display());
    let pids = tokio::task::spawn_blocking(move || std::fs::read_to_string(fifo).expect("read"));
    let command = shell(&script);
    let mut work = Box::pin(run(&command, b"{}", AMPLE));
    let pids = tokio::select! {
        pids = pids => pids.expect("read"),
        ended = &mut work => panic!("ended: {ended:?}"),
    };
    assert!(pids.split_whitespace().all(|pid| !gone(pid)));
    // The same end as at the limit: the future is dropped.
    drop(work);
    let all_gone = async {
        while !pids.split_whitespace().all(gone) {
            tokio::task::yield_now().await;
        }
    };
    assert!(timeout(Duration::from_secs(20), all_gone).await.is_ok(), "something is left");
    let failed = run(&shell("echo begun; sleep 1000"), b"{}", Duration::from_secs(1)).await;
    assert_eq!(failed, Err("had not ended after 1 s and was killed: begun".into()));
}

#[tokio::test]
async fn one_that_floods_ends_and_little_of_it_is_kept() {
    let flood = "head -c 20000000 /dev/zero | tr '\\0' x; head -c 20000000 /dev/zero | tr '\\0' y >&2; exit 1";
    let failed = run(&shell(flood), b"{}", AMPLE).await.expect_err("exit status 1");
    assert!(failed.starts_with("ended with exit status: 1: x") && failed.chars().count() < 350, "{failed}");
}

#[tokio::test]
async fn one_that_reads_nothing_or_leaves_something_running_ends_all_the_same() {
    let large = vec![b'x'; 1 << 20];
    assert_eq!(run(&shell("exec <&-; exit 0"), &large, AMPLE).await, Ok(()));
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("pid");
    // It holds the pipes, and would for a quarter of an hour.
    let script = format!("sleep 1000 & echo $! > {}", file.display());
    assert_eq!(run(&shell(&script), b"{}", AMPLE).await, Ok(()));
    let pid = std::fs::read_to_string(file).expect("written");
    assert!(!gone(&pid), "what it left on purpose is left");
    let pid = Pid::from_raw(pid.trim().parse().expect("a pid"));
    nix::sys::signal::kill(pid, Signal::SIGKILL).expect("killed");
}

#[test]
fn what_is_for_windlass_alone_is_not_passed_on() {
    for name in ["WINDLASS_KEY_FILE", "WINDLASS_DATA_DIR", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "LISTEN_FDS"] {
        assert!(is_ours(name), "{name}");
        let command = prepare(Path::new("true"), &[]);
        let set = command.as_std().get_envs().any(|(known, value)| known == name && value.is_some());
        assert!(!set, "{name}");
    }
    for name in ["PATH", "HOME", "HTTPS_PROXY", "PAGER_TOKEN"] {
        assert!(!is_ours(name), "{name}");
    }
}
