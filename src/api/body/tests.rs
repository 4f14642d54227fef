use super::*;
use crate::engine::request::{
    Acknowledgement, ConnectionBody, ConnectionPatch, PauseTerms, RotateTerms, RotationBody, RotationPatch,
};

fn refusal<T: DeserializeOwned>(body: &str) -> Refusal {
    read::<T>(body.as_bytes()).map(drop).expect_err(body)
}

fn field<T: DeserializeOwned>(body: &str) -> (String, String) {
    let refusal = refusal::<T>(body);
    assert_eq!((refusal.status_code, refusal.error), (400, Kind::Invalid), "{refusal:?}");
    (refusal.fields[0].field.clone(), refusal.fields[0].message.clone())
}

#[test]
fn a_misfit_is_named_by_its_path_and_line() {
    let body =
        "{\"name\":\"a\\\"b\",\n \"rotateAt\":{\"hours\":\"two\",\"minutes\":0},\"parameters\":{\"clientId\":\"0oa\"}}";
    assert_eq!(
        field::<RotationBody>(body),
        ("rotateAt.hours".into(), "must be a whole number (line 2, column 26)".into())
    );
    assert_eq!(field::<RotationBody>("{\"name\":\"a\"}"), ("parameters".into(), "is missing".into()));
    assert_eq!(
        field::<RotationBody>("{\"name\":\"a\",\"parameters\":{}}"),
        ("parameters.clientId".into(), "is missing".into())
    );
    assert_eq!(
        field::<RotateTerms>("{\"retireNow\":1}"),
        ("retireNow".into(), "must be true or false (line 1, column 14)".into())
    );
    let (name, message) = field::<PauseTerms>("{\"until\":\"tomorrow\"}");
    assert!(name == "until" && message.contains("2026-01-31T02:30:00Z"), "{name}: {message}");
    assert_eq!(field::<RotateTerms>("{\"retireNow\":true,\"retireNow\":true}").0, "retireNow");
    let version = r#"{"secrets":[{"name":"A","version":1},{"name":"A","version":-1}]}"#;
    assert_eq!(field::<Acknowledgement>(version).0, "secrets.1.version");
    let twice = r#"{"name":"a","credentials":{"apiToken":"x","apiToken":"y"}}"#;
    assert_eq!(
        field::<ConnectionBody>(twice),
        ("credentials.apiToken".into(), "is there twice (line 1, column 52)".into())
    );
}

#[test]
fn no_value_of_the_body_is_repeated() {
    let bodies = [
        "{\"name\":\"acme\",\"credentials\":\"canary\"}",
        "{\"name\":\"acme\",\"credentials\":{\"instanceUrl\":\"u\",\"apiToken\":[\"canary\"]}}",
        "{\"name\":\"acme\",\"credentials\":{\"instanceUrl\":\"u\",\"apiToken\":\"canary, expected canary\"",
        "{\"name\":\"acme\",\"noTest\":\"canary, expected canary\"}",
        "{\"name\":\"acme\",\"credentials\":{\"apiToken\":\"canary\",\"apiToken\":\"canary\"}}",
        "{\"name\":\"acme\",\"credentials\":{\"apiToken\" \"canary\"}}",
        "{\"name\":\"acme\",\"credentials\":{\"apiToken\":canary}}",
        "{\"name\":\"acme\",\"credentials\":{\"apiToken\":\"canary\\q\"}}",
        "canary",
        "\"canary\"",
    ];
    for body in bodies {
        let refusal = refusal::<ConnectionBody>(body);
        assert!(!format!("{refusal:?}").contains("canary"), "{refusal:?}");
        let json = serde_json::to_string(&refusal).expect("JSON");
        assert!(!json.contains("canary"), "{json}");
    }
}

#[test]
fn a_field_that_cannot_be_changed_is_a_conflict_that_names_those_that_can() {
    let unknown = refusal::<RotationPatch>("{\"name\":\"b\",\"environment\":\"dev\"}");
    assert_eq!(unknown.error, Kind::Conflict);
    assert!(unknown.message().contains("\"environment\""), "{unknown}");
    assert!(unknown.hint().contains("name, description, isAutoRotationEnabled"), "{}", unknown.hint());
    let nested = refusal::<ConnectionPatch>("{\"credentials\":{\"orgId\":\"x\"}}");
    assert_eq!(nested.error, Kind::Conflict);
    assert!(nested.message().contains("credentials.orgId"), "{nested}");
    assert!(nested.hint().contains("instanceUrl, apiToken"), "{}", nested.hint());
    assert_eq!(refusal::<RotationPatch>("{\"overlapSeconds\":-1}").error, Kind::Invalid);
}

#[test]
fn what_is_no_json_is_refused_and_an_absent_body_is_fine_where_it_may_be() {
    assert!(refusal::<RotationBody>("").message().contains("no body"));
    assert!(refusal::<RotationBody>("{\"name\":").message().contains("ends in the middle"));
    assert!(refusal::<RotationBody>("{]").message().contains("line 1, column 2"));
    // serde would take the fields of a list in their order.
    assert!(refusal::<RotateTerms>("[true]").message().contains("not a JSON object"));
    assert!(read_or_default::<RotateTerms>(b" \n").is_ok());
    assert!(read_or_default::<RotateTerms>(b"nonsense").is_err());
    // Deeply nested and unfinished bodies end in a refusal, not in a panic.
    let deep = "[".repeat(100_000);
    refusal::<RotationBody>(&deep);
    let deep = format!("{{\"name\":{}", "[".repeat(1_000));
    refusal::<RotationBody>(&deep);
}

#[test]
fn a_slip_of_the_pen_in_a_field_of_ours_is_refused_and_the_peers_fields_pass() {
    let peer = r#"{"name":"a","projectId":"x","environmentId":"y","rotateAtUtc":{"hours":0,"minutes":0},"type":"z",
        "secretPath":"/","folderId":"f","connectionId":"acme","parameters":{"clientId":"0oa1"}}"#;
    assert!(read_rotation(peer.as_bytes()).is_ok());
    for (typed, meant) in
        [("dryrun", "dryRun"), ("dry_run", "dryRun"), ("overlapSecond", "overlapSeconds"), ("adobt", "adopt")]
    {
        let body = peer.replacen("\"projectId\"", &format!("\"{typed}\""), 1);
        let refusal = read_rotation(body.as_bytes()).expect_err(typed);
        assert_eq!((refusal.error, refusal.fields[0].field.as_str()), (Kind::Invalid, typed));
        assert!(refusal.message().contains(meant), "{refusal}");
    }
    assert!(read_rotation(b"[1]").is_err());
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in "[{}\\[\\]\",:\\\\a-c0-9\n\u{e9}]{0,60}") {
        let _ = read::<RotationBody>(body.as_bytes());
        let _ = read::<RotationPatch>(format!("{{\"rotateAt\":{body}}}").as_bytes());
    }
}
