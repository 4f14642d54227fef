//! A store like one that has been in use for a year: rotations with two secrets each, and their history.
//!
//! Written through [`windlass::store`], as an engine would. Nothing is due within a day, so that no one calls an org.

use std::path::Path;

use chrono::{DateTime, Duration, NaiveTime, Utc};
use uuid::Uuid;
use windlass::clock::Clock;
use windlass::core::connection::{Auth, Connection};
use windlass::core::history::ending::Ending;
use windlass::core::history::noted::Noted;
use windlass::core::history::{Actor, Entry, Outcome, Step, StepOutcome, Trigger};
use windlass::core::name::Description;
use windlass::core::rotation::{
    App, AuthMethod, Mapping, OktaSecret, Origin, Previous, Published, Rotation, Status, Verify,
};
use windlass::core::schedule::Schedule;
use windlass::core::secret::{Credential, Secret, SecretValue, SecretVersion};
use windlass::store::{Change, KeySource, Purpose, Store, lock, open};

/// Records of one commit.
const TOGETHER: u64 = 2_000;

/// Makes the store in `dir`, with its key beside it.
pub fn store(dir: &Path, rotations: u64, entries: u64) -> Result<(), Box<dyn std::error::Error>> {
    let now = Clock::System.now();
    let keys = KeySource { credentials: None, named: None, own: dir.join("master.key") };
    let mut store = open(lock(&dir.join("data"))?, &keys, now, Purpose::Act)?.store;
    let connections = (0..4).map(|number| Change::PutConnection(Box::new(connection(number, now)))).collect();
    store.commit(vec![connections])?;
    in_parts(store.as_mut(), rotations, |number| put(&rotation(number, now)))?;
    let step = Duration::days(365) / i32::try_from(entries.max(1))?;
    let start = now - Duration::days(365);
    in_parts(store.as_mut(), entries, |number| {
        let at = start + step * i32::try_from(number).unwrap_or(i32::MAX);
        vec![Change::Append(Box::new(entry(number, number % rotations.max(1), at)))]
    })?;
    store.close();
    Ok(())
}

fn in_parts(
    store: &mut dyn Store,
    count: u64,
    of: impl Fn(u64) -> Vec<Change>,
) -> Result<(), windlass::store::StoreError> {
    for first in (0..count).step_by(usize::try_from(TOGETHER).unwrap_or(1)) {
        store.commit(vec![(first..count.min(first + TOGETHER)).flat_map(&of).collect()])?;
    }
    Ok(())
}

fn id(kind: u128, number: u64) -> Uuid {
    uuid::Builder::from_random_bytes(((kind << 64) + u128::from(number)).to_be_bytes()).into_uuid()
}

fn connection(number: u64, now: DateTime<Utc>) -> Connection {
    Connection {
        id: id(1, number),
        name: format!("org-{number}").parse().expect("valid"),
        description: Description::default(),
        url: format!("https://org-{number}.okta.com").parse().expect("valid"),
        org_id: Some(format!("00o{number}")),
        auth: Auth::ApiToken { token: SecretValue::new(format!("token-{number}")) },
        ca: None,
        created_at: now,
        updated_at: now,
        version: 1,
        down: None,
        last_ok_at: Some(now),
        refusals: 0,
    }
}

fn secret(rotation: u64, number: u64, at: DateTime<Utc>) -> OktaSecret {
    let value = SecretValue::new(format!("{rotation:032}{number:032}"));
    OktaSecret {
        key: id(16 + u128::from(number), rotation),
        hash: Some(value.okta_hash()),
        value: Some(value),
        okta_id: Some(format!("ocs{number}{rotation:016}")),
        origin: Origin::Ours,
        status: Status::Active,
        created_at: at,
        published: Some(Published { at, version: u32::try_from(number).expect("small") }),
        deactivated_at: None,
        deleted_at: None,
        retired_by: None,
        request_ids: vec![format!("req-{rotation}-{number}")],
        cut_out: None,
    }
}

