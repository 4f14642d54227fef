//! The engine with real HTTP to a stand-in org, and a disk in memory that can fail and be looked at.

mod acts;
mod apps;
mod aws;
mod clocks;
mod clusters;
mod confirming;
mod consumers;
mod decisions;
mod disk;
mod drift;
mod faults;
mod fetching;
mod history;
mod infisical;
mod leaving;
mod many;
mod reading;
mod recorded;
mod servers;
mod settings;
mod targets;
mod units;
mod upcoming;
mod waits;
mod ways;
mod year;
mod yielding;

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Duration, Utc};
use tokio::sync::mpsc;

use super::Handle as _;
use super::events::{Event, Events, Follower};
use super::local::{Engine, Local};
use super::refusal::Refusal;
use super::request::*;
use super::role::Role;
use super::state::journal::Reopened;
use super::state::records::taken_up;
use super::state::{Parts, Setup};
use super::view::{RotationView, SecretView};
use crate::clock::{Clock, test_now};
use crate::core::history::{Actor, Entry, Via};
use crate::core::secret::SecretValue;
use crate::net::Network;
use crate::sandbox::{self, Sandbox, org};
use crate::store;
use disk::Disk;

/// A stand-in org, a disk, and an engine that can be stopped and started again at another time.
struct Bench {
    sandbox: Sandbox,
    clock: Arc<Mutex<Clock>>,
    disk: Arc<Mutex<Disk>>,
    events: Events,
    engine: Option<Engine>,
    role: Role,
    drift_every: Option<std::time::Duration>,
    read_only: bool,
    ca_file: Option<std::path::PathBuf>,
    /// How fast its clock runs, from the next start that turns it.
    pace: f64,
    in_place: fn() -> Result<(), store::StoreError>,
}

impl Bench {
    /// An org of seven apps without a rate limit, and an engine that schedules.
    async fn new() -> Self {
        Self::with(7, None, Clock::test()).await
    }

    async fn with(apps: usize, per_minute: Option<u32>, clock: Clock) -> Self {
        let clock = Arc::new(Mutex::new(clock));
        let now = {
            let clock = clock.clone();
            Arc::new(move || clock.lock().expect("no panic").now())
        };
        let listen = "127.0.0.1:0".parse().expect("an address");
        let options = sandbox::Options { listen, apps, now, per_minute, seed: 7 };
        let sandbox = sandbox::start(options).await.expect("loopback is there");
        let disk = Arc::default();
        let (events, role) = (Events::new(uuid::Uuid::nil()), Role::Serve);
        let mut bench = Self {
            sandbox,
            clock,
            disk,
            events,
            engine: None,
            role,
            drift_every: None,
            read_only: false,
            ca_file: None,
            pace: 1.0,
            in_place: || Ok(()),
        };
        bench.start();
        bench
    }

    fn start(&mut self) {
        let clock = *self.clock.lock().expect("no panic");
        let model = taken_up(self.disk.lock().expect("no panic").loaded.clone(), clock);
        self.events = Events::new(uuid::Uuid::new_v4());
        let disk = self.disk.clone();
        let open = move || store::Handle::start(Box::new(disk::Memory(disk.clone())));
        let store = open().expect("threads are there");
        let disk = self.disk.clone();
        let kept = self.disk.clone();
        let reopen = move |_| {
            let disk = disk.lock().expect("no panic");
            let (loaded, stands_in) = (disk.loaded.clone(), disk.stands_in.clone());
            drop(disk);
            Ok(Reopened { store: open()?, loaded, notes: Vec::new(), stands_in })
        };
        let ca_file = self.ca_file.clone();
        let network = Network { call_timeout: std::time::Duration::from_secs(5), ca_file, ..Network::default() };
        let setup = Setup {
            role: self.role,
            network,
            clock,
            zone: chrono_tz::Tz::UTC,
            drift_every: self.drift_every,
            read_only: self.read_only,
            events: self.events.clone(),
            reopen: Some(Arc::new(reopen)),
            in_place: Box::new(self.in_place),
            keep_retired: Arc::new(move |retired| {
                kept.lock().expect("no panic").loaded.retired = retired.cloned();
                Ok(())
            }),
            credential_socket: "/run/windlass/credentials.sock".into(),
        };
        let stands_in = self.disk.lock().expect("no panic").stands_in.clone();
        let parts = Parts { setup, model, store, stands_in };
        let (jobs, queue) = mpsc::unbounded_channel();
        self.engine = Some(Engine::of(parts, jobs, queue).expect("threads are there"));
    }

    /// Stops the engine on a thread that may block, so that the org answers the calls in flight.
    async fn stop(&mut self) {
        let engine = self.engine.take();
        tokio::task::spawn_blocking(move || drop(engine)).await.expect("stops");
    }

    /// The same disk, so much later.
    async fn restart_after(&mut self, later: Duration) {
        self.stop().await;
        let now = self.now();
        *self.clock.lock().expect("no panic") = Clock::fast(now + later, self.pace);
        self.start();
    }

    /// From here on what waits for seconds takes none: the clock runs fast.
    async fn hasten(&mut self) {
        self.pace = 100.0;
        self.restart_after(Duration::zero()).await;
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.lock().expect("no panic").now()
    }

    fn handle(&self) -> Local {
        let actor = Actor { user: "ana".into(), login_user: None, sudo_user: None, via: Via::Cli };
        self.engine.as_ref().expect("started").handle(actor)
    }

