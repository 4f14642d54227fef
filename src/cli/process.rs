//! What this process asks of the kernel for itself: private files, no core dumps, signals, and who is asking.
//!
//! Nothing here knows of commands. A program started by `run` gets back what it would have had without us.

use futures_util::FutureExt;
use nix::sys::resource::{Resource, getrlimit, rlim_t, setrlimit};
use nix::sys::stat::{Mode, umask};
use nix::unistd::{Uid, User, geteuid};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::core::consumer::Caller;
use crate::core::history::{Actor, Via, claimed};
use crate::engine::refusal::{Kind, Refusal};
use crate::trust::process;

/// What was changed for this process, and is put back before another program takes its place.
#[derive(Clone, Copy, Debug)]
pub struct Before {
    umask: Mode,
    core: Option<(rlim_t, rlim_t)>,
}

/// Makes every file private and core dumps impossible: either would put secret values where others can read them.
pub fn harden() -> Before {
    let before = Before { umask: umask(Mode::S_IRWXG | Mode::S_IRWXO), core: getrlimit(Resource::RLIMIT_CORE).ok() };
    // Only the soft limit: the hard one could not be given back. Either failing leaves the other.
    let _ = setrlimit(Resource::RLIMIT_CORE, 0, before.core.map_or(0, |(_, hard)| hard));
    // Keeps other processes of the same user out of our memory too; the kernel resets it at exec.
    let _ = nix::sys::prctl::set_dumpable(false);
    before
}

impl Before {
    /// Puts back what [`harden`] changed.
    pub fn restore(&self) {
        umask(self.umask);
        if let Some((soft, hard)) = self.core {
            let _ = setrlimit(Resource::RLIMIT_CORE, soft, hard);
        }
    }
}

/// Signals that this process hears instead of being ended by them: by default those that ask it to end.
pub struct Stops {
    signals: Vec<(SignalKind, Signal)>,
}

impl Stops {
    /// Listens from now on: SIGINT, SIGTERM and SIGHUP no longer end the process by themselves. Those that whoever
    /// started us had ignored (`nohup`, a shell's background job) stay ignored.
    pub fn listen() -> Self {
        Self::to(&[SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()])
    }

    /// The same for a process that outlives the session which started it: it leaves that session and its terminal, and
    /// a hangup is not heard, whoever sends it.
    pub fn away_from_the_terminal() -> Result<Self, Refusal> {
        // The handler stays when its stream goes; until then a hangup would end us.
        drop(signal(SignalKind::hangup()));
        nix::unistd::setsid().map_err(|error| {
            let message = format!("the terminal cannot be left: {}", error.desc());
            Refusal::new(Kind::Failed, message, "leave out --background, and use a service manager")
        })?;
        Ok(Self::to(&[SignalKind::interrupt(), SignalKind::terminate()]))
    }

    /// Those that are meant for a program which this process stands for.
    pub fn passed_on() -> Self {
        Self::to(&[
            SignalKind::hangup(),
            SignalKind::interrupt(),
            SignalKind::quit(),
            SignalKind::terminate(),
            SignalKind::user_defined1(),
            SignalKind::user_defined2(),
        ])
    }

    fn to(kinds: &[SignalKind]) -> Self {
        let ignored = ignored();
        let heard = kinds.iter().filter(|kind| !is_in(ignored, **kind));
        Self { signals: heard.filter_map(|kind| Some((*kind, signal(*kind).ok()?))).collect() }
    }

    /// Waits for the next of them.
    pub async fn next(&mut self) -> SignalKind {
        let waits = self.signals.iter_mut().map(|(kind, signal)| Box::pin(signal.recv().map(|_| *kind)));
        let waits: Vec<_> = waits.collect();
        if waits.is_empty() {
            return std::future::pending().await;
        }
        futures_util::future::select_all(waits).await.0
    }
}

/// How this process stands to a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Terminal {
    /// Its session has none.
    None,
    /// Others have it.
    Background,
    /// It has it: what is typed there, as Ctrl-C, is sent by the kernel to all processes of its group.
    Foreground,
}

/// How this process stands to a terminal now.
pub fn terminal() -> Terminal {
    std::fs::read_to_string("/proc/self/stat").map_or(Terminal::None, |stat| terminal_of(&stat))
}

