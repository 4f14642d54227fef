use serde_json::{Value, json};

use super::*;

const NOW: &str = "2026-11-25T12:00:00Z";

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(NOW).expect("valid").to_utc()
}

fn app(id: &str, label: &str) -> AppRow {
    let row = json!({"id": id, "label": label, "clientId": id, "authMethod": "client_secret_basic", "status": "ACTIVE",
                     "secrets": 1, "rotation": null, "rotatable": true, "reason": null});
    serde_json::from_value(row).expect("an app")
}

fn apps() -> BTreeMap<String, Vec<AppRow>> {
    let bare = AppRow { rotatable: false, reason: Some("no client secret (none)".into()), ..app("0oa5", "Mobile") };
    let list = [app("0oa1", "Payments"), app("0oa2", "HR Sync"), app("0oa3", "Twin"), app("0oa4", "Twin"), bare];
    BTreeMap::from([("acme".to_owned(), list.to_vec())])
}

fn rotation(name: &str, app: &str, path: &str, made: bool) -> RotationView {
    let current = made.then(|| json!({"createdAt": NOW, "version": 1}));
    let row = json!({
        "id": uuid::Uuid::new_v4(), "name": name, "description": "", "type": "okta-client-secret",
        "connectionId": uuid::Uuid::nil(), "connection": {"app": "okta", "name": "acme", "id": uuid::Uuid::nil()},
        "environment": {"slug": "prod"}, "secretPath": path, "projectId": "", "folder": {"path": path},
        "isAutoRotationEnabled": true, "rotationInterval": 30, "rotateAt": {"hours": 0, "minutes": 0, "timeZone": "UTC"},
        "rotateAtUtc": {"hours": 0, "minutes": 0},
        "secretsMapping": {"clientId": "OKTA_CLIENT_ID", "clientSecret": "OKTA_CLIENT_SECRET"},
        "parameters": {"clientId": app, "appId": app, "appLabel": "x"}, "activeIndex": 0, "rotationStatus": "success",
        "state": "OK", "phase": "idle", "isLastRotationManual": false, "nextRotationAt": "2026-12-01T00:00:00Z",
        "overlapSeconds": 1, "soakSeconds": 1, "retireUnread": false, "current": current, "createdAt": NOW,
        "updatedAt": NOW, "version": 1,
    });
    serde_json::from_value(row).expect("a rotation")
}

fn wanted(line: usize, changes: Value) -> Wanted {
    let mut body = json!({"connectionId": "acme", "parameters": {"clientId": ""}});
    if let (Value::Object(body), Value::Object(changes)) = (&mut body, changes) {
        body.extend(changes);
    }
    let body = serde_json::from_value(body).expect("a body");
    Wanted { place: format!("line {line}"), body, faults: Vec::new() }
}

fn of(apps: &[&str]) -> Vec<Wanted> {
    let row = |(line, app): (usize, &&str)| wanted(line + 1, json!({"parameters": {"clientId": app}}));
    apps.iter().enumerate().map(row).collect()
}

fn arranged(wanted: Vec<Wanted>, rotations: &[RotationView], start: Start) -> Vec<Arranged> {
    let apps = apps();
    arrange(wanted, There { apps: &apps, rotations, secrets: &[], now: now(), zone: Tz::UTC }, start)
}

fn shown(row: &Arranged) -> (&str, &str, &str) {
    (row.body.name.as_str(), row.body.parameters.client_id.as_str(), row.body.secret_path.as_deref().unwrap_or("/"))
}

#[test]
fn each_app_gets_a_name_and_a_folder_of_its_own_where_they_would_meet() {
    let rows = arranged(of(&["Payments", "0oa2", "0oa3", "0oa4"]), &[], Start::default());
    let expected = [
        ("payments", "0oa1", "/payments"),
        ("hr-sync", "0oa2", "/hr-sync"),
        ("twin", "0oa3", "/twin"),
        ("twin-2", "0oa4", "/twin-2"),
    ];
    assert_eq!(rows.iter().map(shown).collect::<Vec<_>>(), expected);
    assert!(rows.iter().all(|row| row.faults.is_empty() && row.fate == Fate::New), "{rows:?}");
    let alone = arranged(of(&["0oa1"]), &[], Start::default());
    assert_eq!(shown(&alone[0]), ("payments", "0oa1", "/"), "nothing is in its way");
}

