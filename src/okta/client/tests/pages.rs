//! Pages of apps that are too long, too many, or go round in circles.

use super::*;
use crate::core::pages::MOST_PAGES;

fn apps(count: usize) -> String {
    let apps: Vec<Value> = (0..count).map(|index| json!({"id": format!("0oa{index}"), "label": null})).collect();
    Value::from(apps).to_string()
}

impl Stand {
    /// The next list of apps is this body, with this address for the next page.
    fn page(&self, body: &str, next: Option<&str>) {
        let link = next.map(|next| format!("<{}{next}>; rel=\"next\"", self.sandbox.url())).unwrap_or_default();
        let kind = json!({"type": "status", "status": 200, "body": body, "headers": {"link": link}});
        self.order("apps", "before", 1, &kind);
    }

    fn asked(&self) -> usize {
        self.sandbox.org().inside().log.len()
    }
}

#[tokio::test]
async fn a_page_of_ten_thousand_apps_is_read_and_one_of_thirty_thousand_is_not() {
    let stand = stand().await;
    stand.page(&apps(10_000), None);
    assert_eq!(stand.client.all_apps(None).await.map(|all| all.len()), Ok(10_000));
    stand.page(&apps(30_000), None);
    assert_eq!(stand.client.all_apps(None).await.expect_err("too long").code, Code::Unreadable);
    for index in 0..12 {
        // Each within its bound, all together not.
        let apps: Vec<Value> =
            (0..9_000).map(|app| json!({"id": format!("0oa{index}x{app}"), "label": null})).collect();
        stand.page(&Value::from(apps).to_string(), Some(&format!("/api/v1/apps?after={index}")));
    }
    let fault = stand.client.find_app("Payments").await.expect_err("too many");
    assert_eq!((fault.code, fault.hint().as_str()), (Code::Precondition, "name the app by its id"));
}

#[tokio::test]
async fn pages_that_lead_back_are_noticed_and_pages_without_end_are_given_up() {
    let stand = stand().await;
    // The first page is the answer to an address of ours; the second says that it is the next after itself.
    for (next, asked) in [(&["/api/v1/apps?after=a"; 3][..], 2), (&["/a", "/b", "/a", "/b"][..], 3)] {
        let before = stand.asked();
        for next in next {
            let kind = json!({"type": "status", "status": 200, "body": "[]",
                "headers": {"link": format!("<{}{next}>; rel=\"next\"", stand.sandbox.url())}});
            stand.order("any", "before", 1, &kind);
        }
        let fault = stand.client.all_apps(None).await.expect_err("a circle");
        assert_eq!((fault.code, stand.asked() - before), (Code::Unreadable, asked), "{next:?}");
        stand.sandbox.org().inside().faults.clear();
    }
    // Apps that were read before, under addresses that are always new.
    for index in 0..3 {
        stand.page(&apps(3), Some(&format!("/api/v1/apps?after=r{index}")));
    }
    let before = stand.asked();
    assert_eq!(stand.client.all_apps(None).await.expect_err("no end").code, Code::Unreadable);
    assert_eq!(stand.asked() - before, 2);
    stand.sandbox.org().inside().faults.clear();
    for index in 0..=MOST_PAGES {
        stand.page("[]", Some(&format!("/api/v1/apps?after={index}")));
    }
    let before = stand.asked();
    assert_eq!(stand.client.all_apps(None).await.expect_err("no end").code, Code::Precondition);
    assert_eq!(stand.asked() - before, MOST_PAGES);
}

#[tokio::test]
async fn ids_from_a_list_cannot_move_a_cursor_in_a_text() {
    let stand = stand().await;
    let app = |id: &str| {
        json!({"id": id, "label": "Twin", "status": "ACTIVE",
        "credentials": {"oauthClient": {"client_id": "\u{1b}[2J".repeat(2_000)}}})
    };
    let body = json!([app("\u{1b}[2J\u{202e}"), app(&"x".repeat(100_000))]);
    stand.page(&body.to_string(), None);
    let fault = stand.client.find_app("Twin").await.expect_err("two of that label");
    assert!(crate::text::is_harmless(&fault.message()) && fault.message().len() < 400, "{}", fault.message());
    stand.page(&body.to_string(), None);
    let all = stand.client.all_apps(None).await.expect("apps");
    assert!(all.iter().all(|app| app.client_id.len() < 1_000 && crate::text::is_harmless(&app.client_id)));
}
