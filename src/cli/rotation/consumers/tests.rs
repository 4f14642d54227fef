use serde_json::json;

use crate::cli::doubles::{rotation, scene};
use crate::engine::request::{Act, Reply, Request};

fn consumers(missing: bool) -> Reply {
    let consumer = |name: &str, version: u32, stands: &str| {
        json!({"consumer": name, "claimed": false, "uid": 1000, "user": "pay", "unit": name, "version": version,
            "firstFetchedAt": "2026-11-30T10:00:00Z", "lastFetchedAt": "2026-11-30T11:00:00Z", "fetches": 4, "stands": stands})
    };
    let late = consumer("payroll.service", 12, "missing");
    let mut all = vec![consumer("pay@.service", 13, "current")];
    all.splice(0..0, Some(late.clone()).filter(|_| missing));
    let missing: Vec<_> = Some(late).filter(|_| missing).into_iter().collect();
    Reply::Consumers {
        reach: serde_json::from_value(
            json!({"have": 1, "of": all.len(), "reached": missing.is_empty(), "missing": missing}),
        )
        .expect("a reach"),
        consumers: serde_json::from_value(json!(all)).expect("consumers"),
        version: 13,
    }
}

#[test]
fn consumers_are_listed_with_who_is_missing_and_how_to_dismiss_one() {
    let ended = scene([Ok(consumers(true))]).run("windlass rotation consumers payments");
    assert_eq!(ended.status(), 0, "{}", ended.err);
    let first = ended.out.lines().nth(1).unwrap_or_default();
    assert!(first.contains("payroll.service") && first.contains("MISSING"), "{}", ended.out);
    assert!(ended.err.contains("1 of 2 have version 13; payroll.service reads 12"), "{}", ended.err);
    assert!(ended.err.contains("rotation consumers payments --dismiss CONSUMER"), "{}", ended.err);
    let ended = scene([Ok(consumers(false))]).run("windlass rotation consumers payments --all");
    assert!(matches!(&ended.asked[..], [Request::Consumers { query, .. }] if query.all), "{:?}", ended.asked);
    assert!(ended.err.contains("its consumer has version 13") && !ended.err.contains("--dismiss"), "{}", ended.err);
}

#[test]
fn a_consumer_is_dismissed_by_either_command() {
    let line = "windlass rotation consumers payments --dismiss payroll.service";
    let ended = scene([Ok(acted()), Ok(consumers(false))]).run(line);
    assert_eq!(ended.status(), 0, "{}", ended.err);
    let dismissed = |request: &Request| match request {
        Request::Act { act: Act::Dismiss(terms), .. } => terms.consumer == "payroll.service",
        _ => false,
    };
    assert!(dismissed(&ended.asked[0]), "{:?}", ended.asked);
    let line = "windlass rotation dismiss payments --consumer payroll.service";
    let ended = scene([Ok(acted())]).run(line);
    assert!(ended.status() == 0 && dismissed(&ended.asked[0]), "{:?} {}", ended.asked, ended.err);
}

fn acted() -> Reply {
    Reply::Rotation { secret_rotation: rotation(json!({})), plan: None }
}
