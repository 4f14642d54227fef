//! The apps of an org: page by page, and one with its secrets.

use super::*;
use crate::engine::refusal::Kind;
use crate::engine::view::AppRow;

impl Bench {
    async fn apps(&self, query: AppsQuery) -> Result<(Vec<AppRow>, Option<String>), Refusal> {
        match self.call(Request::ConnectionApps { id: "acme".into(), query }).await? {
            Reply::Apps { apps, next } => Ok((apps, next)),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn pages_hold_what_the_whole_list_holds_and_cost_a_call_each() {
    let bench = Bench::with(450, None, Clock::test()).await;
    bench.connect().await;
    let (mut found, mut after, mut pages) = (Vec::new(), None, 0);
    loop {
        let query = AppsQuery { paged: true, after, ..AppsQuery::default() };
        let (rows, next) = bench.apps(query).await.expect("a page");
        assert!(rows.len() <= 200);
        found.extend(rows.into_iter().map(|row| row.id));
        pages += 1;
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((pages, bench.calls("secrets")), (3, 0));
    let (all, next) = bench.apps(AppsQuery::default()).await.expect("the list");
    assert_eq!((found, next), (all.into_iter().map(|row| row.id).collect(), None));
}

#[tokio::test]
async fn a_page_is_never_asked_for_elsewhere() {
    let bench = Bench::new().await;
    bench.connect().await;
    for elsewhere in ["https://evil.example/api/v1/apps?", "/api/v1/users?", "//evil.example/api/v1/apps?", ""] {
        let query = AppsQuery { after: Some(elsewhere.into()), ..AppsQuery::default() };
        let calls = bench.calls("apps");
        assert_eq!(bench.apps(query).await.expect_err(elsewhere).error, Kind::Invalid);
        assert_eq!(bench.calls("apps"), calls, "{elsewhere}");
    }
}

#[tokio::test]
async fn one_app_is_shown_with_its_secrets_but_never_their_values() {
    let bench = Bench::new().await;
    bench.connect().await;
    let query = AppsQuery { app: Some("Payments".into()), ..AppsQuery::default() };
    let (rows, _) = bench.apps(query).await.expect("the app");
    let app = bench.app("Payments");
    assert_eq!((rows.len(), rows[0].secrets), (1, Some(app.secrets.len())));
    assert_eq!(rows[0].listed[0].id, app.secrets[0].id);
    assert!(rows[0].listed[0].readable);
    assert!(!serde_json::to_string(&rows).expect("JSON").contains(&app.secrets[0].client_secret));
}
