//! `windlass completions`: what a shell needs to complete commands, options and live names.
//!
//! The script that is printed here asks the program itself at each Tab. Then nothing is ever said, asked or changed, and
//! whatever goes wrong means that there is nothing to offer.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use chrono_tz::TZ_VARIANTS;
use clap::builder::StyledStr;
use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};
use clap_complete::env::{Bash, CompleteEnv, EnvCompleter, Fish, Zsh};

use super::attach::{engine, reach};
use super::output::Output;
use super::settings::Settings;
use super::{Cli, Failure, Global, process};
use crate::engine::request::{AppsQuery, FolderQuery, Reply, Request, TargetsQuery};
use crate::engine::view::SecretRow;
use crate::engine::{Handle, Role};
use crate::store::lock;
use crate::text::sanitize;

/// The variable in which a shell says that it wants to know what could come next.
const VARIABLE: &str = "WINDLASS_COMPLETE";

/// How long an operator may wait for names.
const LIMIT: Duration = Duration::from_millis(1_500);

/// zsh loads the script from `$fpath` at the first Tab, in the middle of completing. It only registers itself there, and that
/// Tab would offer nothing.
const FIRST_TAB: &str = "
if (( ${+compstate} )); then
    _clap_dynamic_completer_windlass \"$@\"
fi
";

/// For which shell.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Examples:
  mkdir -p ~/.local/share/bash-completion/completions
  windlass completions bash > ~/.local/share/bash-completion/completions/windlass
  mkdir -p ~/.zfunc                                    # in ~/.zshrc, before compinit: fpath=(~/.zfunc $fpath)
  windlass completions zsh > ~/.zfunc/_windlass
  mkdir -p ~/.config/fish/completions
  windlass completions fish > ~/.config/fish/completions/windlass.fish")]
pub struct Completions {
    /// The shell
    shell: Shell,
}

/// A shell that is known what to offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Shell {
    /// bash
    Bash,
    /// zsh
    Zsh,
    /// fish
    Fish,
}

/// Prints the script.
pub fn run(output: &Output, args: &Completions) -> Result<(), Failure> {
    let shell: &dyn EnvCompleter = match args.shell {
        Shell::Bash => &Bash,
        Shell::Zsh => &Zsh,
        Shell::Fish => &Fish,
    };
    let mut script = Vec::new();
    let name = "windlass";
    shell.write_registration(VARIABLE, name, name, name, &mut script).map_err(|error| Failure::stdout(&error))?;
    if args.shell == Shell::Zsh {
        script.extend_from_slice(FIRST_TAB.as_bytes());
    }
    output.data(&script)
}

/// Answers a shell, and ends the process, where one asks.
pub fn answer() {
    if std::env::var_os(VARIABLE).is_some_and(|shell| !shell.is_empty()) {
        CompleteEnv::with_factory(Cli::command).var(VARIABLE).complete();
    }
}

/// The names of the rotations.
pub fn rotations() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let Some(Reply::Rotations { secret_rotations }) = asked(false, Request::RotationList) else {
            return vec![];
        };
        let rows = secret_rotations.into_iter();
        rows.filter_map(|row| offered(&row.name, &format!("{}, {}", row.parameters.app_label, row.state.word())))
            .collect()
    })
}

/// The targets, each with its rotation.
pub fn targets() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let Some(Reply::Targets { secret_syncs }) = asked(false, Request::TargetList(TargetsQuery::default())) else {
            return vec![];
        };
        let rows = secret_syncs.into_iter();
        rows.filter_map(|row| {
            offered(&format!("{}/{}", row.rotation_name, row.name), &format!("{} {}", row.destination, row.place))
        })
        .collect()
    })
}

/// The names of the connections.
pub fn connections() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let Some(Reply::Connections { app_connections }) = asked(false, Request::ConnectionList { app: String::new() })
        else {
            return vec![];
        };
        let rows = app_connections.into_iter();
        rows.filter_map(|row| offered(&row.name, &row.credentials.instance_url)).collect()
    })
}

