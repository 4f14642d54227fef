//! What follows from a key in the wizard.

use super::deliver::{self, Went};
use super::field;
use super::fields;
use super::making::{can_ask_again, make, obstacle, review};
use super::wizard::{APPLICATION, DELIVER, DETAILS, NAMES, REVIEW, Stage, Wizard};
use super::{apps, check, edit, many, words};
use crate::engine::form::{default_overlap, default_soak};
use crate::text::when::span;
use crate::tui::acts::copy;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::{FieldKey, Focus, Form, FormEvent};
use crate::tui::forms::target::{self, Stage as Step};
use crate::tui::keys::key::{Code, Key};
use crate::tui::msg::Effect;
use crate::tui::session::Session;
use crate::tui::theme::Tone;
use crate::tui::widgets::scroll::scroll;
use crate::tui::widgets::text_input::TextInput;

/// What becomes of the wizard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It stays open.
    Stays,
    /// A connection is made first.
    Connects,
    /// It closes.
    Leaves,
    /// It closes, and the log is shown.
    ShowsLog,
    /// It closes, and a target is made for what was made.
    Delivers,
}

/// What becomes of the wizard, and what is to be done.
pub type Outcome = (Fate, Vec<Effect>);

/// Something was pasted into it.
pub fn paste(wizard: &mut Wizard, session: &mut Session, text: &str) -> Outcome {
    if wizard.stage != Stage::Filling {
        return (Fate::Stays, Vec::new());
    }
    typed(wizard, session, |form| form.paste(text))
}

/// What was pasted into it, without brackets, paused at the end of a line.
pub fn line_end(wizard: &mut Wizard, session: &mut Session) -> Outcome {
    if wizard.stage != Stage::Filling {
        return (Fate::Stays, Vec::new());
    }
    typed(wizard, session, Form::line_end)
}

/// A key was pressed while it is the topmost.
pub fn press(wizard: &mut Wizard, session: &mut Session, key: Key) -> Outcome {
    if key.leaves() {
        return (Fate::Leaves, Vec::new());
    }
    match wizard.stage {
        Stage::Working => {
            scroll(&mut wizard.scroll, key);
            (Fate::Stays, Vec::new())
        }
        Stage::Done => done(wizard, session, key),
        Stage::Filling => {
            if key == Key::ctrl('r') && wizard.form.field().is_some_and(|item| item.key == field::APP) {
                wizard.looked.clear();
                return (Fate::Stays, apps::reload(wizard, session));
            }
            if wizard.form.page == REVIEW {
                return reviewed(wizard, session, key);
            }
            typed(wizard, session, |form| form.press(key))
        }
    }
}

/// Something was typed into the form that is shown: the wizard's own, or that of a target.
fn typed(wizard: &mut Wizard, session: &mut Session, takes: impl FnOnce(&mut Form) -> FormEvent) -> Outcome {
    let Some(target) = deliver::shown_mut(wizard) else {
        let event = takes(&mut wizard.form);
        return on_event(wizard, session, event);
    };
    if target.stage != Step::Filling {
        return (Fate::Stays, Vec::new());
    }
    let event = takes(&mut target.form);
    let went = deliver::on_event(wizard, event);
    delivered(wizard, session, went)
}

/// What follows from something in the step that asks for a target.
pub fn delivered(wizard: &mut Wizard, session: &mut Session, went: Went) -> Outcome {
    match went {
        Went::Stays(effects) => (Fate::Stays, effects),
        Went::Back => {
            wizard.form.open(DETAILS);
            (Fate::Stays, Vec::new())
        }
        Went::Next => next(wizard, session),
    }
}