#[test]
fn what_is_there_is_left_what_is_half_made_is_joined_and_the_rest_stays_as_it_was_arranged() {
    let there = [rotation("payments", "0oa1", "/payments", true), rotation("hr-sync", "0oa2", "/hr-sync", false)];
    let rows = arranged(of(&["0oa1", "0oa2", "0oa3"]), &there, Start::default());
    assert_eq!(rows.iter().map(|row| row.fate).collect::<Vec<_>>(), [Fate::There, Fate::Join, Fate::New]);
    assert_eq!(shown(&rows[1]), ("hr-sync", "0oa2", "/hr-sync"));
    assert_eq!(shown(&rows[2]), ("twin", "0oa3", "/twin"), "as in the first run");
    assert!(rows.iter().all(|row| row.faults.is_empty()), "{rows:?}");
    assert_eq!(rows[0].first, there[0].next_rotation_at);
}

#[test]
fn all_that_is_wrong_with_a_row_is_reported_at_once() {
    let there = [rotation("taken", "0oa2", "/", true)];
    let named = |app: &str, name: &str| json!({"name": name, "parameters": {"clientId": app}});
    let rows = vec![
        wanted(1, json!({"name": "Bad Name", "rotationInterval": 0, "parameters": {"clientId": "0oa9"}})),
        wanted(2, named("Twin", "")),
        wanted(3, named("0oa2", "hr")),
        wanted(4, named("0oa1", "taken")),
        wanted(5, named("Mobile", "")),
        wanted(6, named("0oa3", "a")),
        wanted(7, named("0oa3", "a")),
    ];
    let rows = arranged(rows, &there, Start::default());
    let reported = |index: usize| rows[index].faults.join("; ");
    assert!(
        reported(0).starts_with("there is no app \"0oa9\" in acme; name: ") && reported(0).contains("rotationInterval")
    );
    assert!(reported(1).contains("2 apps are called \"Twin\""), "{}", reported(1));
    assert_eq!(reported(2), "the app is rotated by taken already");
    assert_eq!(reported(3), "there is a rotation named taken already");
    assert_eq!(reported(4), "no client secret (none)");
    assert_eq!(reported(5), "");
    assert_eq!(reported(6), "is for the same app as line 6; has the same name as line 6");
}

#[test]
fn first_dates_are_spread_over_the_interval_and_a_row_may_have_its_own() {
    let dates = |rows: &[Arranged]| {
        rows.iter().map(|row| row.first.map(|at| at.date_naive().to_string()).unwrap_or_default()).collect::<Vec<_>>()
    };
    let spread = Start { first: None, spread: true };
    let rows = arranged(of(&["0oa1", "0oa2", "0oa3"]), &[], spread);
    assert_eq!(dates(&rows), ["2026-12-04", "2026-12-11", "2026-12-18"]);
    let from = Start { first: NaiveDate::from_ymd_opt(2026, 12, 1), spread: false };
    let mut wanted = of(&["0oa1", "0oa2"]);
    wanted[1].body.first_rotation_at = Some("2026-12-09".into());
    wanted[1].body.is_auto_rotation_enabled = Some(true);
    let reported = dates(&arranged(wanted, &[], from));
    assert_eq!(
        reported,
        ["2026-12-03", "2026-12-09"],
        "due on the first, when the app's original secret is still there"
    );
    assert_eq!(dates(&arranged(of(&["0oa1"]), &[], Start::default())), ["2026-12-25"]);
    let late = Start { first: NaiveDate::from_ymd_opt(2026, 12, 20), spread: true };
    let rows = arranged(of(&["0oa1", "0oa2"]), &[], late);
    assert_eq!(dates(&rows), ["2026-12-20", "2026-12-23"], "none is later than a schedule can begin");
}

#[test]
fn a_place_that_someone_has_is_not_taken_from_them() {
    let there = [rotation("old", "0oa9", "/", true)];
    let rows = arranged(of(&["0oa1"]), &there, Start::default());
    assert_eq!((shown(&rows[0]).2, rows[0].faults.len()), ("/payments", 0), "a folder of its own");
    let there = [rotation("old", "0oa9", "/", true), rotation("older", "0oa8", "/payments", true)];
    let rows = arranged(of(&["0oa1"]), &there, Start::default());
    assert_eq!((shown(&rows[0]).2, rows[0].faults.len()), ("/payments-2", 0), "and where that is taken the next one");
    let own = wanted(2, json!({"parameters": {"clientId": "0oa2"}, "secretPath": "/payments"}));
    let rows = arranged(of(&["0oa1"]).into_iter().chain([own]).collect(), &there[..1], Start::default());
    assert_eq!((shown(&rows[0]).2, shown(&rows[1]).2), ("/payments-2", "/payments"), "no two rows share one");
}
