//! What would come of a rotation that is still being typed. Pure, and for the frontends.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::answer::create::{consent, typed};
use super::body::RotationBody;
use super::view::ListedSecret;
use crate::core::history::{Actor, Trigger};
use crate::core::protocol::call::SeenSecret;
use crate::core::protocol::forecast::Forecast;
use crate::core::protocol::open::{Ask, open};
use crate::core::rotation::{AuthMethod, Kind, Status};
use crate::core::secret::SecretValue;

/// What would come of a rotation that is made now of an app that has these secrets; of one with an ACTIVE secret where
/// that is not known. The engine's own answer to it is its plan.
pub fn foreseen(body: &RotationBody, there: &[ListedSecret], zone: Tz, now: DateTime<Utc>) -> Option<Forecast> {
    let mut draft = typed(body, zone, now).ok()?;
    // What only Okta knows of the app is as it has to be.
    (draft.app.auth_method, draft.app.redirect_uri) = (AuthMethod::ClientSecretBasic, Some(String::new()));
    let seen = |secret: &ListedSecret| SeenSecret {
        id: secret.id.clone(),
        active: secret.status == Status::Active,
        value: Some(SecretValue::new(secret.id.clone())),
        hash: None,
        created: secret.created_at,
    };
    let mut listed: Vec<SeenSecret> = there.iter().map(seen).collect();
    if listed.is_empty() {
        let value = Some(SecretValue::new("there already"));
        listed.push(SeenSecret { id: "original".into(), active: true, value, hash: None, created: Some(now) });
    }
    let actor = Actor::schedule();
    let ask = Ask { consent: consent(&draft, body), ..Ask::new(Trigger::Create, actor) };
    let kind = if body.adopt { Kind::Adopt } else { Kind::Rotate };
    Some(Forecast::planned(&open(&draft, kind, ask, now), listed, true, now))
}

/// When it would rotate for the first time.
pub fn first(body: &RotationBody, there: &[ListedSecret], zone: Tz, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    foreseen(body, there, zone, now)?.ahead().starts.map(|(at, _)| at)
}
