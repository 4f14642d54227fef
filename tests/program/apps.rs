//! Apps of Okta's catalogue by command: they are listed, their method is named, and then they are rotated like any other.

use serde_json::Value;

use super::world::World;

async fn world() -> World {
    let world = World::connected().await;
    world.sandbox.org().add_catalogue();
    world
}

fn create<'a>(app: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["rotation", "create", "payments", "--connection", "acme", "--app", app], more].concat()
}

#[tokio::test]
async fn an_app_of_the_catalogue_is_listed_named_created_shown_and_rotated() {
    let world = world().await;
    let listed = world.ok(&["connection", "apps", "acme"]).await;
    for (label, said) in [
        ("Deel", "yes, if --verify names its method"),
        ("Okta Workflows", "no: no client secret (it authenticates by a key)"),
        ("Zendesk", "no: no client secret (a SAML 2.0 app)"),
        ("Intranet", "no: no client secret (a bookmark)"),
    ] {
        let line = listed.lines().find(|line| line.contains(label)).expect("listed");
        assert!(line.contains(said), "{line}");
    }
    let apps = world.json(&["connection", "apps", "acme", "--filter", "deel"]).await;
    let row = &apps["apps"][0];
    assert_eq!(
        (&row["authMethod"], &row["methodOpen"], &row["rotatable"]),
        (&"hidden".into(), &true.into(), &true.into())
    );
    let refused = world.fails(4, &create("Deel", &[])).await;
    assert!(refused.contains("does not show how the app Deel authenticates"), "{refused}");
    assert!(refused.contains("--verify client_secret_basic"), "{refused}");
    let named = ["--verify", "client_secret_post"];
    let plan = world.ok(&create("Deel", &[&named[..], &["--dry-run"]].concat())).await;
    assert!(plan.contains("by client_secret_post, as named"), "{plan}");
    world.ok(&create("Deel", &named)).await;
    let shown = world.ok(&["rotation", "show", "payments"]).await;
    assert!(shown.contains("tested by client_secret_post") && shown.contains("(not shown by Okta)"), "{shown}");
    let first = world.value().await;
    world.ok(&["rotation", "rotate", "payments", "--yes"]).await;
    let value = world.value().await;
    let held = world.app("Deel").secrets;
    assert!(value != first && held.iter().any(|secret| secret.active && secret.client_secret == value));
    let id = world.ok(&["secret", "get", "OKTA_CLIENT_ID"]).await;
    assert_eq!(id.trim_end(), world.app("Deel").id);
}

#[tokio::test]
async fn what_has_no_secret_says_what_it_is_and_is_not_called_method_none() {
    let world = world().await;
    for (app, what) in [
        ("Zendesk", "a SAML 2.0 app"),
        ("Intranet", "a bookmark"),
        ("Okta Workflows", "it authenticates by a key"),
        ("Mobile BFF", "its authentication method is none"),
    ] {
        let refused = world.fails(4, &create(app, &[])).await;
        assert!(refused.contains(&format!("has no client secret ({what})")), "{app}: {refused}");
    }
}

#[tokio::test]
async fn a_file_names_the_method_of_each_of_its_apps_and_is_reported_where_it_does_not() {
    let world = world().await;
    let file = world.path("apps.csv");
    let name = file.to_str().expect("text");
    std::fs::write(&file, "app,verify\nDeel,\nStrongDM,client_secret_basic\nPayments,\n").expect("written");
    let import = ["--json", "rotation", "import", name, "--connection", "acme"];
    let done = world.run(&[&import[..], &["--dry-run"]].concat()).await;
    let reported: Value = serde_json::from_str(&done.stdout).expect("JSON");
    let wrong = reported["import"][0]["faults"].to_string();
    assert!(wrong.contains("verify: Okta does not show how the app authenticates"), "{reported}");
    assert_eq!(done.status, 2, "{done:?}");
    std::fs::write(&file, "app,verify,client-id\nDeel,listed,deel-x\nStrongDM,client_secret_basic,\nPayments,,\n")
        .expect("written");
    world.ok(&import).await;
    // What is listed is what another windlass takes in again.
    let rows = world.json(&["rotation", "list"]).await;
    let deel =
        rows["secretRotations"].as_array().expect("rows").iter().find(|row| row["name"] == "deel").expect("made");
    assert_eq!((&deel["parameters"]["clientId"], &deel["verify"]), (&"deel-x".into(), &"listed".into()));
    std::fs::write(&file, rows.to_string()).expect("written");
    let again = world.ok(&import).await;
    assert_eq!(again.matches("\"there\"").count(), 3, "{again}");
}
