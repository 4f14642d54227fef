use serde_json::{Value, json};

use super::machine::{kept, places};
use super::*;
use crate::cli::Global;
use crate::cli::doubles::{connection, rotation, settings};

fn engine(changes: Value) -> EngineView {
    let mut engine = json!({
        "version": env!("CARGO_PKG_VERSION"), "pid": 1, "user": "ana", "host": "bastion", "role": "serve",
        "startedAt": "2026-11-25T12:00:00Z", "now": "2026-11-25T12:00:00Z", "schedules": true, "trouble": null,
        "connections": 1, "rotations": 1,
    });
    if let (Value::Object(engine), Value::Object(changes)) = (&mut engine, changes) {
        engine.extend(changes);
    }
    serde_json::from_value(engine).expect("an engine")
}

fn shown(check: &Check) -> (bool, String) {
    (check.ok, format!("{}: {}; {}", check.what, check.reported, check.next))
}

#[test]
fn what_keeps_an_engine_running_is_reported_by_its_control_group() {
    let of = |role: &str, group: &str, lingers| shown(&kept(&engine(json!({ "role": role })), group, lingers));
    let user = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/windlass.service\n";
    let (ok, reported) = of("serve", user, false);
    assert!(
        !ok && reported.contains("windlass.service") && reported.contains("loginctl enable-linger ana"),
        "{reported}"
    );
    assert!(of("serve", user, true).0);
    assert!(of("serve", "0::/system.slice/windlass.service\n", false).1.contains("the unit windlass.service"));
    let session = "0::/user.slice/user-1000.slice/session-3.scope\n";
    assert!(!of("serve", session, true).0 && !of("serve", "", true).0);
    assert!(of("ui", session, false).0 && of("once", session, false).0);
}

#[test]
fn keys_and_directories_that_others_can_read_are_reported_with_the_fix() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("data");
    let key = dir.path().join("key");
    let global = Global { data_dir: Some(data.clone()), key_file: Some(key.clone()), ..Global::default() };
    let looked = || places(&settings(&global)).iter().map(shown).collect::<Vec<_>>();
    assert!(looked().iter().all(|(ok, _)| *ok), "nothing is there yet: {:?}", looked());
    assert!(!data.exists() && !key.exists(), "it only looks");
    std::fs::create_dir_all(data.join("store")).expect("made");
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).expect("set");
    let reported = looked();
    assert!(!reported[0].0 && reported[0].1.contains("key"), "a store without its key: {reported:?}");
    assert!(!reported[1].0 && reported[1].1.contains("chmod 700"), "{reported:?}");
    std::fs::write(&key, "windlass-key-1:x").expect("written");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).expect("set");
    assert!(looked()[0].1.contains("chmod 600"), "{:?}", looked());
    let long = Global { socket: Some(dir.path().join("x".repeat(120))), ..global.clone() };
    assert!(places(&settings(&long)).iter().any(|check| !check.ok && check.next.to_string().contains("--socket")));
}

#[test]
fn a_view_tells_of_the_engine_the_connections_and_every_problem() {
    let fault = json!({"code": "tokenRefused", "message": "Okta refuses the token", "hint": "put a new one in",
                       "httpStatus": 401, "oktaCode": null, "requestId": null, "retryAt": null});
    let view = View {
        engine: engine(json!({"version": "0.0.1"})),
        app_connections: vec![
            connection(json!({"lastOkAt": "2026-11-25T10:00:00Z"})),
            connection(json!({"name": "held", "fault": fault})),
            connection(json!({"name": "other", "status": "refused", "fault": fault})),
        ],
        secret_rotations: Vec::new(),
    };
    let checks: Vec<_> = of_view(&view, false).iter().map(shown).collect();
    assert!(!checks[0].0 && checks[0].1.contains("version 0.0.1"), "{checks:?}");
    assert_eq!(checks[1], (true, "connection acme: answered last 2h ago; ".into()));
    assert!(!checks[2].0 && checks[2].1.starts_with("connection held: Okta"), "{checks:?}");
    assert!(!checks[3].0 && checks[3].1.starts_with("REFUSED other: Okta refuses the token"), "{checks:?}");
    let now = view.engine.now;
    assert!(!backups(Some(now - Duration::days(30)), &view).ok && backups(Some(now), &view).ok);
    assert!(!backups(None, &view).ok, "there are rotations");
}