/// The ids of the apps that have no rotation yet, of the connection that stands in the line already: a page of them, from
/// an engine that runs.
pub fn apps() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let Some(connection) = typed("--connection") else { return vec![] };
        let query = AppsQuery { paged: true, ..AppsQuery::default() };
        let request = Request::ConnectionApps { id: connection, query };
        let Some(Reply::Apps { apps, .. }) = asked(true, request) else { return vec![] };
        let bash = std::env::var_os(VARIABLE).is_some_and(|shell| shell == "bash");
        let rows = apps.into_iter().filter(|app| app.rotatable);
        rows.flat_map(|app| [offered(&app.id, &app.label), label(&app.label, &app.id, bash)]).flatten().collect()
    })
}

/// The environments that have secrets.
pub fn environments() -> ArgValueCandidates {
    ArgValueCandidates::new(|| different(secret_rows().into_iter().map(|row| row.environment)))
}

/// The folders that have secrets, in the environment that stands in the line already.
pub fn paths() -> ArgValueCandidates {
    ArgValueCandidates::new(|| {
        let environment = typed("--environment");
        let within = |row: &SecretRow| environment.as_ref().is_none_or(|environment| *environment == row.environment);
        different(secret_rows().into_iter().filter(within).map(|row| row.path))
    })
}

/// The time zones, by their names in the tz database.
pub fn zones() -> ArgValueCandidates {
    ArgValueCandidates::new(|| TZ_VARIANTS.iter().filter_map(|zone| offered(zone.name(), "")).collect())
}

/// The names of the secrets, of all environments.
pub fn secrets() -> ArgValueCandidates {
    ArgValueCandidates::new(|| different(secret_rows().into_iter().map(|row| row.name)))
}

fn secret_rows() -> Vec<SecretRow> {
    let reply = asked(false, Request::SecretList(FolderQuery::default()));
    if let Some(Reply::Secrets { secrets }) = reply { secrets } else { vec![] }
}

/// Each value once, in order.
fn different(values: impl Iterator<Item = String>) -> Vec<CompletionCandidate> {
    values.collect::<BTreeSet<_>>().iter().filter_map(|value| offered(value, "")).collect()
}

/// An app's label, as a word of the shell: bash inserts it as it stands, so that its blanks are escaped here; the others
/// quote by themselves, and are offered only labels of one word until that was seen to work.
fn label(label: &str, id: &str, bash: bool) -> Option<CompletionCandidate> {
    if !bash || !label.contains(' ') {
        return offered(label, id);
    }
    let plain = |word: &str| offered(word, "").is_some();
    label
        .split(' ')
        .all(plain)
        .then(|| CompletionCandidate::new(label.replace(' ', "\\ ")).help(Some(id.to_owned().into())))
}

/// A value with a word about it. One that a shell would read as more than a word is not offered.
fn offered(value: &str, about: &str) -> Option<CompletionCandidate> {
    let plain = value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_./+".contains(&byte));
    let about = (!about.is_empty()).then(|| StyledStr::from(sanitize(about, 60)));
    (plain && !value.is_empty() && !value.starts_with('-')).then(|| CompletionCandidate::new(value).help(about))
}

/// Asks the engine that runs; where none does, the store, unless it has to be one `running`.
fn asked(running: bool, request: Request) -> Option<Reply> {
    let settings = settings()?;
    let (sender, reply) = mpsc::channel();
    // Opening a store cannot be given up half way; the process ends without waiting for it.
    thread::Builder::new().spawn(move || sender.send(reply_to(&settings, running, request))).ok()?;
    reply.recv_timeout(LIMIT).ok().flatten()
}

fn reply_to(settings: &Settings, running: bool, request: Request) -> Option<Reply> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    runtime.block_on(async {
        match reach(settings).ok()? {
            // What a stranger says does not belong in a command line.
            Ok(remote) if remote.stranger().is_some() => None,
            Ok(remote) => remote.call(request).await.ok(),
            Err(_) if running || !settings.has_store() => None,
            Err(_) => {
                let settings = Settings { read_only: true, ..settings.clone() };
                let engine = engine(&settings, lock(&settings.data_dir).ok()?, Role::OneShot, false).ok()?;
                let reply = engine.handle(process::actor()).call(request).await.ok();
                engine.stop();
                reply
            }
        }
    })
}

