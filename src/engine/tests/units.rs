//! Credentials that systemd units fetch: each counts before it is handed out, an old secret waits for the units that have it,
//! and whatever is refused is said in the log.

use super::*;
use crate::core::consumer::Caller;
use crate::core::reach::Stands;
use crate::core::rotation::Status;
use crate::core::state::State;
use crate::core::target::Stand;
use crate::engine::refusal::Kind;
use crate::engine::view::{ConsumerView, TargetView};

/// An engine with a rotation, and a systemd that is played.
struct Machine(Bench);

impl std::ops::Deref for Machine {
    type Target = Bench;

    fn deref(&self) -> &Bench {
        &self.0
    }
}

async fn machine() -> Machine {
    let bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    Machine(bench)
}

fn body(units: &str) -> TargetBody {
    TargetBody {
        rotation: "payments".into(),
        destination: "credential".into(),
        destination_config: ConfigBody { unit: Some(units.into()), ..ConfigBody::default() },
        ..TargetBody::default()
    }
}

impl Machine {
    async fn as_root(&self, request: Request) -> Result<Reply, Refusal> {
        let actor = Actor { user: "root".into(), login_user: None, sudo_user: None, via: Via::Cli };
        self.engine.as_ref().expect("started").handle(actor).call(request).await
    }

    async fn offer(&self, body: TargetBody) -> Result<TargetView, Refusal> {
        let made = target(self.as_root(Request::TargetCreate(Box::new(body))).await?);
        self.as_root(Request::act(made.id.to_string(), DeliverTerms::default(), Mode::Ask)).await?;
        Ok(self.target(&made.name).await)
    }

    async fn target(&self, name: &str) -> TargetView {
        target(self.call(Request::TargetShow { id: format!("payments/{name}") }).await.expect("there"))
    }

    /// As systemd fetches it for a unit.
    async fn start(&self, unit: &str) -> Option<SecretValue> {
        self.fetch_for(unit, "OKTA_CLIENT_SECRET").await
    }

    async fn fetch_for(&self, unit: &str, credential: &str) -> Option<SecretValue> {
        let caller = Caller { user: "root".into(), fetched_for: Some(unit.into()), ..Caller::default() };
        self.handle().hand_out(Asks::Unit { unit: unit.into(), credential: credential.into(), caller }).await
    }

    async fn consumers(&self) -> Vec<(String, u32, Stands)> {
        let query = ConsumersQuery { all: true };
        match self.call(Request::Consumers { id: "payments".into(), query }).await.expect("listed") {
            Reply::Consumers { consumers, .. } => consumers
                .into_iter()
                .map(|ConsumerView { consumer, version, stands, .. }| (consumer, version, stands))
                .collect(),
            other => panic!("{other:?}"),
        }
    }
}

fn target(reply: Reply) -> TargetView {
    match reply {
        Reply::Target { secret_sync } => *secret_sync,
        other => panic!("{other:?}"),
    }
}

/// Why the next one is refused, as the log has it.
async fn said(log: &mut Follower) -> Event {
    until(log, |event| event.kind == "withheld").await
}

#[tokio::test]
async fn a_unit_gets_what_is_published_and_counts_as_a_consumer() {
    let machine = machine().await;
    let made = machine.offer(body("pay@*.service")).await.expect("made");
    assert_eq!((made.stands, made.place.as_str(), made.fault.as_ref()), (Stand::Confirmed, "pay@*.service", None));
    let mut log = machine.follow();
    let value = machine.value("payments").await.expect("published").value;
    assert_eq!(machine.start("pay@3.service").await.expect("handed out").expose(), value.expose());
    let said = until(&mut log, |event| event.kind == "fetched").await;
    assert_eq!(said.message(), "root fetched the current secret as pay@3.service");
    // Its instances are one, and another fetch of the same minute is none.
    assert!(machine.start("pay@4.service").await.is_some());
    let id = machine.fetch_for("pay@3.service", "OKTA_CLIENT_ID").await.expect("handed out");
    assert_eq!(id.expose(), machine.app("Payments").client_id);
    assert_eq!(machine.consumers().await, [("pay@.service".to_owned(), 1, Stands::Current)]);
}

#[tokio::test]
async fn an_old_secret_waits_for_the_units_that_have_it_and_for_them_alone() {
    let mut machine = machine().await;
    machine.offer(body("pay*.service")).await.expect("made");
    assert!(machine.start("pay.service").await.is_some());
    machine.rotate("payments", true).await.expect("rotated");
    machine.all_done().await;
    // That it is offered is no delivery: the unit still runs with the old one.
    assert_eq!(machine.target("credential").await.confirmed_version, Some(2));
    machine.0.restart_after(Duration::days(8)).await;
    machine.all_done().await;
    let row = machine.show("payments").await;
    assert_eq!((row.state, row.previous.map(|previous| previous.status)), (State::Waiting, Some(Status::Active)));
    assert_eq!(machine.consumers().await, [("pay.service".to_owned(), 1, Stands::Missing)]);
    assert!(machine.start("pay.service").await.is_some());
    machine.all_done().await;
    let row = machine.show("payments").await;
    assert_eq!(row.previous.map(|previous| previous.status), Some(Status::Inactive));
}

