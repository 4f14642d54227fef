//! The test of a connection: what is wrong with it, each cause with its own fix; and where it works, what the role
//! hides.
//!
//! It only reads. The org's own description is asked for first: it needs no credential, and tells a wrong host from a
//! wrong credential. An app's secrets are listed last, for that alone tells what the role hides; Okta's System Log has
//! a line about it (`app.oauth2.client.read_client_secret`).

use chrono::Duration;

use crate::core::cause::{Cause, NetworkCause};
use crate::core::connection::{Auth, Connection};
use crate::core::fault::{Code, Fault};
use crate::core::protocol::call::{Call, Reply, SeenApp};
use crate::core::protocol::usable::usable;
use crate::core::remedy::{AtOkta, Automatic, OnConnection};
use crate::engine::state::caller::Caller;
use crate::engine::view::{Note, TestView};
use crate::okta::Client;

/// An API token dies after so long without a call (Okta note, §3).
const IDLE: Duration = Duration::days(30);

/// A clock that is off by less is as good as right.
const OFF: Duration = Duration::seconds(60);

/// A token that is not renewed by itself is spoken of when it ends within so much.
const ENDS_SOON: Duration = Duration::days(30);

/// Tests a connection as it is, or as it is to be.
pub async fn checkup(caller: &Caller, connection: &Connection) -> Result<TestView, Fault> {
    match caller {
        Caller::Okta(client) => of_org(client, connection).await,
        Caller::Server(server) => {
            let tested = server.test().await.map_err(|fault| connection.named(&fault))?;
            let ends = tested.ends_in.filter(|_| !tested.renewed);
            let soon = ends.and_then(|seconds| i64::try_from(seconds).ok()).map(Duration::seconds);
            let note =
                soon.filter(|left| *left < ENDS_SOON).map(|left| Note::TokenEnds { seconds: left.num_seconds() });
            Ok(TestView {
                account: tested.account,
                server_version: tested.version,
                token_ttl_seconds: tested.ends_in,
                identity: tested.identity,
                notes: note.into_iter().collect(),
                ..TestView::of(connection)
            })
        }
    }
}

async fn of_org(client: &Client, connection: &Connection) -> Result<TestView, Fault> {
    let org = match client.organization().await {
        Ok(org) => org,
        Err(fault) => return Err(untrusted(no_org(fault), client).await),
    };
    let apps = client.probe().await.map_err(|fault| refused(fault, client, connection))?;
    let mut notes = Vec::new();
    if let Some(skew) = org.skew.filter(|skew| skew.abs() > OFF) {
        notes.push(Note::ClockOff { seconds: skew.num_seconds().abs(), behind: skew > Duration::zero() });
    }
    if let Some(note) = hidden(client, &apps).await {
        notes.push(note);
    }
    let rate = client.rate().unwrap_or_default();
    Ok(TestView {
        org_id: Some(org.id),
        clock_skew_seconds: org.skew.map(|skew| skew.num_seconds()),
        rate_limit: rate.limit,
        rate_remaining: rate.remaining,
        dpop: client.proves(),
        notes,
        ..TestView::of(connection)
    })
}

fn no_org(fault: Fault) -> Fault {
    match fault.code {
        Code::AppGone | Code::Refused | Code::Unreadable => {
            fault.as_cause(|cause| Cause::NoOrgThere(Box::new(cause))).instead(OnConnection::CheckOrgAddress)
        }
        _ => fault,
    }
}

/// A certificate that is not trusted, with the name of the CA that it takes.
async fn untrusted(fault: Fault, client: &Client) -> Fault {
    if fault.code != Code::Untrusted {
        return fault;
    }
    match client.issuer().await {
        Some(name) => fault.as_cause(|cause| match cause {
            Cause::Network(NetworkCause::Unreached { way, host, why, .. }) => {
                NetworkCause::Unreached { way, host, why, issuer: Some(name) }.into()
            }
            cause => cause,
        }),
        None => fault,
    }
}

/// The org is there, and does not let the credential list apps.
fn refused(fault: Fault, client: &Client, connection: &Connection) -> Fault {
    let by_token = matches!(connection.auth, Auth::ApiToken { .. });
    match fault.code {
        Code::Forbidden => {
            let client_id = connection.auth.client_id().map(str::to_owned);
            let fault = fault.as_cause(|cause| Cause::NoRole { client_id, cause: Box::new(cause) });
            Fault { code: Code::NotAllowed, ..fault.instead(AtOkta::GiveAppsRole) }
        }
        // Okta gives one answer for all of these.
        Code::TokenRefused if by_token => {
            let idle = connection.last_ok_at.map(|at| client.now() - at).filter(|idle| *idle >= IDLE);
            let idle_days = idle.map(|idle| idle.num_days());
            let known = connection.last_ok_at.is_some();
            let give = OnConnection::GiveToken { known };
            connection
                .named(&fault.instead(OnConnection::TokenEnded { idle_days }).and(give).and(Automatic::SecretsWork))
        }
        _ => fault,
    }
}

/// What the role hides, seen on one app that could be rotated. What is unknown is not said.
async fn hidden(client: &Client, apps: &[SeenApp]) -> Option<Note> {
    let app = apps.iter().find(|app| usable(app).is_ok())?;
    match client.perform(&Call::Secrets { app_id: app.id.clone() }).await.result {
        Ok(Reply::Secrets(list)) => {
            (!list.is_empty() && list.iter().all(|secret| secret.value.is_none())).then_some(Note::SecretsHidden)
        }
        Err(fault) if matches!(fault.code, Code::Forbidden | Code::NotAllowed) => {
            Some(Note::AppHidden { label: app.label.clone() })
        }
        _ => None,
    }
}