/// On the review: it is read, copied, gone back from, or agreed to.
fn reviewed(wizard: &mut Wizard, session: &mut Session, key: Key) -> Outcome {
    if key.typed() == Some('y') {
        let text = words::command(wizard, session);
        return (Fate::Stays, text.map(|text| vec![Effect::Copy(text)]).unwrap_or_default());
    }
    if key.typed() == Some('R') && can_ask_again(wizard) {
        wizard.form.set_focus(Focus::Back);
        return (Fate::Stays, review(wizard, session));
    }
    if matches!(key.code, Code::Up | Code::Down | Code::Char('j' | 'k' | 'g' | 'G')) && !key.alt {
        scroll(&mut wizard.scroll, key);
        return (Fate::Stays, Vec::new());
    }
    let event = wizard.form.press(key);
    if wizard.form.focus == Focus::Next && !wizard.read {
        // The button is not to be had without the end of what it agrees to.
        wizard.scroll = usize::MAX / 2;
    }
    match event {
        FormEvent::Back => {
            let before = deliver::before_review(wizard);
            wizard.form.open(before);
            (Fate::Stays, entered(wizard, session))
        }
        // A page further is nowhere: only the button agrees.
        FormEvent::Next if key.code == Code::Enter => agreed(wizard, session),
        _ => (Fate::Stays, Vec::new()),
    }
}

fn agreed(wizard: &mut Wizard, session: &mut Session) -> Outcome {
    if wizard.edits.is_some() && wizard.read {
        return match edit::save(wizard) {
            Some(effects) => (Fate::Stays, effects),
            None => (Fate::Leaves, vec![session.toast(Tone::Dim, "nothing was changed, so nothing was saved")]),
        };
    }
    if let Some(why) = obstacle(wizard) {
        return (Fate::Stays, vec![session.toast(Tone::Warn, why)]);
    }
    // What was not read to its end is not agreed to: the end was scrolled to, and Enter again agrees.
    if !wizard.read {
        return (Fate::Stays, Vec::new());
    }
    (Fate::Stays, make(wizard, session.now))
}

