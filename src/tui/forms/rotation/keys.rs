//! What follows from a key in the wizard.

use crate::engine::form::{default_overlap, default_soak};
use crate::tui::acts::copy;
use crate::tui::forms::connection;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::{Focus, FormEvent};
use crate::tui::forms::rotation::apps::APP;
use crate::tui::forms::rotation::order::{Order, make, review};
use crate::tui::forms::rotation::{
    APPLICATION, DETAILS, NAMES, REVIEW, Stage, Wizard, apps, check, edit, fields, leave, many, words,
};
use crate::tui::keys::key::{Code, Key};
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Tone};
use crate::tui::overlays::{Overlay, scroll};
use crate::tui::panes::Pane;

/// What becomes of the wizard.
enum Fate {
    Stays,
    Leaves,
}

/// A key was pressed while it is the topmost.
pub fn on_key(model: &mut Model, key: Key) -> Vec<Effect> {
    touched(model, |wizard, model| press(wizard, model, key))
}

/// Something was pasted into it.
pub fn on_paste(model: &mut Model, text: &str) -> Vec<Effect> {
    touched(model, |wizard, model| {
        if wizard.stage != Stage::Filling {
            return (Fate::Stays, Vec::new());
        }
        let event = wizard.form.paste(text);
        (Fate::Stays, on_event(wizard, model, event))
    })
}

/// What was pasted into it, without brackets, paused at the end of a line.
pub fn on_line_end(model: &mut Model) -> Vec<Effect> {
    touched(model, |wizard, model| {
        if wizard.stage != Stage::Filling {
            return (Fate::Stays, Vec::new());
        }
        let event = wizard.form.line_end();
        (Fate::Stays, on_event(wizard, model, event))
    })
}

fn touched(model: &mut Model, act: impl FnOnce(&mut Wizard, &mut Model) -> (Fate, Vec<Effect>)) -> Vec<Effect> {
    let Some(Overlay::Wizard(mut wizard)) = model.overlays.pop() else { return Vec::new() };
    let at = model.overlays.len();
    let (fate, mut effects) = act(&mut wizard, model);
    effects.extend(edit::ask(&mut wizard, model));
    match fate {
        // What it opened lies above it.
        Fate::Stays => model.overlays.insert(at, Overlay::Wizard(wizard)),
        Fate::Leaves => effects.extend(leave(model, wizard)),
    }
    effects
}

fn press(wizard: &mut Wizard, model: &mut Model, key: Key) -> (Fate, Vec<Effect>) {
    if key.leaves() {
        return (Fate::Leaves, Vec::new());
    }
    match wizard.stage {
        Stage::Working => {
            scroll(&mut wizard.scroll, key);
            (Fate::Stays, Vec::new())
        }
        Stage::Done => done(wizard, model, key),
        Stage::Filling => {
            if key == Key::ctrl('r') && wizard.form.item().is_some_and(|item| item.name == APP) {
                wizard.looked.clear();
                return (Fate::Stays, apps::reload(wizard, model));
            }
            if wizard.form.page == REVIEW {
                return reviewed(wizard, model, key);
            }
            let event = wizard.form.key(key);
            (Fate::Stays, on_event(wizard, model, event))
        }
    }
}

/// On the review: it is read, copied, gone back from, or agreed to.
fn reviewed(wizard: &mut Wizard, model: &mut Model, key: Key) -> (Fate, Vec<Effect>) {
    if key.typed() == Some('y') {
        let text = words::command(wizard, model);
        return (Fate::Stays, text.map(|text| copy::text("the command", text)).unwrap_or_default());
    }
    if key.typed() == Some('R') && can_ask_again(wizard) {
        wizard.form.set_focus(Focus::Back);
        return (Fate::Stays, review(wizard, model));
    }
    if matches!(key.code, Code::Up | Code::Down | Code::Char('j' | 'k' | 'g' | 'G')) && !key.alt {
        scroll(&mut wizard.scroll, key);
        return (Fate::Stays, Vec::new());
    }
    let event = wizard.form.key(key);
    if wizard.form.focus == Focus::Next && !wizard.read {
        // The button is not to be had without the end of what it agrees to.
        wizard.scroll = usize::MAX / 2;
    }
    match event {
        FormEvent::Back => {
            wizard.form.open(DETAILS);
            (Fate::Stays, Vec::new())
        }
        // A page further is nowhere: only the button agrees.
        FormEvent::Next if key.code == Code::Enter => agreed(wizard, model),
        _ => (Fate::Stays, Vec::new()),
    }
}

