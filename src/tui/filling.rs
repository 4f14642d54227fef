//! The forms over the panes: how they are opened and left, and how keys, pastes and answers come to them.

use crate::engine::view::{ConnectionView, Note};
use crate::words::sentence::Sentence;
use uuid::Uuid;

use crate::core::secret::SecretValue;
use crate::engine::refusal::Refusal;
use crate::engine::request::Reply;
use crate::tui::forms::connection::{self, Connect, Stage as Connecting};
use crate::tui::forms::rotation::delivery::Delivery;
use crate::tui::forms::rotation::keys::{self, Fate, Outcome};
use crate::tui::forms::rotation::wanted::Wanted;
use crate::tui::forms::rotation::wizard::{DELIVER, DETAILS, Stage, Wizard};
use crate::tui::forms::rotation::{apps, deliver, edit, field, fields, making};
use crate::tui::keys::action::Action;
use crate::tui::keys::key::Key;
use crate::tui::model::Model;
use crate::tui::msg::Effect;
use crate::tui::navigation::push;
use crate::tui::overlays::Overlay;
use crate::tui::overlays::question::{Choice, Question, Then};
use crate::tui::overlays::targets::Targets;
use crate::tui::panes::Pane;
use crate::tui::session::Session;
use crate::tui::target_filling;
use crate::tui::theme::Tone;

/// Opens the form of a new connection.
pub fn new_connection(model: &mut Model) -> Vec<Effect> {
    let connect = connection::new(model.session.number());
    push(model, Some(Overlay::Connect(Box::new(connect))))
}

/// Whether there is an org to rotate secrets of.
fn has_org(session: &Session) -> bool {
    session.rows.connections.values().any(ConnectionView::is_okta)
}

/// Opens the connection under the cursor, to be changed.
pub fn edit_connection(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.connection().cloned() else { return Vec::new() };
    let connect = connection::edit(model.session.number(), row);
    push(model, Some(Overlay::Connect(Box::new(connect))))
}

fn top_connection(model: &mut Model) -> Option<&mut Connect> {
    match model.overlays.last_mut()? {
        Overlay::Connect(connect) => Some(connect),
        _ => None,
    }
}

fn find_connection(model: &mut Model, number: u64) -> Option<&mut Connect> {
    model.overlays.iter_mut().find_map(|overlay| match overlay {
        Overlay::Connect(connect) if connect.number == number => Some(connect.as_mut()),
        _ => None,
    })
}

/// A key was pressed while the form of a connection is the topmost.
pub fn connection_key(model: &mut Model, key: Key) -> Vec<Effect> {
    let Some(connect) = top_connection(model) else { return Vec::new() };
    if !key.leaves() {
        return connection::on_key(connect, key);
    }
    let waits = connect.stage == Connecting::Testing;
    model.overlays.pop();
    // The wizard waits for its first connection no more: without one there is nothing to continue with.
    if !has_org(&model.session) && matches!(model.overlays.last(), Some(Overlay::Wizard(_))) {
        model.overlays.pop();
    }
    let said = "left while it was tested; the list tells whether it was saved";
    if waits { vec![model.session.toast(Tone::Dim, said)] } else { Vec::new() }
}

/// Something was pasted into it.
pub fn connection_paste(model: &mut Model, text: &str) -> Vec<Effect> {
    top_connection(model).map(|connect| connection::on_paste(connect, text)).unwrap_or_default()
}

/// What was pasted into it, without brackets, paused at the end of a line.
pub fn connection_line_end(model: &mut Model) -> Vec<Effect> {
    top_connection(model).map(connection::on_line_end).unwrap_or_default()
}

/// A file was read for it, or was not.
pub fn file_read(model: &mut Model, number: u64, untested: bool, result: Result<SecretValue, String>) -> Vec<Effect> {
    let connect = find_connection(model, number);
    connect.map(|connect| connection::file_read(connect, untested, result)).unwrap_or_default()
}

/// The engine answered for a connection.
pub fn connection_answered(model: &mut Model, number: u64, result: Result<Reply, Refusal>) -> Vec<Effect> {
    let form = find_connection(model, number);
    let leftover = form.as_deref().and_then(connection::leftover);
    match (result, form) {
        (Ok(Reply::Connection { app_connection, notes }), _) => {
            model.overlays.retain(|overlay| !matches!(overlay, Overlay::Connect(it) if it.number == number));
            let row = *app_connection;
            let (id, name) = (row.id, row.name.clone());
            // A new name or description says nothing of whether it works.
            let tested = match row.status.as_str() {
                "ok" => "works and is saved",
                "untested" => "is saved untested",
                _ => "is saved",
            };
            model.session.rows.connections.insert(id, row);
            model.session.stale = true;
            let mut effects = connected(model, id);
            model.connections.list.jump(id);
            effects.push(model.session.toast(Tone::Good, format!("{name} {tested}")));
            let more = leftover.into_iter().map(Sentence::from).chain(notes.iter().map(Note::say));
            effects.extend(more.map(|note| model.session.toast(Tone::Warn, note)).collect::<Vec<_>>());
            effects
        }
        (Ok(_), _) => Vec::new(),
        (Err(refusal), Some(connect)) => {
            connection::refused(connect, refusal);
            Vec::new()
        }
        (Err(refusal), None) => vec![refused(&mut model.session, &refusal)],
    }
}

