//! What can go wrong with a call, and how it is distinguished.

use chrono::Duration as Span;

use super::*;
use crate::core::fault::Class;

/// A stand on whose clock a minute passes in a moment: after a 429 the client waits for one.
async fn hurried() -> Stand {
    stand_at(Clock::fast(test_now(), 10_000.0), Duration::from_secs(20)).await
}

fn drop_it() -> Value {
    json!({"type": "drop"})
}

#[tokio::test]
async fn a_lost_answer_is_broken_and_the_call_is_made_exactly_once() {
    for (when, there) in [("before", 1), ("after", 2)] {
        let stand = stand().await;
        // A connection that was used before is what a transport likes to send again on.
        stand.list(0).await;
        stand.order("create", when, 1, &drop_it());
        let answer = stand.client.perform(&Call::Create { app_id: stand.app(0), value: value() }).await;
        let fault = answer.result.expect_err("no answer");
        assert_eq!((fault.code, fault.class(), answer.record.status), (Code::Broken, Class::Passing, None));
        assert_eq!(stand.list(0).await.len(), there, "{when}");
        let log = &stand.sandbox.org().inside().log;
        assert_eq!(log.iter().filter(|line| line.operation == "create").count(), 1);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_timed_out_whether_it_took_effect_or_not() {
    for (when, there) in [("before", 0), ("after", 1)] {
        let stand = stand_at(Clock::test(), Duration::from_millis(150)).await;
        stand.order("create", when, 1, &json!({"type": "hold"}));
        let fault = stand.client.perform(&Call::Create { app_id: stand.app(0), value: value() }).await.result;
        assert_eq!(fault.expect_err("no answer").code, Code::TimedOut, "{when}");
        let inside = stand.sandbox.org().inside();
        assert_eq!(inside.log.iter().filter(|line| line.effect).count(), there, "{when}");
    }
}

#[tokio::test]
async fn a_body_that_never_ends_is_bounded_in_time() {
    let stand = stand_at(Clock::test(), Duration::from_millis(250)).await;
    stand.order("list", "before", 1, &json!({"type": "endless"}));
    assert_eq!(stand.trouble().await.code, Code::TimedOut);
}

#[tokio::test]
async fn a_body_of_100_mb_is_cut_off_at_its_bound() {
    let stand = stand().await;
    for on in ["list", "introspect"] {
        stand.order(on, "before", 1, &json!({"type": "huge", "bytes": 100_000_000}));
    }
    let fault = stand.trouble().await;
    assert_eq!(fault.code, Code::Unreadable);
    assert!(fault.message().contains("larger than"), "{}", fault.message());
    let call = Call::Authenticate {
        probe: Probe::Introspect,
        client_id: stand.app(0),
        method: AuthMethod::ClientSecretBasic,
        value: value(),
    };
    assert_eq!(stand.client.perform(&call).await.result.expect_err("too large").code, Code::Unreadable);
}

#[tokio::test]
async fn garbage_and_json_of_another_shape_are_unreadable_for_each_call() {
    let stand = stand().await;
    let (app_id, secret_id) = (stand.app(0), "ocs1".to_owned());
    let calls = [
        ("app", Call::App { app_id: app_id.clone() }),
        ("list", Call::Secrets { app_id: app_id.clone() }),
        ("create", Call::Create { app_id: app_id.clone(), value: value() }),
        ("activate", Call::Activate { app_id: app_id.clone(), secret_id: secret_id.clone() }),
        ("deactivate", Call::Deactivate { app_id: app_id.clone(), secret_id }),
        (
            "introspect",
            Call::Authenticate {
                probe: Probe::Introspect,
                client_id: app_id,
                method: AuthMethod::ClientSecretBasic,
                value: value(),
            },
        ),
    ];
    for (on, call) in calls {
        for kind in ["garbage", "wrongType"] {
            stand.order(on, "before", 1, &json!({ "type": kind }));
            let answer = stand.client.perform(&call).await;
            let fault = answer.result.expect_err("not what it should be");
            assert_eq!((fault.code, fault.class()), (Code::Unreadable, Class::Passing), "{on} {kind}");
            assert!(fault.request_id.is_some() && answer.record.status == Some(200), "{on} {kind}: {fault:?}");
        }
    }
}

#[tokio::test]
async fn a_secret_in_a_state_that_does_not_exist_is_unreadable() {
    let stand = stand().await;
    let body = json!([{"id": "ocs1", "status": "PENDING"}]);
    stand.status("list", 200, &body, &json!({}));
    assert_eq!(stand.trouble().await.code, Code::Unreadable);
}

#[tokio::test]
async fn a_redirect_is_a_fault_and_the_token_does_not_go_along() {
    let (stand, other) = (stand().await, stand().await);
    let to = format!("{}/api/v1/apps", other.sandbox.url());
    for on in ["list", "create"] {
        stand.order(on, "before", 1, &json!({"type": "redirect", "to": to}));
    }
    let fault = stand.trouble().await;
    assert_eq!((fault.code, fault.class()), (Code::Redirected, Class::Connection));
    let create = Call::Create { app_id: stand.app(0), value: value() };
    assert_eq!(stand.client.perform(&create).await.result.expect_err("not followed").code, Code::Redirected);
    assert!(other.sandbox.org().inside().log.is_empty(), "no one was asked there");
}

#[tokio::test]
async fn a_next_page_on_another_origin_is_refused() {
    let stand = stand().await;
    let own = stand.sandbox.url();
    for foreign in [
        "https://evil.example/api/v1/apps?after=x".to_owned(),
        format!("{own}.evil.example/api/v1/apps"),
        format!("{own}@evil.example/api/v1/apps"),
        format!("{own}0/api/v1/apps"),
        "//evil.example/".to_owned(),
    ] {
        stand.status("apps", 200, &json!([]), &json!({"link": format!("<{foreign}>; rel=\"next\"")}));
        let fault = stand.client.all_apps(None).await.expect_err("another origin");
        assert_eq!(fault.code, Code::Redirected, "{foreign}");
    }
    let link =
        format!("<{own}/api/v1/apps?limit=2>; rel=\"self\", <{own}/api/v1/apps?limit=2&after=a,b>; rel=\"next\"");
    stand.status("apps", 200, &json!([]), &json!({ "link": link }));
    let page = stand.client.apps(None, None).await.expect("a page");
    assert_eq!(page.next.as_deref(), Some("/api/v1/apps?limit=2&after=a,b"), "a comma is part of a link's address");
}

#[tokio::test]
async fn each_refusal_is_reported_apart() {
    let stand = hurried().await;
    let cause = |text: &str| json!({"errorCode": "E0000001", "errorSummary": "Api validation failed: x", "errorCauses": [{"errorSummary": text}]});
    let plain = |code: &str, text: &str| json!({"errorCode": code, "errorSummary": text, "errorCauses": []});
    let cases = [
        (400, cause("You've reached the maximum number of client secrets per client."), Code::SecretLimit),
        (400, cause("You have reached the maximum number of client secrets per client."), Code::SecretLimit),
        (
            400,
            cause("You can't delete an active client secret. Deactivate the secret before deleting it."),
            Code::DeleteActive,
        ),
        (400, cause("You can't deactivate the only active client secret."), Code::OnlyActive),
        (400, cause("client_secret: 'client_secret' must be at least '14' characters long."), Code::ValueRefused),
        (
            400,
            cause(
                "client_secret: 'client_secret' must be at least '32' characters long when 'token_endpoint_auth_method' is 'client_secret_jwt'.",
            ),
            Code::ValueRefused,
        ),
        (400, cause("client_secret: 'client_secret' can't be more than '100' characters long."), Code::ValueRefused),
        (
            400,
            cause("client_secret: ''client_secret'' must only contain printable ASCII: [x20-x7E]+"),
            Code::ValueRefused,
        ),
        (
            400,
            cause("'client_secret' can't be used when 'token_endpoint_auth_method' is 'private_key_jwt'."),
            Code::WrongMethod,
        ),
        (400, cause("Expand query is malformed."), Code::Refused),
        (400, plain("E0000003", "The request body was not well-formed."), Code::Refused),
        (401, plain("E0000011", "Invalid token provided"), Code::TokenRefused),
        (
            401,
            json!({"error": "invalid_token", "error_description": "The access token is expired."}),
            Code::TokenRefused,
        ),
        (401, plain("E0000004", "Authentication failed"), Code::TokenRefused),
        (401, json!("not an envelope"), Code::TokenRefused),
        (401, plain("E0000015", "You do not have permission to access the feature you are requesting"), Code::Refused),
        (403, plain("E0000005", "Invalid session"), Code::NotAllowed),
        (403, json!({"error": "access_denied"}), Code::NotAllowed),
        (403, plain("E0000006", "You do not have permission to perform the requested action"), Code::Forbidden),
        (404, plain("E0000007", "Not found: Resource not found: 0oa1 (AppInstance)"), Code::AppGone),
        (404, plain("E0000007", "Not found: Resource not found: 0oa1 (OAuth2AppInstance)"), Code::AppGone),
        (404, plain("E0000007", "Not found: Resource not found: ocs1 (OAuth2ClientSecretMediated)"), Code::SecretGone),
        (404, plain("E0000008", "The requested path was not found"), Code::Refused),
        (429, plain("E0000047", "API call exceeded rate limit due to too many requests."), Code::RateLimited),
        (500, plain("E0000009", "Internal Server Error"), Code::ServerError),
        (503, plain("E0000010", "Service is in read only mode"), Code::ServerError),
        (418, json!("not an envelope"), Code::Refused),
    ];
    for (status, body, code) in cases {
        stand.status("list", status, &body, &json!({}));
        let fault = stand.trouble().await;
        assert_eq!((fault.code, fault.http_status), (code, Some(status)), "{body}");
        assert!(fault.request_id.is_some(), "{body}");
    }
    let scope = json!({"www-authenticate": "Bearer authorization_uri=\"x\", error=\"insufficient_scope\""});
    stand.status("list", 403, &json!({}), &scope);
    assert_eq!(stand.trouble().await.code, Code::NotAllowed, "said by the header alone");
}

#[tokio::test]
async fn a_verdict_is_401_with_invalid_client_and_nothing_else() {
    let stand = hurried().await;
    let call = Call::Authenticate {
        probe: Probe::Introspect,
        client_id: stand.app(0),
        method: AuthMethod::ClientSecretBasic,
        value: value(),
    };
    for (status, body, code) in [
        (401, json!({"error": "invalid_token"}), Code::Refused),
        (401, json!({}), Code::Refused),
        (400, json!({"error": "invalid_client"}), Code::Refused),
        (400, json!({"error": "invalid_request"}), Code::Refused),
        (403, json!({"error": "access_denied"}), Code::NotAllowed),
        (429, json!({"errorCode": "E0000047"}), Code::RateLimited),
        (500, json!({}), Code::ServerError),
    ] {
        stand.status("introspect", status, &body, &json!({}));
        let answer = stand.client.perform(&call).await.result;
        assert_eq!(answer.expect_err("no verdict").code, code, "{status} {body}");
    }
}

#[tokio::test]
async fn a_429_waits_for_its_reset_by_the_answers_own_date() {
    let now = test_now();
    let (date, seconds) = (now - Span::hours(5), (now - Span::hours(5)).timestamp());
    let date = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for (headers, wait) in [
        (json!({"date": date, "x-rate-limit-reset": (seconds + 20).to_string()}), 21),
        (json!({"date": date}), 61),
        (json!({"date": date, "x-rate-limit-reset": "soon"}), 61),
        (json!({"date": date, "x-rate-limit-reset": (seconds - 5).to_string()}), 61),
        (json!({"date": date, "x-rate-limit-reset": (seconds + 86_400).to_string()}), 61),
        (json!({"date": date, "x-rate-limit-reset": "9999999999999999"}), 61),
        (json!({"date": "yesterday", "x-rate-limit-reset": seconds.to_string()}), 61),
    ] {
        // A client of its own: the bucket would make the next call wait.
        let clock = Clock::test();
        let stand = stand_at(clock, Duration::from_secs(20)).await;
        let mut given = json!({"x-rate-limit-limit": "10", "x-rate-limit-remaining": "0", "x-rate-limit-reset": ""});
        for (name, value) in headers.as_object().expect("headers") {
            given[name] = value.clone();
        }
        stand.status("list", 429, &json!({"errorCode": "E0000047"}), &given);
        let before = clock.now();
        let retry_at = stand.trouble().await.retry_at.expect("a 429 has its time");
        let after = clock.now();
        let bounds = before + Span::seconds(wait)..=after + Span::seconds(wait + 1);
        assert!(bounds.contains(&retry_at), "{headers}: {}", retry_at - before);
    }
}

#[tokio::test]
async fn no_one_there_is_unreachable_and_not_doubtful() {
    let stand = stand().await;
    let Stand { sandbox, client } = stand;
    let app_id = sandbox.apps()[0].id.clone();
    let address = sandbox.url();
    drop(sandbox);
    // The port is free once the server has let go of it, which its task does when it is next run.
    while tokio::net::TcpStream::connect(address.trim_start_matches("http://")).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let fault = client.perform(&Call::Create { app_id, value: value() }).await.result.expect_err("no one is there");
    assert_eq!((fault.code, fault.class()), (Code::Unreachable, Class::Passing));
}

#[tokio::test]
async fn how_far_oktas_clock_is_from_ours_is_on_the_record() {
    let clock = Clock::test();
    let stand = stand_at(clock, Duration::from_secs(20)).await;
    stand.sandbox.org().inside().date_offset = Span::hours(-2);
    let answer = stand.client.perform(&Call::Secrets { app_id: stand.app(0) }).await;
    let off = answer.record.skew.expect("a date");
    assert!((Span::minutes(-121)..Span::minutes(-119)).contains(&off), "{off}");
}

#[tokio::test]
async fn a_slow_answer_is_no_clock_that_is_off() {
    // An hour passes in a second: any call takes minutes of it.
    let stand = stand_at(Clock::fast(Clock::test().now(), 3600.0), Duration::from_secs(20)).await;
    for _ in 0..20 {
        let answer = stand.client.perform(&Call::Secrets { app_id: stand.app(0) }).await;
        assert_eq!(answer.record.skew, Some(Span::zero()));
    }
}

#[tokio::test]
async fn what_is_not_okta_s_own_answer_is_not_looked_up_in_its_documentation() {
    for (status, body) in [(404, json!("<html>404 Not Found</html>")), (400, json!({})), (405, json!(null))] {
        let stand = stand().await;
        stand.status("list", status, &body, &json!({}));
        let fault = stand.trouble().await;
        assert!(fault.hint().contains("proxy") && !fault.hint().contains("documentation"), "{status}: {fault:?}");
    }
}

#[tokio::test]
async fn the_reason_in_a_challenge_is_shown() {
    let stand = stand().await;
    let challenge =
        "DPoP realm=\"x\", error=\"invalid_dpop_proof\", error_description=\"The DPoP proof JWT is replayed.\"";
    stand.status("list", 400, &json!({}), &json!({"www-authenticate": challenge}));
    let fault = stand.trouble().await;
    assert!(fault.message().contains("The DPoP proof JWT is replayed."), "{}", fault.message());
    assert_eq!(fault.okta_code.as_deref(), Some("invalid_dpop_proof"));
}