/// By proc_pid_stat(5): behind the name stand the state, the parent, the group, the session, the terminal, and the group that
/// has it.
fn terminal_of(stat: &str) -> Terminal {
    let behind = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
    let fields: Vec<&str> = behind.split_whitespace().collect();
    match (fields.get(2), fields.get(4), fields.get(5)) {
        (_, None | Some(&"0"), _) => Terminal::None,
        (own, _, holds) if own == holds => Terminal::Foreground,
        _ => Terminal::Background,
    }
}

/// A write over the file size limit comes back as an error instead of killing us: the store knows what to do with it.
/// A handler is used where "ignore" would be inherited by the program that `run` starts.
pub fn survive_file_size_limit() {
    const SIGXFSZ: i32 = nix::sys::signal::Signal::SIGXFSZ as i32;
    // The handler stays when its stream goes.
    drop(signal(SignalKind::from_raw(SIGXFSZ)));
}

/// The signals that are ignored since before we started, as the kernel's bit mask.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    line.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

fn is_in(mask: u64, kind: SignalKind) -> bool {
    u32::try_from(kind.as_raw_value() - 1).is_ok_and(|bit| mask.checked_shr(bit).unwrap_or(0) & 1 == 1)
}

/// Who runs this command.
pub fn actor() -> Actor {
    let login = std::fs::read_to_string("/proc/self/loginuid").ok();
    // The kernel writes 4294967295 where no one logged in.
    let login = login.and_then(|text| text.trim().parse().ok()).filter(|uid| *uid != u32::MAX);
    let user = geteuid();
    let login_user = login.map(|uid| user_name(Uid::from_raw(uid)));
    Actor { user: user_name(user), login_user, sudo_user: by_sudo(), via: Via::Cli }
}

/// This process as a consumer: what it fetches is for the program that started it.
pub fn caller() -> Caller {
    let user = geteuid();
    process::caller(i32::try_from(std::process::id()).ok(), user.as_raw(), user_name(user))
}

/// The user that `sudo`, or another of its kind, was called by, where it made this process root's. Whoever is not root could
/// have written there what they like.
pub fn by_sudo() -> Option<String> {
    if geteuid().is_root() { sudo_user(|name| std::env::var(name).ok()) } else { None }
}

fn sudo_user(env: impl Fn(&str) -> Option<String>) -> Option<String> {
    let by_number = || env("PKEXEC_UID")?.parse().ok().map(|uid| user_name(Uid::from_raw(uid)));
    let named = ["SUDO_USER", "DOAS_USER"].into_iter().find_map(|name| env(name).filter(|user| !user.is_empty()));
    named.or_else(by_number).and_then(|user| claimed(&user))
}

fn user_name(uid: Uid) -> String {
    User::from_uid(uid).ok().flatten().map_or_else(|| uid.to_string(), |user| user.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_found_in_the_kernels_mask() {
        let hangup_and_quit = 0b101;
        assert!(is_in(hangup_and_quit, SignalKind::hangup()));
        assert!(!is_in(hangup_and_quit, SignalKind::interrupt()));
        assert!(is_in(hangup_and_quit, SignalKind::quit()));
    }

    #[test]
    fn a_terminal_is_known_by_the_group_that_has_it() {
        assert_eq!(terminal_of("7 (a) b) S 1 7 7 0 -1 0"), Terminal::None);
        assert_eq!(terminal_of("7 (a) S 1 7 5 34816 7 0"), Terminal::Foreground);
        assert_eq!(terminal_of("7 (a) S 1 7 5 34816 5 0"), Terminal::Background);
        assert_eq!(terminal_of(""), Terminal::None);
    }

    #[test]
    fn whoever_called_sudo_is_named_and_nothing_that_is_no_name() {
        let env =
            |name: &'static str, value: &'static str| move |asked: &str| (asked == name).then(|| value.to_owned());
        assert_eq!(sudo_user(env("SUDO_USER", "ann")).as_deref(), Some("ann"));
        assert_eq!(sudo_user(env("DOAS_USER", "ann@corp.example")).as_deref(), Some("ann@corp.example"));
        assert_eq!(sudo_user(env("PKEXEC_UID", "0")).as_deref(), Some("root"));
        for odd in ["", "two words", "a\u{1b}[2Jb", "a\u{202e}b"] {
            assert_eq!(sudo_user(move |_| Some(odd.to_owned())), None, "{odd:?}");
        }
        assert_eq!(sudo_user(|_| None), None);
    }

    #[test]
    fn the_actor_of_a_command_is_its_unix_user() {
        let actor = actor();
        assert_eq!(actor.via, Via::Cli);
        assert!(!actor.user.is_empty());
    }
}