fn refused(session: &mut Session, refusal: &Refusal) -> Effect {
    session.refused("", &refusal.problem)
}

/// Opens a wizard for a new rotation, or asks whether to continue with the one that was left.
pub fn new_rotation(model: &mut Model) -> Vec<Effect> {
    if model.draft.is_none() {
        return begin_rotation(model);
    }
    let text = vec![(Tone::Plain, "A rotation was begun and left. Nothing of it was saved, here or at Okta.".into())];
    let choices = vec![
        Choice::new('c', "Continue draft", Then::Draft),
        Choice::new('n', "Begin anew", Then::Fresh),
        Choice::new('q', "Neither", Then::Nothing),
    ];
    let question = Question { title: "New rotation".into(), text, choices, at: 0, menu: false };
    push(model, Some(Overlay::Ask(question)))
}

/// Opens an empty one.
pub fn begin_rotation(model: &mut Model) -> Vec<Effect> {
    model.draft = None;
    let here = model.connection().map(|row| row.id);
    let number = model.session.number();
    let mut wizard = Wizard::of(number, fields::pages(&model.session, None, here), None);
    wizard.target = Some(deliver::step(&mut model.session, &wizard.form.pages));
    model.overlays.push(Overlay::Wizard(Box::new(wizard)));
    // Without a connection there is nothing to choose from: that comes first.
    if has_org(&model.session) { Vec::new() } else { new_connection(model) }
}

/// Resumes the one that was left.
pub fn resume_draft(model: &mut Model) -> Vec<Effect> {
    let Some(mut wizard) = model.draft.take() else { return begin_rotation(model) };
    let session = &mut model.session;
    wizard.number = session.number();
    fields::connections(&mut wizard, session);
    // Its list of apps may have been left in the middle, and what was asked about one is answered to no one.
    (wizard.apps_of, wizard.looking, wizard.hurries) = (None, None, false);
    let effects = apps::load(&mut wizard, session);
    if wizard.form.page >= DELIVER {
        // What these show is made anew from what was typed.
        wizard.form.open(DETAILS);
    }
    model.overlays.push(Overlay::Wizard(wizard));
    effects
}

/// Opens the rotation under the cursor, to be changed.
pub fn edit_rotation(model: &mut Model) -> Vec<Effect> {
    let Some(row) = model.rotation().cloned() else { return Vec::new() };
    let number = model.session.number();
    let wizard = Wizard::of(number, fields::pages(&model.session, Some(&row), None), Some(Box::new(row)));
    push(model, Some(Overlay::Wizard(Box::new(wizard))))
}

/// A connection was made while the wizard waited for it: it is the one that is meant.
fn connected(model: &mut Model, id: Uuid) -> Vec<Effect> {
    let wizard = model.overlays.iter_mut().rev().find_map(|overlay| match overlay {
        Overlay::Wizard(wizard) => Some(wizard),
        _ => None,
    });
    let Some(wizard) = wizard else { return Vec::new() };
    fields::connections(wizard, &model.session);
    if let Some(pick) = wizard.form.pick_mut(field::CONNECTION) {
        pick.chosen = Some(id.to_string());
        pick.focus();
    }
    wizard.form.fault(field::CONNECTION, None);
    apps::load(wizard, &mut model.session)
}

/// A key was pressed while the wizard is the topmost.
pub fn rotation_key(model: &mut Model, key: Key) -> Vec<Effect> {
    with_wizard(model, |wizard, session| keys::press(wizard, session, key))
}

/// Something was pasted into it.
pub fn rotation_paste(model: &mut Model, text: &str) -> Vec<Effect> {
    with_wizard(model, |wizard, session| keys::paste(wizard, session, text))
}

/// What was pasted into it, without brackets, paused at the end of a line.
pub fn rotation_line_end(model: &mut Model) -> Vec<Effect> {
    with_wizard(model, keys::line_end)
}

fn with_wizard(model: &mut Model, act: impl FnOnce(&mut Wizard, &mut Session) -> Outcome) -> Vec<Effect> {
    let at = model.overlays.len().saturating_sub(1);
    let Some(Overlay::Wizard(wizard)) = model.overlays.get_mut(at) else { return Vec::new() };
    let (fate, mut effects) = act(wizard, &mut model.session);
    effects.extend(edit::ask(wizard, &model.session));
    effects.extend(follow(model, at, fate));
    effects
}

