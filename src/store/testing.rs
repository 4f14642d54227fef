//! Records and data directories for the tests of this ring.

use std::fs;
use std::future::Future;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::core::connection::Auth;
use crate::core::history::ending::Ending;
use crate::core::history::noted::Noted;
use crate::core::history::{Actor, Step, StepOutcome, Trigger};
use crate::core::name::Description;
use crate::core::rotation::{App, AuthMethod, Mapping, OktaSecret, Origin, Published, Status, Verify};
use crate::core::schedule::Schedule;
use crate::core::secret::{Credential, SecretValue, SecretVersion};

/// An instant; minutes after another.
pub fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).expect("valid") + TimeDelta::minutes(minutes)
}

/// The id of a rotation by number.
pub fn rotation_id(number: u128) -> Uuid {
    Uuid::from_u128(0x1000_0000 + number)
}

/// The key of a rotation's secret by number.
pub fn value_key(rotation: u128, number: u128) -> Uuid {
    Uuid::from_u128(0x2000_0000 + (rotation << 8) + number)
}

/// The value of a rotation's secret by number. Each holds the word that is searched for in the files.
pub fn value(rotation: u128, number: u128) -> SecretValue {
    SecretValue::new(format!("canary-{rotation}-{number}-{}", "x".repeat(40)))
}

/// A connection whose token is a canary.
pub fn connection(number: u128) -> Connection {
    Connection {
        id: Uuid::from_u128(0x3000_0000 + number),
        name: format!("org-{number}").parse().expect("valid"),
        description: Description::default(),
        url: "https://example.okta.com".parse().expect("valid"),
        org_id: Some("00o1".into()),
        auth: Auth::ApiToken { token: SecretValue::new(format!("canary-token-{number}")) },
        ca: None,
        created_at: at(0),
        updated_at: at(0),
        version: 1,
        down: None,
        last_ok_at: None,
        refusals: 0,
    }
}

/// A secret of a rotation at Okta; published as the version of its number where that is wanted.
pub fn okta_secret(rotation: u128, number: u128, published: bool) -> OktaSecret {
    let version = u32::try_from(number).expect("small");
    OktaSecret {
        key: value_key(rotation, number),
        value: Some(value(rotation, number)),
        hash: Some(value(rotation, number).okta_hash()),
        okta_id: published.then(|| format!("ocs{rotation}{number}")),
        origin: Origin::Ours,
        status: if published { Status::Active } else { Status::Intended },
        created_at: at(0),
        published: published.then(|| Published { at: at(i64::from(version)), version }),
        deactivated_at: None,
        deleted_at: None,
        retired_by: None,
        request_ids: vec![],
        cut_out: None,
    }
}

/// A rotation with no secret yet.
pub fn rotation(number: u128) -> Rotation {
    Rotation {
        id: rotation_id(number),
        name: format!("app-{number}").parse().expect("valid"),
        description: Description::default(),
        connection_id: connection(1).id,
        app: App {
            id: format!("0oa{number}"),
            label: format!("App {number}"),
            client_id: format!("client-{number}"),
            client_id_hidden: false,
            auth_method: AuthMethod::ClientSecretBasic,
            redirect_uri: None,
        },
        environment: "prod".parse().expect("valid"),
        path: format!("/app-{number}").parse().expect("valid"),
        mapping: Mapping {
            client_id: "OKTA_CLIENT_ID".parse().expect("valid"),
            client_secret: "OKTA_CLIENT_SECRET".parse().expect("valid"),
        },
        schedule: Schedule {
            interval_days: 30,
            at: NaiveTime::MIN,
            zone: chrono_tz::Tz::UTC,
            anchor: at(0).date_naive(),
            skipped: 0,
        },
        auto: true,
        paused_until: None,
        pause: None,
        overlap: 3600,
        soak: 3600,
        retire_unread: false,
        verify: Verify::Introspect,
        secrets: vec![],
        current: None,
        previous: None,
        operation: None,
        attention: None,
        last: None,
        last_rotated_at: None,
        targets: Vec::new(),
        leaving: None,
        created_at: at(0),
        updated_at: at(0),
        version: 1,
    }
}

/// A rotation with a secret published for each number.
pub fn published(number: u128, secrets: u128) -> Rotation {
    let mut rotation = rotation(number);
    rotation.secrets = (1..=secrets).map(|secret| okta_secret(number, secret, true)).collect();
    rotation.current = Some(value_key(number, secrets));
    rotation
}

/// The named client secret of such a rotation, and its client id.
pub fn named(rotation: &Rotation) -> [Secret; 2] {
    let version = |secret: &OktaSecret, value: SecretValue| SecretVersion {
        number: secret.published.expect("published").version,
        value: Some(value),
        created_at: secret.published.expect("published").at,
        okta_secret: secret.key,
        fetched_at: None,
        last_fetched_at: None,
        fetches: Vec::new(),
    };
    let all = rotation.secrets.iter().filter(|secret| secret.published.is_some());
    let client_secret = all.clone().map(|secret| version(secret, secret.value.clone().expect("held"))).collect();
    let client_id = all.map(|secret| version(secret, SecretValue::new(rotation.app.client_id.clone()))).collect();
    let secret = |key, credential, versions| Secret {
        key,
        credential,
        rotation: Some(rotation.id),
        versions,
        dismissed: Vec::new(),
    };
    [
        secret(rotation.client_secret_key(), Credential::ClientSecret, client_secret),
        secret(rotation.client_id_key(), Credential::ClientId, client_id),
    ]
}

