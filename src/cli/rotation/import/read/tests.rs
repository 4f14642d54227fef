use super::*;
use crate::cli::Global;

fn read(text: &str) -> Result<Vec<Wanted>, Refusal> {
    rows("apps", text.as_bytes(), &crate::cli::doubles::settings(&Global::default()))
}

fn refused(text: &str) -> String {
    let refusal = read(text).expect_err("refused");
    assert_eq!(refusal.error, Kind::Invalid);
    format!("{}; {}", refusal.message(), refusal.hint())
}

/// As the peer answers; its ids mean nothing here.
const PEER: &str = r#"{"secretRotations":[{"id":"x","name":"my-okta-rotation","description":"d","secretsMapping":
{"clientId":"A","clientSecret":"B"},"isAutoRotationEnabled":false,"activeIndex":0,"connectionId":"6ba7b810",
"rotationInterval":45,"rotationStatus":"success","connection":{"app":"okta","name":"my-connection","id":"x"},
"environment":{"slug":"dev","name":"Development","id":"x"},"projectId":"x","folder":{"id":"x","path":"/a"},
"rotateAtUtc":{"hours":3,"minutes":15},"type":"okta-client-secret","parameters":{"clientId":"0oa1"}},
{"name":"broken","parameters":{}}]}"#;

#[test]
fn the_peers_list_is_read_as_far_as_it_says_what_is_to_be_made() {
    let rows = read(PEER).expect("read");
    let body = &rows[0].body;
    assert_eq!((body.name.as_str(), body.connection_id.as_str()), ("my-okta-rotation", "my-connection"));
    assert_eq!((body.environment.as_deref(), body.secret_path.as_deref()), (Some("dev"), Some("/a")));
    assert_eq!(body.rotation_interval, Some(45.into()));
    assert_eq!(body.rotate_at_utc, Some(TimeOfDay { hours: 3, minutes: 15 }));
    assert_eq!((body.is_auto_rotation_enabled, body.parameters.client_id.as_str()), (Some(false), "0oa1"));
    assert_eq!(body.secrets_mapping.as_ref().map(|it| it.client_secret.as_str()), Some("B"));
    assert_eq!((rows[1].place.as_str(), rows[1].faults.len()), ("entry 2", 1));
    assert!(rows[1].faults[0].contains("clientId"), "{:?}", rows[1].faults);
}

#[test]
fn our_own_list_is_read_too() {
    let row = crate::cli::doubles::rotation(serde_json::json!({"secretPath": "/x", "folder": {"path": "/x"}}));
    let text = serde_json::json!({ "secretRotations": [row] }).to_string();
    let body = read(&text).expect("read").remove(0).body;
    assert_eq!((body.name.as_str(), body.secret_path.as_deref()), ("payments", Some("/x")));
    assert_eq!(body.rotate_at.and_then(|at| at.time_zone).as_deref(), Some("Europe/Berlin"));
    assert_eq!(body.overlap_seconds, Some(604_800));
}

#[test]
fn requests_stand_on_lines_and_a_slip_of_the_pen_is_reported_with_its_line() {
    let text =
        "{\"parameters\":{\"clientId\":\"0oa1\"}}\n\n{\"parameters\":{\"clientId\":\"0oa2\"},\"adpot\":true}\nnot\n";
    let rows = read(text).expect("read");
    let places: Vec<&str> = rows.iter().map(|row| row.place.as_str()).collect();
    assert_eq!(places, ["line 1", "line 3", "line 4"]);
    assert_eq!((rows[0].faults.len(), rows[0].body.name.as_str()), (0, ""));
    assert!(rows[1].faults[0].contains("did you mean adopt?"), "{:?}", rows[1].faults);
    assert_eq!(rows[2].faults.len(), 1);
    let one = read("{\n  \"parameters\": {\"clientId\": \"0oa1\"}\n}\n").expect("one request over some lines");
    assert_eq!((one.len(), one[0].faults.len()), (1, 0));
}

