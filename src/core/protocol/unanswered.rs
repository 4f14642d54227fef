//! Calls to deactivate a secret, or to delete it, that were never answered: they can still arrive for a minute.
//!
//! This only counts and waits; what is published, and what is cut, is decided elsewhere.

use uuid::Uuid;

use super::turn::{MAY_ARRIVE, Turn};
use crate::core::cause::SecretCause;
use crate::core::fault::Fault;
use crate::core::remedy::Automatic;
use crate::core::rotation::Unanswered;

impl Turn {
    /// Begins to count the minute of cuts that were never answered, where the clock is right. Directly after a list.
    pub fn count_cuts(&mut self) {
        if self.check_clock().is_err() {
            return;
        }
        let now = self.now;
        for secret in &mut self.rotation.secrets {
            secret.cut_out = secret.cut_out.map(|out| Unanswered::Since(out.counted(now)));
        }
    }

    /// Waits where a call to deactivate this secret, or to delete it, was sent and not answered, and can still arrive.
    /// Before the secret is published, a list was read after that.
    pub fn cut_is_out(&mut self, key: Uuid) -> bool {
        self.count_cuts();
        let (now, clock) = (self.now, self.check_clock());
        let Some(secret) = self.secret_mut(key) else { return false };
        let Some(out) = secret.cut_out else { return false };
        let (until, fault) = match (out, clock) {
            (Unanswered::Since(at), Ok(())) if now >= at + MAY_ARRIVE => {
                secret.cut_out = None;
                return false;
            }
            (Unanswered::Since(at), Ok(())) => {
                let cause = SecretCause::CutOut { secret: secret.okta_id.clone().unwrap_or_default() };
                (at + MAY_ARRIVE, Fault::precondition(cause).and(Automatic::LooksInAMinute))
            }
            // A clock that is off does not tell that the minute is over, and does not set itself.
            (_, Err(fault)) => {
                self.journal(Vec::new());
                self.need_attention(fault);
                return true;
            }
            (Unanswered::Unseen, Ok(())) => return false,
        };
        self.journal(Vec::new());
        self.wait_a_while(until, fault);
        true
    }
}
