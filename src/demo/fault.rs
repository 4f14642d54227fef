//! What an operator can let go wrong.
//!
//! Each fault meets calls with the connection's own credential only: the consumer's logins are never tampered with, or
//! its zero would prove nothing.

use serde_json::{Value, json};

use crate::sandbox::faults::{Fault as Ordered, Order};
use crate::sandbox::org::Org;

/// A fault to inject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Okta makes the next secret, and its answer is lost.
    LostAnswer,
    /// Okta is out of order for two calls.
    Unavailable,
    /// Okta says that there were too many calls.
    TooMany,
    /// The token is refused, and works again after a while.
    TokenRefused,
}

impl Fault {
    /// All of them, in the order in which a key goes through them.
    pub const ALL: [Self; 4] = [Self::LostAnswer, Self::Unavailable, Self::TooMany, Self::TokenRefused];

    /// In a few words.
    pub fn word(self) -> &'static str {
        match self {
            Self::LostAnswer => "lost answer",
            Self::Unavailable => "503",
            Self::TooMany => "429",
            Self::TokenRefused => "revoked token",
        }
    }

    /// The one after it.
    #[must_use]
    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|fault| *fault == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()]
    }

    /// What will happen, in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::LostAnswer => "injected: the next secret will be made, its answer lost",
            Self::Unavailable => "injected: the next two looks at secrets will get a 503",
            Self::TooMany => "injected: the next look at secrets will get a 429",
            Self::TokenRefused => "injected: the token of acme is revoked",
        }
    }

    /// Lets it happen at an org.
    pub(super) fn befall(self, org: &Org) {
        let too_many = json!({
            "errorCode": "E0000047",
            "errorSummary": "API call exceeded rate limit due to too many requests.",
            "errorLink": "E0000047", "errorId": "oaedemo", "errorCauses": [],
        });
        match self {
            Self::LostAnswer => lose_answer(org, None),
            Self::Unavailable => order(org, "list", 2, &json!({"type": "status", "status": 503})),
            Self::TooMany => {
                order(org, "list", 1, &json!({"type": "status", "status": 429, "body": too_many.to_string()}));
            }
            Self::TokenRefused => org.inside().token_valid = false,
        }
    }
}

fn order(org: &Org, on: &str, times: u64, kind: &Value) {
    put(org, json!({"on": on, "times": times, "kind": kind}));
}

/// The next create at the org takes effect, and its answer is lost; of one app, or of any.
pub fn lose_answer(org: &Org, app_id: Option<&str>) {
    put(org, json!({"on": "create", "appId": app_id, "times": 1, "when": "after", "kind": {"type": "drop"}}));
}

/// The next call that changes something takes effect, and is parked before its answer goes out.
pub fn park_change(org: &Org) {
    for on in ["create", "activate", "deactivate", "delete"] {
        put(org, json!({"on": on, "times": 1, "when": "after", "kind": {"type": "hold"}}));
    }
}

/// Nothing is parked any more, nor will be.
pub fn park_no_more(org: &Org) {
    use crate::sandbox::faults::Kind;
    let parked = {
        let mut inside = org.inside();
        inside.faults.retain(|fault| !matches!(fault.order.kind, Kind::Hold {}));
        std::mem::take(&mut inside.parked)
    };
    for held in parked {
        org.release(held.id);
    }
}

fn put(org: &Org, order: Value) {
    let order: Order = serde_json::from_value(order).expect("written here, and every one of them is tested");
    let mut inside = org.inside();
    let id = inside.number();
    inside.faults.push(Ordered { id, order });
}
