//! Due times that passed while nothing ran, and due times that a wrong clock made.
//!
//! What was missed runs once, and where many were missed at once (an engine that was down, a machine that slept, a clock
//! that was set right) all but the first few are put off, one after the other. Due times that lie too far off are left as
//! they are stored until Okta's own clock agrees with ours: see [`Schedule::sane`].
//!
//! [`Schedule::sane`]: crate::core::schedule::Schedule::sane

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;

use super::turn::next;
use crate::core::protocol::open::Act;
use crate::core::protocol::turn::MAX_SKEW;
use crate::core::rotation::Rotation;
use crate::core::schedule::backoff;
use crate::engine::events::notice::Notice;
use crate::engine::state::Engine;
use crate::engine::state::agenda::Item;
use crate::engine::state::notices::About;
use crate::store::Change;

/// Later than this is not the scheduler's own delay: nothing ran, or the clock was wrong.
const LATE: Duration = Duration::minutes(5);

/// So many of a connection begin at once.
const FEW: usize = 8;

/// How far the others are apart, where that does not take longer than [`LONGEST`].
const APART: Duration = Duration::seconds(6);

/// Within this time the last one begins.
const LONGEST: Duration = Duration::hours(6);

/// Puts off what is late, where it is much. An engine that ends when all is done has no time to spread it over.
pub fn spread(engine: &Engine) {
    let now = engine.clock.now();
    if !engine.role.stays() || engine.agenda.borrow().first().is_none_or(|at| at > now - LATE) {
        return;
    }
    let late = engine.agenda.borrow().until(now - LATE);
    let put_off = {
        let model = engine.model.borrow();
        let starts = late.iter().filter_map(|item| {
            let Item::Rotation(id) = item else { return None };
            let rotation = model.rotations.get(id)?;
            let (_, act) = next(engine, rotation, model.reached(rotation))?;
            (act == Act::Rotate).then_some((*id, rotation.connection_id))
        });
        apart(&starts.collect::<Vec<_>>(), now)
    };
    let Some(last) = put_off.iter().map(|(_, at)| *at).max() else { return };
    engine.model.borrow_mut().put_off.extend(put_off.iter().copied());
    for (id, at) in &put_off {
        engine.agenda.borrow_mut().put(Item::Rotation(*id), Some(*at));
    }
    let minutes = (last - now).num_minutes() + 1;
    let (count, at_once) = (late.len(), late.len() - put_off.len());
    engine.announce(Notice::Overdue { count, at_once, minutes });
}

/// When those begin that do not begin at once. `starts` are rotations with their connections, the first in time first.
fn apart(starts: &[(Uuid, Uuid)], now: DateTime<Utc>) -> Vec<(Uuid, DateTime<Utc>)> {
    let mut counts: BTreeMap<Uuid, i32> = BTreeMap::new();
    for (_, connection) in starts {
        *counts.entry(*connection).or_default() += 1;
    }
    let mut places: BTreeMap<Uuid, usize> = BTreeMap::new();
    let mut put_off = Vec::new();
    for (id, connection) in starts {
        let place = places.entry(*connection).or_default();
        *place += 1;
        if *place > FEW {
            let step = (LONGEST / counts[connection]).min(APART);
            let turn = i32::try_from(*place - FEW).unwrap_or(i32::MAX);
            // Hosts that start together are not to call together.
            let jitter = step * i32::from(backoff::spread(*id, 0)) / (1 << 17);
            put_off.push((*id, now + step * turn - jitter));
        }
    }
    put_off
}

/// Okta's answer came with its own time, so far from ours.
pub fn heard(engine: &Engine, skew: Duration) {
    let agrees = skew.abs() <= MAX_SKEW;
    if !engine.clock_agrees.replace(agrees) && agrees {
        let all = engine.model.borrow().rotations.keys().copied().collect();
        set_right(engine, all);
    }
}

/// Whether a due time lies further off than the interval allows, by a clock that nothing has confirmed yet.
pub fn is_doubtful(engine: &Engine, rotation: &Rotation) -> bool {
    !engine.clock_agrees.get() && rotation.schedule.sane(engine.clock.now()) != rotation.schedule
}

/// Computes due times anew that only a clock that was ahead can have made; ours is known to be right. What is under way
/// has its turn when it ends.
pub fn set_right(engine: &Engine, mut ids: Vec<Uuid>) {
    ids.retain(|id| put_right(engine, *id).is_some());
    if ids.is_empty() {
        return;
    }
    let engine = engine.clone();
    tokio::task::spawn_local(async move {
        // From here to the write nothing waits.
        let right: Vec<Rotation> = ids.into_iter().filter_map(|id| put_right(&engine, id)).collect();
        let ids: Vec<Uuid> = right.iter().map(|rotation| rotation.id).collect();
        let changes = right.into_iter().map(|rotation| Change::PutRotation(Box::new(rotation))).collect();
        if ids.is_empty() || engine.write(changes).await.is_err() {
            return;
        }
        for id in ids {
            engine.report(Notice::DueCorrected, About::rotation(id));
        }
    });
}

/// The record with its due time computed anew; `None` where that stays.
fn put_right(engine: &Engine, id: Uuid) -> Option<Rotation> {
    if !engine.clock_agrees.get() || !engine.schedules() || engine.driven.borrow().contains(&id) {
        return None;
    }
    let model = engine.model.borrow();
    let rotation = model.rotations.get(&id).filter(|it| it.operation.is_none() && !model.drafts.contains(&id))?;
    let schedule = rotation.schedule.sane(engine.clock.now());
    (schedule != rotation.schedule).then(|| Rotation { schedule, ..rotation.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn starts(connection: u128, count: u128) -> Vec<(Uuid, Uuid)> {
        (0..count)
            .map(|number| (Uuid::from_u128((connection << 64) + (number << 40)), Uuid::from_u128(connection)))
            .collect()
    }

    #[test]
    fn a_few_begin_at_once_and_the_others_one_after_the_other() {
        let now = DateTime::UNIX_EPOCH + Duration::days(20_000);
        assert_eq!(apart(&starts(1, FEW as u128), now), []);
        for (count, within) in [(9_u128, APART), (1000, APART * 1000), (100_000, LONGEST)] {
            let put_off = apart(&starts(1, count), now);
            assert_eq!(put_off.len() as u128, count - FEW as u128);
            assert!(put_off.windows(2).all(|pair| pair[0].1 < pair[1].1), "{count}: one after the other");
            assert!(put_off.iter().all(|(_, at)| *at > now && *at <= now + within), "{count}: within {within}");
        }
    }

    #[test]
    fn each_connection_has_its_own_row() {
        let now = DateTime::UNIX_EPOCH + Duration::days(20_000);
        let both = [starts(1, 20), starts(2, 20)].concat();
        let put_off = apart(&both, now);
        assert_eq!(put_off.len(), 24);
        assert!(put_off.iter().all(|(_, at)| *at <= now + APART * 12), "they do not wait for each other");
    }
}
