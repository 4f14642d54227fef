//! `windlass doctor`: how everything is set and where that comes from, what is wrong here, and what to do about it.
//!
//! It only looks: nothing is made, fixed or begun. Okta is called only where `--call` says so.

use crate::core::cause::Cause;
use crate::core::fault::Problem;
use crate::words::sentence::Sentence;
use crate::words::sentence::say;
use crate::words::voice::Page;
use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use clap::Args;
use serde::Serialize;

use super::Failure;
use super::attach::{reach, warning};
use super::context::Context;
use super::output::table::{Cell, Table};
use super::output::when;
use super::settings::Settings;
use super::settings::config::fault::ConfigFault;
use super::settings::sound::Found;
use super::status::problem::{Word, idle, of_connection, problems};
use super::status::view;
use crate::core::name::reserved;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Mode, Reply, Request, TestTerms};
use crate::engine::view::{EngineView, View};
use crate::text::sanitize;

mod machine;
mod set;
mod values;

use set::Setting;

/// How old the last backup may be while an engine writes: one is taken a minute after a change, and at every end.
const STALE: Duration = Duration::days(14);

/// What is looked at.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Exit status: 0 where all is well, 1 where something is not, 7 where that is the store.

Examples:
  windlass doctor                # every check and every setting
  windlass doctor --cron         # only what is wrong, and nothing where all is well; no engine has to stay")]
pub struct Doctor {
    /// Call each org once, which also tells whether this machine's clock is right
    #[arg(long)]
    call: bool,
    /// For cron: say only what is wrong, and nothing where all is well. That no engine stays is no problem, as in `status`
    #[arg(long)]
    cron: bool,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at.
    what: String,
    /// Whether it is as it should be.
    ok: bool,
    /// How it is.
    #[serde(rename = "told")]
    reported: Sentence,
    /// What to do, where it is not.
    next: Sentence,
    /// Why it is not, where that is known as data.
    #[serde(skip)]
    cause: Option<Cause>,
    #[serde(skip)]
    store: bool,
}

impl Check {
    /// All is well with it.
    fn well(what: impl Into<String>, reported: impl Into<Sentence>) -> Self {
        Self { ok: true, ..Self::bad(what, reported, "") }
    }

    /// It is not as it should be.
    fn bad(what: impl Into<String>, reported: impl Into<Sentence>, next: impl Into<Sentence>) -> Self {
        Self { what: what.into(), ok: false, reported: reported.into(), next: next.into(), cause: None, store: false }
    }

    /// A problem keeps it from being so.
    fn of(what: impl Into<String>, problem: &Problem) -> Self {
        Self { cause: Some(problem.cause.clone()), ..Self::bad(what, problem.what(), problem.todo()) }
    }

    fn refused(what: &str, refusal: &Refusal) -> Self {
        Self { store: refusal.error == Kind::Store, ..Self::of(what, &refusal.problem) }
    }
}

impl Check {
    /// How it is and what to do, as it is read.
    fn whole(&self, zone: Tz) -> String {
        Sentence::join([self.reported.clone(), self.next.clone()], "; ").by(&Page(zone))
    }
}

/// All of it, for programs.
#[derive(Serialize)]
struct Report {
    ok: bool,
    settings: Vec<Setting>,
    checks: Vec<Check>,
}

/// Looks, and says what it found.
pub async fn run(ctx: &Context, args: Doctor) -> Result<(), Failure> {
    let settings = set::effective(&ctx.settings, &|name| std::env::var_os(name));
    let mut checks = config(&ctx.settings);
    checks.extend(machine::places(&ctx.settings));
    let engine = engine(ctx, &args).await;
    checks.extend(engine.into_iter().map(|check| once(check, &checks)).collect::<Vec<_>>());
    reported(ctx, &Report { ok: checks.iter().all(|check| check.ok), settings, checks }, args.cron)
}