/// The settings by what stands in the line already.
fn settings() -> Option<Settings> {
    let place = |option: &str| typed(option).map(Into::into);
    let global = Global {
        data_dir: place("--data-dir"),
        config: place("--config"),
        socket: place("--socket"),
        key_file: place("--key-file"),
        ..Global::default()
    };
    Settings::resolve(&global, &|name| std::env::var_os(name)).ok()
}

/// The value of an option in the line that is being completed: the words after the first `--` are the line.
fn typed(option: &str) -> Option<String> {
    value_of(std::env::args_os(), option)
}

fn value_of(args: impl Iterator<Item = OsString>, option: &str) -> Option<String> {
    let line: Vec<String> =
        args.skip_while(|arg| arg != "--").skip(1).filter_map(|word| word.into_string().ok()).collect();
    let after = line.iter().position(|word| word == option).and_then(|at| line.get(at + 1));
    let within = line.iter().find_map(|word| word.strip_prefix(option)?.strip_prefix('='));
    after.map(String::as_str).or(within).filter(|value| !value.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn options_are_found_in_a_line_that_is_not_finished() {
        let line = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>().into_iter();
        let of = |text: &str, option: &str| value_of(line(text), option);
        assert_eq!(of("windlass -- windlass --data-dir /d rotation show ", "--data-dir").as_deref(), Some("/d"));
        assert_eq!(of("windlass -- windlass rotation --data-dir=/d show", "--data-dir").as_deref(), Some("/d"));
        assert_eq!(of("windlass --data-dir /x -- windlass rotation", "--data-dir"), None, "of the line itself");
        assert_eq!(of("windlass -- windlass rotation --data-dir", "--data-dir"), None);
        assert_eq!(of("windlass -- windlass rotation --data-dir=", "--data-dir"), None);
    }

    #[test]
    fn nothing_is_offered_that_a_shell_would_run() {
        for bad in ["", "$(reboot)", "a`b`", "a;b", "a b", "-rf", "a\u{1b}", "ü"] {
            assert!(offered(bad, "").is_none(), "{bad:?}");
        }
        let app = offered("0oa1gjh", "Pay\u{1b}[2Jments").expect("offered");
        assert!(app.get_help().is_some_and(|help| !help.to_string().contains('\u{1b}')));
    }

    #[test]
    fn labels_and_zones_are_whole_words_of_the_shell() {
        let value = |candidate: Option<CompletionCandidate>| {
            candidate.map(|candidate| candidate.get_value().to_string_lossy().into_owned())
        };
        assert_eq!(value(label("HR Sync", "0oa1", true)).as_deref(), Some("HR\\ Sync"));
        assert_eq!(value(label("HR Sync", "0oa1", false)), None);
        assert_eq!(value(label("Payments", "0oa1", false)).as_deref(), Some("Payments"));
        for bad in ["a  b", "a $(id)", "a 'b", " a", "a -rf"] {
            assert_eq!(value(label(bad, "0oa1", true)), None, "{bad:?}");
        }
        assert!(TZ_VARIANTS.iter().all(|zone| offered(zone.name(), "").is_some()), "every zone can be offered");
    }

    #[test]
    fn every_shell_has_a_script_that_asks_this_program() {
        for shell in ["bash", "zsh", "fish"] {
            let cli = Cli::try_parse_from(["windlass", "completions", shell]).expect("known");
            let Some(super::super::Command::Completions(args)) = cli.command else { panic!("another command") };
            let captured = crate::cli::doubles::captured(false);
            run(&captured.output, &args).expect("printed");
            let script = captured.out.text();
            assert!(script.contains(VARIABLE) && script.contains("windlass"), "{shell}: {script}");
            // Its name in clap_complete is no promise: what is called at the first Tab has to be what is defined.
            assert_eq!(script.contains("function _clap_dynamic_completer_windlass()"), shell == "zsh");
            assert_eq!(script.ends_with(FIRST_TAB), shell == "zsh");
        }
    }
}
