//! What happens to a rotation, or to its store, while a target has to be delivered to.

use super::*;

#[tokio::test]
async fn a_rotation_that_is_renamed_keeps_its_targets_and_goes_on_delivering() {
    let place = Place::new().await;
    place.create(place.body("okta")).await.expect("made");
    let patch = RotationPatch { name: Some("billing".into()), ..RotationPatch::default() };
    let renamed = Request::RotationUpdate { id: "payments".into(), patch: Box::new(patch) };
    place.bench.call(renamed).await.expect("renamed");
    let shown = place.show("billing/file").await.expect("under the new name");
    assert_eq!((shown.rotation_name.as_str(), shown.stands), ("billing", Stand::Confirmed));
    assert_eq!(place.show("payments/file").await.expect_err("the old one is gone").error, Kind::Unknown);
    place.bench.rotate("billing", true).await.expect("rotated");
    place.bench.all_done().await;
    assert_eq!(place.read("okta"), place.current().await, "consumers read it where they did");
}

#[tokio::test]
async fn a_store_that_may_have_lost_something_delivers_nothing_before_it_is_confirmed() {
    let mut place = Place::new().await;
    place.create(place.body("okta")).await.expect("made");
    let current = place.current().await;
    // What lies there may be newer than what the store knows, so that it is neither overwritten nor put back.
    fs::write(place.path("okta"), "a newer one").expect("written");
    place.bench.quarantine().await;
    place.bench.restart_after(Duration::days(2)).await;
    assert_eq!(place.act("payments/file", DeliverTerms::default()).await.expect_err("quarantined").error, Kind::Store);
    assert_eq!(place.create(place.body("other")).await.expect_err("quarantined").error, Kind::Store);
    assert_eq!(place.read("okta"), "a newer one");
    place.bench.confirm("payments", true).await.expect("confirmed");
    place.bench.all_done().await;
    // Nor then by itself: whoever knows which of the two it is says so.
    assert_eq!(place.read("okta"), "a newer one");
    let plan = place.plan("payments/file").await;
    place.act("payments/file", AdoptTerms { seen: plan.seen }).await.expect("adopted");
    place.bench.all_done().await;
    assert_eq!(place.read("okta"), current);
}

#[tokio::test]
async fn a_store_is_not_retired_while_a_delivery_is_out() {
    let place = Place::new().await;
    // It says that it runs, and ends once it may.
    let (begun, go) = (place.path("begun"), place.path("go"));
    for fifo in [&begun, &go] {
        nix::unistd::mkfifo(fifo.as_path(), nix::sys::stat::Mode::S_IRWXU).expect("made");
    }
    let script = format!("echo > {}; cat {} > /dev/null", begun.display(), go.display());
    let config = ConfigBody { argv: Some(vec!["sh".into(), "-c".into(), script]), ..ConfigBody::default() };
    let body = TargetBody {
        destination: "command".into(),
        destination_config: config,
        rotation: "payments".into(),
        ..TargetBody::default()
    };
    place.call(Request::TargetCreate(Box::new(body))).await.expect("made");
    let opens = |fifo: PathBuf| tokio::task::spawn_blocking(move || fs::read(fifo).map(drop));
    opens(begun).await.expect("joined").expect("it runs");
    let to = RetireStoreTerms { to: Some("new-host".into()), ..RetireStoreTerms::default() };
    let retire = || place.call(Request::act("", to.clone(), Mode::Agreed));
    let refusal = retire().await.expect_err("a call is out");
    assert_eq!((refusal.error, refusal.code.as_str()), (Kind::Conflict, "callsInProgress"), "{refusal}");
    tokio::task::spawn_blocking(move || fs::write(go, "")).await.expect("joined").expect("it may end");
    place.bench.all_done().await;
    retire().await.expect("nothing is out");
}
