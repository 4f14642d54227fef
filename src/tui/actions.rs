//! What each action of the table does, and what follows from an overlay's answer.

use uuid::Uuid;

use crate::core::state::State;
use crate::engine::request::{Request, UpcomingQuery};
use crate::engine::view::RotationView;
use crate::tui::acts::batch::{Batch, Target, Verb};
use crate::tui::acts::planned;
use crate::tui::acts::planned::{Planned, plan, plan_for};
use crate::tui::acts::{copy, menus, retire};
use crate::tui::forms::{connection, rotation};
use crate::tui::input::allowed;
use crate::tui::keys::action::Action;
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::{DemoKey, Effect, Purpose, Tone};
use crate::tui::navigation::{PANES, back, beside, focus, go, open, page};
use crate::tui::overlays::palette::Palette;
use crate::tui::overlays::{DateForm, Dated, DeleteForm, Overlay, Step, Then};
use crate::tui::overlays::{leave, themes};
use crate::tui::panes::{Pane, detail, texts};
use crate::tui::widgets::cursor::Move;
use crate::tui::widgets::text_input::TextInput;

/// How many due times the list of what is coming has.
const COMING: usize = 500;

/// Does an action, or says why not. What the last frame did not show is not acted on.
pub fn perform(model: &mut Model, action: Action) -> Vec<Effect> {
    if let Err(toast) = allowed(model, action) {
        return vec![toast];
    }
    if model.slid(action) {
        let text = "the row that was here is gone: look at the one in its place, then press the key again";
        return vec![model.toast(Tone::Warn, text)];
    }
    let marked = matches!(
        action,
        Action::Rotate
            | Action::RollBack
            | Action::Confirm
            | Action::Test
            | Action::Retry
            | Action::Pause
            | Action::Old
            | Action::Delete
    );
    if marked && model.on_marks() && model.the_list().hidden() > 0 {
        return menus::hidden(model, action);
    }
    on_shown(model, action)
}

/// Does an action on what is shown.
fn on_shown(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Down => go(model, Move::By(1)),
        Action::Up => go(model, Move::By(-1)),
        Action::Top => go(model, Move::Top),
        Action::Bottom => go(model, Move::Bottom),
        Action::HalfDown | Action::HalfUp | Action::PageDown | Action::PageUp if model.focus == Pane::Detail => {
            detail::scroll(model, action)
        }
        Action::HalfDown => go(model, Move::By(page(model) / 2)),
        Action::HalfUp => go(model, Move::By(-page(model) / 2)),
        Action::PageDown => go(model, Move::By(page(model))),
        Action::PageUp => go(model, Move::By(-page(model))),
        Action::Rotations => focus(model, Pane::Rotations),
        Action::Connections => focus(model, Pane::Connections),
        Action::History => focus(model, Pane::History),
        Action::Log => focus(model, Pane::Log),
        Action::NextPane => focus(model, beside(model.focus, 1)),
        Action::PreviousPane => focus(model, beside(model.focus, PANES.len() - 1)),
        Action::Zoom => {
            model.zoomed = !model.zoomed;
            Vec::new()
        }
        Action::Open => open(model),
        Action::New if model.list == Pane::Connections => connection::open(model),
        Action::New => rotation::open(model),
        Action::Edit if model.list == Pane::Connections => connection::edit(model),
        Action::Edit => rotation::edit(model),
        Action::Rotate => plan(model, Planned::Rotate),
        Action::Retry => retry(model),
        Action::Pause => menus::pause(model),
        Action::Old => retire::menu(model),
        Action::RollBack => plan(model, Planned::RollBack),
        Action::Confirm => plan(model, Planned::Confirm),
        Action::Test if model.list == Pane::Connections => {
            let acts = targets(model).into_iter().map(|target| (target, Verb::Test)).collect();
            act(model, acts)
        }
        Action::Test => plan(model, Planned::DryRun),
        Action::Copy => {
            let menu = copy::menu(model);
            push(model, menu.map(Overlay::Ask))
        }
        Action::Reveal => copy::reveal(model),
        Action::RowLog => texts::row_log(model),
        Action::Delete => delete(model),
        Action::Mark => {
            model.the_list().mark();
            Vec::new()
        }
        Action::Sort => {
            model.rotations.sort = model.rotations.sort.next();
            model.stale = true;
            Vec::new()
        }
        Action::Filter => {
            model.the_list().typing = true;
            Vec::new()
        }
        Action::Upcoming => {
            model.overlays.push(Overlay::Upcoming { rows: None, scroll: 0 });
            let query = UpcomingQuery { count: Some(COMING), ..UpcomingQuery::default() };
            vec![Effect::call(Purpose::Upcoming, Request::Upcoming(query))]
        }
        Action::Steps
        | Action::AttemptLog
        | Action::Narrow
        | Action::Search
        | Action::NextMatch
        | Action::PreviousMatch
        | Action::OnlyMatches
        | Action::Follow
        | Action::Level
        | Action::Times
        | Action::Wrap
        | Action::Left
        | Action::Right
        | Action::Save => texts::perform(model, action),
        Action::TakeOver => vec![Effect::TakeOver],
        Action::Inject => vec![Effect::Demo(DemoKey::Inject)],
        Action::Kill => vec![Effect::Demo(DemoKey::Kill)],
        Action::Freeze => vec![Effect::Demo(DemoKey::Freeze)],
        Action::Palette => {
            let palette = Palette::new(menus::choices(model));
            push(model, Some(Overlay::Palette(palette)))
        }
        Action::Theme => themes::open(model),
        Action::Help => push(model, Some(Overlay::Help { scroll: 0 })),
        Action::Redraw => vec![Effect::Redraw],
        Action::Suspend => vec![Effect::Suspend],
        Action::Back => back(model).unwrap_or_else(|| {
            let quit = model.bindings.way_to(Action::Quit);
            vec![model.toast(Tone::Dim, format!("there is nothing to go back from; {quit} quits"))]
        }),
        Action::Quit => leave::quit(model),
    }
}