/// What becomes of the wizard at a place among what lies over the panes.
fn follow(model: &mut Model, at: usize, fate: Fate) -> Vec<Effect> {
    match fate {
        Fate::Stays => Vec::new(),
        Fate::Connects => new_connection(model),
        Fate::Leaves => leave(model, at),
        Fate::Delivers => {
            let Overlay::Wizard(wizard) = &model.overlays[at] else { return Vec::new() };
            let made = wizard.orders.iter().find_map(|order| order.made().cloned());
            let (mend, has) = (deliver::mend(wizard), matches!(wizard.delivery, Delivery::Made(_)));
            let mut effects = leave(model, at);
            if let Some(row) = made {
                // What comes of it is seen in the list of its targets.
                model.overlays.push(Overlay::Targets(Targets::of(row.id)));
                if let Some(form) = mend {
                    model.overlays.push(Overlay::TargetForm(form));
                } else if !has {
                    effects.extend(target_filling::open(model, row.name, None));
                }
            }
            effects
        }
        Fate::ShowsLog => {
            let effects = leave(model, at);
            (model.focus, model.zoomed) = (Pane::Log, false);
            effects
        }
    }
}

/// Puts it away. What was typed for a new rotation is kept for the session.
fn leave(model: &mut Model, at: usize) -> Vec<Effect> {
    let Overlay::Wizard(wizard) = model.overlays.remove(at) else { return Vec::new() };
    match wizard.stage {
        Stage::Filling if wizard.edits.is_none() && !wizard.touched.is_empty() => {
            model.draft = Some(Box::new(wizard.draft()));
            let new = model.session.preferences.bindings.way_to(Action::New);
            let said = format!("left; {new} continues with what was typed (secrets are not kept)");
            vec![model.session.toast(Tone::Dim, said)]
        }
        Stage::Working => {
            vec![model.session.toast(Tone::Dim, "still running in the background; see the log")]
        }
        _ => {
            let made = wizard.orders.iter().find_map(|order| Some(order.made()?.id));
            if let Some(id) = made.filter(|id| model.session.rows.rotations.contains_key(id)) {
                (model.focus, model.list, model.session.stale) = (Pane::Rotations, Pane::Rotations, true);
                model.rotations.list.jump(id);
            }
            Vec::new()
        }
    }
}

/// An answer for a wizard. Of one that is no longer there a sentence is left.
pub fn rotation_answered(
    model: &mut Model,
    number: u64,
    wanted: Wanted,
    result: Result<Reply, Refusal>,
) -> Vec<Effect> {
    let mine = |overlay: &Overlay| matches!(overlay, Overlay::Wizard(wizard) if wizard.number == number);
    let Some(at) = model.overlays.iter().position(mine) else {
        return left_alone(&mut model.session, number, wanted, &result);
    };
    let Overlay::Wizard(wizard) = &mut model.overlays[at] else { return Vec::new() };
    let session = &mut model.session;
    match wanted {
        Wanted::Apps(id) => apps::came(wizard, session, id, result),
        Wanted::App(app) => {
            apps::looked(wizard, session.now, app, result);
            let (fate, mut effects) = keys::looked(wizard, session);
            effects.extend(follow(model, at, fate));
            effects
        }
        Wanted::Plan(round, order) if round == wizard.round => {
            if let Some(later) = making::again(wizard, session, order, true, &result) {
                return vec![later];
            }
            wizard.read = false;
            making::planned(wizard, order, result)
        }
        Wanted::Plan(..) => Vec::new(),
        Wanted::Make(order, _) => match making::again(wizard, session, order, false, &result) {
            Some(later) => vec![later],
            None => making::made(wizard, order, result),
        },
        Wanted::Target => {
            wizard.stage = Stage::Done;
            if let Some(form) = deliver::made(wizard, result) {
                model.overlays.push(Overlay::TargetForm(form));
            }
            Vec::new()
        }
        Wanted::Ahead(number) => {
            wizard.ahead.answered(number, result);
            Vec::new()
        }
        Wanted::Save => {
            let done = edit::saved(wizard, session, result);
            if done.is_some() {
                model.overlays.remove(at);
            }
            done.unwrap_or_default()
        }
    }
}

fn left_alone(session: &mut Session, number: u64, wanted: Wanted, result: &Result<Reply, Refusal>) -> Vec<Effect> {
    match (wanted, result) {
        (Wanted::Make(_, target), Ok(Reply::Rotation { secret_rotation, .. })) => {
            let name = &secret_rotation.name;
            let mut effects = vec![session.toast(Tone::Good, format!("{name} was created"))];
            effects.extend(target.map(|body| deliver::make(number, *body, name.clone())));
            effects
        }
        (Wanted::Target, Ok(Reply::Target { secret_sync })) => vec![target_filling::made(session, secret_sync)],
        (Wanted::Make(..) | Wanted::Save | Wanted::Target, Err(refusal)) => vec![refused(session, refusal)],
        _ => Vec::new(),
    }
}
