//! How long the answer to a request may take.

use std::time::Duration;

use super::Request;
use crate::engine::patience::{AT_HAND, Takes, WITH_OKTA, deletion, wait};

impl Request {
    /// How long whoever asks waits for the answer: longer than the engine can take for it in good order.
    pub fn patience(&self) -> Duration {
        match self.takes() {
            Takes::AtHand => AT_HAND,
            Takes::Okta => WITH_OKTA,
            Takes::Attempt(most) => WITH_OKTA.saturating_add(most),
        }
    }

    /// Whether Okta is called for it, by whoever is the engine. The answer to any other request is at hand.
    pub fn calls_okta(&self) -> bool {
        !matches!(self.takes(), Takes::AtHand)
    }

    /// Every request has to say it: one that is forgotten would be cut off in the middle.
    fn takes(&self) -> Takes {
        match self {
            Self::RotationCreate(body) => Takes::Attempt(wait(body.wait_seconds)),
            Self::Rotate { terms, .. } => Takes::Attempt(wait(terms.wait_seconds)),
            Self::Retire { terms, .. } => Takes::Attempt(wait(terms.wait_seconds)),
            Self::Rollback { terms, .. } => Takes::Attempt(wait(terms.wait_seconds)),
            Self::Resolve { terms, .. } => Takes::Attempt(wait(terms.wait_seconds)),
            Self::Resume { .. } => Takes::Attempt(wait(None)),
            Self::RotationDelete { .. } => Takes::Attempt(deletion()),
            Self::ConnectionCreate(_)
            | Self::ConnectionUpdate { .. }
            | Self::ConnectionTest { .. }
            | Self::ConnectionApps { .. }
            | Self::Plan { .. }
            | Self::Check { .. }
            | Self::Confirm(_) => Takes::Okta,
            Self::ConnectionList
            | Self::ConnectionShow { .. }
            | Self::ConnectionDelete { .. }
            | Self::RotationList
            | Self::RotationShow { .. }
            | Self::RotationUpdate { .. }
            | Self::RetireStore(_)
            | Self::Yield
            | Self::Pause { .. }
            | Self::Skip { .. }
            | Self::Credentials { .. }
            | Self::OktaSecrets { .. }
            | Self::Options
            | Self::Upcoming(_)
            | Self::SecretList(_)
            | Self::SecretGet { .. }
            | Self::SecretDelete { .. }
            | Self::Export(_)
            | Self::Acknowledge(_)
            | Self::History(_)
            | Self::View
            | Self::Engine => Takes::AtHand,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::body::{DeleteTerms, ResolveTerms, RetireTerms, RollbackTerms, RotateTerms, TestTerms};

    #[test]
    fn whoever_waits_for_an_attempt_has_more_patience_than_the_engine() {
        let id = || "payments".to_owned();
        for seconds in [None, Some(0), Some(1), Some(3600), Some(u64::MAX)] {
            let wait_seconds = seconds;
            let waiting = [
                Request::Rotate { id: id(), terms: RotateTerms { wait_seconds, ..RotateTerms::default() } },
                Request::Retire { id: id(), terms: RetireTerms { wait_seconds, ..RetireTerms::default() } },
                Request::Rollback { id: id(), terms: RollbackTerms { wait_seconds, ..RollbackTerms::default() } },
                Request::Resolve { id: id(), terms: ResolveTerms { wait_seconds, ..ResolveTerms::default() } },
            ];
            for request in waiting {
                assert_eq!(request.patience(), wait(seconds) + WITH_OKTA, "{request:?}");
            }
        }
        assert_eq!(wait(None), Duration::from_secs(90));
        assert_eq!(wait(Some(u64::MAX)), Duration::from_hours(1));
    }

    #[test]
    fn what_asks_okta_is_not_cut_off_while_a_limit_holds_it_up() {
        let id = || "payments".to_owned();
        let terms = TestTerms::default();
        for request in [Request::Check { id: id() }, Request::ConnectionTest { id: id(), terms }] {
            assert_eq!(request.patience(), WITH_OKTA, "{request:?}");
        }
        assert!(Request::RotationDelete { id: id(), terms: DeleteTerms::default() }.patience() > deletion());
        assert_eq!(Request::View.patience(), AT_HAND);
    }
}
