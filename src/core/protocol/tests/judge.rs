//! The promises, checked from outside: after every effect, and before every call that changes something.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use uuid::Uuid;

use super::model::Maker;
use super::target;
use super::world::World;
use crate::core::history::Trigger;
use crate::core::protocol::call::Call;
use crate::core::protocol::open::{agenda, waits_for_connection};
use crate::core::protocol::phase::Phase;
use crate::core::protocol::rests;
use crate::core::rotation::{Kind, OktaSecret};

/// What was promised and is remembered from outside the machine.
#[derive(Clone, Debug, Default)]
pub struct Judge {
    pub violations: Vec<String>,
    /// Okta's id of the published secret.
    published: Option<String>,
    published_at: Option<DateTime<Utc>>,
    /// Which secrets were ever published: only those have consumers.
    ever_published: Vec<String>,
    /// The attempt that consumed each due date.
    consumed: BTreeMap<NaiveDate, Uuid>,
    pub publications: u32,
}

impl Judge {
    pub fn expect(&mut self, holds: bool, promise: &str) {
        if !holds {
            self.violations.push(promise.to_owned());
        }
    }

    pub fn assert(&self) {
        assert!(self.violations.is_empty(), "broken: {:#?}", self.violations);
    }

    pub fn published(&mut self, secret: &OktaSecret, now: DateTime<Utc>) {
        self.published.clone_from(&secret.okta_id);
        self.published_at = Some(now);
        self.ever_published.extend(secret.okta_id.clone());
        self.publications += 1;
    }

    /// An attempt ended without a new secret. A date that was still to come is not its own any more.
    pub fn gave_up(&mut self, attempt: Uuid, to_come: impl Fn(NaiveDate) -> bool) {
        self.consumed.retain(|date, by| *by != attempt || !to_come(*date));
    }

    /// A due date was consumed on disk by this attempt.
    pub fn consumed(&mut self, attempt: Uuid, date: NaiveDate) {
        let by = *self.consumed.entry(date).or_insert(attempt);
        self.expect(by == attempt, "one attempt for one due date");
    }
}

impl World {
    /// Promises that hold at every instant.
    pub fn judge_disk(&mut self) {
        if let Some(id) = self.judge.published.clone() {
            let works = self.okta.find(&id).is_some_and(|held| held.active);
            let excused = self.okta.touched.contains(&id) || self.revoking();
            self.judge.expect(works || excused, "1: the published secret works");
        }
        for held in self.okta.held.iter().filter(|held| held.maker == Maker::Us) {
            let known = self.disk.rotation.iter().flat_map(|rotation| &rotation.secrets);
            let kept = known.filter_map(|secret| secret.value.as_ref()).any(|value| *value == held.value)
                || self.disk.versions.iter().any(|(_, value)| *value == held.value);
            if !kept && !self.revoked {
                self.judge.violations.push(format!("2: the value of {} is not on disk", held.id));
            }
        }
    }

    fn revoking(&self) -> bool {
        let leaving = self.memory.as_ref().and_then(|rotation| rotation.leaving.as_ref());
        self.revoked || leaving.is_some_and(|leaving| leaving.revoke)
    }

    /// What a revoked rotation leaves at Okta: at most the last ACTIVE secret of the app.
    pub fn judge_revoked(&mut self) {
        self.revoked = true;
        let ours = |maker: Maker| maker == Maker::Us;
        let left: Vec<_> = self.okta.held.iter().filter(|held| ours(held.maker)).collect();
        let last = self.okta.held.iter().filter(|held| held.active).count() == 1;
        let fine = left.is_empty() || (left.len() == 1 && left[0].active && last);
        let excused = !self.okta.unseen.is_empty();
        self.judge.expect(fine || excused, "a revoked rotation leaves nothing of ours but a last active secret");
    }

