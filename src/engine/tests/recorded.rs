//! Apps as real orgs have them, over HTTP: each is listed for what it is, and asked about before it is rotated.

use serde_json::{Value, json};

use super::*;
use crate::core::history::Outcome;
use crate::core::protocol::plan::Plan;
use crate::engine::refusal::Kind;
use crate::engine::view::AppRow;
use crate::okta::recorded;
use crate::words::voice::Shell;

impl Bench {
    /// An org whose apps are those that were recorded. Each that Okta links secrets of has one.
    async fn recorded() -> Self {
        let bench = Self::new().await;
        bench.connect().await;
        {
            let inside = &mut *bench.sandbox.org().inside();
            let like = inside.apps[0].clone();
            inside.apps = recorded::bodies()
                .into_iter()
                .map(|body| {
                    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                    org::App {
                        id: text(&body["id"]),
                        label: text(&body["label"]),
                        client_id: text(&body["id"]),
                        status: text(&body["status"]),
                        shown: Some(body),
                        ..like.clone()
                    }
                })
                .collect();
        }
        bench
    }

    /// One app of the catalogue, which Okta does not show the method of.
    async fn catalogue() -> Self {
        let bench = Self::with(7, None, Clock::fast(test_now(), 60.0)).await;
        bench.connect().await;
        bench.sandbox.org().add_catalogue();
        bench
    }

    async fn list(&self) -> Vec<AppRow> {
        match self.call(Request::ConnectionApps { id: "acme".into(), query: AppsQuery::default() }).await {
            Ok(Reply::Apps { apps, .. }) => apps,
            other => panic!("{other:?}"),
        }
    }

    async fn planned(&self, app: &str, verify: &str) -> Plan {
        let verify = Some(verify.to_owned());
        let body = RotationBody { dry_run: true, verify, ..Bench::body("payments", app) };
        match self.call(Request::RotationCreate(Box::new(body))).await {
            Ok(Reply::Plan { plan }) => plan,
            other => panic!("{app}: {other:?}"),
        }
    }

    async fn create_by(&self, app: &str, verify: &str) -> Result<RotationView, Refusal> {
        let body = RotationBody { verify: Some(verify.into()), ..Bench::body("payments", app) };
        self.call(Request::RotationCreate(Box::new(body))).await.map(row)
    }

    async fn alter(&self, patch: Value) -> Result<RotationView, Refusal> {
        let patch = Box::new(serde_json::from_value(patch).expect("a patch"));
        self.call(Request::RotationUpdate { id: "payments".into(), patch }).await.map(row)
    }

