//! Showing rotations.

use crate::words::sentence::Sentence;
use chrono::{DateTime, Utc};

use crate::cli::Failure;
use crate::cli::context::Context;
use crate::cli::output::table::{Cell, Sheet, Table, Way};
use crate::cli::output::{Ink, when};
use crate::core::fault::Fault;
use crate::core::protocol::plan::Plan;
use crate::core::remedy::Automatic;
use crate::core::rotation::hold::Hold;
use crate::core::rotation::{Status, Verify};
use crate::core::state::State;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::Reply;
use crate::engine::view::{PreviousView, RotationView};
use crate::text::when::span;
use crate::words::voice::Page;

/// All rotations as a table, or one as a sheet.
pub fn reply(ctx: &Context, reply: &Reply) -> Result<(), Failure> {
    if ctx.output.json {
        return ctx.output.object(reply);
    }
    match reply {
        Reply::Rotations { secret_rotations } if secret_rotations.is_empty() => {
            ctx.output.talk("there are no rotations yet; `windlass rotation create --help` shows how one is made");
            Ok(())
        }
        Reply::Rotations { secret_rotations } => {
            let mut rows: Vec<&RotationView> = secret_rotations.iter().collect();
            rows.sort_by(|a, b| (a.state, &a.name).cmp(&(b.state, &b.name)));
            ctx.output.table(&table(ctx, &rows))
        }
        Reply::Rotation { secret_rotation, .. } => ctx.output.data(sheet(ctx, secret_rotation).draw().as_bytes()),
        _ => Err(Failure::odd_reply()),
    }
}

/// One rotation as a row: what an act leaves behind.
pub fn row(ctx: &Context, reply: &Reply) -> Result<(), Failure> {
    match reply {
        _ if ctx.output.json => ctx.output.object(reply),
        Reply::Rotation { secret_rotation, .. } => ctx.output.table(&table(ctx, &[secret_rotation])),
        _ => Err(Failure::odd_reply()),
    }
}

/// A dry run's plan; refused where something stands in the way, after it was shown.
pub fn planned(ctx: &Context, plan: &Plan) -> Result<(), Failure> {
    ctx.output.planned(plan)?;
    match plan.blockers.first() {
        None => Ok(()),
        Some(first) => Err(Refusal::of(Kind::Conflict, first.clone()).and(Automatic::NothingChanged).into()),
    }
}

fn ink(state: State) -> Ink {
    match state {
        State::Attention | State::Failing => Ink::Red,
        State::Waiting | State::Due => Ink::Yellow,
        State::Rotating => Ink::Cyan,
        State::Ok => Ink::Green,
        State::Paused => Ink::Dim,
    }
}

fn next(rotation: &RotationView, now: DateTime<Utc>) -> String {
    match rotation.next_rotation_at {
        _ if rotation.deleting_since.is_some() => "being deleted".into(),
        _ if rotation.state == State::Paused && rotation.is_rolled_back() => "rolled back".into(),
        _ if rotation.state == State::Paused && rotation.paused_until.is_none() => String::new(),
        Some(at) if at > now => when::relative(at, now),
        Some(_) => "now".into(),
        None if rotation.waits_undated() => "held".into(),
        None => String::new(),
    }
}

/// When it rotates next, for a sentence.
pub fn next_in_words(ctx: &Context, rotation: &RotationView) -> String {
    match rotation.next_rotation_at {
        Some(at) => format!("rotates next at {}", when::local(at, ctx.settings.zone)),
        None if rotation.waits_undated() => format!("the next rotation is {}", rotation.undated()),
        None => "nothing rotates by itself".into(),
    }
}

/// The old secret's life in a few words.
fn old(previous: Option<&PreviousView>, now: DateTime<Utc>) -> String {
    let Some(previous) = previous else { return "none".into() };
    let left = previous.goes_at().map(|at| if at > now { when::rough(at - now) } else { "(due)".into() });
    match (previous.status, left) {
        (Status::Gone, _) => "gone".into(),
        (_, None) => previous.holds().map_or_else(
            || "held".into(),
            |hold| {
                let why = if previous.lost_its_date() { "restored" } else { held(hold) };
                format!("held ({why})")
            },
        ),
        (Status::Intended, _) => "sent".into(),
        (Status::Active, Some(left)) => format!("on {left}"),
        (Status::Inactive, Some(left)) => format!("off {left}"),
    }
}