/// What is wrong in the config file, all of it. Whoever needs a line that is wrong does without it, or refuses.
fn config(settings: &Settings) -> Vec<Check> {
    let of = |found: &Found| {
        let place = found.path.display().to_string();
        let unread = found.unread.iter().map(|refusal| Check::refused("config", refusal));
        let fault = |fault: &ConfigFault| {
            Check::bad("config", format!("{place}, line {}: {}", fault.line, fault.message), &fault.hint)
        };
        unread.chain(found.faults.iter().map(fault)).collect::<Vec<_>>()
    };
    let mut checks: Vec<Check> = settings.found.faulty().flat_map(of).collect();
    let other = "give one of the two another key, or none";
    checks.extend(
        super::keys::bindings_that_hold(settings).1.into_iter().map(|reported| Check::bad("config", reported, other)),
    );
    checks.extend(values::values(settings));
    checks
}

/// A check that fails for the cause that another one has reported only points to that one.
fn once(check: Check, known: &[Check]) -> Check {
    match known.iter().find(|other| check.cause.is_some() && other.cause == check.cause) {
        Some(other) => {
            Check { reported: "cannot be checked".into(), next: say!("see the {} above", &other.what), ..check }
        }
        None => check,
    }
}

/// The engine, or the store where none runs, and what they tell.
async fn engine(ctx: &Context, args: &Doctor) -> Vec<Check> {
    let settings = &ctx.settings;
    let mut strange = None;
    match reach(settings) {
        Ok(Err(_)) if !settings.has_store() => {
            if let Err(error) = settings.expect_store() {
                return vec![Check::refused("store", &error.into())];
            }
            return vec![Check::well(
                "engine",
                "none runs, and there is no store yet: the first connection begins one (`windlass connection create --help`)",
            )];
        }
        Err(refusal) => return vec![Check::refused("engine", &refusal)],
        Ok(Ok(remote)) => strange = warning(&remote),
        Ok(Err(_)) => {}
    }
    let view = match view(ctx).await {
        Ok(view) => view,
        Err(failure) => {
            let odd = Refusal::new(Kind::Failed, "the engine's reply is not what was asked for", "restart it");
            return vec![Check::refused("engine", failure.refusal().unwrap_or(&odd))];
        }
    };
    let mut checks = of_view(&view, args.cron);
    if let Some(strange) = strange {
        let next = "name the engine's socket with --socket, or have root name its user ([engine] owner in \
                    /etc/windlass/config.toml)";
        checks.insert(0, Check::bad("engine", strange, next));
    }
    if view.engine.role != "one-shot" && !args.cron {
        checks.push(machine::keeper(&view.engine));
    }
    checks.push(backups(crate::store::last_backup(&settings.data_dir), &view));
    if args.call {
        for connection in &view.app_connections {
            let test = ctx.call(Request::act(&connection.name, TestTerms::default(), Mode::Ask)).await;
            checks.push(clock(&connection.name, test));
        }
    }
    checks
}

/// What a view tells.
fn of_view(view: &View, cron: bool) -> Vec<Check> {
    let engine = &view.engine;
    let ours = env!("CARGO_PKG_VERSION");
    let mut checks = vec![if engine.version == ours {
        Check::well("engine", who(engine))
    } else {
        let reported = format!("{}, version {}, and this is {ours}", who(engine), engine.version);
        Check::bad("engine", reported, "restart it with this one")
    }];
    // One that is refused or held stands among the problems.
    for connection in view.app_connections.iter().filter(|connection| of_connection(connection).is_none()) {
        let what = format!("connection {}", connection.name);
        if let Some(fault) = &connection.fault {
            checks.push(Check::of(what, &fault.problem));
            continue;
        }
        let last = connection.last_ok_at.map(|at| when::relative(at, engine.now));
        let last = last.map_or_else(|| "was never called".to_owned(), |last| format!("answered last {last}"));
        checks.push(Check::well(what, last));
    }
    checks.extend(names(view));
    let problem = |problem: super::status::problem::Problem| {
        let what = match problem.whose() {
            "-" => problem.state.word().to_lowercase(),
            whose => format!("{} {whose}", problem.state.word()),
        };
        if problem.until.is_some() {
            return Check::well(what, say!("{}; {}", problem.cause, problem.next));
        }
        Check { store: problem.state == Word::Store, ..Check::bad(what, problem.cause, problem.next) }
    };
    checks.extend(problems(view, !cron).into_iter().map(problem));
    checks
}

