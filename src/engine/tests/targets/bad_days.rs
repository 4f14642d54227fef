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