fn agreed(wizard: &mut Wizard, model: &mut Model) -> (Fate, Vec<Effect>) {
    if wizard.edits.is_some() && wizard.read {
        return match edit::save(wizard) {
            Some(effects) => (Fate::Stays, effects),
            None => (Fate::Leaves, vec![model.toast(Tone::Dim, "nothing was changed, so nothing was saved")]),
        };
    }
    if let Some(why) = obstacle(wizard) {
        return (Fate::Stays, vec![model.toast(Tone::Warn, why)]);
    }
    // What was not read to its end is not agreed to: the end was scrolled to, and Enter again agrees.
    if !wizard.read {
        return (Fate::Stays, Vec::new());
    }
    (Fate::Stays, make(wizard, model.now))
}

/// Whether a plan could not be had, so that it may be asked for once more: the engine or Okta may answer again.
pub fn can_ask_again(wizard: &Wizard) -> bool {
    wizard.edits.is_none() && wizard.orders.iter().any(Order::is_blocked)
}

/// Why it cannot be made yet.
pub fn obstacle(wizard: &Wizard) -> Option<&'static str> {
    match wizard.orders.as_slice() {
        _ if wizard.edits.is_some() => None,
        [only] if only.plan.is_none() => Some("Okta is still being asked what is there"),
        [only] if matches!(only.plan, Some(Err(_))) => {
            Some("it could not be looked at; R asks again, or go back and change it")
        }
        orders if orders.iter().all(Order::is_blocked) => {
            Some("something is in the way: go back and change it, or ask again with R")
        }
        _ => None,
    }
}

/// What came of it is read.
fn done(wizard: &mut Wizard, model: &mut Model, key: Key) -> (Fate, Vec<Effect>) {
    let made = match wizard.orders.as_slice() {
        [only] => only.made().cloned(),
        _ => None,
    };
    let open = wizard.orders.iter().any(|order| order.refusal().is_some());
    match (key.code, key.typed()) {
        (Code::Enter, _) | (_, Some('q')) => (Fate::Leaves, Vec::new()),
        (_, Some('y')) => {
            let text = made.map(|row| copy::command(&row));
            (Fate::Stays, text.map(|text| copy::text("the command", text)).unwrap_or_default())
        }
        (_, Some('l')) => {
            (model.focus, model.zoomed) = (Pane::Log, false);
            (Fate::Leaves, Vec::new())
        }
        // What was made is joined, and not made twice.
        (_, Some('R')) if open => (Fate::Stays, make(wizard, model.now)),
        (_, Some('b')) if open && made.is_none() => {
            wizard.stage = Stage::Filling;
            wizard.form.open(DETAILS);
            (Fate::Stays, Vec::new())
        }
        _ => {
            scroll(&mut wizard.scroll, key);
            (Fate::Stays, Vec::new())
        }
    }
}

/// What follows from what became of a field.
fn on_event(wizard: &mut Wizard, model: &mut Model, event: FormEvent) -> Vec<Effect> {
    match event {
        FormEvent::Stay | FormEvent::Leave => Vec::new(),
        FormEvent::Changed(name) => changed(wizard, name),
        FormEvent::Left(name) => left(wizard, model, name),
        FormEvent::Back => {
            if let Some(before) = wizard.form.page.checked_sub(1) {
                wizard.form.open(before);
            }
            Vec::new()
        }
        FormEvent::Next => next(wizard, model),
    }
}

