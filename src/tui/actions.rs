//! What each action of the table does, and what follows from an overlay's answer.

use crate::engine::request::{PauseTerms, Request, RetireTerms, RotateTerms, TestTerms, UpcomingQuery};
use crate::tui::acts::task::Task;
use crate::tui::acts::{copy, menus, plan_box, retire};
use crate::tui::demo::DemoKey;
use crate::tui::filling;
use crate::tui::keys::action::Action;
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Purpose};
use crate::tui::navigation::{back, focus, go, open, page, push};
use crate::tui::obstacle::obstacle;
use crate::tui::overlays::date::{DateForm, Dated};
use crate::tui::overlays::palette::{self, Palette};
use crate::tui::overlays::question::{Question, Step, Then};
use crate::tui::overlays::targets::Targets;
use crate::tui::overlays::themes::Chooser;
use crate::tui::overlays::{Overlay, leave};
use crate::tui::panes::Pane;
use crate::tui::panes::log::About;
use crate::tui::planning::plan_for;
use crate::tui::row_acts::{act, delete, plan, retry, targets};
use crate::tui::theme::Tone;
use crate::tui::widgets::cursor::Move;
use crate::tui::widgets::text_input::TextInput;

/// How many due times the list of what is coming has.
const COMING: usize = 500;

/// Does an action, or says why not. What the last frame did not show is not acted on.
pub fn perform(model: &mut Model, action: Action) -> Vec<Effect> {
    if let Some(why) = obstacle(action, &model.session, &model.selection()) {
        return vec![model.session.toast(Tone::Warn, why)];
    }
    if model.slid(action) {
        let text = "the row that was here is gone: look at the one in its place, then press the key again";
        return vec![model.session.toast(Tone::Warn, text)];
    }
    let marked =
        matches!(action, Action::Act(_) | Action::Test | Action::Retry | Action::Pause | Action::Old | Action::Delete);
    if marked && model.selection().on_marks && model.the_list().hidden() > 0 {
        let question = menus::hidden(model.the_list(), action);
        return ask(model, Some(question));
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
            let (row, page) = (model.selection().id(), page(model).unsigned_abs());
            model.detail.scroll(action, row, page);
            Vec::new()
        }
        Action::HalfDown => go(model, Move::By(page(model) / 2)),
        Action::HalfUp => go(model, Move::By(-page(model) / 2)),
        Action::PageDown => go(model, Move::By(page(model))),
        Action::PageUp => go(model, Move::By(-page(model))),
        Action::Show(pane) => focus(model, pane),
        Action::NextPane => focus(model, model.focus.beside(1)),
        Action::PreviousPane => focus(model, model.focus.beside(Pane::tabs().count() - 1)),
        Action::Zoom => {
            model.zoomed = !model.zoomed;
            Vec::new()
        }
        Action::Open => open(model),
        Action::New if model.list == Pane::Connections => filling::new_connection(model),
        Action::New => filling::new_rotation(model),
        Action::Edit if model.list == Pane::Connections => filling::edit_connection(model),
        Action::Edit => filling::edit_rotation(model),
        Action::Act(kind) if kind.spec().shows_plan() => plan(model, kind.plain()),
        Action::Act(kind) => {
            let targets = targets(model);
            act(model, Task::each(&targets, kind.plain()))
        }
        Action::Retry => retry(model),
        Action::Pause => {
            let targets = targets(model);
            let question = menus::pause(&model.session, &targets);
            ask(model, Some(question))
        }
        Action::Old => {
            let targets = targets(model);
            let question = retire::menu(&model.session, &targets);
            ask(model, Some(question))
        }
        Action::Consumers => {
            let question = model.selection().rotation().map(|row| retire::consumers(&model.session, row));
            ask(model, question)
        }
        Action::Targets => {
            let shown = model.rotation().map(|row| Targets::of(row.id));
            push(model, shown.map(Overlay::Targets))
        }
        Action::Test if model.list == Pane::Connections => {
            let targets = targets(model);
            act(model, Task::each(&targets, TestTerms::default()))
        }
        Action::Test => {
            let targets = targets(model);
            plan_for(model, RotateTerms::default().into(), true, targets)
        }
        Action::Copy => {
            let menu = copy::menu(&model.session, &model.selection());
            ask(model, menu)
        }
        Action::Reveal => match copy::reveal(&model.session, &model.selection()) {
            Ok(effects) => effects,
            Err(question) => ask(model, Some(question)),
        },
        Action::RowLog => row_log(model),
        Action::Delete => delete(model),
        Action::Mark => {
            model.the_list().mark();
            Vec::new()
        }
        Action::Sort => {
            model.rotations.sort = model.rotations.sort.next();
            model.session.stale = true;
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
        Action::AttemptLog => {
            let about = model
                .history
                .attempts
                .selected()
                .map(|entry| About::Attempt(entry.id, format!("this attempt of {}", entry.whose())));
            about.map(|about| log_of(model, about)).unwrap_or_default()
        }
        Action::Steps
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
        | Action::Save => {
            let (content, session) = model.content_mut(model.focus);
            content.perform(action, session)
        }
        Action::TakeOver => vec![Effect::TakeOver],
        Action::Inject => vec![Effect::Demo(DemoKey::Inject)],
        Action::Kill => vec![Effect::Demo(DemoKey::Kill)],
        Action::Freeze => vec![Effect::Demo(DemoKey::Freeze)],
        Action::Palette => {
            let entries = palette::entries(&model.session, &model.selection(), model.focus);
            let palette = Palette::new(entries);
            push(model, Some(Overlay::Palette(palette)))
        }
        Action::Theme => {
            let chooser = Chooser::of(&model.themes);
            push(model, Some(Overlay::Themes(chooser)))
        }
        Action::Help => push(model, Some(Overlay::Help { scroll: 0 })),
        Action::Redraw => vec![Effect::Redraw],
        Action::Suspend => vec![Effect::Suspend],
        Action::Back => back(model).unwrap_or_else(|| {
            let quit = model.session.preferences.bindings.way_to(Action::Quit);
            vec![model.session.toast(Tone::Dim, format!("there is nothing to go back from; {quit} quits"))]
        }),
        Action::Quit => quit(model),
    }
}