/// Follows up on an overlay's answer to a key.
pub fn follow(model: &mut Model, step: Step, key: Key) -> Vec<Effect> {
    if let (Some(Overlay::Date(form)), Code::Enter) = (model.overlays.last_mut(), key.code) {
        return match form.read(model.zone, model.now) {
            Err(fault) => {
                form.fault = Some(fault);
                Vec::new()
            }
            Ok(at) => {
                let (what, targets) = (form.what, std::mem::take(&mut form.targets));
                model.overlays.pop();
                match what {
                    Dated::Pause => {
                        let verb = Verb::Pause { until: Some(at) };
                        act(model, targets.into_iter().map(|target| (target, verb)).collect())
                    }
                    Dated::Retire => plan_for(model, Planned::RetireAt(at), targets),
                }
            }
        };
    }
    match step {
        Step::Stay => Vec::new(),
        Step::Close => {
            if let Some(Overlay::Batch { number, .. }) = model.overlays.pop() {
                forget(model, number);
            }
            Vec::new()
        }
        Step::Then(then) => {
            model.overlays.pop();
            match then {
                Then::Nothing => Vec::new(),
                Then::Do(action) => perform(model, action),
                Then::Act(acts) => act(model, acts),
                Then::Date(what, targets) => {
                    let form = DateForm { what, targets, field: TextInput::default(), fault: None };
                    push(model, Some(Overlay::Date(form)))
                }
                Then::Plan(what, targets) => plan_for(model, what, targets),
                Then::Copy(what, text) => copy::text(what, text),
                Then::Reveal(id) => copy::shown(model, id),
                Then::CopyValue(id) => copy::value(model, id),
                Then::SaveValue(id) => copy::save(model, id),
                Then::Go(id) => {
                    let pane =
                        if model.rows.connections.contains_key(&id) { Pane::Connections } else { Pane::Rotations };
                    let effects = focus(model, pane);
                    model.the_list().jump(id);
                    model.stale = true;
                    effects
                }
                Then::OnShown(action) => on_shown(model, action),
                Then::ShowMarked => {
                    let list = model.the_list();
                    (list.typing, list.filter) = (false, TextInput::default());
                    model.stale = true;
                    Vec::new()
                }
                Then::Unmark => {
                    model.the_list().marks.clear();
                    Vec::new()
                }
                Then::Safely(what, acts) => {
                    let acts = planned::safely(model, what, acts);
                    act(model, acts)
                }
                Then::Draft => rotation::go_on(model),
                Then::Fresh => rotation::begin(model),
                Then::ApplyTheme(name) => themes::apply(model, name),
                Then::LeaveBehind => leave::leave_behind(model),
                Then::Quit => vec![Effect::Quit],
            }
        }
    }
}

/// Asks for the Okta secrets of a rotation.
pub fn ask_secrets(id: Uuid) -> Effect {
    Effect::call(Purpose::OktaSecrets(id), Request::OktaSecrets { id: id.to_string() })
}

/// A batch whose summary is put away, and whose items are all answered, is of no more use.
fn forget(model: &mut Model, number: u64) {
    if model.batches.get(&number).is_some_and(|batch| batch.counts().2 == 0) {
        model.batches.remove(&number);
    }
}

fn push(model: &mut Model, overlay: Option<Overlay>) -> Vec<Effect> {
    model.overlays.extend(overlay);
    Vec::new()
}

