//! A consumer that no old secret waits for any more.

use serde::{Deserialize, Serialize};

use super::rotations::show;
use crate::core::cause::{RequestCause, Thing};
use crate::core::consumer::Dismissed;
use crate::core::history::Actor;
use crate::core::history::deed::Deed;
use crate::core::reach::{Reach, Stands};
use crate::core::remedy::Automatic;
use crate::engine::act::{Mode, Opt, Spec, Terms, Way};
use crate::engine::body::Reply;
use crate::engine::patience::Takes;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::decisions::{Decided, note};
use crate::engine::state::records::nearest;
use crate::store::Change;
use crate::text::sentence::{Sentence, say};

/// On what terms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DismissTerms {
    /// The consumer's name, as `rotation consumers` shows it.
    pub consumer: String,
}

impl Terms for DismissTerms {
    const SPEC: Spec = Spec {
        command: "rotation dismiss",
        help: "No longer wait for a consumer, until it fetches again",
        examples: &["windlass rotation dismiss payments --consumer payroll.service"],
        paths: &["/api/v2/secret-rotations/okta-client-secret/{id}/dismiss"],
        options: &[Opt::text("--consumer", "consumer", "NAME", "The consumer, as `rotation consumers` shows it")],
        ways: &[Way::by("", &["consumers"], "1", "wait no longer for the first one")],
        doing: "Dismissing a consumer of",
        ..Spec::ROTATION
    };

    fn takes(&self) -> Takes {
        Takes::AtHand
    }

    fn done(&self, reply: &Reply) -> Sentence {
        match reply.rotation().map(|row| row.consumers.missing.len()) {
            Some(0) => say!("{} is not waited for any more; the old secret goes on its date", &self.consumer),
            Some(others) => say!("{} is not waited for any more; {} others are", &self.consumer, others),
            None => say!("{} is not waited for any more", &self.consumer),
        }
    }
}

/// Takes a consumer out of those that the old secret waits for. One that is no longer waited for stays dismissed.
pub async fn dismiss(engine: &Engine, id: &str, terms: DismissTerms, _: Mode, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let rotation = engine.model.borrow().rotation(id)?.clone();
    let consumer = terms.consumer.trim().to_owned();
    let changed = {
        let model = engine.model.borrow();
        let secret = model.secrets.get(&rotation.client_secret_key());
        let known = secret.map(|secret| Reach::of(&rotation, secret)).unwrap_or_default();
        let Some(found) = known.consumers.iter().find(|it| it.fetches.consumer == consumer) else {
            let names: Vec<&str> = known.consumers.iter().map(|it| it.fetches.consumer.as_str()).collect();
            let cause = RequestCause::Unknown { what: Thing::Consumer, name: consumer.clone() };
            let refusal = Refusal::because(Kind::Unknown, cause).and(nearest(Thing::Consumer, &consumer, &names));
            return Err(refusal.and(Automatic::NothingChanged).of_rotation(&rotation.name));
        };
        let dismissed = Dismissed { consumer: consumer.clone(), at: engine.clock.now(), by: actor.to_string() };
        secret.filter(|_| found.stands == Stands::Missing).cloned().map(|mut secret| {
            secret.dismissed.push(dismissed);
            secret
        })
    };
    if let Some(secret) = changed {
        let decided = Decided { deed: Deed::ConsumerDismissed { consumer }, actor: &actor };
        note(engine, &rotation, vec![Change::PutSecret(Box::new(secret))], decided).await?;
    }
    show(engine, &rotation.id.to_string())
}
