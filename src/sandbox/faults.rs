//! Faults on demand: ordered beforehand, met by the next call of their kind.

use serde::{Deserialize, Serialize};

/// A fault that waits for its call. `POST /sandbox/faults`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Order {
    /// The operation that it meets, or `any`: `apps`, `app`, `list`, `create`, `get`, `activate`, `deactivate`,
    /// `delete`, `introspect`, `token`, `org`, `user`.
    pub on: String,
    /// Only calls about this app.
    #[serde(default)]
    pub app_id: Option<String>,
    /// Calls of its kind that pass before it strikes.
    #[serde(default)]
    pub skip: u64,
    /// How often it strikes; for ever where absent.
    #[serde(default)]
    pub times: Option<u64>,
    /// Whether the call takes effect first.
    #[serde(default)]
    pub when: When,
    /// What happens.
    pub kind: Kind,
}

/// Before or after the call's effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum When {
    /// The call takes no effect.
    #[default]
    Before,
    /// The call took effect, and its answer suffers.
    After,
}

/// What happens to a call.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type", deny_unknown_fields)]
pub enum Kind {
    /// The connection is closed without an answer.
    Drop {},
    /// Another status is answered.
    Status {
        /// The status.
        status: u16,
        /// The body; empty where absent.
        #[serde(default)]
        body: Option<String>,
        /// More headers.
        #[serde(default)]
        headers: std::collections::BTreeMap<String, String>,
    },
    /// 200 with bytes that are no JSON.
    Garbage {},
    /// 200 with JSON of another shape.
    WrongType {},
    /// The answer comes late.
    Slow {
        /// By so many milliseconds of real time.
        millis: u64,
    },
    /// 200 with a body of so many bytes.
    Huge {
        /// How many.
        bytes: u64,
    },
    /// 200 with a body that never ends.
    Endless {},
    /// 302 to another address.
    Redirect {
        /// Where to.
        to: String,
    },
    /// Parked until `DELETE /sandbox/held/{id}`.
    Hold {},
}

/// A fault that was ordered.
#[derive(Clone, Debug)]
pub struct Fault {
    /// Its number.
    pub id: u64,
    /// The order.
    pub order: Order,
}

/// A parked request.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// Its number.
    pub id: u64,
    /// What it asks.
    pub operation: String,
    /// About which app.
    pub app_id: Option<String>,
    /// Whether it took effect already.
    pub when: When,
}

/// Takes the fault that meets this call, if there is one, and counts it down.
pub fn strike(faults: &mut Vec<Fault>, operation: &str, app_id: Option<&str>) -> Option<Order> {
    let meets = |order: &Order| {
        (order.on == "any" || order.on == operation) && (order.app_id.is_none() || order.app_id.as_deref() == app_id)
    };
    for fault in faults.iter_mut().filter(|fault| meets(&fault.order)) {
        if fault.order.skip > 0 {
            fault.order.skip -= 1;
            continue;
        }
        let struck = fault.order.clone();
        if let Some(times) = &mut fault.order.times {
            *times = times.saturating_sub(1);
        }
        let id = fault.id;
        faults.retain(|fault| fault.id != id || fault.order.times != Some(0));
        return Some(struck);
    }
    None
}
