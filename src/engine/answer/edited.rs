//! What a change of settings changed, in words, for the history.

use crate::core::protocol::plan::{instant, span};
use crate::core::rotation::{Mapping, Rotation};

/// What is another in `new`, each in a few words; nothing where nothing is.
pub fn edited(old: &Rotation, new: &Rotation) -> Vec<String> {
    let mut changed = Vec::new();
    let mut note = |is: bool, text: String| {
        if is {
            changed.push(text);
        }
    };
    note(old.name != new.name, format!("renamed from {}", old.name));
    note(old.auto && !new.auto, "paused until resumed".into());
    note(!old.auto && new.auto, format!("resumed, next due {}", instant(new.schedule.due())));
    let (before, after) = (&old.schedule, &new.schedule);
    note(
        before.interval_days != after.interval_days,
        format!("every {} days instead of {}", after.interval_days, before.interval_days),
    );
    let at = |rotation: &Rotation| format!("{} {}", rotation.schedule.at.format("%H:%M"), rotation.schedule.zone);
    note((before.at, before.zone) != (after.at, after.zone), format!("at {} instead of {}", at(new), at(old)));
    note(
        old.overlap != new.overlap,
        format!("old secrets stay on for {} instead of {}", span(new.overlap), span(old.overlap)),
    );
    note(old.soak != new.soak, format!("then off for {} instead of {}", span(new.soak), span(old.soak)));
    let unread = if new.retire_unread { "even where no" } else { "only where a" };
    note(old.retire_unread != new.retire_unread, format!("old secrets go {unread} consumer has fetched the new one"));
    note(
        old.verify != new.verify,
        format!("new secrets are tested by {} instead of {}", new.verify.as_str(), old.verify.as_str()),
    );
    let names = |names: &Mapping| format!("{} and {}", names.client_id, names.client_secret);
    note(old.mapping != new.mapping, format!("read as {} instead of {}", names(&new.mapping), names(&old.mapping)));
    note(
        old.app.client_id != new.app.client_id,
        format!("the app's client id is {} instead of {}", new.app.client_id, old.app.client_id),
    );
    note(old.description != new.description, "another description".into());
    changed
}
