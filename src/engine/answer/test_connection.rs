//! A connection tested.

use crate::engine::view::Note;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::checkup::checkup;
use crate::core::connection::Connection;
use crate::core::fault::Class;
use crate::core::history::Actor;
use crate::engine::act::{Mode, On, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::patience::Takes;
use crate::engine::refusal::Refusal;
use crate::engine::state::Engine;
use crate::engine::work::health::{answered, refused, released};
use crate::store::Change;
use crate::text::sentence::{Sentence, say};

/// On what terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TestTerms {
    /// Only test: what it finds is not noted, and nothing resumes because of it.
    pub peek: bool,
}

impl Terms for TestTerms {
    const SPEC: Spec = Spec {
        command: "connection test",
        on: On::Connection,
        paths: &["/api/v1/app-connections/{app}/{id}/test"],
        in_query: true,
        strict: false,
        ways: &[Way::plain(&["connections", "test"], "test")],
        doing: "Testing",
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::Okta
    }

    fn changes(&self, _: &str, _: Mode) -> bool {
        // Whether it answers is noted where that may be, which is no change.
        false
    }

    fn only_reading(self) -> Self {
        Self { peek: true }
    }

    fn done(&self, reply: &Reply) -> Sentence {
        let Reply::Test { test } = reply else { return say!("works") };
        let rate = match (test.rate_remaining, test.rate_limit) {
            (Some(left), Some(limit)) => say!("works; {} of {} calls a minute are left", left, limit),
            _ => say!("works"),
        };
        Sentence::join(std::iter::once(rate).chain(test.notes.iter().map(Note::say)), "; ")
    }
}

/// Tests one, and lets its rotations continue where it works, unless it only looks.
pub async fn test(engine: &Engine, id: &str, terms: TestTerms, _: Mode, actor: Actor) -> Result<Reply, Refusal> {
    let notes = !engine.read_only && !terms.peek;
    let connection = engine.model.borrow().connection(id)?.clone();
    let caller = engine.caller(connection.id).map_err(|fault| Refusal::from_fault(&fault))?;
    match checkup(&caller, &connection).await {
        Ok(test) => {
            if notes && engine.may_act().is_ok() {
                learn_org(engine, connection.id, test.org_id.clone().or(test.account.clone())).await;
                answered(engine, connection.id, None).await;
                released(engine, connection.id, &actor).await;
            }
            Ok(Reply::Test { test: Box::new(test) })
        }
        Err(fault) => {
            if notes && fault.class() == Class::Connection {
                refused(engine, connection.id, &fault, None).await;
            }
            Err(Refusal::from_fault(&connection.named(&fault)))
        }
    }
}

async fn learn_org(engine: &Engine, id: Uuid, org: Option<String>) {
    let change = {
        let model = engine.model.borrow();
        let known = model.connections.get(&id).filter(|known| known.org_id.is_none() && org.is_some());
        known.map(|known| Change::PutConnection(Box::new(Connection { org_id: org, ..known.clone() })))
    };
    if let Some(change) = change {
        let _ = engine.write(vec![change]).await;
    }
}
