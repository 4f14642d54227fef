//! Secrets and apps: statuses, states, texts, links, paging, rate limits.

use super::*;

const VALIDATION: &str = "Api validation failed: OAuth2ClientSecretMediated";
const VALUE: &str = "Api validation failed: client_secret";

#[tokio::test]
async fn a_secret_lives_from_201_over_200_to_204_and_shows_its_value_throughout() {
    let stand = stand().await;
    let value = "D0HxBn1FtTXeYC4cSBwWL_sPMztMT2t6Ei9n1QjO";
    let (status, made) = stand.create(0, &json!({"client_secret": value, "status": "ACTIVE"})).await;
    assert_eq!((status, made["status"].as_str()), (201, Some("ACTIVE")));
    assert_eq!(
        (made["client_secret"].as_str(), made["secret_hash"].as_str()),
        (Some(value), Some("tI4z6TbSw5YYd8RtcClaEw"))
    );
    assert_eq!(
        (made["created"].as_str(), made["lastUpdated"].as_str()),
        (Some("2026-03-02T12:00:00.000Z"), Some("2026-03-02T12:00:00.000Z"))
    );
    let id = made["id"].as_str().expect("an id");
    assert!(id.len() == 20 && id.starts_with("ocs"), "{id}");
    let path = format!("{}/{id}", stand.secrets(0));
    let href = format!("{}{path}", stand.sandbox.url());
    assert_eq!(
        made["_links"],
        json!({"deactivate": {"href": format!("{href}/lifecycle/deactivate"), "hints": {"allow": ["POST"]}}})
    );
    let (status, off) = reported(stand.api(Method::POST, &format!("{path}/lifecycle/deactivate"))).await;
    assert_eq!((status, off["status"].as_str(), off["client_secret"].as_str()), (200, Some("INACTIVE"), Some(value)));
    assert_eq!(
        off["_links"],
        json!({
            "activate": {"href": format!("{href}/lifecycle/activate"), "hints": {"allow": ["POST"]}},
            "delete": {"href": href, "hints": {"allow": ["DELETE"]}},
        })
    );
    let (status, on) = reported(stand.api(Method::POST, &format!("{path}/lifecycle/activate"))).await;
    assert_eq!((status, on["status"].as_str()), (200, Some("ACTIVE")));
    let (status, got) = reported(stand.api(Method::GET, &path)).await;
    assert_eq!((status, got), (200, on));
    stand.post(&format!("{path}/lifecycle/deactivate")).await;
    assert_eq!(reported(stand.api(Method::DELETE, &path)).await, (204, Value::Null));
    assert_eq!(stand.get(&path).await.status().as_u16(), 404);
}