#[test]
fn files_that_others_could_have_written_and_a_user_that_is_not_there_are_reported() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a directory");
    let mut settings = settings(&Global { data_dir: Some(dir.path().join("data")), ..Global::default() });
    let before = places(&settings).len();
    let write = |name: &str, mode: u32| {
        let path = dir.path().join(name);
        std::fs::write(&path, "#!/bin/sh\n").expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
        path
    };
    let notify = |path: &std::path::Path| Some(vec![path.display().to_string()]);
    let authority = write("ca.pem", 0o600);
    std::fs::write(&authority, include_str!("../../../tests/program/tls/ca.pem")).expect("written");
    settings.found.config.network.ca_file = Some(authority);
    settings.found.config.notify.command = notify(&write("page", 0o700));
    settings.found.config.engine.owner = Some("0".into());
    assert_eq!(places(&settings).len(), before, "all is well with them");
    settings.found.config.network.ca_file = Some(write("open.pem", 0o666));
    settings.found.config.notify.command = notify(&write("open", 0o777));
    settings.found.config.engine.owner = Some("no such user".into());
    let reported: Vec<_> =
        places(&settings).iter().map(shown).filter(|(ok, _)| !ok).map(|(_, reported)| reported).collect();
    assert!(reported[0].starts_with("CA file: ") && reported[0].contains("chmod go-w"), "{reported:?}");
    assert!(reported[1].starts_with("notify command: ") && reported[1].contains("chmod go-w"), "{reported:?}");
    assert!(reported[2].contains("no such user"), "{reported:?}");
}

/// What fails of a config file with this text, in words.
fn wrong(text: &str, prepare: impl FnOnce(&std::path::Path)) -> Vec<String> {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("config.toml");
    std::fs::write(&file, text).expect("written");
    prepare(dir.path());
    let data = dir.path().join("data");
    let settings = settings(&Global { config: Some(file), data_dir: Some(data), ..Global::default() });
    let mut checks = config(&settings);
    checks.extend(places(&settings));
    checks.iter().map(shown).filter(|(ok, _)| !ok).map(|(_, reported)| reported).collect()
}

#[test]
fn each_value_that_nothing_has_is_a_failed_check_with_its_remedy() {
    let nothing = |_: &std::path::Path| {};
    assert_eq!(wrong("", nothing), Vec::<String>::new());
    let values = [
        ("[defaults]\ntime_zone = \"Europe/Berln\"\n", "did you mean Europe/Berlin?", "[defaults] time_zone"),
        ("[defaults]\ntime_zone = \"GMT+2\"\n", "Etc/GMT-2 is UTC+2 all year", "[defaults] time_zone"),
        ("[defaults]\nenvironment = \"Prod Env\"\n", "Prod Env", "[defaults] environment"),
        ("[ui]\ntheme = \"drak\"\n", "there is no theme `drak`; did you mean `dark`?", "[ui] theme"),
        ("[notify]\ncommand = [\"no-such-program-anywhere\"]\n", "not found on PATH", "[notify] command"),
        ("[notify]\ncommand = [\"/tmp\"]\n", "it is no program", "[notify] command"),
        ("[network]\nca_file = \"none.pem\"\n", "none.pem", "ca_file"),
        ("[keys]\nrotate = [\"d\"]\n", "the key d is both `rotate` and `delete`", "give one of the two another key"),
        ("[keys]\nrotat = [\"F5\"]\n", "there is no action `rotat`", "did you mean `rotate`?"),
        ("[engine]\nowner = \"nobody-of-that-name\"\n", "there is no user", "correct it, or take it out"),
        ("[drift]\nevery = \"5m\"\n", "1h to 29d", "correct the line"),
    ];
    for (text, cause, remedy) in values {
        let reported = wrong(text, nothing);
        assert_eq!(reported.len(), 1, "{text}: {reported:?}");
        assert!(reported[0].contains(cause) && reported[0].contains(remedy), "{text}: {reported:?}");
    }
}

