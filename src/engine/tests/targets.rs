//! Targets: what is published reaches them by itself, an old secret waits for them, and what is not ours stays.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::core::fault::Class;
use crate::core::history::Trigger;
use crate::core::rotation::Status;
use crate::core::rotation::hold::Hold;
use crate::core::state::State;
use crate::core::target::Stand;
use crate::core::target::found::Found;
use crate::engine::refusal::Kind;
use crate::engine::view::{TargetPlanView, TargetView};

mod bad_days;

/// An engine, a rotation, and a directory that only we write to.
struct Place {
    bench: Bench,
    dir: TempDir,
}

impl Place {
    async fn new() -> Self {
        let bench = Bench::new().await;
        bench.connect().await;
        bench.create("payments", "Payments").await.expect("created");
        let dir = tempfile::tempdir().expect("a directory");
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).expect("ours alone");
        Self { bench, dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// As root does, who may have files written.
    async fn call(&self, request: Request) -> Result<Reply, Refusal> {
        let actor = Actor { user: "root".into(), login_user: None, sudo_user: None, via: Via::Cli };
        self.bench.engine.as_ref().expect("started").handle(actor).call(request).await
    }

    /// A file with the secret alone.
    fn body(&self, file: &str) -> TargetBody {
        let config = ConfigBody { path: Some(self.path(file).display().to_string()), ..ConfigBody::default() };
        TargetBody {
            rotation: "payments".into(),
            destination: "file".into(),
            destination_config: ConfigBody { format: Some("value".into()), ..config },
            ..TargetBody::default()
        }
    }

    async fn create(&self, body: TargetBody) -> Result<TargetView, Refusal> {
        let made = self.call(Request::TargetCreate(Box::new(body))).await.map(target)?;
        // However that goes.
        let _ = self.act(&made.id.to_string(), DeliverTerms::default()).await;
        self.show(&made.id.to_string()).await
    }

    async fn show(&self, id: &str) -> Result<TargetView, Refusal> {
        self.call(Request::TargetShow { id: id.into() }).await.map(target)
    }

    async fn plan(&self, id: &str) -> TargetPlanView {
        match self.call(Request::TargetPlan { id: id.into() }).await.expect("looked at") {
            Reply::TargetPlan { target_plan } => *target_plan,
            other => panic!("{other:?}"),
        }
    }

    async fn act(&self, id: &str, act: impl Into<Act>) -> Result<Reply, Refusal> {
        self.call(Request::act(id, act, Mode::Ask)).await
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap_or_default()
    }

    async fn current(&self) -> String {
        self.bench.value("payments").await.expect("published").value.expose().to_owned()
    }
}

fn target(reply: Reply) -> TargetView {
    match reply {
        Reply::Target { secret_sync } => *secret_sync,
        other => panic!("{other:?}"),
    }
}

fn cause(refusal: &Refusal) -> String {
    refusal.problem.cause.say().to_string()
}

#[tokio::test]
async fn what_is_published_reaches_a_file_and_the_history_says_so() {
    let place = Place::new().await;
    let made = place.create(place.body("okta")).await.expect("made");
    assert_eq!((made.stands, made.confirmed_version, made.name.as_str()), (Stand::Confirmed, Some(1), "file"));
    assert_eq!(place.read("okta"), place.current().await);
    place.bench.rotate("payments", true).await.expect("rotated");
    place.bench.all_done().await;
    assert_eq!(place.read("okta"), place.current().await);
    let row = place.bench.show("payments").await;
    assert_eq!((row.targets.total, row.targets.confirmed), (1, 1));
    let delivered = place.bench.history("payments").await;
    let delivered: Vec<String> =
        delivered.iter().filter(|entry| entry.trigger == Trigger::Deliver).map(Entry::message).collect();
    let at = format!("file {}", place.path("okta").display());
    assert_eq!(
        delivered,
        [format!("version 2 was delivered to file, {at}"), format!("version 1 was delivered to file, {at}")]
    );
}

#[tokio::test]
async fn an_old_secret_waits_for_a_target_that_cannot_be_written_and_goes_once_it_can() {
    let mut place = Place::new().await;
    place.bench.hasten().await;
    place.create(place.body("sub/okta")).await.expect("saved, though its directory is not there yet");
    place.bench.rotate("payments", true).await.expect("rotated");
    // A fetch alone is not enough.
    place.bench.fetch("payments").await;
    place.bench.restart_after(Duration::days(8)).await;
    place.bench.all_done().await;
    let row = place.bench.show("payments").await;
    let previous = row.previous.clone().expect("kept");
    assert_eq!((previous.status, previous.held_by, row.state), (Status::Active, Some(Hold::Behind), State::Waiting));
    let shown = place.show("payments/file").await.expect("there");
    assert_eq!(shown.fault.as_ref().map(crate::core::fault::Fault::class), Some(Class::Passing), "{shown:?}");
    place.bench.restart_after(Duration::days(15)).await;
    place.bench.all_done().await;
    let attention = place.bench.show("payments").await.attention.expect("seven days before the next due time");
    assert!(
        attention.problem.message().contains("file does not have the current secret"),
        "{}",
        attention.problem.message()
    );
    fs::create_dir(place.path("sub")).expect("made");
    fs::set_permissions(place.path("sub"), fs::Permissions::from_mode(0o700)).expect("ours alone");
    place.act("payments/file", DeliverTerms::default()).await.expect("delivered");
    place.bench.all_done().await;
    let row = place.bench.show("payments").await;
    assert_eq!(row.previous.expect("soaking").status, Status::Inactive);
    assert_eq!(place.read("sub/okta"), place.current().await);
}

#[tokio::test]
async fn a_delivery_counts_as_a_fetch() {
    let mut place = Place::new().await;
    place.create(place.body("okta")).await.expect("made");
    place.bench.rotate("payments", true).await.expect("rotated");
    place.bench.all_done().await;
    place.bench.restart_after(Duration::days(8)).await;
    place.bench.all_done().await;
    assert_eq!(place.bench.show("payments").await.previous.expect("soaking").status, Status::Inactive);
}

#[tokio::test]
async fn a_foreign_file_is_kept_until_exactly_that_is_adopted() {
    let place = Place::new().await;
    fs::write(place.path("okta"), "theirs").expect("written");
    let made = place.create(place.body("okta")).await.expect("saved");
    assert_eq!((made.stands, place.read("okta")), (Stand::Attention, "theirs".to_owned()));
    let row = place.bench.show("payments").await;
    let attention = row.attention.expect("someone has to decide");
    assert!(attention.problem.hint().contains("windlass target adopt payments/file"), "{}", attention.problem.hint());
    let plan = place.plan("payments/file").await;
    assert!(matches!(plan.found, Some(Found::Foreign { .. })), "{plan:?}");
    fs::write(place.path("okta"), "theirs, later").expect("written");
    let adopt = || AdoptTerms { seen: plan.seen.clone() };
    let refused = place.act("payments/file", adopt()).await.expect_err("it is another value by now");
    assert_eq!((refused.error, place.read("okta")), (Kind::Conflict, "theirs, later".to_owned()));
    place.act("payments/file", AdoptTerms::default()).await.expect("adopted");
    assert_eq!(place.read("okta"), place.current().await);
    assert_eq!(place.bench.show("payments").await.attention, None);
}

#[tokio::test]
async fn what_others_change_is_delivered_again_at_the_next_look() {
    let mut place = Place::new().await;
    place.create(place.body("okta")).await.expect("made");
    fs::write(place.path("okta"), "theirs").expect("written");
    place.bench.restart_after(Duration::days(1)).await;
    place.bench.all_done().await;
    assert_eq!(place.read("okta"), place.current().await);
    let last = place.bench.history("payments").await.remove(0);
    assert!(last.message().contains("again, over what others had written"), "{}", last.message());
}

#[tokio::test]
async fn the_command_after_it_runs_for_each_delivery_and_keeps_the_old_secret_until_it_ends_well() {
    let mut place = Place::new().await;
    place.bench.hasten().await;
    let (log, ok) = (place.path("log"), place.path("ok"));
    let script = format!("cat >> {}; test -e {}", log.display(), ok.display());
    let after = Some(["sh", "-c", script.as_str()].map(str::to_owned).to_vec());
    let made = place.create(TargetBody { after, ..place.body("okta") }).await.expect("saved");
    assert_eq!((made.stands, place.read("okta")), (Stand::Behind, place.current().await));
    assert!(made.fault.is_some_and(|fault| fault.problem.message().contains("ended with exit status: 1")));
    fs::write(ok, "").expect("written");
    place.act("payments/file", DeliverTerms::default()).await.expect("the command ends well now");
    let ran: Vec<String> = place.read("log").lines().map(str::to_owned).collect();
    assert!(ran.len() >= 2 && ran.iter().all(|line| line.contains("\"version\":1")), "{ran:?}");
    assert!(!place.read("log").contains(&place.current().await), "no value is passed on");
}

#[tokio::test]
async fn two_targets_share_neither_a_place_nor_a_name_and_only_the_owner_makes_what_writes_files() {
    let place = Place::new().await;
    place.create(place.body("okta")).await.expect("made");
    let refused = place.create(place.body("okta")).await.expect_err("the same place");
    assert!(refused.error == Kind::Conflict && cause(&refused).contains("by payments/file"), "{}", cause(&refused));
    let named = TargetBody { name: Some("file".into()), ..place.body("other") };
    assert_eq!(place.create(named).await.expect_err("the same name").error, Kind::Conflict);
    let stranger = place.bench.call(Request::TargetCreate(Box::new(place.body("other")))).await;
    assert_eq!(stranger.expect_err("ana is not the engine's user").error, Kind::Refused);
    let wrong = ConfigBody { mode: Some("0666".into()), path: Some("relative".into()), ..ConfigBody::default() };
    let body = TargetBody { destination_config: wrong, ..place.body("other") };
    let refused = place.create(body).await.expect_err("two fields");
    assert!(refused.error == Kind::Invalid && cause(&refused).contains("mode"), "{}", cause(&refused));
}

#[tokio::test]
async fn one_file_is_one_place_however_its_directory_is_named() {
    let place = Place::new().await;
    place.create(place.body("okta")).await.expect("made");
    std::os::unix::fs::symlink(place.dir.path(), place.path("link")).expect("linked");
    for other in ["link/okta", "./okta", "link//okta"] {
        let refused = place.create(place.body(other)).await.map(|it| it.place).expect_err(other);
        assert_eq!((refused.error, refused.code.as_str()), (Kind::Conflict, "placeTaken"), "{other}: {refused}");
    }
    for other in ["link/../okta", "okta/"] {
        assert_eq!(place.create(place.body(other)).await.expect_err(other).error, Kind::Invalid, "{other}");
    }
    place.create(place.body("link/other")).await.expect("another file");
}

#[tokio::test]
async fn a_removed_target_leaves_what_is_there_and_takes_it_along_where_that_was_asked() {
    let place = Place::new().await;
    for (file, purge) in [("kept", false), ("purged", true)] {
        let made = place.create(place.body(file)).await.expect("made");
        let terms = DeleteTargetTerms { purge, force: false };
        place.act(&made.id.to_string(), terms).await.expect("deleted");
        assert_eq!(place.path(file).exists(), !purge);
        assert_eq!(place.show(&made.id.to_string()).await.expect_err("gone").error, Kind::Unknown);
    }
    let made = place.create(place.body("theirs")).await.expect("made");
    fs::write(place.path("theirs"), "theirs").expect("written");
    place.act(&made.id.to_string(), DeleteTargetTerms { purge: true, force: false }).await.expect("deleted");
    assert_eq!(place.read("theirs"), "theirs");
}

#[tokio::test]
async fn a_rotation_that_is_deleted_takes_its_targets_along() {
    let mut place = Place::new().await;
    place.create(place.body("okta")).await.expect("made");
    let terms = DeleteTerms { delete_secrets: true, ..DeleteTerms::default() };
    let current = place.current().await;
    place.act("payments", terms).await.expect("it goes once its old secret is retired");
    place.bench.all_done().await;
    assert_eq!(place.read("okta"), current, "the old secret is on, and may be what stands there");
    // On its date, and after its soak.
    for _ in 0..3 {
        place.bench.restart_after(Duration::days(29)).await;
        place.bench.all_done().await;
    }
    assert!(!place.path("okta").exists());
    let gone = place.call(Request::RotationShow { id: "payments".into() }).await;
    assert_eq!(gone.expect_err("gone").error, Kind::Unknown);
}

#[tokio::test]
async fn another_way_of_writing_is_delivered_anew_over_what_is_ours() {
    let place = Place::new().await;
    let made = place.create(place.body("okta")).await.expect("made");
    let config = ConfigBody { format: Some("json".into()), mode: Some("0640".into()), ..ConfigBody::default() };
    let patch = TargetPatch { destination_config: config, ..TargetPatch::default() };
    place.call(Request::TargetUpdate { id: made.id.to_string(), patch: Box::new(patch) }).await.expect("changed");
    place.bench.all_done().await;
    let json: serde_json::Value = serde_json::from_str(&place.read("okta")).expect("JSON");
    assert_eq!(json["OKTA_CLIENT_SECRET"], place.current().await);
    assert_eq!(mode(&place.path("okta")), 0o640);
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o7777
}

#[tokio::test]
async fn a_paused_rotation_delivers_and_a_start_continues_what_a_crash_left() {
    let mut place = Place::new().await;
    place.act("payments", PauseTerms::default()).await.expect("paused");
    place.create(place.body("okta")).await.expect("made");
    assert_eq!(place.read("okta"), place.current().await);
    // As after a crash between the journal and the write.
    place.bench.stop().await;
    {
        let mut disk = place.bench.disk.lock().expect("no panic");
        let target = &mut disk.loaded.rotations[0].targets[0];
        target.state.phase = crate::core::target::Phase::Writing;
        target.state.confirmed = None;
    }
    fs::remove_file(place.path("okta")).expect("removed");
    place.bench.start();
    place.bench.all_done().await;
    assert_eq!(place.read("okta"), place.current().await);
}

#[tokio::test]
async fn a_file_that_went_with_the_machines_last_start_is_there_again_at_once() {
    let mut place = Place::new().await;
    place.create(place.body("okta")).await.expect("made");
    for _ in 0..2 {
        fs::remove_file(place.path("okta")).expect("removed");
        place.bench.restart_after(Duration::minutes(1)).await;
        place.bench.all_done().await;
        assert_eq!(place.read("okta"), place.current().await);
    }
    assert_eq!(place.bench.show("payments").await.attention, None);
}

#[tokio::test]
async fn what_others_change_more_than_once_a_day_is_delivered_once_it_is_adopted() {
    let mut place = Place::new().await;
    place.create(place.body("okta")).await.expect("made");
    for _ in 0..2 {
        fs::write(place.path("okta"), "theirs").expect("written");
        place.bench.restart_after(Duration::hours(1)).await;
        place.bench.all_done().await;
    }
    assert_eq!(place.read("okta"), "theirs", "they mean it");
    place.act("payments/file", AdoptTerms::default()).await.expect("adopted");
    assert_eq!(place.read("okta"), place.current().await);
}

#[tokio::test]
async fn a_leaked_secret_goes_once_its_targets_have_the_new_one_and_after_a_minute_whatever_they_have() {
    let mut place = Place::new().await;
    place.create(place.body("sub/okta")).await.expect("saved, though its directory is not there yet");
    let leaked = place.bench.show("payments").await.current.and_then(|it| it.secret_id).expect("published");
    let terms = |seconds| RotateTerms { retire_now: true, wait_seconds: Some(seconds), ..RotateTerms::default() };
    let leak = |seconds, mode| place.bench.call(Request::act("payments", terms(seconds), mode));
    let plan = leak(1, Mode::Ask).await.expect_err("asks").plan.expect("with a plan");
    let said: Vec<String> = plan.steps.iter().map(|step| step.say().to_string()).collect();
    assert!(said.iter().any(|step| step.contains("once the new one is delivered to file, a minute after")), "{said:?}");
    let refusal = leak(1, Mode::Agreed).await.expect_err("one of them does not have it");
    assert!(refusal.message().contains("published"), "{refusal}");
    let status =
        |row: &RotationView| row.previous.as_ref().map(|previous| (previous.secret_id.clone(), previous.status));
    let active = |status| Some((Some(leaked.clone()), status));
    assert_eq!(status(&place.bench.show("payments").await), active(Status::Active));
    place.bench.restart_after(Duration::minutes(1)).await;
    place.bench.all_done().await;
    assert_eq!(status(&place.bench.show("payments").await), active(Status::Inactive));
}

#[tokio::test]
async fn a_leaked_secret_goes_at_once_where_the_targets_take_the_new_one() {
    let place = Place::new().await;
    place.create(place.body("okta")).await.expect("made");
    let terms = RotateTerms { retire_now: true, wait_seconds: Some(600), ..RotateTerms::default() };
    place.bench.call(Request::act("payments", terms, Mode::Agreed)).await.expect("agreed");
    assert_eq!(place.bench.show("payments").await.previous.map(|previous| previous.status), Some(Status::Inactive));
    assert_eq!(place.read("okta"), place.current().await);
}
