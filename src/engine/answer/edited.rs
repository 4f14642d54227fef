//! What a change of settings changed, for the history.

use crate::core::history::deed::Edit;
use crate::core::rotation::{Mapping, Rotation};

/// What is another in `new`; nothing where nothing is.
pub fn edited(old: &Rotation, new: &Rotation) -> Vec<Edit> {
    let at = |rotation: &Rotation| format!("{} {}", rotation.schedule.at.format("%H:%M"), rotation.schedule.zone);
    let names = |names: &Mapping| [names.client_id.to_string(), names.client_secret.to_string()];
    let (days, before) = (new.schedule.interval_days, old.schedule.interval_days);
    let (client_id, client_id_before) = (&new.app.client_id, &old.app.client_id);
    let changes = [
        (old.name != new.name).then(|| Edit::Name { before: old.name.to_string() }),
        (old.auto && !new.auto).then_some(Edit::Paused),
        (!old.auto && new.auto).then(|| Edit::Resumed { due: new.schedule.due() }),
        (days != before).then_some(Edit::Interval { days, before }),
        (at(old) != at(new)).then(|| Edit::RotateAt { at: at(new), before: at(old) }),
        (old.overlap != new.overlap).then_some(Edit::Overlap { seconds: new.overlap, before: old.overlap }),
        (old.soak != new.soak).then_some(Edit::Soak { seconds: new.soak, before: old.soak }),
        (old.retire_unread != new.retire_unread).then_some(Edit::RetireUnread { on: new.retire_unread }),
        (old.verify != new.verify).then_some(Edit::Verify { way: new.verify, before: old.verify }),
        (old.mapping != new.mapping).then(|| Edit::Mapping { names: names(&new.mapping), before: names(&old.mapping) }),
        (client_id != client_id_before)
            .then(|| Edit::ClientId { id: client_id.clone(), before: client_id_before.clone() }),
        (old.description != new.description).then_some(Edit::Description),
    ];
    changes.into_iter().flatten().collect()
}