fn changed(wizard: &mut Wizard, name: &'static str) -> Vec<Effect> {
    wizard.touched.insert(name);
    match name {
        "rotationInterval" if wizard.edits.is_none() => {
            // Spans that nobody chose follow the interval.
            if let Some(days) = check::days(wizard) {
                for (name, span) in [("overlapSeconds", default_overlap(days)), ("soakSeconds", default_soak(days))] {
                    if !wizard.touched.contains(name)
                        && let Some(item) = wizard.form.get_mut(name)
                        && let Input::Span(field) = &mut item.input
                    {
                        *field =
                            crate::tui::widgets::text_input::TextInput::of(&crate::core::protocol::plan::span(span));
                    }
                }
            }
            Vec::new()
        }
        APP | "adopt" | "adoptSecretId" | "verify" => {
            apps::relay(wizard, None);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn left(wizard: &mut Wizard, model: &mut Model, name: &'static str) -> Vec<Effect> {
    if name == "connectionId" && wizard.form.typed(name) == fields::NEW {
        if let Some(pick) = wizard.form.pick_mut(name) {
            pick.chosen = None;
        }
        wizard.form.set_focus(Focus::Field(0));
        return connection::open(model);
    }
    if name == APP {
        let effects = apps::look(wizard);
        if !effects.is_empty() {
            return effects;
        }
    }
    let fault = check::fault(wizard, model, name);
    wizard.form.fault(name, fault);
    Vec::new()
}

/// On to the next page, where this one holds.
fn next(wizard: &mut Wizard, model: &mut Model) -> Vec<Effect> {
    let page = wizard.form.page;
    let mut effects = Vec::new();
    if wizard.form.typed("connectionId") == fields::NEW {
        return left(wizard, model, "connectionId");
    }
    if page == APPLICATION && wizard.edits.is_none() {
        effects.extend(apps::look(wizard));
        if apps::is_looking(wizard) {
            wizard.hurries = true;
            return effects;
        }
    }
    // The last step shows everything, so everything has to hold.
    let pages = if page + 1 == REVIEW { 0..=page } else { page..=page };
    let faults: Vec<_> = pages.flat_map(|page| check::faults(wizard, model, page)).collect();
    if !faults.is_empty() {
        wizard.form.show_errors(faults);
        return effects;
    }
    wizard.form.open(page + 1);
    effects.extend(entered(wizard, model));
    effects
}

/// The app was looked at: who wanted to go on goes on, where nothing has to be chosen first.
pub fn looked(wizard: &mut Wizard, model: &mut Model) -> Vec<Effect> {
    let hurries = std::mem::take(&mut wizard.hurries);
    if !hurries
        || apps::asks(wizard)
        || wizard.form.page != APPLICATION
        || wizard.form.get(APP).is_some_and(|it| it.fault.is_some())
    {
        return Vec::new();
    }
    next(wizard, model)
}

/// A page is shown: what depends on the pages before it is filled in.
fn entered(wizard: &mut Wizard, model: &mut Model) -> Vec<Effect> {
    match wizard.form.page {
        APPLICATION => apps::load(wizard, model),
        NAMES => {
            many::lay(wizard);
            if wizard.edits.is_none() && !wizard.touched.contains("secretPath") && !wizard.is_many() {
                let taken = ["secretsMapping.clientId", "secretsMapping.clientSecret"]
                    .iter()
                    .any(|name| check::holder(wizard, model, "/", wizard.form.typed(name)).is_some());
                let free = if taken { check::free_path(wizard, model, "/") } else { None };
                fill(wizard, "secretPath", free.as_deref().unwrap_or("/"));
            }
            Vec::new()
        }
        DETAILS => {
            many::lay(wizard);
            if wizard.edits.is_none() && !wizard.touched.contains("name") && !wizard.is_many() {
                let name = check::free_name(model, &wizard.label());
                fill(wizard, "name", &name);
            }
            Vec::new()
        }
        REVIEW => {
            wizard.form.set_focus(Focus::Back);
            review(wizard, model)
        }
        _ => Vec::new(),
    }
}

fn fill(wizard: &mut Wizard, name: &str, text: &str) {
    if let Some(item) = wizard.form.get_mut(name) {
        item.input = Input::text(text);
    }
}