#[test]
fn a_table_has_a_heading_and_leaves_out_what_is_as_usual() {
    let text = "\u{feff}App, every ,at,Time_Zone,manual,overlap\n0oa1,90,02:30,Asia/Tokyo,yes,3d\n\"Pay, Inc\",,,,,\n";
    let rows = read(text).expect("read");
    let [one, two] = [&rows[0], &rows[1]];
    assert_eq!((one.place.as_str(), one.body.rotation_interval.clone()), ("line 2", Some(90.into())));
    assert_eq!((one.body.overlap_seconds, one.body.is_auto_rotation_enabled), (Some(259_200), Some(false)));
    let at = one.body.rotate_at.clone().expect("given");
    assert_eq!((at.hours, at.minutes, at.time_zone.as_deref()), (2, 30, Some("Asia/Tokyo")));
    assert_eq!((two.body.parameters.client_id.as_str(), two.faults.len()), ("Pay, Inc", 0));
    let at = two.body.rotate_at.clone().expect("given");
    assert_eq!((at.hours, at.time_zone.as_deref()), (0, Some("Europe/Berlin")), "this machine's zone");
    assert_eq!(two.body.environment.as_deref(), Some("prod"));
}

#[test]
fn what_is_wrong_in_a_table_is_reported_with_its_line() {
    let rows = read("app,every,at,adopt\n,x,25,maybe\n0oa1,1,01:00,no,extra\n").expect("read");
    assert_eq!(rows[0].faults.len(), 4, "{:?}", rows[0].faults);
    assert_eq!(rows[1].faults, ["has more fields than the heading"]);
    assert!(refused("app,evry\n0oa1,3\n").contains("no column `evry`; did you mean `every`?"));
    assert!(refused("name\nx\n").contains("no column `app`"));
    assert!(refused("app,App\nx,y\n").contains("twice"));
}

#[test]
fn what_has_no_rotation_in_it_is_refused() {
    for text in ["", " \n", "app\n", "{\"secretRotations\":[]}"] {
        assert!(refused(text).contains("no rotation in it"), "{text:?}");
    }
    assert!(refused("[{}]").contains("bare JSON list"));
    assert!(refused("{\n \"secretRotations\": [\n").contains("not whole"));
    let fault = rows("x", &[0xff], &crate::cli::doubles::settings(&Global::default())).expect_err("not text");
    assert!(fault.message().contains("not text"));
}

#[test]
fn lines_are_counted_as_an_editor_counts_them_whatever_ends_them() {
    for end in ["\n", "\r\n", "\r"] {
        let text = ["app,every", "0oa1,30", "", "0oa2,0", "0oa3,30"].join(end);
        let rows = read(&text).expect("read");
        let places: Vec<&str> = rows.iter().map(|row| row.place.as_str()).collect();
        assert_eq!(places, ["line 2", "line 4", "line 5"], "{end:?}");
    }
}

#[test]
fn what_stands_in_the_wrong_file_is_not_repeated() {
    const SECRET: &str = "00Tk3n-pAyM3nts-s3cr3t-4711";
    for text in [
        SECRET.to_owned(),
        format!("OKTA_CLIENT_SECRET={SECRET}\n"),
        format!("app,{SECRET}\n0oa1,30\n"),
        format!("app,every,at,overlap,adopt\n0oa1,{SECRET},{SECRET},{SECRET},{SECRET}\n"),
        format!("-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----\n"),
        format!("{{\"secretRotations\": \"{SECRET}\"}}"),
        format!("{{\"secretRotations\": [\"{SECRET}\"]}}"),
        format!("{{\"secretRotations\": [{{\"name\": \"a\", \"isAutoRotationEnabled\": \"{SECRET}\"}}]}}"),
        format!("{{\"secretRotations\": [{{\"name\": \"a\", \"parameters\": \"{SECRET}\"}}]}}"),
        format!("{{\"secretRotations\": {SECRET}"),
        format!("{{\"adoptClientSecret\": [\"{SECRET}\"]}}"),
        format!("{{\"{SECRET}\": 1}}"),
        format!("{{{SECRET}}}"),
    ] {
        let said = match read(&text) {
            Ok(rows) => rows.into_iter().flat_map(|row| [row.place, row.faults.concat()]).collect(),
            Err(refusal) => format!("{} {}", refusal.message(), refusal.hint()),
        };
        assert!(!said.is_empty() && !said.contains("4711") && !said.contains("00Tk"), "{text}: {said}");
    }
    assert!(refused(SECRET).contains("column 1 of the heading is none that is known"));
}