    async fn client_id(&self) -> String {
        let query = VersionQuery { path: Some("/payments".into()), ..VersionQuery::default() };
        match self.call(Request::SecretGet { name: "OKTA_CLIENT_ID".into(), query }).await {
            Ok(Reply::Secret { secret }) => secret.value.expose().to_owned(),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn every_recorded_app_is_listed_and_the_eight_of_the_catalogue_can_be_rotated() {
    let bench = Bench::recorded().await;
    let rows = bench.list().await;
    assert_eq!(rows.len(), 106);
    let hidden: Vec<&AppRow> = rows.iter().filter(|row| row.method_open).collect();
    assert_eq!(hidden.len(), 8);
    for row in hidden {
        assert_eq!((row.auth_method.as_str(), row.rotatable, &row.reason), ("hidden", true, &None), "{}", row.label);
        assert_eq!((&row.client_id, row.client_id_hidden), (&row.id, true));
    }
    for row in &rows {
        let reason = row.reason.clone().unwrap_or_default();
        assert_eq!(row.rotatable, reason.is_empty());
        // Only what Okta says that of has the method none.
        assert_eq!(reason.contains("(none)"), row.auth_method == "none", "{}: {reason}", row.label);
        if row.sign_on_mode.as_deref() != Some("OPENID_CONNECT") {
            assert!(reason.starts_with("no client secret (a"), "{}: {reason}", row.label);
        }
    }
}

#[tokio::test]
async fn a_dry_run_of_every_recorded_app_says_what_it_would_do_or_why_it_cannot() {
    let bench = Bench::recorded().await;
    for app in recorded::seen() {
        let plan = bench.planned(&app.id, "introspect").await;
        let reported =
            plan.blockers.iter().map(|it| format!("{}; {}", it.message(), it.hint())).collect::<Vec<_>>().join("; ");
        let method = app.auth_method;
        match (method.takes_secret(), app.holds, app.status.as_str()) {
            (true, _, "ACTIVE") => assert_eq!(reported, "", "{}", app.label),
            (true, _, status) => assert!(reported.contains(&format!("is {status} at Okta")), "{reported}"),
            (false, crate::core::protocol::call::Holds::Secrets, _) => {
                assert!(
                    reported.contains("does not show how") && reported.contains("--verify client_secret_basic"),
                    "{reported}"
                );
                let plan = bench.planned(&app.id, "client_secret_post").await;
                let steps = plan.sentences(&Shell).join("; ");
                assert_eq!(plan.blockers, [], "{}", app.label);
                assert!(steps.contains("by client_secret_post, as named"), "{steps}");
                assert!(steps.contains(&format!("publish the client id {}, which is the app id", app.id)), "{steps}");
                assert_eq!(bench.planned(&app.id, "listed").await.blockers, []);
            }
            _ => {
                assert!(reported.contains("has no client secret ("), "{}: {reported}", app.label);
                assert_eq!(reported.contains("is none)"), method.as_str() == "none", "{reported}");
            }
        }
    }
    assert_eq!(bench.calls("create"), 0);
}

#[tokio::test]
async fn an_app_of_the_catalogue_goes_the_whole_way_once_its_method_is_named() {
    let bench = Bench::catalogue().await;
    let refusal = bench.create_by("Deel", "introspect").await.expect_err("nothing says how it authenticates");
    assert_eq!(refusal.error, Kind::Conflict);
    assert!(refusal.message().contains("does not show how the app Deel authenticates"), "{refusal}");
    assert!(refusal.hint().contains("--verify client_secret_basic"), "{refusal}");
    assert_eq!(bench.calls("create"), 0);
    let made = bench.create_by("Deel", "client_secret_post").await.expect("created");
    let app = bench.app("Deel");
    assert_eq!((made.verify.as_str(), &made.parameters.client_id), ("client_secret_post", &app.id));
    assert!(made.parameters.client_id_hidden);
    assert_eq!(bench.client_id().await, app.id);
    bench.rotate("payments", true).await.expect("rotated");
    assert_eq!(bench.calls("introspect"), 2, "each new one was tested");
    bench.published_works("payments", "Deel").await;
    bench.nothing_lost("Deel");
}

#[tokio::test]
async fn a_method_that_is_named_wrong_withdraws_nothing_and_is_named_anew() {
    let mut bench = Bench::catalogue().await;
    let mut events = bench.follow();
    let refusal = bench.create_by("Deel", "client_secret_basic").await.expect_err("Okta wants it in the form");
    assert!(
        refusal
            .hint()
            .contains("if it is not client_secret_basic, name it with `windlass rotation update payments --verify"),
        "{refusal:?}"
    );
    assert!(refusal.hint().contains("--client-id"), "{refusal:?}");
    assert_eq!((bench.calls("create"), bench.calls("deactivate")), (1, 0));
    bench.alter(json!({"verify": "client_secret_post"})).await.expect("changed");
    until(&mut events, |event| event.kind == "attempt").await;
    let entry = bench.history("payments").await.remove(0);
    assert_eq!((entry.outcome, bench.calls("create")), (Outcome::Success, 1), "{entry:?}");
    bench.published_works("payments", "Deel").await;
    bench.stop().await;
}

#[tokio::test]
async fn a_client_id_that_okta_hides_is_given_at_first_or_later_and_one_that_it_shows_is_not() {
    let mut bench = Bench::catalogue().await;
    for app in bench.sandbox.org().inside().apps.iter_mut().filter(|app| app.label == "Deel") {
        app.client_id = "deel-client".into();
    }
    let mut events = bench.follow();
    bench.create_by("Deel", "client_secret_post").await.expect_err("no client has the app's id");
    let refusal = bench.alter(json!({"parameters": {"clientId": "no good"}})).await.expect_err("white space");
    assert_eq!(refusal.fields[0].field, "parameters.clientId");
    bench.alter(json!({"parameters": {"clientId": "deel-client"}})).await.expect("changed");
    until(&mut events, |event| event.kind == "attempt").await;
    assert_eq!(bench.client_id().await, "deel-client");
    // Published already, it is changed where consumers read it.
    let row = bench.alter(json!({"parameters": {"clientId": "other"}})).await.expect("changed");
    assert_eq!((row.parameters.client_id.as_str(), bench.client_id().await.as_str()), ("other", "other"));
    let parameters = Parameters::with("StrongDM", Some("sdm".into()));
    let body = RotationBody { parameters, verify: Some("listed".into()), ..Bench::body("sdm", "") };
    let made = bench.call(Request::RotationCreate(Box::new(body))).await.map(self::row).expect("created");
    assert_eq!(made.parameters.client_id, "sdm");
    let parameters = Parameters::with("Payments", Some("mine".into()));
    let body = RotationBody { parameters, ..Bench::body("shown", "") };
    let refusal = bench.call(Request::RotationCreate(Box::new(body))).await.expect_err("Okta shows its own");
    assert_eq!(refusal.error, Kind::Conflict, "{refusal:?}");
    bench.stop().await;
}

#[tokio::test]
async fn where_okta_shows_the_method_a_name_for_another_one_changes_nothing() {
    let bench = Bench::new().await;
    bench.connect().await;
    let plan = bench.planned("Payments", "client_secret_post").await;
    assert!(
        plan.sentences(&Shell).join("; ").contains("by client_secret_basic, the app's method as Okta shows it"),
        "{plan:?}"
    );
    bench.create_by("Payments", "client_secret_post").await.expect("created");
    bench.published_works("payments", "Payments").await;
}

#[tokio::test]
async fn a_label_that_several_apps_have_means_the_one_with_a_secret() {
    let bench = Bench::catalogue().await;
    for app in bench.sandbox.org().inside().apps.iter_mut().filter(|app| app.label == "Zendesk") {
        app.label = "Payments".into();
    }
    bench.create("payments", "Payments").await.expect("the other one is SAML");
    bench.published_works("payments", "Payments").await;
}
