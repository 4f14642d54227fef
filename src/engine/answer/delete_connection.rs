//! A connection deleted.

use crate::core::cause::RequestCause;
use crate::core::remedy::{Automatic, OnRotation};
use serde::{Deserialize, Serialize};

use super::connections::{decided, reply};
use crate::core::history::Actor;
use crate::core::history::deed::Deed;
use crate::engine::act::{Asks, Mode, On, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::patience::Takes;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::agenda::Item;
use crate::store::Change;
use crate::text::sentence::{Sentence, say};

/// On what terms: none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteConnectionTerms {}

impl Terms for DeleteConnectionTerms {
    const SPEC: Spec = Spec {
        command: "connection delete",
        on: On::Connection,
        method: "DELETE",
        paths: &["/api/v1/app-connections/{app}/{id}"],
        in_query: true,
        strict: false,
        asks: Asks::Face,
        ways: &[Way::plain(&["connections", "delete"], "delete the connection")],
        doing: "Deleting",
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::AtHand
    }

    fn done(&self, _: &Reply) -> Sentence {
        say!("deleted")
    }
}

/// Deletes one that no rotation uses.
pub async fn delete(
    engine: &Engine,
    id: &str,
    _: DeleteConnectionTerms,
    _: Mode,
    actor: Actor,
) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let connection = engine.model.borrow().connection(id)?.clone();
    let (users, leaving): (Vec<String>, bool) = {
        let model = engine.model.borrow();
        let uses = || model.rotations.values().filter(|rotation| rotation.goes_through(connection.id));
        (uses().map(|rotation| rotation.name.to_string()).collect(), uses().all(|rotation| rotation.leaving.is_some()))
    };
    if let Some(first) = users.first().cloned() {
        let next = if leaving { OnRotation::WaitForDeletion } else { OnRotation::DeleteRotationFirst };
        let cause = RequestCause::ConnectionInUse { connection: connection.name.to_string(), rotations: users };
        let refusal = Refusal::because(Kind::Conflict, cause).and(next).and(Automatic::NothingChanged);
        return Err(refusal.of_rotation(&first));
    }
    let shown = reply(engine, connection.id, Vec::new())?;
    let gone = Deed::ConnectionDeleted { name: connection.name.to_string() };
    decided(engine, connection.id, vec![Change::DropConnection(connection.id)], gone, &actor).await?;
    engine.renew_caller(connection.id, None);
    engine.agenda.borrow_mut().put(Item::Connection(connection.id), None);
    Ok(shown)
}