/// Mapped names that steer the programs that get them; none can be given any more, but a store may have them.
fn names(view: &View) -> impl Iterator<Item = Check> {
    view.secret_rotations.iter().flat_map(|row| {
        let mapped = [
            ("--client-id-name", &row.secrets_mapping.client_id),
            ("--client-secret-name", &row.secrets_mapping.client_secret),
        ];
        mapped.into_iter().filter_map(|(option, name)| {
            let why = reserved(name)?;
            let reported = format!("{name} of {}: {why}, so `run` does not pass it", row.name);
            let next = format!(
                "`windlass rotation update {} {option} OKTA_{name}`, and have its consumers read that",
                row.name
            );
            Some(Check::bad("mapped name", reported, next))
        })
    })
}

fn who(engine: &EngineView) -> String {
    let idle = if engine.schedules { String::new() } else { format!("; {}", idle(engine)) };
    if engine.role == "one-shot" {
        let idle = if engine.rotations == 0 { "" } else { ", and nothing rotates until one does (`windlass serve`)" };
        return format!("none runs{idle}; the store was looked at by this command");
    }
    format!("{}, pid {} of {} on {}{idle}", engine.role, engine.pid, engine.user, engine.host)
}

fn backups(last: Option<DateTime<Utc>>, view: &View) -> Check {
    let now = view.engine.now;
    match last {
        Some(at) if now - at > STALE && view.engine.schedules => {
            let reported = format!("the last was taken {}", when::relative(at, now));
            Check::bad("backups", reported, "see whether the data directory's backups/ can be written")
        }
        Some(at) => Check::well("backups", format!("the last was taken {}", when::relative(at, now))),
        None if view.engine.rotations == 0 => Check::well("backups", "none yet"),
        None => Check::bad("backups", "there is none", "see whether the data directory's backups/ can be written"),
    }
}

/// What a call tells of the two clocks.
fn clock(name: &str, test: Result<Reply, Failure>) -> Check {
    let what = format!("call to {name}");
    match test {
        Ok(Reply::Test { test }) => match test.clock_skew_seconds {
            Some(skew) if skew.abs() > 60 => {
                let reported = format!("it answers; this machine's clock is {skew} s off Okta's");
                Check::bad(what, reported, "set the clock, or have it set (NTP): nothing is cut while it is off")
            }
            _ => Check::well(what, "it answers, and the clocks agree"),
        },
        Ok(_) => Check::refused(&what, &Refusal::new(Kind::Failed, "another reply", "restart the engine")),
        Err(failure) => {
            let odd = Refusal::new(Kind::Failed, "it failed", "try again");
            Check::refused(&what, failure.refusal().unwrap_or(&odd))
        }
    }
}

fn reported(ctx: &Context, report: &Report, cron: bool) -> Result<(), Failure> {
    let status = match report.checks.iter().filter(|check| !check.ok).map(|check| check.store).max() {
        None => 0,
        Some(true) => 7,
        Some(false) => 1,
    };
    if ctx.output.json {
        ctx.output.object(report)?;
    } else if cron {
        ctx.output.data(wrong(&report.checks, ctx.settings.zone).as_bytes())?;
    } else {
        let mut set = Table::new(&["SETTING", "VALUE", "FROM"]);
        for row in &report.settings {
            set.row([row.key.as_str().into(), row.value.as_str().into(), row.from.as_str().into()]);
        }
        ctx.output.table(&set)?;
        ctx.output.data(b"\n")?;
        let mut table = Table::new(&["", "WHAT", "HOW IT IS"]);
        for check in &report.checks {
            let word = if check.ok { "ok" } else { "WRONG" };
            let reported = check.whole(ctx.settings.zone);
            table.row([word.into(), check.what.as_str().into(), Cell::remedy(&reported)]);
        }
        ctx.output.table(&table)?;
    }
    if status == 0 { Ok(()) } else { Err(Failure::Status(status, None)) }
}

/// What is wrong, a line each, with what to do: what cron mails.
fn wrong(checks: &[Check], zone: Tz) -> String {
    let bad = checks.iter().filter(|check| !check.ok);
    let line = |check: &Check| sanitize(&format!("{}: {}", check.what, check.whole(zone)), 2048) + "\n";
    bad.map(line).collect()
}

#[cfg(test)]
mod tests;
