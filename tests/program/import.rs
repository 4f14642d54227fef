//! Several rotations at once, from a file.

use crate::world::World;

#[tokio::test]
async fn a_table_of_apps_becomes_rotations_and_given_again_only_what_is_missing() {
    let world = World::connected().await;
    let file = world.path("apps.csv");
    let file = file.to_str().expect("text");
    let write = |text: &str| std::fs::write(file, text).expect("written");
    write("app,every\nPayments,30\nHR Sync,30\n");
    let import = ["rotation", "import", file, "--connection", "acme", "--spread"];
    let dry = world.ok(&[&import[..], &["--dry-run"]].concat()).await;
    assert!(dry.contains("hr-sync") && dry.contains("prod:/hr-sync"), "{dry}");
    assert_eq!(world.json(&["rotation", "list"]).await["secretRotations"], serde_json::json!([]));
    world.ok(&import).await;
    let list = world.json(&["rotation", "list"]).await;
    let rows = list["secretRotations"].as_array().expect("rows");
    let due = |name: &str| {
        let row = rows.iter().find(|row| row["name"] == name).expect("made");
        let at: chrono::DateTime<chrono::Utc> =
            row["nextRotationAt"].as_str().expect("due").parse().expect("an instant");
        (at.date_naive() - world.now().date_naive()).num_days()
    };
    // The originals stay for eight days: only then is there room.
    let first = due("payments");
    assert!((9..=10).contains(&first), "{first}");
    assert_eq!(due("hr-sync"), first + (31 - first) / 2, "spread over what is left of the interval");
    write("app,every\nPayments,30\nHR Sync,30\nBilling API,30\n");
    let again = world.json(&import).await;
    let outcomes: Vec<_> = again["import"].as_array().expect("rows").iter().map(|row| row["outcome"].clone()).collect();
    assert_eq!(outcomes, ["there", "there", "made"]);
    world.ok(&["secret", "get", "OKTA_CLIENT_SECRET", "--environment", "prod", "--path", "/billing-api"]).await;
}
