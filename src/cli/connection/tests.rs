use crate::core::remedy::Automatic;
use crate::engine::view::Note;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use super::*;
use crate::cli::doubles::{connection, scene};
use crate::core::secret::SecretValue;
use crate::engine::request::{Act, Request};

fn one(notes: &[&str]) -> Reply {
    let notes = notes.iter().map(|note| Note::Written((*note).to_owned())).collect();
    Reply::Connection { app_connection: Box::new(connection(json!({}))), notes }
}

fn token_file(text: &str, mode: u32) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).expect("set");
    file
}

#[test]
fn a_token_comes_from_a_file_without_the_end_of_its_line() {
    let file = token_file("00canary\r\n", 0o600);
    let line =
        format!("windlass connection create acme --url https://acme.okta.com/ --token-file {}", file.path().display());
    let ended = scene([Ok(one(&["the trailing slash was cut off"]))]).run(&line);
    assert_eq!(ended.status(), 0, "{}", ended.err);
    let Some(Request::ConnectionCreate(body)) = ended.asked.last() else { panic!("another request") };
    assert_eq!(body.credentials.api_token.as_ref().expect("given").expose(), "00canary");
    assert_eq!(
        (body.credentials.instance_url.as_deref().unwrap_or_default(), body.method.as_str()),
        ("https://acme.okta.com/", "api-token")
    );
    let leftover = format!("file is still there: `shred -u {}` removes it\n", file.path().display());
    assert!(ended.err.starts_with("note: the trailing slash was cut off\n"), "{}", ended.err);
    assert!(ended.err.ends_with(&leftover), "{}", ended.err);
    assert!(ended.out.starts_with("NAME  URL"), "{}", ended.out);
    assert!(!format!("{}{}", ended.out, ended.err).contains("00canary"));
}

#[test]
fn a_credentials_file_is_named_once_it_is_needed_no_more_and_only_where_it_can_be_removed() {
    let key = token_file("-----BEGIN PRIVATE KEY-----", 0o600);
    for (line, said) in [
        (
            format!(
                "create acme --url https://a.okta.com --client-id 0oa1 --private-key-file {}",
                key.path().display()
            ),
            true,
        ),
        (format!("update acme --private-key-file {}", key.path().display()), true),
        ("update acme --token-file /proc/self/comm".into(), false),
        ("update acme --name other".into(), false),
    ] {
        let ended = scene([Ok(one(&[]))]).run(&format!("windlass connection {line}"));
        assert_eq!((ended.status(), ended.err.contains("shred -u")), (0, said), "{line}: {}", ended.err);
    }
    let refused = Refusal::new(Kind::Refused, "the token is refused", "nothing was saved");
    let file = token_file("00canary", 0o600);
    let line = format!("windlass connection update acme --token-file {}", file.path().display());
    assert!(!scene([Err(refused)]).run(&line).err.contains("shred"), "it may be the only place that has it");
}

#[test]
fn a_vault_is_given_by_its_app_and_the_method_follows_from_the_credential() {
    let file = token_file("canary-credential\n", 0o600);
    let file = file.path().display();
    for (options, method) in [
        (format!("--token-file {file} --namespace team"), "token"),
        (format!("--role-id role --secret-id-file {file}"), "app-role"),
        ("--role windlass".into(), "kubernetes"),
    ] {
        let url = "https://vault.example.com:8200";
        let line = format!("windlass connection create bao --app hashicorp-vault --url {url} {options}");
        let ended = scene([Ok(one(&[]))]).run(&line);
        let Some(Request::ConnectionCreate(body)) = ended.asked.last() else { panic!("{}", ended.err) };
        assert_eq!((body.app.as_str(), body.method.as_str()), ("hashicorp-vault", method), "{line}");
        let given = &body.credentials;
        let value = given.api_token.as_ref().or(given.secret_id.as_ref()).map(SecretValue::expose);
        assert!(value.is_none_or(|value| value == "canary-credential"), "{line}");
        assert!(!format!("{}{}", ended.out, ended.err).contains("canary"), "{line}");
    }
}

