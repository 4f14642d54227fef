//! Which systemd unit a control group belongs to, where the unit tells who is asking.

/// A unit that tells who is asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its name, an instance as its template: `pay@.service`.
    pub name: String,
    /// It is run by the manager of a user, not by that of the system.
    pub own_manager: bool,
}

/// Services that run what others ask of them: all their sessions, jobs and containers are in one unit.
const HOSTS: [&str; 22] = [
    "anacron.service",
    "atd.service",
    "containerd.service",
    "cri-o.service",
    "cron.service",
    "crond.service",
    "cronie.service",
    "dbus.service",
    "dbus-broker.service",
    "docker.service",
    "dropbear.service",
    "dropbear@.service",
    "fcron.service",
    "getty@.service",
    "k3s.service",
    "kubelet.service",
    "podman.service",
    "serial-getty@.service",
    "ssh.service",
    "ssh@.service",
    "sshd.service",
    "sshd@.service",
];

/// The unit of a control group: the innermost one. `None` where that is a scope (a session, a container, whatever was
/// started by `systemd-run --scope`), a service with a made-up name, or one that runs what others ask of it.
pub fn of(group: &str) -> Option<Unit> {
    let mut parts = group.split('/').filter(|part| !part.is_empty()).rev();
    let is_unit = |part: &&str| matches!(part.rsplit_once('.'), Some((_, "service" | "scope")));
    let unit = parts.find(is_unit)?;
    let name = unit.strip_suffix(".service")?;
    if made_up(name) || is_user_manager(name) {
        return None;
    }
    let name = folded(unit);
    if HOSTS.contains(&name.as_str()) || !name.chars().all(allowed) {
        return None;
    }
    let own_manager = parts.any(|part| part.strip_suffix(".service").is_some_and(is_user_manager));
    Some(Unit { name, own_manager })
}

/// A unit's name as a consumer's: an instance as its template, `pay@3.service` as `pay@.service`, and all that `systemd-run`
/// makes names up for as one, since none of them comes again.
pub fn folded(unit: &str) -> String {
    let (name, kind) = unit.rsplit_once('.').unwrap_or((unit, "service"));
    match name.split_once('@') {
        Some((template, _)) => format!("{template}@.{kind}"),
        None if made_up(name) => format!("run-.{kind}"),
        None => unit.to_owned(),
    }
}

/// What systemd allows in a unit's name (systemd.unit(5)), but for the backslash of escapes, which shows as another thing.
fn allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || ":-_.@".contains(c)
}

/// The names that `systemd-run` gives: `run-u12`, `run-r0f3…`, `run-p123-i456`.
fn made_up(name: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(rest) = name.strip_prefix("run-") else { return false };
    if let Some((process, invocation)) = rest.strip_prefix('p').and_then(|rest| rest.split_once("-i")) {
        return digits(process) && digits(invocation);
    }
    digits(rest)
        || rest.strip_prefix('u').is_some_and(digits)
        || rest.strip_prefix('r').is_some_and(|hex| hex.len() == 32 && hex.bytes().all(|it| it.is_ascii_hexdigit()))
}

/// `user@1000`: all that a user runs outside units of their own.
fn is_user_manager(name: &str) -> bool {
    name.strip_prefix("user@").is_some_and(|uid| uid.bytes().all(|byte| byte.is_ascii_digit()))
}