/// The rows that an act is for, by name.
pub fn targets(model: &mut Model) -> Vec<Target> {
    let connections = model.list == Pane::Connections;
    // What was opened stands for itself, whatever is marked in the list behind it.
    let opened = model.focus == Pane::Detail;
    let list = model.the_list();
    let chosen = if opened { list.cursor.id().into_iter().collect() } else { list.chosen() };
    let rows = &model.rows;
    let name = |id: &Uuid| {
        if connections {
            rows.connections.get(id).map(|row| row.name.clone())
        } else {
            rows.rotations.get(id).map(|row| row.name.clone())
        }
    };
    chosen.into_iter().filter_map(|id| Some(Target { id, name: name(&id)? })).collect()
}

fn act(model: &mut Model, acts: Vec<(Target, Verb)>) -> Vec<Effect> {
    if acts.is_empty() {
        return Vec::new();
    }
    let many = acts.len() > 1;
    let slow = acts.iter().any(|(_, verb)| verb.takes_its_time());
    let batch = Batch::new(model.number(), acts);
    let mut effects = batch.calls();
    if many {
        model.overlays.push(Overlay::Batch { number: batch.number, scroll: 0 });
    } else if let Some(item) = batch.items.first().filter(|_| slow) {
        let text = format!("{} {} …", item.verb.doing().to_lowercase(), item.target.name);
        effects.push(model.toast(Tone::Dim, text));
    }
    if model.on_marks() {
        model.the_list().unmark_shown();
    }
    model.batches.insert(batch.number, batch);
    effects
}

/// What others have changed at Okta is looked at again. Rotations that fail are tried again at once; where they wait for their connection, that is tested. Those that need a
/// person are planned anew: what is in the way stands in the plan.
fn retry(model: &mut Model) -> Vec<Effect> {
    let targets = targets(model);
    if model.list == Pane::Connections {
        return act(model, targets.into_iter().map(|target| (target, Verb::Test)).collect());
    }
    let drift = |row: &RotationView| row.attention.as_ref().is_some_and(|attention| attention.drift);
    if targets.iter().all(|target| model.rows.rotations.get(&target.id).is_some_and(drift)) {
        return act(model, targets.into_iter().map(|target| (target, Verb::Look)).collect());
    }
    if !model.on_marks() && model.rotation().is_some_and(|row| row.attention.is_some()) {
        return plan(model, Planned::Rotate);
    }
    let mut acts: Vec<(Target, Verb)> = Vec::new();
    for target in targets {
        let Some(row) = model.rows.rotations.get(&target.id) else { continue };
        let refused = model.rows.connections.get(&row.connection_id).filter(|connection| connection.fault.is_some());
        match refused.filter(|_| row.state == State::Waiting) {
            Some(connection) => {
                let target = Target { id: connection.id, name: connection.name.clone() };
                if !acts.iter().any(|(known, _)| known.id == target.id) {
                    acts.push((target, Verb::Test));
                }
            }
            None => acts.push((target, Verb::Rotate { yes: false })),
        }
    }
    act(model, acts)
}

/// Rows by name, or by number where they are many.
pub fn called(targets: &[Target]) -> String {
    match targets {
        [only] => only.name.clone(),
        many => format!("{} rotations", many.len()),
    }
}

fn delete(model: &mut Model) -> Vec<Effect> {
    let connection = model.list == Pane::Connections;
    if model.on_marks() && model.the_list().marks.len() > 1 {
        return vec![model.toast(Tone::Warn, "deleting is done one by one: clear the marks with Esc")];
    }
    let target = targets(model).into_iter().next();
    let users =
        target.as_ref().map_or(0, |target| model.rows.connections.get(&target.id).map_or(0, |row| row.rotations));
    if connection && users > 0 {
        let many = if users == 1 {
            "1 rotation uses it: that goes".into()
        } else {
            format!("{users} rotations use it: those go")
        };
        let key = model.bindings.way_to(Action::Delete);
        return vec![model.toast(Tone::Warn, format!("{many} first, with {key} in their list"))];
    }
    let stuck = |target: &Target| {
        let row = model.rows.rotations.get(&target.id).filter(|row| row.deleting_since.is_some());
        row.is_some_and(|row| row.fault.is_some() || row.attention.is_some())
    };
    let form = target.map(|target| {
        let stuck = stuck(&target);
        let row = model.rows.rotations.get(&target.id);
        let unread = row.and_then(|row| {
            let current = row.current.as_ref().filter(|current| current.fetched_at.is_none())?;
            Some((row.previous.as_ref()?.secret_id.clone()?, current.version))
        });
        Overlay::Delete(DeleteForm { unread, ..DeleteForm::new(target, connection, stuck) })
    });
    push(model, form)
}