#[test]
fn a_cluster_is_given_with_its_ca_and_the_method_follows_from_the_credential() {
    let (token, ca) = (token_file("canary-credential\n", 0o600), token_file("-----BEGIN CERTIFICATE-----\n", 0o644));
    let (token, ca) = (token.path().display(), ca.path().display());
    for (options, method, certificate) in [
        (format!("--token-file {token}"), "token", false),
        (String::new(), "service-account", false),
        (format!("--certificate-file {ca} --private-key-file {token}"), "client-certificate", true),
    ] {
        let url = "https://10.0.0.1:6443";
        let line = format!("windlass connection create c --app kubernetes --url {url} --ca-file {ca} {options}");
        let ended = scene([Ok(one(&[]))]).run(&line);
        let Some(Request::ConnectionCreate(body)) = ended.asked.last() else { panic!("{}", ended.err) };
        assert_eq!((body.app.as_str(), body.method.as_str()), ("kubernetes", method), "{line}");
        let given = &body.credentials;
        assert_eq!(given.ca_certificate.as_deref(), Some("-----BEGIN CERTIFICATE-----\n"));
        assert_eq!(given.client_certificate.is_some(), certificate, "{line}");
        assert!(!format!("{}{}", ended.out, ended.err).contains("canary"), "{line}");
    }
    let ended = scene([Ok(one(&[]))]).run("windlass connection update c --ca-file=");
    let Some(Request::ConnectionUpdate { patch, .. }) = ended.asked.last() else { panic!("{}", ended.err) };
    assert_eq!(patch.credentials.as_ref().and_then(|it| it.ca_certificate.as_deref()), Some(""));
}

#[test]
fn an_identity_of_infisical_needs_no_address() {
    let secret = token_file("canary-secret\n", 0o600);
    let secret = secret.path().display();
    for (options, url) in [("", None), (" --url https://infisical.example.com", Some("https://infisical.example.com"))]
    {
        let line = format!(
            "windlass connection create i --app infisical --client-id ID --client-secret-file {secret}{options}"
        );
        let ended = scene([Ok(one(&[]))]).run(&line);
        let Some(Request::ConnectionCreate(body)) = ended.asked.last() else { panic!("{}", ended.err) };
        assert_eq!((body.method.as_str(), body.credentials.instance_url.as_deref()), ("universal-auth", url));
        let given = &body.credentials;
        assert_eq!(given.client_secret.as_ref().map(SecretValue::expose), Some("canary-secret"));
        assert!(given.client_id.as_deref() == Some("ID") && ended.err.contains("shred -u"), "{}", ended.err);
        assert!(!format!("{}{}", ended.out, ended.err).contains("canary"));
    }
}

#[test]
fn a_name_that_is_taken_says_how_the_connection_is_given_the_credential() {
    let file = token_file("00canary", 0o600);
    let file = file.path().display();
    let taken = Refusal::new(Kind::Conflict, "there is a connection named acme already", "choose another name");
    let line = format!("windlass connection create acme --url https://acme.okta.com --token-file {file}");
    let ended = scene([Err(taken)]).run(&line);
    let update = format!("`windlass connection update acme --url https://acme.okta.com --token-file {file}`");
    assert!(ended.status() == 4 && ended.err.contains(&update), "{}", ended.err);
    assert!(crate::cli::doubles::parse(update.trim_matches('`')).is_ok(), "it can be given as it stands");
}

#[test]
fn a_token_that_others_can_read_is_warned_about() {
    let file = token_file("00canary", 0o644);
    let line = format!("windlass connection update acme --token-file {}", file.path().display());
    let ended = scene([Ok(one(&[]))]).run(&line);
    assert_eq!(ended.status(), 0);
    assert!(ended.err.contains("chmod 600"), "{}", ended.err);
    let Some(Request::ConnectionUpdate { patch, .. }) = ended.asked.last() else { panic!("another request") };
    let credentials = patch.credentials.as_ref().expect("given");
    assert!(credentials.api_token.is_some() && credentials.instance_url.is_none());
}

#[test]
fn no_token_is_no_connection() {
    let empty = token_file(" \n", 0o600);
    let binary = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(binary.path(), [0xff, 0xfe]).expect("written");
    let create = "windlass connection create acme --url https://acme.okta.com";
    let lines = [
        (create.to_owned(), "needs an API token"),
        (format!("{create} --token-file {}", empty.path().display()), "the token is empty"),
        (format!("{create} --token-file {}", binary.path().display()), "not text"),
        (format!("{create} --token-file /nonexistent/token"), "cannot be read"),
        (format!("{create} --token-file /dev/zero"), "larger than"),
        ("windlass connection update acme".to_owned(), "nothing to change"),
    ];
    for (line, reason) in lines {
        let ended = scene([]).run(&line);
        assert_eq!((ended.status(), ended.asked.len()), (2, 0), "{line}");
        assert!(ended.err.contains(reason), "{line}: {}", ended.err);
    }
}

