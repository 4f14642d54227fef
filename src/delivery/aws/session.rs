//! Credentials, and how temporary ones are had.

use std::path::Path;

use chrono::{DateTime, Duration, Utc};

use super::Client;
use super::answer::Said;
use crate::core::cause::{AwsCause, Cause, ServerCause};
use crate::core::connection::aws::{Assume, Identity};
use crate::core::fault::{Code, Fault};
use crate::core::remedy::{AtAws, Automatic};
use crate::core::secret::SecretValue;
use crate::delivery::call::{not_understood, read_jwt};
use crate::net;

/// How windlass calls itself in a session: it stands in CloudTrail.
const SESSION: &str = "windlass";

/// Temporary credentials are had anew so long before their end.
const EARLY: Duration = Duration::minutes(5);

/// What a call is signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The key's id.
    pub id: String,
    /// The key.
    pub secret: SecretValue,
    /// The token of temporary ones.
    pub token: Option<SecretValue>,
}

/// Credentials, and when they end.
#[derive(Clone, Debug)]
pub struct Session {
    /// The credentials.
    pub keys: Keys,
    /// When they end; `None` for those that were given, of which that is not known.
    pub ends_at: Option<DateTime<Utc>>,
}

impl Session {
    /// Whether they still last a while.
    pub fn lasts(&self, now: DateTime<Utc>) -> bool {
        self.ends_at.is_none_or(|at| now + EARLY < at)
    }
}

impl Client {
    /// Credentials for the calls: those of the identity, or of the role that it assumes.
    pub(super) async fn new_session(&self) -> Result<Session, Fault> {
        let aws = &self.0.aws;
        let own = match &aws.identity {
            Identity::AccessKey { key_id, secret_key, session_token } => {
                let keys = Keys { id: key_id.clone(), secret: secret_key.clone(), token: session_token.clone() };
                Session { keys, ends_at: None }
            }
            Identity::InstanceProfile => self.0.machine.session().await?,
            Identity::WebIdentity { role_arn, jwt_file } => self.of_identity(role_arn, jwt_file).await?,
        };
        match &aws.assume {
            Some(assume) => self.assumed(assume, &own.keys).await,
            None => Ok(own),
        }
    }

    async fn of_identity(&self, role: &str, file: &Path) -> Result<Session, Fault> {
        let token = read_jwt(file).await?;
        let fields = [("RoleArn", role), ("RoleSessionName", SESSION), ("WebIdentityToken", token.expose())];
        let said = self.sts("AssumeRoleWithWebIdentity", &fields, None, Some(&token)).await?;
        self.issued(&said, role)
    }

    async fn assumed(&self, assume: &Assume, keys: &Keys) -> Result<Session, Fault> {
        let mut fields = vec![("RoleArn", assume.role_arn.as_str()), ("RoleSessionName", SESSION)];
        fields.extend(assume.external_id.as_deref().map(|id| ("ExternalId", id)));
        let said = self.sts("AssumeRole", &fields, Some(keys), None).await.map_err(|fault| {
            // Without the role no call can be made at all.
            if fault.code != Code::Forbidden {
                return fault;
            }
            let said = match fault.problem.cause {
                Cause::Aws(AwsCause::ActionDenied { said, .. }) => said,
                _ => String::new(),
            };
            role_declined(&assume.role_arn, said)
        })?;
        self.issued(&said, &assume.role_arn)
    }

    /// Reads what STS issued, or says why it did not.
    fn issued(&self, said: &Said, role: &str) -> Result<Session, Fault> {
        if !said.status.is_success() {
            return Err(role_declined(role, format!("{}: {}", said.word, said.why)));
        }
        let host = self.host();
        let part = |name: &str| said.element(name).filter(|text| !text.is_empty()).ok_or_else(|| not_understood(&host));
        let keys = Keys {
            id: part("AccessKeyId")?,
            secret: SecretValue::new(part("SecretAccessKey")?),
            token: Some(SecretValue::new(part("SessionToken")?)),
        };
        let ends_at = DateTime::parse_from_rfc3339(&part("Expiration")?).map_err(|_| not_understood(&host))?.to_utc();
        Ok(Session { keys, ends_at: Some(ends_at) })
    }
}

fn role_declined(role: &str, said: String) -> Fault {
    let cause = AwsCause::RoleDeclined { role: role.to_owned(), said };
    Fault::new(Code::TokenRefused, cause).and(AtAws::CheckTrust).and(Automatic::TriesAgain)
}

/// This machine has none to give.
pub(super) fn no_role(from: &str, why: impl Into<String>) -> Fault {
    let cause = AwsCause::NoMachineRole { from: from.to_owned(), why: why.into() };
    Fault::new(Code::TokenRefused, cause).and(AtAws::AttachRole).and(Automatic::TriesAgain)
}

/// That is not answered in time, or not at all, by what gives a machine its credentials.
pub(super) fn no_answer(from: &str, error: &reqwest::Error) -> Fault {
    if error.is_timeout() || error.is_connect() {
        return no_role(from, "it does not answer, as anywhere but on a machine of AWS with a role");
    }
    let cause = ServerCause::CutOff { host: from.to_owned(), why: net::chain(error) };
    Fault::new(Code::Unreachable, cause).and(Automatic::TriesAgain)
}