    /// Promises that hold before a call that changes something.
    pub fn judge_call(&mut self, call: &Call) {
        if !call.changes() {
            return;
        }
        let on_disk = self.disk.rotation.as_ref().and_then(|rotation| rotation.operation.as_ref());
        let written = on_disk.is_some_and(|operation| match (call, &operation.phase) {
            (Call::Create { .. }, Phase::Creating) => true,
            (Call::Activate { secret_id: id, .. }, Phase::Activating { secret_id })
            | (Call::Deactivate { secret_id: id, .. }, Phase::Deactivating { secret_id })
            | (Call::Delete { secret_id: id, .. }, Phase::Deleting { secret_id }) => id == secret_id,
            _ => false,
        });
        self.judge.expect(written, "a change is on disk before it goes out");
        let Some(id) = target(call).map(str::to_owned) else {
            let Call::Create { value, .. } = call else { return };
            let shown = self.list.iter().any(|seen| seen.value.as_ref() == Some(value));
            let unseen = self.sent.as_ref() == Some(value);
            self.judge.expect(!shown && !unseen, "a create is not sent again before a look, nor where a list shows it");
            return;
        };
        self.judge.expect(self.list_is_fresh, "each step is decided on a list read just before");
        let maker = self.okta.find(&id).map(|held| held.maker);
        self.judge.expect(maker != Some(Maker::Stranger), "3: a stranger's secret is not touched");
        if !matches!(call, Call::Activate { .. }) {
            self.judge_cut(call, &id, maker);
        }
    }

    fn judge_cut(&mut self, call: &Call, id: &str, maker: Option<Maker>) {
        let operation = self.operation().expect("a call belongs to an operation").clone();
        let rotation = self.rotation();
        let (overlap, soak) = (seconds(rotation.overlap), seconds(rotation.soak));
        let unread = !self.fetched && !rotation.retire_unread;
        let published = self.judge.published.clone();
        let shown_active = |wanted: &dyn Fn(&str) -> bool| self.list.iter().any(|seen| seen.active && wanted(&seen.id));
        let stays = match &published {
            Some(published) if operation.kind != Kind::Delete => shown_active(&|seen| seen == published),
            _ => shown_active(&|seen| seen != id),
        };
        let asked = rotation.previous.is_some_and(|previous| previous.asked && operation.kind == Kind::Retire);
        let scheduled = operation.trigger == Trigger::Schedule; // Which agrees to nothing.
        let named = operation.consent.replace.as_deref() == Some(id);
        let agreed = !scheduled && (operation.consent.cut_previous || named);
        let used = maker != Some(Maker::Us) || self.judge.ever_published.iter().any(|known| known == id);
        let off_since = self.okta.find(id).and_then(|held| held.off_since);
        // How long consumers have had a secret is measured by the clock that is right.
        let now = self.okta_now();
        let ours = self.judge.ever_published.iter().any(|known| known == id);
        let overlapped = !ours || self.judge.published_at.is_none_or(|at| now >= at + overlap);
        let skew = self.list_skew;
        let judge = &mut self.judge;
        judge.expect(stays, "no cut while the published secret is not seen ACTIVE");
        judge.expect(skew.abs() <= Duration::minutes(5), "no cut while the clock is off");
        if operation.kind == Kind::Delete {
            return;
        }
        judge.expect(published.as_deref() != Some(id), "the published secret is never cut");
        if agreed || !used || maker.is_none() || self.okta.unseen.contains(id) {
            return; // No one can know what no list has shown; and one that is gone already is not cut.
        }
        judge.expect(!scheduled, "a scheduled rotation never cuts what was in use");
        match call {
            Call::Deactivate { .. } => {
                if asked {
                    return;
                }
                judge.expect(!unread, "6: nothing is deactivated while its successor is unread");
                judge.expect(overlapped, "5: an old secret has its overlap");
            }
            _ => judge.expect(
                off_since.is_some_and(|since| now >= since + soak) || self.okta.touched.contains(id),
                "5: nothing is deleted that was not INACTIVE through its soak",
            ),
        }
    }

    /// Promises that hold while the machine rests: no stuck and no silent state.
    pub fn judge_rest(&mut self) {
        let Some(rotation) = &self.memory else { return };
        let due = agenda(rotation, self.fetched, self.now);
        let (reported, auto) = (rotation.attention.is_some(), rotation.auto);
        let resting = rests(rotation);
        let waits = waits_for_connection(rotation);
        let (timed, said) = match &rotation.operation {
            None => (true, true),
            Some(operation) => {
                let verifying = operation.phase == Phase::Verifying;
                (operation.wake_at.is_some() || waits, operation.fault.is_some() || reported || verifying)
            }
        };
        let resumed = due.as_ref().is_some_and(|(at, _)| *at <= self.now);
        let open = rotation.operation.is_some();
        let instant = due.is_some();
        self.judge.expect(resting, "8: the machine waits for something that comes");
        self.judge.expect(timed, "8: a wait has its time");
        self.judge.expect(!open || instant, "8: what is open is woken");
        self.judge.expect(said || resumed, "8: a wait has its reason");
        self.judge.expect(open || instant || reported || !auto, "8: no silent end");
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::seconds(i64::try_from(seconds).expect("a span"))
}