#[test]
fn a_key_comes_from_a_file_and_makes_a_service_app() {
    let file = token_file("-----BEGIN canary\r\n", 0o644);
    let key = format!("--client-id 0oa1 --private-key-file {} --key-id kid-1", file.path().display());
    let ended =
        scene([Ok(one(&[]))]).run(&format!("windlass connection create acme --url https://acme.okta.com {key}"));
    assert_eq!(ended.status(), 0, "{}", ended.err);
    assert!(ended.err.contains("chmod 600") && ended.err.contains("keeps the private key yours"), "{}", ended.err);
    let Some(Request::ConnectionCreate(body)) = ended.asked.last() else { panic!("another request") };
    let given = &body.credentials;
    assert_eq!((body.method.as_str(), given.client_id.as_deref()), ("oauth-service-app", Some("0oa1")));
    assert_eq!((given.key_id.as_deref(), given.api_token.is_none()), (Some("kid-1"), true));
    assert_eq!(given.private_key.as_ref().map(SecretValue::expose), Some("-----BEGIN canary\r\n"));
    assert!(!format!("{}{}", ended.out, ended.err).contains("canary"));
    let ended = scene([Ok(one(&[]))]).run("windlass connection update acme --key-id kid-2");
    let Some(Request::ConnectionUpdate { patch, .. }) = ended.asked.last() else { panic!("another request") };
    let credentials = patch.credentials.as_ref().expect("given");
    assert!(credentials.private_key.is_none() && credentials.key_id.as_deref() == Some("kid-2"));
}

#[test]
fn a_client_id_without_its_key_names_the_option_that_gives_one() {
    let ended = scene([]).run("windlass connection create acme --url https://acme.okta.com --client-id 0oaservice");
    assert_eq!(ended.status(), 2);
    assert!(ended.err.contains("--private-key-file") && !ended.err.contains("credentials."), "{}", ended.err);
}

#[test]
fn what_a_test_refused_can_be_saved_all_the_same_by_an_option_that_only_commands_have() {
    let refusal = Refusal::new(Kind::Refused, "Okta refuses the token", "issue a new one").and(Automatic::NothingSaved);
    let file = token_file("00canary", 0o600);
    let line = format!("windlass connection update acme --token-file {}", file.path().display());
    let ended = scene([Err(refusal)]).run(&line);
    assert_eq!(ended.status(), 5);
    assert!(ended.err.contains("nothing was saved; save it untested with --no-test"), "{}", ended.err);
    let conflict = Refusal::new(Kind::Conflict, "there is one already", "choose another; nothing was changed");
    let ended = scene([Err(conflict)]).run(&line);
    assert!(!ended.err.contains("--no-test"), "{}", ended.err);
}

#[test]
fn showing_a_service_app_tells_of_its_key() {
    let key = json!({"keyId": null, "algorithm": "ES256", "thumbprint": "NzbLsXh8", "since": "2026-03-02T12:00:00Z"});
    let more = json!({"method": "oauth-service-app", "key": key,
        "credentials": {"instanceUrl": "https://acme.okta.com", "clientId": "0oaservice"}});
    let app = || Reply::Connection { app_connection: Box::new(connection(more.clone())), notes: Vec::new() };
    let ended = scene([Ok(app())]).run("windlass connection show acme");
    for word in ["0oaservice", "none", "ES256", "NzbLsXh8", "key since"] {
        assert!(ended.out.contains(word), "{word}: {}", ended.out);
    }
    let ended = scene([Ok(app())]).run("windlass connection delete acme");
    assert!(ended.err.contains("and its key"), "{}", ended.err);
}

#[test]
fn deleting_looks_first_and_needs_consent() {
    let unknown =
        scene([Err(Refusal::new(Kind::Unknown, "there is no connection \"acne\"", "did you mean \"acme\"?"))]);
    assert_eq!(unknown.run("windlass connection delete acne").status(), 3, "before anyone is asked");
    let ended = scene([Ok(one(&[]))]).run("windlass connection delete acme");
    assert_eq!((ended.status(), ended.asked.len()), (4, 1));
    assert!(ended.err.contains("forget acme (https://acme.okta.com) and its token"), "{}", ended.err);
    let ended = scene([Ok(one(&[]))]).run("windlass connection delete acme --yes");
    assert!(matches!(ended.asked[..], [Request::Act { act: Act::DeleteConnection(_), .. }]));
    assert_eq!(ended.status(), 0);
}