/// Follows up on an overlay's answer to a key.
pub fn follow(model: &mut Model, step: Step, key: Key) -> Vec<Effect> {
    if let (Some(Overlay::Date(form)), Code::Enter) = (model.overlays.last_mut(), key.code) {
        return match form.read(model.session.preferences.zone, model.session.now) {
            Err(fault) => {
                form.fault = Some(fault);
                Vec::new()
            }
            Ok(at) => {
                let (what, targets) = (form.what, std::mem::take(&mut form.targets));
                model.overlays.pop();
                match what {
                    Dated::Pause => act(model, Task::each(&targets, PauseTerms { until: Some(at) })),
                    Dated::Retire => {
                        let dated = RetireTerms { at: Some(at), ..RetireTerms::default() };
                        plan_for(model, dated.into(), false, targets)
                    }
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
                Then::Plan(act, targets) => plan_for(model, act, false, targets),
                Then::Copy(text) => vec![Effect::Copy(text)],
                Then::Reveal(id) => copy::shown(&model.session, id),
                Then::CopyValue(id) => copy::value(&model.session, id),
                Then::SaveValue(id) => copy::save(&model.session, id),
                Then::Go(id) => {
                    let pane = if model.session.rows.connections.contains_key(&id) {
                        Pane::Connections
                    } else {
                        Pane::Rotations
                    };
                    let effects = focus(model, pane);
                    model.the_list().jump(id);
                    model.session.stale = true;
                    effects
                }
                Then::OnShown(action) => on_shown(model, action),
                Then::ShowMarked => {
                    let list = model.the_list();
                    (list.typing, list.filter) = (false, TextInput::default());
                    model.session.stale = true;
                    Vec::new()
                }
                Then::Unmark => {
                    model.the_list().marks.clear();
                    Vec::new()
                }
                Then::Safely(acts) => {
                    let acts = plan_box::safely(&model.session, acts);
                    act(model, acts)
                }
                Then::Draft => filling::resume_draft(model),
                Then::Fresh => filling::begin_rotation(model),
                Then::ApplyTheme(name) => model.themes.apply(name).into_iter().collect(),
                Then::LeaveBehind => {
                    model.overlays.push(Overlay::Leaving);
                    vec![Effect::LeaveBehind]
                }
                Then::Quit => vec![Effect::Quit],
            }
        }
    }
}

/// A batch whose summary is put away, and whose items are all answered, is of no more use.
fn forget(model: &mut Model, number: u64) {
    if model.batches.get(&number).is_some_and(|batch| batch.counts().2 == 0) {
        model.batches.remove(&number);
    }
}

fn ask(model: &mut Model, question: Option<Question>) -> Vec<Effect> {
    push(model, question.map(Overlay::Ask))
}

/// Quits, and asks first where this session is the engine and something would be late, or where a form would be lost.
pub fn quit(model: &mut Model) -> Vec<Effect> {
    let typed = model
        .overlays
        .iter()
        .any(|overlay| matches!(overlay, Overlay::Wizard(_) | Overlay::Connect(_) | Overlay::TargetForm(_)));
    let late = !leave::late(&model.session, unanswered(model)).is_empty();
    if late || typed { ask_to_quit(model) } else { vec![Effect::Quit] }
}

/// Asks whether to quit.
pub fn ask_to_quit(model: &mut Model) -> Vec<Effect> {
    let question = leave::question(&model.session, unanswered(model));
    ask(model, Some(question))
}

/// Acts that are not answered yet.
fn unanswered(model: &Model) -> usize {
    model.batches.values().map(|batch| batch.counts().2).sum()
}

/// Shows the log of the list's row.
fn row_log(model: &mut Model) -> Vec<Effect> {
    let selection = model.selection();
    let rotation = selection.rotation().map(|row| About::Rotation(row.name.clone()));
    let about = rotation.or_else(|| selection.connection().map(|row| About::Connection(row.name.clone())));
    about.map(|about| log_of(model, about)).unwrap_or_default()
}

fn log_of(model: &mut Model, about: About) -> Vec<Effect> {
    model.focus = Pane::Log;
    model.log.only(about, model.session.now)
}
