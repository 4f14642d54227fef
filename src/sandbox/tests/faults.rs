//! Faults on demand, and foreign hands.

use super::*;

#[tokio::test]
async fn a_dropped_create_takes_effect_or_not_as_ordered_and_the_log_tells() {
    for (when, there) in [("before", 1), ("after", 2)] {
        let stand = stand().await;
        stand.order(&json!({"on": "create", "times": 1, "when": when, "kind": {"type": "drop"}})).await;
        let path = stand.secrets(0);
        assert!(stand.api(Method::POST, &path).body(json!({}).to_string()).send().await.is_err(), "no answer");
        let list = read(stand.get(&path).await).await;
        assert_eq!(list.as_array().map(Vec::len), Some(there), "{when}");
        let (_, log) = reported(stand.bare(Method::GET, "/sandbox/log")).await;
        let line = &log["log"][0];
        assert_eq!(
            (&line["operation"], &line["answered"], &line["effect"]),
            (&json!("create"), &json!("dropped"), &json!(there == 2))
        );
    }
}

#[tokio::test]
async fn a_status_is_answered_in_place_of_oktas_with_its_body_and_headers() {
    let stand = stand().await;
    let headers = json!({"x-rate-limit-reset": "12", "www-authenticate": "Bearer error=\"insufficient_scope\""});
    let kind = json!({"type": "status", "status": 403, "body": "{}", "headers": headers});
    stand.order(&json!({"on": "list", "times": 1, "kind": kind})).await;
    let answer = stand.get(&stand.secrets(0)).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "x-rate-limit-reset")), (403, "12"));
    assert!(header(&answer, "www-authenticate").contains("insufficient_scope"));
    assert_eq!(stand.get(&stand.secrets(0)).await.status().as_u16(), 200, "once, as ordered");
}

#[tokio::test]
async fn garbage_a_wrong_type_a_redirect_and_a_huge_body_are_what_they_say() {
    let stand = stand().await;
    let path = stand.secrets(0);
    stand.order(&json!({"on": "list", "times": 1, "kind": {"type": "garbage"}})).await;
    let answer = stand.get(&path).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "content-type")), (200, "application/json"));
    let body = answer.bytes().await.expect("a body");
    assert!(serde_json::from_slice::<Value>(&body).is_err());
    stand.order(&json!({"on": "list", "times": 1, "kind": {"type": "wrongType"}})).await;
    assert!(reported(stand.api(Method::GET, &path)).await.1.is_object(), "not a list");
    stand
        .order(&json!({"on": "list", "times": 1, "kind": {"type": "redirect", "to": "https://elsewhere.example/"}}))
        .await;
    let answer = stand.get(&path).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "location")), (302, "https://elsewhere.example/"));
    stand.order(&json!({"on": "list", "times": 1, "kind": {"type": "huge", "bytes": 3_000_000}})).await;
    assert!(stand.get(&path).await.bytes().await.expect("a body").len() >= 3_000_000);
}

#[tokio::test]
async fn an_endless_body_comes_in_drips_and_never_ends() {
    let stand = stand().await;
    stand.order(&json!({"on": "list", "times": 1, "kind": {"type": "endless"}})).await;
    let mut answer = stand.get(&stand.secrets(0)).await;
    for _ in 0..3 {
        assert!(answer.chunk().await.expect("a drip").is_some());
    }
}

#[tokio::test]
async fn a_slow_answer_is_the_right_one() {
    let stand = stand().await;
    stand.order(&json!({"on": "any", "times": 1, "kind": {"type": "slow", "millis": 20}})).await;
    assert!(stand.first(0).await["id"].is_string());
}

#[tokio::test]
async fn a_held_request_waits_to_be_released_before_or_after_its_effect() {
    for (when, there) in [("before", 1), ("after", 2)] {
        let stand = stand().await;
        let path = stand.secrets(0);
        stand.order(&json!({"on": "create", "times": 1, "when": when, "kind": {"type": "hold"}})).await;
        let create = tokio::spawn(stand.api(Method::POST, &path).body(json!({}).to_string()).send());
        let (_, held) = reported(stand.bare(Method::GET, "/sandbox/held?wait=1")).await;
        let list = read(stand.get(&path).await).await;
        assert_eq!(list.as_array().map(Vec::len), Some(there), "{when}");
        stand.control(Method::DELETE, &format!("/sandbox/held/{}", held["held"][0]["id"]), &json!({})).await;
        assert_eq!(create.await.expect("it ends").expect("an answer").status().as_u16(), 201);
    }
}

#[tokio::test]
async fn a_fault_meets_its_app_after_its_skips_as_often_as_ordered_until_cleared() {
    let stand = stand().await;
    let kind = json!({"type": "status", "status": 500});
    stand.order(&json!({"on": "list", "appId": stand.app(0), "skip": 1, "kind": kind})).await;
    let mut statuses = Vec::new();
    for app in [1, 0, 0, 1, 0] {
        statuses.push(stand.get(&stand.secrets(app)).await.status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 500, 200, 500]);
    stand.control(Method::DELETE, "/sandbox/faults", &json!({})).await;
    assert_eq!(stand.get(&stand.secrets(0)).await.status().as_u16(), 200);
    let mistyped = stand.bare(Method::POST, "/sandbox/faults").body(json!({"on": "list", "sometimes": 1}).to_string());
    assert_eq!(mistyped.send().await.expect("an answer").status().as_u16(), 400);
}

#[tokio::test]
async fn foreign_hands_make_switch_and_delete_secrets_and_apps() {
    let stand = stand().await;
    let (app, path) = (stand.app(0), stand.secrets(0));
    let base = format!("/sandbox/apps/{app}");
    stand.control(Method::POST, &format!("{base}/secrets"), &json!({})).await;
    let list = read(stand.get(&path).await).await;
    let second = list[1]["id"].as_str().expect("an id").to_owned();
    let third = stand
        .bare(Method::POST, &format!("{base}/secrets"))
        .body(json!({}).to_string())
        .send()
        .await
        .expect("an answer");
    assert_eq!(third.status().as_u16(), 409);
    for (status, shown) in [("INACTIVE", json!("INACTIVE")), ("DELETED", Value::Null)] {
        stand.control(Method::PATCH, &format!("{base}/secrets/{second}"), &json!({"status": status})).await;
        let list = read(stand.get(&path).await).await;
        assert_eq!(list[1]["status"], shown);
    }
    stand.control(Method::PATCH, &base, &json!({"deleted": true})).await;
    assert_eq!(stand.get(&path).await.status().as_u16(), 404);
}