#[test]
fn apps_that_cannot_be_rotated_say_why() {
    let app = |label: &str, rotation: Option<&str>, rotatable: bool, reason: Option<&str>| AppRow {
        secrets: rotatable.then_some(1),
        id: "0oa1".into(),
        label: label.into(),
        client_id: "0oa1".into(),
        client_id_hidden: false,
        auth_method: "none".into(),
        method_open: false,
        sign_on_mode: None,
        status: "ACTIVE".into(),
        listed: Vec::new(),
        rotation: rotation.map(Into::into),
        rotatable,
        reason: reason.map(Into::into),
    };
    let apps = vec![
        app("Zürich Büro", None, true, None),
        app("evil\x1b]0;x\x07", None, false, Some("public client")),
        app("Payments", Some("payments"), false, Some("has a rotation")),
    ];
    let ended = scene([Ok(Reply::Apps { apps, next: None })]).run("windlass connection apps acme --filter x");
    let lines: Vec<&str> = ended.out.lines().collect();
    assert!(lines[1].ends_with("yes"), "{}", ended.out);
    assert!(lines[2].contains("evil\\u{1b}]0;x\\u{7}") && lines[2].ends_with("no: public client"), "{}", ended.out);
    assert!(lines[3].ends_with("has rotation payments"), "{}", ended.out);
    let Some(Request::ConnectionApps { query, .. }) = ended.asked.last() else { panic!("another request") };
    assert_eq!(query.filter.as_deref(), Some("x"));
}

#[test]
fn apps_come_page_by_page_and_few_are_looked_at_with_their_secrets() {
    let row = |id: &str, secrets: Option<usize>| -> AppRow {
        serde_json::from_value(json!({"id": id, "label": id, "clientId": id, "authMethod": "client_secret_basic",
            "status": "ACTIVE", "secrets": secrets, "rotation": null, "rotatable": true, "reason": null}))
        .expect("a row")
    };
    let page = |ids: &[&str], next: Option<&str>| {
        let apps = ids.iter().map(|id| row(id, None)).collect();
        Ok(Reply::Apps { apps, next: next.map(Into::into) })
    };
    let one = |id: &str| Ok(Reply::Apps { apps: vec![row(id, Some(2))], next: None });
    let ended = scene([page(&["0oa1"], Some("p2")), page(&["0oa2"], None), one("0oa1"), one("0oa2")])
        .run("windlass connection apps acme --json");
    let reported: serde_json::Value = serde_json::from_str(&ended.out).expect("JSON");
    assert_eq!((reported["apps"][1]["id"].as_str(), reported["apps"][1]["secrets"].as_u64()), (Some("0oa2"), Some(2)));
    let many: Vec<String> = (0..21).map(|number| format!("0oa{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let ended = scene([page(&many, None)]).run("windlass connection apps acme");
    assert_eq!((ended.status(), ended.asked.len()), (0, 1), "each would cost a call");
}

#[test]
fn a_list_of_apps_without_an_end_is_given_up() {
    let page = |id: usize, next: usize| {
        let row: AppRow = serde_json::from_value(json!({"id": id.to_string(), "label": "x", "clientId": "x",
            "authMethod": "none", "status": "ACTIVE", "rotation": null, "rotatable": false, "reason": null}))
        .expect("a row");
        Ok(Reply::Apps { apps: vec![row], next: Some(next.to_string()) })
    };
    let circle = [page(1, 1), page(2, 2), page(3, 1), page(4, 2)];
    let ended = scene(circle).run("windlass connection apps acme");
    assert_eq!((ended.status(), ended.asked.len()), (6, 3), "{}", ended.err);
    assert!(ended.err.contains("leads back"), "{}", ended.err);
    let ended = scene([page(1, 1), page(1, 2), page(1, 3)]).run("windlass connection apps acme");
    assert_eq!((ended.status(), ended.asked.len()), (6, 2), "{}", ended.err);
    let ended = scene((0..1_000).map(|number| page(number, number))).run("windlass connection apps acme");
    assert_eq!((ended.status(), ended.asked.len()), (6, crate::core::pages::MOST_PAGES), "{}", ended.err);
}

#[test]
fn an_empty_list_is_no_data_and_a_word_to_people() {
    let ended = scene([Ok(Reply::Connections { app_connections: vec![] })]).run("windlass connection list");
    assert_eq!((ended.out.as_str(), ended.status()), ("", 0));
    assert!(ended.err.contains("windlass connection create"), "{}", ended.err);
    let ended = scene([Ok(Reply::Connections { app_connections: vec![] })]).run("windlass connection list --json");
    assert_eq!((ended.out.as_str(), ended.err.as_str()), ("{\"appConnections\":[]}\n", ""));
}