    async fn call(&self, request: Request) -> Result<Reply, Refusal> {
        self.handle().call(request).await
    }

    async fn all_done(&self) {
        self.engine.as_ref().expect("started").all_done().await;
    }

    fn follow(&self) -> Follower {
        self.events.follow(None)
    }

    async fn connect(&self) {
        let credentials = CredentialsBody {
            instance_url: Some(self.sandbox.url()),
            api_token: Some(SecretValue::new(self.sandbox.token())),
            ..CredentialsBody::default()
        };
        let body = ConnectionBody {
            name: "acme".into(),
            app: "okta".into(),
            method: "api-token".into(),
            description: None,
            credentials,
            no_test: false,
        };
        self.call(Request::ConnectionCreate(Box::new(body))).await.expect("the org answers");
    }

    /// A body like the peer's.
    fn body(name: &str, app: &str) -> RotationBody {
        let body = serde_json::json!({
            "name": name, "connectionId": "acme", "environment": "prod", "secretPath": format!("/{name}"),
            "rotationInterval": 30, "parameters": {"clientId": app}, "waitSeconds": 600,
        });
        serde_json::from_value(body).expect("a body")
    }

    async fn create(&self, name: &str, app: &str) -> Result<RotationView, Refusal> {
        self.call(Request::RotationCreate(Box::new(Self::body(name, app)))).await.map(row)
    }

    async fn rotate(&self, name: &str, yes: bool) -> Result<RotationView, Refusal> {
        let terms = RotateTerms { wait_seconds: Some(600), ..RotateTerms::default() };
        self.call(Request::act(name, terms, Mode::with(yes))).await.map(row)
    }

    async fn show(&self, name: &str) -> RotationView {
        row(self.call(Request::RotationShow { id: name.into() }).await.expect("there"))
    }

    async fn value(&self, rotation: &str) -> Result<SecretView, Refusal> {
        let query = VersionQuery { path: Some(format!("/{rotation}")), ..VersionQuery::default() };
        match self.call(Request::SecretGet { name: "OKTA_CLIENT_SECRET".into(), query }).await? {
            Reply::Secret { secret } => Ok(*secret),
            other => panic!("{other:?}"),
        }
    }

    /// Reads the value as a consumer does that got it.
    async fn fetch(&self, rotation: &str) -> SecretView {
        let secret = self.value(rotation).await.expect("published");
        let read = Acknowledgement::of(std::slice::from_ref(&secret), None);
        match self.call(Request::Acknowledge(read)).await.expect("noted") {
            Reply::Acknowledged { acknowledged: 1 } => secret,
            other => panic!("{other:?}"),
        }
    }

    async fn history(&self, rotation: &str) -> Vec<Entry> {
        let query = HistoryQuery { rotation: Some(rotation.into()), ..HistoryQuery::default() };
        match self.call(Request::History(query)).await.expect("history") {
            Reply::History { history, .. } => history,
            other => panic!("{other:?}"),
        }
    }

    /// An app as the org has it.
    fn app(&self, label: &str) -> org::App {
        self.sandbox.org().inside().apps.iter().find(|app| app.label == label).expect("seeded").clone()
    }

    /// Promise 1: what is published is ACTIVE at Okta.
    async fn published_works(&self, rotation: &str, label: &str) {
        let value = self.value(rotation).await.expect("published").value;
        let app = self.app(label);
        let live = app.secrets.iter().any(|secret| secret.active && secret.client_secret == value.expose());
        assert!(live, "the published secret is not ACTIVE at Okta");
    }

    /// Promise 2: the value of every secret that we made is on disk.
    fn nothing_lost(&self, label: &str) {
        let disk = self.disk.lock().expect("no panic");
        let held: Vec<&str> = disk
            .loaded
            .rotations
            .iter()
            .flat_map(|rotation| &rotation.secrets)
            .filter_map(|secret| secret.value.as_ref().map(SecretValue::expose))
            .collect();
        for secret in self.app(label).secrets.iter().filter(|secret| !secret.foreign) {
            assert!(held.contains(&secret.client_secret.as_str()), "the value of {} is not on disk", secret.id);
        }
    }

    /// How many calls of a kind reached the org.
    fn calls(&self, operation: &str) -> usize {
        self.sandbox.org().inside().log.iter().filter(|line| line.operation == operation).count()
    }

    /// The request that the org holds back, once there is one.
    async fn parked(&self) -> u64 {
        let org = self.sandbox.org();
        loop {
            let reported = org.held_changed();
            let parked = org.inside().parked.first().map(|held| held.id);
            match parked {
                Some(id) => return id,
                None => reported.await,
            }
        }
    }

    fn order(&self, fault: serde_json::Value) {
        let mut inside = self.sandbox.org().inside();
        let id = inside.number();
        inside.faults.push(sandbox::faults::Fault { id, order: serde_json::from_value(fault).expect("a fault") });
    }
}

fn row(reply: Reply) -> RotationView {
    match reply {
        Reply::Rotation { secret_rotation, .. } => *secret_rotation,
        other => panic!("{other:?}"),
    }
}

/// The first event that is wanted.
async fn until(follower: &mut Follower, wanted: impl Fn(&Event) -> bool) -> Event {
    loop {
        let event = follower.next().await.expect("the engine runs");
        if wanted(&event) {
            return event;
        }
    }
}

#[test]
fn roles_have_their_words() {
    assert_eq!((Role::Serve.word(), Role::OneShot.schedules()), ("serve", false));
}