#[tokio::test]
async fn whatever_is_refused_is_said_with_what_to_do() {
    let machine = machine().await;
    machine.offer(body("pay@*.service")).await.expect("made");
    let mut log = machine.follow();
    assert_eq!(machine.start("hr.service").await, None);
    let event = said(&mut log).await;
    assert_eq!((event.level, event.rotation.as_deref()), (crate::engine::events::Level::Warn, Some("payments")));
    let message = event.message();
    assert!(message.contains("hr.service did not get the credential OKTA_CLIENT_SECRET"), "{message}");
    assert!(message.contains("payments/credential offers OKTA_CLIENT_SECRET to pay@*.service"), "{message}");
    assert!(message.contains("`windlass target update payments/credential --unit UNITS`"), "{message}");
    assert_eq!(machine.fetch_for("hr.service", "OTHER").await, None);
    let message = said(&mut log).await.message();
    assert!(message.contains("no target offers a credential OTHER"), "{message}");
    assert!(message.contains("offer its credentials to hr.service"), "{message}");
    let handle = machine.handle();
    assert_eq!(handle.hand_out(Asks::Stranger { user: "ann".into() }).await, None);
    assert!(said(&mut log).await.message().contains("ann asked"));
    assert_eq!(handle.hand_out(Asks::Nameless).await, None);
    assert!(said(&mut log).await.message().contains("LoadCredential="));
    assert_eq!(machine.consumers().await, [], "none of them counts");
}

#[tokio::test]
async fn nothing_is_handed_out_that_cannot_be_recorded() {
    let machine = machine().await;
    machine.offer(body("pay.service")).await.expect("made");
    let mut log = machine.follow();
    machine.disk.lock().expect("no panic").full_from = Some(0);
    for _ in 0..2 {
        // At first it cannot be noted, and then nothing can.
        assert_eq!(machine.start("pay.service").await, None);
        let message = said(&mut log).await.message();
        assert!(message.contains("pay.service did not get") && message.contains("full"), "{message}");
    }
    let known = machine.disk.lock().expect("no panic").loaded.secrets.clone();
    assert!(known.iter().flat_map(|secret| &secret.versions).all(|version| version.fetches.is_empty()), "{known:?}");
}

#[tokio::test]
async fn a_unit_gets_a_name_from_one_target() {
    let machine = machine().await;
    machine.offer(body("pay@*.service")).await.expect("made");
    let second = |units: &str| TargetBody { name: Some("second".into()), ..body(units) };
    let refusal = machine.offer(second("pay@3.service")).await.expect_err("the same unit");
    assert_eq!((refusal.error, refusal.code.as_str()), (Kind::Conflict, "placeTaken"), "{refusal}");
    machine.offer(second("hr.service")).await.expect("another unit");
    let keys = Some([("PAY".to_owned(), crate::core::secret::Credential::ClientSecret)].into());
    machine
        .offer(TargetBody { name: Some("third".into()), keys, ..body("pay@3.service") })
        .await
        .expect("another name");
    assert!(machine.fetch_for("pay@3.service", "PAY").await.is_some());
    for (wrong, field) in [
        (body("pay"), "destinationConfig.unit"),
        (
            TargetBody {
                keys: Some([("a%n".to_owned(), crate::core::secret::Credential::ClientSecret)].into()),
                ..body("a.service")
            },
            "keys",
        ),
    ] {
        let refusal = machine.offer(wrong).await.expect_err("refused");
        assert_eq!(refusal.fields.first().map(|fault| fault.field.as_str()), Some(field), "{refusal}");
    }
    let refusal = machine.call(Request::TargetCreate(Box::new(body("b.service")))).await.expect_err("ana is not root");
    assert_eq!(refusal.code, "notYours", "{refusal}");
}

#[tokio::test]
async fn its_command_runs_for_each_version_and_other_units_get_it_once_they_are_named() {
    let mut machine = machine().await;
    machine.0.hasten().await;
    let dir = tempfile::tempdir().expect("a directory");
    let count = dir.path().join("count");
    let script = format!("echo >> {}", count.display());
    let after = Some(["/bin/sh", "-c", script.as_str()].map(str::to_owned).to_vec());
    machine.offer(TargetBody { after, ..body("pay.service") }).await.expect("made");
    machine.rotate("payments", true).await.expect("rotated");
    machine.all_done().await;
    let ran = || std::fs::read_to_string(&count).expect("it ran").lines().count();
    assert_eq!((machine.target("credential").await.stands, ran()), (Stand::Confirmed, 2));
    assert_eq!(machine.start("hr.service").await, None);
    let other = Some([("PAY".to_owned(), crate::core::secret::Credential::ClientSecret)].into());
    for (keys, named) in
        [(other, vec!["PAY"]), (Some(std::collections::BTreeMap::new()), vec!["OKTA_CLIENT_ID", "OKTA_CLIENT_SECRET"])]
    {
        let patch = Box::new(TargetPatch { keys, ..TargetPatch::default() });
        let changed = machine.as_root(Request::TargetUpdate { id: "payments/credential".into(), patch }).await;
        assert_eq!(target(changed.expect("changed")).keys.into_keys().collect::<Vec<_>>(), named);
    }
    let config = ConfigBody { unit: Some("hr.service".into()), ..ConfigBody::default() };
    let patch = Box::new(TargetPatch { destination_config: config, ..TargetPatch::default() });
    machine.as_root(Request::TargetUpdate { id: "payments/credential".into(), patch }).await.expect("changed");
    assert!(machine.start("hr.service").await.is_some());
    assert_eq!(machine.start("pay.service").await, None);
    let delete = Request::act("payments/credential", DeleteTargetTerms::default(), Mode::Agreed);
    machine.as_root(delete).await.expect("deleted");
    assert_eq!(machine.start("hr.service").await, None);
}