/// The same with how many consumers and targets have its successor, where one lacks it.
fn old_with(rotation: &RotationView, now: DateTime<Utc>) -> String {
    let (previous, count) = (rotation.previous.as_ref(), rotation.reach());
    let Some(count) = count.filter(|_| previous.is_some()) else { return old(previous, now) };
    let unread = previous.and_then(PreviousView::holds) == Some(Hold::Unread);
    let stands = if unread { "held".to_owned() } else { old(previous, now) };
    format!("{stands} ({count} have the new one)")
}

/// What holds an old secret back, in a word or three.
pub fn held(hold: Hold) -> &'static str {
    match hold {
        Hold::Paused => "paused",
        Hold::Unread => "not fetched by all",
        Hold::Behind => "not delivered",
        Hold::NoDate => "no date",
        Hold::Attention => "needs you",
    }
}

fn table(ctx: &Context, rotations: &[&RotationView]) -> Table {
    let now = ctx.settings.clock.now();
    let mut table = Table::new(&["name", "app", "connection", "state", "next", "age", "old secret"]).narrowed(&[
        ("app", Way::Cut(14)),
        ("connection", Way::Cut(12)),
        ("app", Way::Out),
        ("name", Way::Cut(24)),
    ]);
    for rotation in rotations {
        let age = rotation.current.as_ref().map(|current| when::rough(now - current.created_at)).unwrap_or_default();
        table.row([
            rotation.name.as_str().into(),
            rotation.parameters.app_label.as_str().into(),
            rotation.connection.name.as_str().into(),
            Cell::new(rotation.state.word(), ink(rotation.state)),
            next(rotation, now).into(),
            age.into(),
            old_with(rotation, now).into(),
        ]);
    }
    table
}