#[tokio::test]
async fn a_create_without_a_body_makes_a_value_of_64_characters() {
    let stand = stand().await;
    let request = stand.api(Method::POST, &stand.secrets(0)).header("content-type", "application/json");
    let (status, made) = reported(request).await;
    let value = made["client_secret"].as_str().expect("a value");
    assert_eq!((status, value.len()), (201, 64));
    assert!(value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'), "{value}");
}

#[tokio::test]
async fn a_third_secret_is_refused_whether_the_others_are_active_or_not() {
    let stand = stand().await;
    let (_, made) = stand.create(0, &json!({})).await;
    let cause = Some("You've reached the maximum number of client secrets per client.");
    refused(&stand.create(0, &json!({})).await, 400, "E0000001", VALIDATION, cause);
    let path = format!("{}/{}/lifecycle/deactivate", stand.secrets(0), made["id"].as_str().expect("an id"));
    stand.post(&path).await;
    refused(&stand.create(0, &json!({})).await, 400, "E0000001", VALIDATION, cause);
}

#[tokio::test]
async fn an_active_secret_is_not_deleted_and_the_only_active_one_not_switched_off() {
    let stand = stand().await;
    let first = stand.first(0).await;
    let path = format!("{}/{}", stand.secrets(0), first["id"].as_str().expect("an id"));
    refused(
        &reported(stand.api(Method::DELETE, &path)).await,
        400,
        "E0000001",
        VALIDATION,
        Some("You can't delete an active client secret. Deactivate the secret before deleting it."),
    );
    refused(
        &reported(stand.api(Method::POST, &format!("{path}/lifecycle/deactivate"))).await,
        400,
        "E0000001",
        VALIDATION,
        Some("You can't deactivate the only active client secret."),
    );
}

#[tokio::test]
async fn a_value_that_is_too_short_too_long_or_not_printable_is_refused_in_oktas_words() {
    let stand = stand().await;
    let (long, inverted) = ("x".repeat(101), "naïve-and-long-enough");
    for (value, cause) in [
        ("short", "client_secret: 'client_secret' must be at least '14' characters long."),
        (long.as_str(), "client_secret: 'client_secret' can't be more than '100' characters long."),
        (inverted, "client_secret: ''client_secret'' must only contain printable ASCII: [x20-x7E]+"),
    ] {
        refused(&stand.create(0, &json!({"client_secret": value})).await, 400, "E0000001", VALUE, Some(cause));
    }
    for value in ["x".repeat(14), "x".repeat(100), " ~printable ASCII~ ".into()] {
        let stand = super::stand().await;
        assert_eq!(stand.create(0, &json!({"client_secret": value})).await.0, 201, "{value}");
    }
    let method = json!({"tokenEndpointAuthMethod": "client_secret_jwt"});
    stand.control(Method::PATCH, &format!("/sandbox/apps/{}", stand.app(0)), &method).await;
    let cause = "client_secret: 'client_secret' must be at least '32' characters long when \
                 'token_endpoint_auth_method' is 'client_secret_jwt'.";
    refused(&stand.create(0, &json!({"client_secret": "x".repeat(31)})).await, 400, "E0000001", VALUE, Some(cause));
}

#[tokio::test]
async fn an_app_with_a_key_takes_no_secret_and_an_app_that_turns_to_a_key_loses_its_own() {
    let stand = stand().await;
    let cause = Some("'client_secret' can't be used when 'token_endpoint_auth_method' is 'private_key_jwt'.");
    refused(&stand.create(3, &json!({"client_secret": "x".repeat(64)})).await, 400, "E0000001", VALUE, cause);
    let method = json!({"tokenEndpointAuthMethod": "private_key_jwt"});
    stand.control(Method::PATCH, &format!("/sandbox/apps/{}", stand.app(0)), &method).await;
    assert_eq!(stand.first(0).await, Value::Null);
}

#[tokio::test]
async fn what_is_not_there_is_a_404_that_says_what_it_was() {
    let stand = stand().await;
    let secret = format!("{}/ocsNowhere", stand.secrets(0));
    let gone = "Not found: Resource not found: ocsNowhere (OAuth2ClientSecretMediated)";
    for (method, path) in [
        (Method::GET, secret.clone()),
        (Method::DELETE, secret.clone()),
        (Method::POST, format!("{secret}/lifecycle/activate")),
        (Method::POST, format!("{secret}/lifecycle/deactivate")),
    ] {
        refused(&reported(stand.api(method, &path)).await, 404, "E0000007", gone, None);
    }
    let gone = "Not found: Resource not found: 0oaNowhere (AppInstance)";
    for path in ["/api/v1/apps/0oaNowhere", "/api/v1/apps/0oaNowhere/credentials/secrets"] {
        refused(&reported(stand.api(Method::GET, path)).await, 404, "E0000007", gone, None);
    }
    assert_eq!(stand.get("/api/v1/nowhere").await.status().as_u16(), 404);
    let (status, body) = reported(stand.api(Method::PUT, &stand.secrets(0))).await;
    assert_eq!((status, body["errorCode"].as_str()), (405, Some("E0000022")));
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused_and_makes_nothing() {
    let stand = stand().await;
    let (status, body) = reported(stand.api(Method::POST, &stand.secrets(0)).body("{\"client_secret\":")).await;
    assert_eq!((status, body["errorCode"].as_str()), (400, Some("E0000003")));
    let list = read(stand.get(&stand.secrets(0)).await).await;
    assert_eq!(list.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn without_a_token_it_is_403_with_a_bad_one_401_and_without_permission_403() {
    let stand = stand().await;
    let path = stand.secrets(0);
    refused(&reported(stand.bare(Method::GET, &path)).await, 403, "E0000005", "Invalid session", None);
    for bad in ["SSWS 00wrong", "Bearer x", "ssws"] {
        let request = stand.bare(Method::GET, &path).header("authorization", bad);
        refused(&reported(request).await, 401, "E0000011", "Invalid token provided", None);
    }
    stand.control(Method::POST, "/sandbox/token", &json!({"valid": false})).await;
    refused(&reported(stand.api(Method::GET, &path)).await, 401, "E0000011", "Invalid token provided", None);
    stand.control(Method::POST, "/sandbox/token", &json!({"valid": true})).await;
    stand.control(Method::POST, "/sandbox/role", &json!({"forbiddenApps": [stand.app(0)]})).await;
    let text = "You do not have permission to perform the requested action";
    refused(&reported(stand.api(Method::GET, &path)).await, 403, "E0000006", text, None);
    assert_eq!(stand.get("/api/v1/apps?limit=1").await.status().as_u16(), 200);
}

#[tokio::test]
async fn a_role_hides_values_and_hashes_from_reads_but_a_create_shows_its_value() {
    let stand = stand().await;
    stand.control(Method::POST, "/sandbox/role", &json!({"hideValues": true, "hideHashes": true})).await;
    let first = stand.first(0).await;
    assert!(first.get("client_secret").is_none() && first.get("secret_hash").is_none(), "{first}");
    let (_, made) = stand.create(0, &json!({})).await;
    assert!(made["client_secret"].is_string());
}

#[tokio::test]
async fn apps_come_in_pages_with_a_link_header_line_for_each_link() {
    let stand = stand().await;
    let mut path = "/api/v1/apps?limit=3".to_owned();
    let (mut ids, mut pages) = (Vec::new(), 0);
    loop {
        let answer = stand.get(&path).await;
        let lines: Vec<String> =
            answer.headers().get_all("link").iter().filter_map(|line| line.to_str().ok().map(str::to_owned)).collect();
        let origin = stand.sandbox.url();
        assert_eq!(lines[0], format!("<{origin}/api/v1/apps?limit=3>; rel=\"self\""));
        let apps = read(answer).await;
        ids.extend(apps.as_array().into_iter().flatten().map(|app| app["id"].as_str().expect("an id").to_owned()));
        pages += 1;
        let Some(next) = lines.iter().find_map(|line| line.strip_suffix(">; rel=\"next\"")) else { break };
        path = next.strip_prefix(&format!("<{origin}")).expect("the org's own address").to_owned();
    }
    let all: Vec<String> = stand.sandbox.apps().into_iter().map(|app| app.id).collect();
    assert_eq!((ids, pages), (all, 3));
}

#[tokio::test]
async fn apps_are_found_by_the_start_of_their_label_and_the_link_keeps_the_question() {
    let stand = stand().await;
    let found = read(stand.get("/api/v1/apps?q=pay").await).await;
    assert_eq!(found.as_array().map(Vec::len), Some(1));
    assert_eq!(found[0]["label"], "Payments");
    let client = &found[0]["credentials"]["oauthClient"];
    assert_eq!(
        (&client["client_id"], &client["token_endpoint_auth_method"]),
        (&found[0]["id"], &json!("client_secret_basic"))
    );
    assert!(client.get("client_secret").is_none(), "an app never shows its secret");
    let answer = stand.get("/api/v1/apps?limit=1&q=oidc%5Fclient%26x%3D%C3%BC").await;
    assert!(header(&answer, "link").contains("q=oidc_client%26x%3D%C3%BC"), "{}", header(&answer, "link"));
}

#[tokio::test]
async fn each_answer_has_okta_headers_by_its_own_clock() {
    let stand = stand_with(Some(10)).await;
    let answer = stand.get(&stand.secrets(0)).await;
    assert_eq!(header(&answer, "date"), "Mon, 02 Mar 2026 12:00:00 GMT");
    assert_eq!(header(&answer, "x-rate-limit-limit"), "10");
    assert_eq!(header(&answer, "x-rate-limit-remaining"), "9");
    assert_eq!(header(&answer, "x-rate-limit-reset"), (noon().timestamp() + 60).to_string());
    assert_eq!(header(&answer, "x-okta-request-id").len(), 32);
    assert_eq!(header(&answer, "cache-control"), "no-cache, no-store");
    stand.control(Method::POST, "/sandbox/clock", &json!({"offsetSeconds": -3600})).await;
    let answer = stand.get(&stand.secrets(0)).await;
    assert_eq!(header(&answer, "date"), "Mon, 02 Mar 2026 11:00:00 GMT");
    assert_eq!(header(&answer, "x-rate-limit-reset"), (noon().timestamp() - 3_600 + 60).to_string());
}

#[tokio::test]
async fn a_used_up_limit_is_429_until_its_reset_and_each_kind_of_path_has_its_own() {
    let stand = stand_with(Some(2)).await;
    let path = stand.secrets(0);
    for left in ["1", "0"] {
        assert_eq!(header(&stand.get(&path).await, "x-rate-limit-remaining"), left);
    }
    let answer = stand.get("/api/v1/apps").await;
    assert_eq!(header(&answer, "x-rate-limit-remaining"), "0");
    assert_eq!(answer.status().as_u16(), 429);
    let body = read(answer).await;
    let text = "API call exceeded rate limit due to too many requests.";
    refused(&(429, body), 429, "E0000047", text, None);
    assert_eq!(stand.get(&format!("/api/v1/apps/{}", stand.app(0))).await.status().as_u16(), 200);
}

#[tokio::test]
async fn it_listens_on_loopback_only_and_is_the_same_for_the_same_seed() {
    let public = SocketAddr::from(([0, 0, 0, 0], 0));
    let options = Options { listen: public, apps: 1, now: Arc::new(noon), per_minute: None, seed: 1 };
    assert!(start(options).await.is_err());
    let (one, two) = (stand().await, stand().await);
    assert_eq!((one.sandbox.token(), one.app(5)), (two.sandbox.token(), two.app(5)));
    assert_eq!(one.first(0).await["client_secret"], two.first(0).await["client_secret"]);
}