/// The batch that writes a rotation and its named secrets.
pub fn put(rotation: &Rotation) -> Vec<Change> {
    let mut batch = vec![Change::PutRotation(Box::new(rotation.clone()))];
    if rotation.current.is_some() {
        batch.extend(named(rotation).map(|secret| Change::PutSecret(Box::new(secret))));
    }
    batch
}

/// A finished attempt. Its id is its start in minutes.
pub fn entry(id: u128, rotation: Uuid) -> Entry {
    let minutes = i64::try_from(id).expect("small");
    Entry {
        id: Uuid::from_u128(id),
        rotation_id: Some(rotation),
        rotation_name: Some("app".parse().expect("valid")),
        connection_id: Some(connection(1).id),
        app_id: "0oa1".into(),
        trigger: Trigger::Schedule,
        actor: Actor::schedule(),
        started_at: at(minutes),
        ended_at: Some(at(minutes + 1)),
        outcome: Outcome::Success,
        ending: Ending::said("rotated"),
        new_secret_id: Some("ocs2".into()),
        previous_secret_id: Some("ocs1".into()),
        steps: vec![Step {
            at: at(minutes),
            step: "create".into(),
            outcome: StepOutcome::Ok,
            noted: Noted::said("created"),
            http_status: Some(201),
            duration_ms: Some(120),
            okta_request_id: Some("req".into()),
        }],
    }
}

/// A data directory with its key beside it, gone at the end.
pub struct Place {
    _temp: TempDir,
    pub dir: PathBuf,
    pub keys: KeySource,
}

impl Place {
    pub fn new() -> Self {
        // Memory where there is some to be had: these tests are about what is written, not about the disk.
        let temp = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).expect("a directory");
        let keys = KeySource { credentials: None, named: None, own: temp.path().join("config/master.key") };
        Self { dir: temp.path().join("data"), keys, _temp: temp }
    }

    pub fn try_open(&self, minutes: i64) -> Result<Opened, StoreError> {
        self.try_begin(Begin::default(), minutes)
    }

    pub fn try_begin(&self, begin: Begin, minutes: i64) -> Result<Opened, StoreError> {
        open_marked(lock(&self.dir)?, &self.keys, begin, at(minutes), Purpose::Act)
    }

    pub fn open_for(&self, purpose: Purpose) -> Result<Opened, StoreError> {
        let lock = if purpose == Purpose::Read { lock_to_read(&self.dir)? } else { lock(&self.dir)? };
        open(lock, &self.keys, at(0), purpose)
    }

    /// Opens it with its insides in reach.
    pub fn open_sled(&self) -> backend::Sled {
        match open::open_sled(lock(&self.dir).expect("free"), &self.keys, at(0), Purpose::Act).expect("opens") {
            open::Done::Whole(sound) => sound.sled,
            open::Done::Left(left) => panic!("{}", left.found),
        }
    }

    pub fn open(&self) -> Opened {
        self.try_open(0).expect("opens")
    }

    /// The sealing key.
    pub fn key(&self) -> seal::MasterKey {
        self.keys.find(&self.dir, false).expect("a key").key
    }

    /// The ledger as it lies there, while no store is open.
    pub fn ledger(&self) -> ledger::Ledger {
        match ledger::Ledger::open(&self.path("ledger"), &self.key(), None).expect("opens") {
            ledger::Found::Whole(ledger) => *ledger,
            _ => panic!("the ledger is not whole"),
        }
    }

    /// sled's files as they lie there, while no store is open, and what their records are sealed with.
    pub fn files(&self) -> (files::Files, seal::Seal) {
        let files = files::Files::open(&self.path("store")).expect("opens");
        let store = files.identity().expect("read").expect("there").store;
        (files, self.key().seal_for(store))
    }

    /// Opens the store, writes these batches one after the other, and closes it. Returns what it holds then.
    pub fn write(&self, batches: Vec<Vec<Change>>) -> Vec<String> {
        let mut store = self.open().store;
        for batch in batches {
            store.commit(vec![batch]).expect("written");
        }
        let shown = shown(&store.load().expect("read"));
        store.close();
        shown
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Names in the data directory that start like this.
    pub fn names(&self, start: &str) -> Vec<String> {
        names(&self.dir, start)
    }

    /// The same place with the key of another.
    pub fn with_key_of(self, other: &Self) -> Self {
        Self { keys: other.keys.clone(), ..self }
    }

    /// A copy of the data directory with the same key, to be damaged.
    pub fn copy(&self) -> Self {
        let other = Self::new();
        copy(&self.dir, &other.dir);
        other.with_key_of(self)
    }
}

/// Names in a directory that start like this, sorted.
pub fn names(dir: &Path, start: &str) -> Vec<String> {
    let entries = fs::read_dir(dir).expect("a directory");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("read").file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.starts_with(start));
    names.sort();
    names
}

/// Copies a directory with all in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    fs::set_permissions(to, fs::metadata(from).expect("there").permissions()).expect("set");
    for entry in fs::read_dir(from).expect("a directory") {
        let path = entry.expect("read").path();
        let name = path.file_name().expect("a name");
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else if name != "ballast" {
            fs::copy(&path, to.join(name)).expect("copied");
        }
    }
}

/// Files below a directory.
pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("read").path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all
}

/// Waits for a future that another thread completes.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

/// What a store holds, in an order of its own, to be compared.
pub fn shown(loaded: &Loaded) -> Vec<String> {
    let Loaded { connections, rotations, secrets, .. } = loaded;
    let json = |it: String| it;
    let mut all: Vec<String> = connections.iter().map(|it| json(serde_json::to_string(it).expect("plain"))).collect();
    all.extend(rotations.iter().map(|it| serde_json::to_string(it).expect("plain")));
    all.extend(secrets.iter().map(|it| serde_json::to_string(it).expect("plain")));
    all.sort();
    all
}