fn sheet(ctx: &Context, rotation: &RotationView) -> Sheet {
    let (zone, now) = (ctx.settings.zone, ctx.settings.clock.now());
    let said = |sentence: Sentence| sentence.by(&Page(zone));
    let mut sheet = Sheet::default();
    let at = &rotation.rotate_at;
    sheet.line("name", &rotation.name);
    sheet.line("description", &rotation.description);
    sheet.line("state", rotation.state.word());
    if let Some(since) = rotation.deleting_since {
        let since = when::local(since, zone);
        sheet.line("being deleted", format!("since {since}; it goes once its old secret is gone"));
    }
    if let Some(attention) = &rotation.attention {
        sheet.line("cause", said(attention.problem.what()));
        sheet.line("next step", said(attention.problem.todo()));
    }
    if rotation.phase != "idle" {
        sheet.line("phase", &rotation.phase);
    }
    // What an operator has to look at is said above.
    let known = |fault: &&Fault| {
        rotation.attention.as_ref().is_some_and(|attention| attention.problem.cause == fault.problem.cause)
    };
    if let Some(fault) = rotation.fault.as_ref().filter(|fault| !known(fault)) {
        sheet.line("fault", said(fault.problem.what()));
        sheet.line("to do", said(fault.problem.todo()));
    }
    let turn = if rotation.phase == "idle" { "begins" } else { "tried again" };
    sheet.line(turn, when::local_or_none(rotation.next_try_at, zone));
    sheet.line("app", format!("{}  {}", rotation.parameters.app_id, rotation.parameters.app_label));
    let hidden = if rotation.parameters.client_id_hidden { "  (not shown by Okta)" } else { "" };
    sheet.line("client id", format!("{}{hidden}", rotation.parameters.client_id));
    if let Some(method) = rotation.parameters.auth_method.filter(|method| method.is_open()) {
        sheet.line("auth method", method.as_str());
    }
    sheet.line("connection", &rotation.connection.name);
    let mode = if rotation.is_auto_rotation_enabled { "" } else { " (auto-rotation off)" };
    let zone_name = at.time_zone.as_deref().unwrap_or("UTC");
    let every = rotation.rotation_interval;
    sheet.line("schedule", format!("every {every} days at {:02}:{:02} {zone_name}{mode}", at.hours, at.minutes));
    if let Some((why, pause)) = rotation.why_paused().zip(rotation.paused.as_ref()) {
        let name = &rotation.name;
        let then = if pause.rolled_back { "once its consumers work with a new secret, " } else { "" };
        let since = when::local(pause.since, zone);
        sheet.line("paused", format!("{why}, since {since}; {then}`windlass rotation resume {name}` ends it"));
    }
    sheet.line("paused until", when::local_or_none(rotation.paused_until, zone));
    let next_at = rotation.next_rotation_at.map(|next| {
        // Its schedule is in its own zone.
        let there = when::there(next, zone, at.time_zone.as_deref()).map(|there| format!("; {there} there"));
        format!("{} ({}{})", when::local(next, zone), when::relative(next, now), there.unwrap_or_default())
    });
    let condition = if rotation.depends_on_fetch() { ", if its consumers have the current secret by then" } else { "" };
    let undated = || if rotation.waits_undated() { rotation.undated().into() } else { String::new() };
    sheet.line("next", next_at.map_or_else(undated, |next| format!("{next}{condition}")));
    if let (Some(next), Some(due)) = (rotation.next_rotation_at, rotation.due_at)
        && next > now
        && next != due
    {
        sheet.line("due", format!("{}; it waits until its old secret is deleted", when::local(due, zone)));
    }
    let mapping = &rotation.secrets_mapping;
    sheet.line(
        "maps to",
        format!(
            "{}:{}  {}, {}",
            rotation.environment.slug, rotation.secret_path, mapping.client_id, mapping.client_secret
        ),
    );
    if let Some(current) = &rotation.current {
        let id = current.secret_id.as_deref().unwrap_or("-");
        let fetched = current.fetched_at.map(|at| format!(", first fetched {}", when::local(at, zone)));
        let fetched = fetched.unwrap_or_else(|| ", not fetched yet".into());
        let since = when::local(current.created_at, zone);
        let lost = match current.status {
            Status::Active | Status::Intended => "",
            Status::Inactive => ", INACTIVE at Okta: consumers are refused",
            Status::Gone => ", deleted at Okta: consumers are refused",
        };
        sheet.line("secret", format!("{id}{lost}, made {since}, version {}{fetched}", current.version));
        sheet.line("targets", said(rotation.targets.say(current.version)));
        sheet.line("consumers", rotation.consumers.say(current.version, now).by(&Page(zone)));
    }
    if let Some(previous) = &rotation.previous {
        let id = previous.secret_id.as_deref().unwrap_or("-");
        sheet.line("old secret", format!("{id}, {}", old(Some(previous), now)));
        sheet.line("  off at", when::local_or_none(previous.goes_off_at, zone));
        sheet.line("  deleted at", when::local_or_none(previous.gone_at, zone));
        if let Some(why) = previous.why_undated() {
            let since = previous.kept.map(|kept| format!(" on {}", when::local(kept.since, zone))).unwrap_or_default();
            let give = format!("`windlass rotation retire {} --at WHEN`, or --now, gives it one", rotation.name);
            sheet.line("  has no date", format!("{why}{since}; nothing rotates until it has gone; {give}"));
        }
    }
    let unread = if rotation.retire_unread { ", even where consumers lack the new one" } else { "" };
    sheet.line(
        "old ones stay",
        format!("on {}, then off {}{unread}", span(rotation.overlap_seconds), span(rotation.soak_seconds)),
    );
    sheet.line(
        "new ones",
        match rotation.verify {
            Verify::Listed => "not tested (listed): that Okta lists them ACTIVE is all".to_owned(),
            way => format!("tested by {}", way.as_str()),
        },
    );
    if let Some(at) = rotation.last_rotation_attempted_at {
        let ending = rotation.last_rotation().unwrap_or_default().by(&Page(zone));
        sheet.line("last attempt", format!("{}: {ending}", when::local(at, zone)));
    }
    sheet.line("last rotated", when::local_or_none(rotation.last_rotated_at, zone));
    sheet.line("id", rotation.id.to_string());
    sheet
}
