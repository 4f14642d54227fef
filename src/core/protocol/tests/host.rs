//! The host that the machine runs on: its process is killed, and its clock jumps.

use chrono::{DateTime, Duration, Utc};

use super::model::Way;
use super::world::{Driver, World};
use crate::core::protocol::call::Call;
use crate::core::protocol::event::Effect;
use crate::core::protocol::phase::Phase;
use crate::core::protocol::resume;

impl World {
    /// The process ends here; what it did not write is forgotten, and it starts again.
    pub fn crash(&mut self) {
        self.queue.clear();
        self.busy = 0;
        let written = self.disk.rotation.clone();
        if self.driver == Driver::RepeatsAfterCrash
            && let Some(rotation) = &written
            && let Some(operation) = &rotation.operation
            && let Phase::Creating = operation.phase
            && let Some(value) = operation.pending.and_then(|key| rotation.secret(key)?.value.clone())
        {
            let create = Call::Create { app_id: rotation.app.id.clone(), value };
            self.queue.push_back(Effect::Call(operation.call, create));
            self.memory = written;
            return;
        }
        self.memory = written.map(|rotation| resume(&rotation, self.now));
    }

    /// The next call takes effect, and the process ends before it knows.
    pub fn crash_after(&mut self) {
        if let Some(Effect::Call(_, call)) = self.queue.front().cloned() {
            self.calls.push(call.step());
            self.judge_call(&call);
            let _ = self.okta.perform(&call, Way::Clear, self.now);
            if let Call::Create { value, .. } = call {
                self.sent = Some(value);
            }
        }
        self.crash();
        self.judge_disk();
    }

    /// Whether it has said that it waits for this machine's clock to be set right.
    pub fn waits_for_clock(&self) -> bool {
        let fault = self.operation().and_then(|operation| operation.fault.as_ref());
        self.okta.skew != Duration::zero() && fault.is_some_and(|fault| fault.message().contains("clock"))
    }

    /// The time by the clock that is right.
    pub fn okta_now(&self) -> DateTime<Utc> {
        self.now + self.okta.skew
    }

    /// This machine's clock jumps; Okta's does not.
    pub fn clock_jumps(&mut self, by: Duration) {
        self.now += by;
        self.okta.skew -= by;
    }

    /// This machine's clock is set right.
    pub fn clock_is_set(&mut self) {
        self.clock_jumps(self.okta.skew);
    }
}