fn rotation(number: u64, now: DateTime<Utc>) -> Rotation {
    let age = Duration::days(1 + i64::try_from(number % 25).expect("small"));
    let secrets = vec![secret(number, 1, now - age - Duration::days(30)), secret(number, 2, now - age)];
    let previous =
        Previous { deactivate_at: Some(now + Duration::days(30) - age), ..Previous::undated(secrets[0].key) };
    Rotation {
        id: id(2, number),
        name: format!("service-{number:05}").parse().expect("valid"),
        description: Description::default(),
        connection_id: id(1, number % 4),
        app: App {
            id: format!("0oa{number:017}"),
            label: format!("Service {number}"),
            client_id: format!("0oc{number:017}"),
            client_id_hidden: false,
            auth_method: AuthMethod::ClientSecretBasic,
            redirect_uri: None,
        },
        environment: "prod".parse().expect("valid"),
        path: format!("/service-{number:05}").parse().expect("valid"),
        mapping: Mapping {
            client_id: "OKTA_CLIENT_ID".parse().expect("valid"),
            client_secret: "OKTA_CLIENT_SECRET".parse().expect("valid"),
        },
        schedule: Schedule {
            interval_days: 32,
            at: NaiveTime::MIN,
            zone: chrono_tz::Tz::UTC,
            anchor: (now - age).date_naive(),
            skipped: 0,
        },
        auto: true,
        paused_until: None,
        pause: None,
        overlap: 30 * 86_400,
        soak: 86_400,
        retire_unread: false,
        verify: Verify::Introspect,
        current: Some(secrets[1].key),
        previous: Some(previous),
        secrets,
        operation: None,
        attention: None,
        last: None,
        last_rotated_at: Some(now - age),
        targets: Vec::new(),
        leaving: None,
        created_at: now - Duration::days(400),
        updated_at: now - age,
        version: 3,
    }
}

/// A rotation and what consumers read.
fn put(rotation: &Rotation) -> Vec<Change> {
    let version = |secret: &OktaSecret, value: SecretValue| {
        let published = secret.published.expect("published");
        SecretVersion {
            number: published.version,
            value: Some(value),
            created_at: published.at,
            okta_secret: secret.key,
            fetched_at: Some(published.at),
            last_fetched_at: Some(published.at),
            fetches: Vec::new(),
        }
    };
    let named = |key, credential, value: &dyn Fn(&OktaSecret) -> SecretValue| {
        let versions = rotation.secrets.iter().map(|secret| version(secret, value(secret))).collect();
        Change::PutSecret(Box::new(Secret {
            key,
            credential,
            rotation: Some(rotation.id),
            versions,
            dismissed: Vec::new(),
        }))
    };
    vec![
        Change::PutRotation(Box::new(rotation.clone())),
        named(rotation.client_secret_key(), Credential::ClientSecret, &|secret| secret.value.clone().expect("held")),
        named(rotation.client_id_key(), Credential::ClientId, &|_| SecretValue::new(rotation.app.client_id.clone())),
    ]
}

fn entry(number: u64, rotation: u64, at: DateTime<Utc>) -> Entry {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    let step = |step: &str, status| Step {
        at,
        step: step.into(),
        outcome: StepOutcome::Ok,
        noted: Noted::said("as it should be"),
        http_status: Some(status),
        duration_ms: Some(120),
        okta_request_id: Some(format!("req-{number}")),
    };
    Entry {
        id: uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid(),
        rotation_id: Some(id(2, rotation)),
        rotation_name: Some(format!("service-{rotation:05}").parse().expect("valid")),
        connection_id: Some(id(1, rotation % 4)),
        app_id: format!("0oa{rotation:017}"),
        trigger: Trigger::Schedule,
        actor: Actor::schedule(),
        started_at: at,
        ended_at: Some(at),
        outcome: Outcome::Success,
        ending: Ending::said("published as version 2"),
        new_secret_id: Some(format!("ocs2{rotation:016}")),
        previous_secret_id: Some(format!("ocs1{rotation:016}")),
        steps: vec![step("create", 201), step("verify", 200)],
    }
}
