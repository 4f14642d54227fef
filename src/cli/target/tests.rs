use crate::core::target::found::Found;
use crate::engine::view::TargetPlanView;

fn plan(found: Found, writes: &[&str]) -> Vec<String> {
    let plan = TargetPlanView {
        rotation: "payments".into(),
        target: "file".into(),
        destination: "file".into(),
        place: "/run/pay/okta.env".into(),
        found: Some(found),
        version: Some(13),
        removes: Vec::new(),
        writes: writes.iter().map(|key| (*key).into()).collect(),
        after: vec!["systemctl".into(), "restart".into(), "pay".into()],
        gates: true,
        fault: None,
        seen: None,
    };
    plan.steps().iter().map(ToString::to_string).collect()
}

#[test]
fn a_plan_says_what_is_there_what_would_be_written_and_what_follows() {
    assert_eq!(
        plan(Found::Behind { version: Some(12) }, &[""]),
        [
            "file /run/pay/okta.env: it has version 12",
            "version 13 would be written to file /run/pay/okta.env",
            "then `systemctl restart pay` would run",
            "the old secret waits for it",
        ]
    );
    assert_eq!(plan(Found::Current { tidy: true }, &[])[1], "nothing would be written: it has version 13");
    assert!(plan(Found::Absent, &["A", "B"])[1].ends_with(", under A and B"));
}