/// What came of it is read.
fn done(wizard: &mut Wizard, session: &mut Session, key: Key) -> Outcome {
    let made = match wizard.orders.as_slice() {
        [only] => only.made().cloned(),
        _ => None,
    };
    let open = wizard.orders.iter().any(|order| order.refusal().is_some());
    match (key.code, key.typed()) {
        (Code::Enter, _) | (_, Some('q')) => (Fate::Leaves, Vec::new()),
        (_, Some('y')) => {
            let text = made.map(|row| copy::command(&row));
            (Fate::Stays, text.map(|text| vec![Effect::Copy(text)]).unwrap_or_default())
        }
        (_, Some('l')) => (Fate::ShowsLog, Vec::new()),
        (_, Some('D')) if made.is_some() => (Fate::Delivers, Vec::new()),
        // What was made is joined, and not made twice.
        (_, Some('R')) if open => (Fate::Stays, make(wizard, session.now)),
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
fn on_event(wizard: &mut Wizard, session: &mut Session, event: FormEvent) -> Outcome {
    let stays = |effects| (Fate::Stays, effects);
    match event {
        FormEvent::Stay | FormEvent::Leave => stays(Vec::new()),
        FormEvent::Changed(key) => stays(changed(wizard, key)),
        FormEvent::Left(key) => left(wizard, session, key),
        FormEvent::Back => {
            if let Some(before) = wizard.form.page.checked_sub(1) {
                wizard.form.open(before);
            }
            stays(Vec::new())
        }
        FormEvent::Next => next(wizard, session),
    }
}

fn changed(wizard: &mut Wizard, key: FieldKey) -> Vec<Effect> {
    wizard.touched.insert(key);
    match key {
        field::INTERVAL if wizard.edits.is_none() => {
            // Spans that no one chose follow the interval.
            if let Some(days) = check::days(wizard) {
                for (key, span) in [(field::OVERLAP, default_overlap(days)), (field::SOAK, default_soak(days))] {
                    if !wizard.touched.contains(&key)
                        && let Some(item) = wizard.form.get_mut(key)
                        && let Input::Span(field) = &mut item.input
                    {
                        *field = TextInput::of(&self::span(span));
                    }
                }
            }
            Vec::new()
        }
        field::APP | field::ADOPT | field::ADOPT_SECRET | field::VERIFY => {
            apps::relay(wizard, None);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn left(wizard: &mut Wizard, session: &mut Session, key: FieldKey) -> Outcome {
    if key == field::CONNECTION && wizard.form.typed(key) == fields::NEW {
        if let Some(pick) = wizard.form.pick_mut(key) {
            pick.chosen = None;
        }
        wizard.form.set_focus(Focus::Field(0));
        return (Fate::Connects, Vec::new());
    }
    if key == field::APP {
        let effects = apps::look(wizard);
        if !effects.is_empty() {
            return (Fate::Stays, effects);
        }
    }
    let fault = check::fault(wizard, session, key);
    wizard.form.fault(key, fault);
    (Fate::Stays, Vec::new())
}

/// On to the next page, where this one holds.
fn next(wizard: &mut Wizard, session: &mut Session) -> Outcome {
    let page = wizard.form.page;
    let mut effects = Vec::new();
    if wizard.form.typed(field::CONNECTION) == fields::NEW {
        return left(wizard, session, field::CONNECTION);
    }
    if page == APPLICATION && wizard.edits.is_none() {
        effects.extend(apps::look(wizard));
        if apps::is_looking(wizard) {
            wizard.hurries = true;
            return (Fate::Stays, effects);
        }
    }
    // The last step shows everything, so everything has to hold.
    let after = deliver::after(wizard, page);
    let pages = if after == REVIEW { 0..=page } else { page..=page };
    let faults: Vec<_> = pages.flat_map(|page| check::faults(wizard, session, page)).collect();
    if faults.is_empty() {
        wizard.form.open(after);
        effects.extend(entered(wizard, session));
    } else {
        wizard.form.show_errors(faults);
    }
    (Fate::Stays, effects)
}

/// The app was looked at: the next page is shown where that was asked for meanwhile, unless something has to be chosen
/// first.
pub fn looked(wizard: &mut Wizard, session: &mut Session) -> Outcome {
    let hurries = std::mem::take(&mut wizard.hurries);
    if !hurries
        || apps::asks(wizard)
        || wizard.form.page != APPLICATION
        || wizard.form.get(field::APP).is_some_and(|it| it.fault.is_some())
    {
        return (Fate::Stays, Vec::new());
    }
    next(wizard, session)
}

/// A page is shown: what depends on the pages before it is filled in.
fn entered(wizard: &mut Wizard, session: &mut Session) -> Vec<Effect> {
    match wizard.form.page {
        APPLICATION => apps::load(wizard, session),
        NAMES => {
            many::lay(wizard);
            if wizard.edits.is_none() && !wizard.touched.contains(&field::SECRET_PATH) && !wizard.is_many() {
                let taken = [field::CLIENT_ID_NAME, field::CLIENT_SECRET_NAME]
                    .iter()
                    .any(|key| check::holder(wizard, session, "/", wizard.form.typed(*key)).is_some());
                let free = if taken { check::free_path(wizard, session, "/") } else { None };
                fill(wizard, field::SECRET_PATH, free.as_deref().unwrap_or("/"));
            }
            Vec::new()
        }
        DETAILS => {
            many::lay(wizard);
            if wizard.edits.is_none() && !wizard.touched.contains(&field::NAME) && !wizard.is_many() {
                let name = check::free_name(session, &wizard.label());
                fill(wizard, field::NAME, &name);
            }
            Vec::new()
        }
        DELIVER => {
            if let Some(target) = deliver::shown_mut(wizard) {
                target::enter(target, session);
            }
            Vec::new()
        }
        REVIEW => {
            wizard.form.set_focus(Focus::Back);
            review(wizard, session)
        }
        _ => Vec::new(),
    }
}

fn fill(wizard: &mut Wizard, key: FieldKey, text: &str) {
    if let Some(item) = wizard.form.get_mut(key) {
        item.input = Input::text(text);
    }
}