#[test]
fn files_that_are_there_and_of_no_use_are_reported_too() {
    let text = "[ui]\ntheme = \"mine\"\n[network]\nca_file = \"ca.pem\"\n[notify]\ncommand = [\"./page\"]\n";
    let reported = wrong(text, |dir| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::create_dir(dir.join("themes")).expect("made");
        std::fs::write(dir.join("themes/mine.toml"), "[text\n").expect("written");
        std::fs::write(dir.join("ca.pem"), "no certificate\n").expect("written");
        std::fs::write(dir.join("page"), "#!/no/such/interpreter\n").expect("written");
        std::fs::set_permissions(dir.join("page"), std::fs::Permissions::from_mode(0o700)).expect("set");
    });
    let all = reported.join("\n");
    for cause in ["theme: ", "mine", "CA file: ", "no certificate", "notify command: ", "/no/such/interpreter"] {
        assert!(all.contains(cause), "{cause}: {all}");
    }
    assert_eq!(reported.len(), 3, "{all}");
}

#[test]
fn a_machine_whose_zone_is_not_known_is_a_failed_check() {
    let mut settings = settings(&Global::default());
    assert!(config(&settings).iter().all(|check| check.what != "time zone"));
    settings.zone_doubt = Some("TZ is \"Mars\", which names no time zone".into());
    let reported: Vec<_> = config(&settings).iter().map(shown).filter(|(ok, _)| !ok).collect();
    assert!(
        reported[0].1.starts_with("time zone: TZ is \"Mars\"") && reported[0].1.contains("timedatectl"),
        "{reported:?}"
    );
    assert!(settings.zone_note().is_some_and(|note| note.contains("--time-zone")));
}

#[test]
fn mapped_names_that_steer_programs_are_reported_with_the_command_that_renames_them() {
    let mapping = json!({"clientId": "OKTA_CLIENT_ID", "clientSecret": "LD_PRELOAD"});
    let view = View {
        engine: engine(json!({})),
        app_connections: Vec::new(),
        secret_rotations: vec![*rotation(json!({})), *rotation(json!({"name": "odd", "secretsMapping": mapping}))],
    };
    let reported: Vec<_> =
        of_view(&view, false).iter().filter(|check| check.what == "mapped name").map(shown).collect();
    assert_eq!(reported.len(), 1, "{reported:?}");
    assert!(!reported[0].0 && reported[0].1.contains("LD_PRELOAD of odd"), "{reported:?}");
    assert!(reported[0].1.contains("rotation update odd --client-secret-name OKTA_LD_PRELOAD"), "{reported:?}");
}

#[test]
fn each_setting_is_reported_with_where_it_comes_from() {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("c.toml");
    std::fs::write(&file, "[network]\ncall_timeout = \"9s\"\n[keys]\nrotate = [\"F5\"]\n").expect("written");
    let data = dir.path().join("data");
    let global = Global { config: Some(file), data_dir: Some(data.clone()), ..Global::default() };
    let env = |name: &str| (name == "WINDLASS_DATA_DIR").then(|| data.clone().into_os_string());
    let rows = set::effective(&settings(&global), &env);
    let of = |key: &str| rows.iter().find(|row| row.key == key).map(|row| (row.value.as_str(), row.from.as_str()));
    assert_eq!(of("network.call_timeout"), Some(("9s", "config")));
    assert_eq!(of("network.connect_timeout"), Some(("5s", "default")));
    assert_eq!(of("data-dir").map(|row| row.1), Some("WINDLASS_DATA_DIR"));
    assert_eq!(of("config").map(|row| row.1), Some("--config"));
    assert_eq!(of("socket").map(|row| row.1), Some("default"));
    assert_eq!(of("keys"), Some(("1 rebound (`windlass keys`)", "config")));
}
