//! What this machine tells: files and their rights, room on the disk, and what keeps an engine running.

use crate::core::fault::Problem;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::Check;
use crate::api::socket::check_length;
use crate::cli::looks::THEMES;
use crate::cli::notify::found;
use crate::cli::settings::Settings;
use crate::cli::settings::layers::SYSTEM;
use crate::engine::view::EngineView;
use crate::net::check_ca_file;
use crate::store::StoreError;
use crate::trust::files::check as trusted;
use crate::trust::peer::user_id;

/// Less room than this is too little: a backup needs as much as the store.
const ROOM: u64 = 64 << 20;

/// The key, the data directory and the socket.
pub fn places(settings: &Settings) -> Vec<Check> {
    let mut checks = vec![key(settings), data(&settings.data_dir), socket(&settings.own_socket())];
    checks.extend(files(settings));
    checks
}

/// The other files that are believed, where something is wrong with one, and the user that is named for the engine.
fn files(settings: &Settings) -> Vec<Check> {
    let themes = settings.config.as_ref().map(|file| file.with_file_name(THEMES));
    let system = Some(PathBuf::from(SYSTEM));
    let named = [("config", system), ("config", settings.config.clone()), ("themes", themes)];
    let unsafe_file = |(what, path): (&str, Option<PathBuf>)| {
        let found = trusted(&path?).err()?;
        Some(Check::bad(what, found.to_string(), found.fix))
    };
    let mut checks: Vec<Check> = named.into_iter().filter_map(unsafe_file).collect();
    checks.extend(
        check_ca_file(&settings.found.config.network()).err().map(|fault| Check::of("CA file", &fault.problem)),
    );
    let program = settings.found.config.notify.command.as_ref().and_then(|command| command.first());
    if let Some(why) = program.and_then(|program| found(program).err()) {
        let reported = format!("{} {why}", program.map_or("it", String::as_str));
        checks.push(Check::bad(
            "notify command",
            reported,
            "correct `[notify] command`; until then no message is sent",
        ));
    }
    if let Some(owner) = settings.found.config.engine.owner.as_ref().filter(|owner| user_id(owner).is_none()) {
        let reported = format!("there is no user {owner:?}, whom `[engine] owner` names");
        checks.push(Check::bad("engine.owner", reported, "correct it, or take it out"));
    }
    checks
}

fn key(settings: &Settings) -> Check {
    let (path, found) = settings.keys.inspect(&settings.data_dir);
    let path = path.display();
    match found {
        Ok(()) => Check::well("sealing key", format!("{path}, for you alone; is it backed up, apart from the data?")),
        Err(StoreError::KeyMissing { .. }) if !settings.has_store() => {
            Check::well("sealing key", format!("{path} is made at the first use"))
        }
        Err(error) => Check { store: true, ..Check::of("sealing key", &Problem::from(&error)) },
    }
}

fn data(dir: &Path) -> Check {
    let what = "data directory";
    let shown = dir.display();
    let meta = match std::fs::symlink_metadata(dir) {
        Ok(meta) => meta,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Check::well(what, format!("{shown} is made at the first use"));
        }
        Err(error) => return Check::bad(what, format!("{shown}: {error}"), "run this as the engine's user"),
    };
    if meta.mode() & 0o077 != 0 {
        return Check::bad(what, format!("others may enter {shown}"), format!("chmod 700 {shown}"));
    }
    let us = nix::unistd::geteuid().as_raw();
    if meta.uid() != us {
        return Check::bad(what, format!("{shown} belongs to another user"), "run this as the engine's user");
    }
    let room = nix::sys::statvfs::statvfs(dir).map(|disk| {
        #[expect(clippy::useless_conversion, reason = "its numbers are narrower on some machines")]
        let (blocks, size) = (u64::from(disk.blocks_available()), u64::from(disk.fragment_size()));
        blocks.saturating_mul(size)
    });
    match room {
        Ok(room) if room < ROOM => {
            let reported = format!("{} MiB are free for {shown}", room >> 20);
            Check {
                store: true,
                ..Check::bad(what, reported, "make room: a store that cannot be written acts no more")
            }
        }
        _ => Check::well(what, format!("{shown}, for you alone")),
    }
}

fn socket(path: &Path) -> Check {
    if let Err(refusal) = check_length(path) {
        return Check::refused("socket", &refusal);
    }
    let there = if path.exists() { "" } else { ", made by an engine" };
    Check::well("socket", format!("{}{there}", path.display()))
}

/// What keeps the engine running: a service, a service of a user, or nothing but its session.
pub fn keeper(engine: &EngineView) -> Check {
    let group = std::fs::read_to_string(format!("/proc/{}/cgroup", engine.pid)).unwrap_or_default();
    let lingers = Path::new("/var/lib/systemd/linger").join(&engine.user).exists();
    kept(engine, &group, lingers)
}

/// The same, by the process's control group and whether its user's services outlive the last session.
pub fn kept(engine: &EngineView, group: &str, lingers: bool) -> Check {
    let what = "kept running by";
    let path = group.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or_default();
    let mut units = path.rsplit('/').filter(|unit| unit.ends_with(".service") && !unit.starts_with("user@"));
    let unit = units.next();
    let of_user = path.contains("/user@");
    match unit {
        _ if engine.role == "ui" => {
            Check::well(what, format!("the screen of {}, and no longer than that is open", engine.user))
        }
        Some(unit) if of_user && !lingers => Check::bad(
            what,
            format!("the user unit {unit}, which ends with the last session of {}", engine.user),
            format!("loginctl enable-linger {}", engine.user),
        ),
        Some(unit) if of_user => Check::well(what, format!("the user unit {unit}; {} lingers", engine.user)),
        Some(unit) => Check::well(what, format!("the unit {unit}")),
        None if engine.role == "once" => Check::well(what, "nothing: it ends when all that is due is done"),
        None => Check::bad(
            what,
            "nothing that would start it again after a reboot",
            "let a service manager run `windlass serve`",
        ),
    }
}
