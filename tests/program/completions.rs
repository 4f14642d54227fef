//! Completing in a real shell, with the script that the program prints.

use std::process::Stdio;

use crate::world::{World, clock};

/// What bash offers at the end of a line.
async fn offered(world: &World, line: &str) -> Vec<String> {
    let script = format!(
        "source <(windlass completions bash) || exit 1\n\
         COMP_WORDS=({line}); [[ '{line}' == *' ' ]] && COMP_WORDS+=('')\n\
         COMP_CWORD=$(( ${{#COMP_WORDS[@]}} - 1 )); COMP_TYPE=9\n\
         _clap_complete_windlass windlass \"${{COMP_WORDS[COMP_CWORD]}}\" ''\n\
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
    );
    let mut shell = tokio::process::Command::new("bash");
    shell.args(["-c", &script]).env_clear().env("PATH", path());
    for (name, value) in world.command(&[]).as_std().get_envs().filter(|(name, _)| *name != "PATH") {
        shell.env(name, value.expect("set"));
    }
    let output = shell.stdin(Stdio::null()).output().await.expect("bash is there");
    assert!(output.stderr.is_empty(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    // Options are offered wherever they can stand; what is asked here is what else there is.
    text.lines().filter(|word| !word.is_empty() && !word.starts_with('-')).map(str::to_owned).collect()
}

#[tokio::test]
async fn names_come_from_the_store_and_from_an_engine_that_runs() {
    let world = World::connected().await;
    world.create(&[]).await;
    let app = world.app("HR Sync").id;
    assert!(offered(&world, "windlass rot").await.contains(&"rotation".to_owned()));
    assert_eq!(offered(&world, "windlass rotation show pay").await, ["payments"]);
    assert_eq!(offered(&world, "windlass connection test ").await, ["acme"]);
    assert_eq!(offered(&world, "windlass secret get OKTA_CLIENT_S").await, ["OKTA_CLIENT_SECRET"]);
    let apps = format!("windlass rotation create hr --connection acme --app {}", &app[..4]);
    assert!(offered(&world, &apps).await.is_empty(), "no call goes to Okta for that alone");
    let serve = world.serve().await;
    assert_eq!(offered(&world, "windlass rotation rotate ").await, ["payments"]);
    let found = offered(&world, &apps).await;
    assert!(found.contains(&app), "{app}: {found:?}");
    assert_eq!(serve.stop().await.0, 0);
}

#[tokio::test]
async fn where_there_is_nothing_to_offer_nothing_is_said_or_made() {
    let world = World::at(clock()).await;
    assert!(offered(&world, "windlass rotation show ").await.is_empty());
    assert!(!world.data().exists() && !world.path("config").exists());
    assert!(offered(&world, "windlass --config /nonexistent rotation show ").await.is_empty());
}

#[tokio::test]
async fn the_scripts_are_read_by_the_shells_that_are_here() {
    let world = World::at(clock()).await;
    for shell in ["bash", "zsh", "fish"] {
        let script = world.path(shell);
        std::fs::write(&script, world.ok(&["completions", shell]).await).expect("written");
        let checked = tokio::process::Command::new(shell).arg("-n").arg(&script).output().await;
        // Only bash is everywhere.
        if shell == "bash" || checked.is_ok() {
            let checked = checked.expect("started");
            assert!(checked.status.success(), "{shell}: {}", String::from_utf8_lossy(&checked.stderr));
        }
    }
}

/// zsh, where it is, with the script in its `$fpath` as it finds it at the first Tab, and what it then offers.
const FIRST_TAB: &str = r#"
compdef() { registered=$*; }
_describe() { offered+=(${(P)${@[-1]}}); }
fpath=("$HOME"/zfunc $fpath)
autoload -Uz _windlass
typeset -a offered=() words=(windlass rot)
typeset -A compstate=(context command)
CURRENT=2
_windlass
print -r -- "first: $offered; $registered"
unset compstate
offered=()
source "$HOME"/zfunc/_windlass
print -r -- "sourced: $offered; $registered; $?"
"#;

#[tokio::test]
async fn zsh_offers_something_at_the_first_tab() {
    let world = World::at(clock()).await;
    let script = world.ok(&["completions", "zsh"]).await;
    // What a shell does with it is tried where there is one; that it is there is held everywhere.
    assert!(script.trim_end().ends_with("fi") && script.contains("if (( ${+compstate} )); then"), "{script}");
    std::fs::create_dir(world.path("zfunc")).expect("made");
    std::fs::write(world.path("zfunc/_windlass"), script).expect("written");
    let mut shell = tokio::process::Command::new("zsh");
    shell.args(["-fc", FIRST_TAB]).env("HOME", world.path("")).env("PATH", path());
    let Ok(output) = shell.stdin(Stdio::null()).output().await else { return };
    let reported = String::from_utf8(output.stdout).expect("text");
    let registered = "_clap_dynamic_completer_windlass windlass";
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        reported,
        format!("first: rotation:Create, rotate and manage rotations; {registered}\nsourced: ; {registered}; 0\n"),
        "{errors}"
    );
}

/// Where the program is found beside everything else.
fn path() -> String {
    let program = std::path::Path::new(env!("CARGO_BIN_EXE_windlass"));
    format!("{}:{}", program.parent().expect("a directory").display(), std::env::var("PATH").expect("set"))
}
