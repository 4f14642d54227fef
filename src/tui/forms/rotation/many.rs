//! Several apps in one go: one behaviour for all, a name and a folder for each, first dates that do not fall together.

use std::collections::BTreeSet;

use super::check;
use super::field;
use super::order::Order;
use super::request::body;
use super::wizard::{DETAILS, NAMES, Wizard};
use crate::core::bulk::{first_dates, first_room, names_for};
use crate::engine::foreseen;
use crate::engine::request::RotationBody;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::{Field, Locked};
use crate::tui::session::Session;

/// Shows what is each rotation's own, where several are made: it is not typed. And the other way round, where one is.
pub fn lay(wizard: &mut Wizard) {
    if wizard.edits.is_some() {
        return;
    }
    let many = wizard.is_many();
    let own = |why: &'static str| many.then_some(Locked::OfEach(why));
    for (name, why) in [
        (field::SECRET_PATH, own("each in a folder of its own: /NAME")),
        (field::NAME, own("each from its app's label")),
    ] {
        if let Some(item) = wizard.form.get_mut(name) {
            item.locked = why;
        }
    }
    let spreads = wizard.form.get(field::SPREAD).is_some();
    if many != spreads {
        let mut items = wizard.form.pages[DETAILS].fields.clone();
        items.retain(|item| item.key != field::SPREAD);
        if many {
            let help = "On: the first dates are spread over the interval, so that they do not all come at once.";
            items.push(Field::new(field::SPREAD, help, Input::Toggle(true)));
        }
        wizard.form.relay(DETAILS, items);
    }
    let page = wizard.form.page;
    if page == NAMES || page == DETAILS {
        wizard.form.open(page);
    }
}

/// An order for each app that is marked.
pub fn orders(wizard: &Wizard, session: &Session) -> Vec<Order> {
    let Some(pick) = wizard.form.pick(field::APP) else { return Vec::new() };
    let apps: Vec<(&str, &str)> = (pick.rows().iter())
        .filter(|row| pick.marks.contains(&row.key))
        .map(|row| (row.key.as_str(), row.name.as_str()))
        .collect();
    let taken: BTreeSet<String> = session.rows.rotations.values().map(|row| row.name.clone()).collect();
    let names = names_for(apps.iter().map(|(_, label)| *label), &taken);
    let spreads = wizard.form.is_on(field::SPREAD) && wizard.form.is_on(field::AUTO);
    let dates = match check::schedule(wizard, session).filter(|_| spreads) {
        Some(schedule) => {
            let first = first_room(
                &schedule,
                check::span(wizard, field::OVERLAP),
                check::span(wizard, field::SOAK),
                session.now,
            );
            first_dates(&schedule, first, session.now, apps.len()).into_iter().map(Some).collect()
        }
        None => vec![None; apps.len()],
    };
    let order = |(((app, label), name), date): (((&str, &str), crate::core::name::Slug), Option<chrono::NaiveDate>)| {
        let body = RotationBody {
            secret_path: Some(format!("/{name}")),
            name: name.to_string(),
            first_rotation_at: date.map(|date| date.to_string()),
            ..body(wizard, app)
        };
        let first = foreseen::first(&body, &[], session.preferences.zone, session.now);
        Order::new(body, label.to_owned(), first)
    };
    apps.into_iter().zip(names).zip(dates).map(order).collect()
}
