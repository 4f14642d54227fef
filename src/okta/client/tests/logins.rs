//! Authenticating as an app: every method at both endpoints, and what an answer says of the secret.

use chrono::Duration as Span;

use super::*;

const METHODS: [AuthMethod; 3] =
    [AuthMethod::ClientSecretBasic, AuthMethod::ClientSecretPost, AuthMethod::ClientSecretJwt];

fn probes() -> [Probe; 2] {
    [Probe::Introspect, Probe::Token { redirect_uri: "https://app.example/cb".into() }]
}

impl Stand {
    /// The first app, with this method, and its secret.
    async fn with(&self, method: AuthMethod) -> SecretValue {
        self.sandbox.org().inside().apps[0].token_endpoint_auth_method = method.as_str().into();
        self.list(0).await.remove(0).value.expect("shown")
    }

    async fn log_in(&self, probe: &Probe, method: AuthMethod, value: &SecretValue) -> Result<Verdict, Fault> {
        let call = Call::Authenticate { probe: probe.clone(), client_id: self.app(0), method, value: value.clone() };
        match self.client.perform(&call).await.result? {
            Reply::Verdict(verdict) => Ok(verdict),
            other => panic!("{other:?}"),
        }
    }

    fn seen(&self, operation: &str) -> usize {
        self.sandbox.org().inside().log.iter().filter(|line| line.operation == operation).count()
    }
}

#[tokio::test]
async fn a_right_secret_works_and_a_wrong_one_is_refused_by_every_method_at_both_endpoints() {
    for method in METHODS {
        let stand = stand().await;
        let right = stand.with(method).await;
        for probe in probes() {
            assert_eq!(stand.log_in(&probe, method, &right).await, Ok(Verdict::Works), "{method:?}, {probe:?}");
            assert_eq!(stand.log_in(&probe, method, &value()).await, Ok(Verdict::Refused), "{method:?}, {probe:?}");
        }
        assert_eq!((stand.seen("introspect"), stand.seen("token")), (2, 2));
    }
}

#[tokio::test]
async fn an_assertion_is_fresh_each_time() {
    let stand = stand().await;
    let right = stand.with(AuthMethod::ClientSecretJwt).await;
    for _ in 0..5 {
        let verdict = stand.log_in(&Probe::Introspect, AuthMethod::ClientSecretJwt, &right).await;
        assert_eq!(verdict, Ok(Verdict::Works), "one that was used before is refused");
    }
}

#[tokio::test]
async fn an_assertion_is_dated_by_oktas_clock_where_ours_is_off() {
    for off in [Span::hours(3), Span::hours(-3), Span::days(400), Span::days(-400)] {
        let stand = stand().await;
        stand.sandbox.org().inside().date_offset = off;
        let right = stand.with(AuthMethod::ClientSecretJwt).await;
        for probe in probes() {
            let verdict = stand.log_in(&probe, AuthMethod::ClientSecretJwt, &right).await;
            assert_eq!(verdict, Ok(Verdict::Works), "Okta's clock is {off} ahead, as its list showed");
        }
    }
}

#[tokio::test]
async fn an_assertion_is_signed_when_it_goes_and_not_while_it_waits_for_its_turn() {
    // A hundred seconds of this clock pass in one: the assertion is good for three of them.
    let stand = stand_at(Clock::fast(test_now(), 100.0), Duration::from_secs(20)).await;
    let right = stand.with(AuthMethod::ClientSecretJwt).await;
    let date = stand.client.now().format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let reset = (stand.client.now() + Span::seconds(299)).timestamp().to_string();
    let headers = json!({"date": date, "x-rate-limit-reset": reset, "x-rate-limit-limit": "10"});
    stand.status("introspect", 429, &json!({"errorCode": "E0000047"}), &headers);
    let limited = stand.log_in(&Probe::Introspect, AuthMethod::ClientSecretJwt, &right).await.expect_err("429");
    assert_eq!(limited.code, Code::RateLimited);
    let verdict = stand.log_in(&Probe::Introspect, AuthMethod::ClientSecretJwt, &right).await;
    assert_eq!(verdict, Ok(Verdict::Works), "it waited for five minutes");
}

/// Bodies as Okta's catalogue of OAuth errors has them.
#[tokio::test]
async fn at_the_token_endpoint_only_an_invalid_grant_is_a_yes_and_only_an_invalid_client_a_no() {
    let stand = stand_at(Clock::fast(test_now(), 10_000.0), Duration::from_secs(20)).await;
    let method = AuthMethod::ClientSecretBasic;
    let probe = &probes()[1];
    let said = |error: &str, text: &str| json!({"error": error, "error_description": text});
    let taken =
        json!({"token_type": "Bearer", "expires_in": 3600, "access_token": "windlass-canary", "scope": "openid"});
    for (status, body, reported) in [
        (400, said("invalid_grant", "The authorization code is invalid or has expired."), Ok(Verdict::Works)),
        (
            401,
            said("invalid_client", "The client secret supplied for a confidential client is invalid."),
            Ok(Verdict::Refused),
        ),
        (
            401,
            json!({"errorCode": "invalid_client", "errorSummary": "Invalid value for 'client_id' parameter.",
                   "errorLink": "invalid_client", "errorId": "oae", "errorCauses": []}),
            Ok(Verdict::Refused),
        ),
        (
            400,
            said("unauthorized_client", "The client is not authorized to use the provided grant type."),
            Err(Code::Refused),
        ),
        (400, said("unsupported_grant_type", "The authorization grant type is not supported."), Err(Code::Refused)),
        (400, said("invalid_dpop_proof", "The DPoP proof JWT header is missing."), Err(Code::Refused)),
        (400, said("invalid_request", "PKCE code verifier is required."), Err(Code::Refused)),
        (400, said("invalid_client", "x"), Err(Code::Refused)),
        (401, said("invalid_grant", "x"), Err(Code::Refused)),
        (429, said("invalid_grant", "API call exceeded rate limit due to too many requests."), Err(Code::RateLimited)),
        (
            403,
            said("access_denied", "The request is made from outside the client's permitted network zones."),
            Err(Code::NotAllowed),
        ),
        (500, json!({"errorCode": "E0000009"}), Err(Code::ServerError)),
        (200, taken, Err(Code::Unreadable)),
    ] {
        stand.status("token", status, &body, &json!({}));
        let verdict = stand.log_in(probe, method, &value()).await;
        assert!(!format!("{verdict:?}").contains("canary"), "{verdict:?}");
        assert_eq!(verdict.map_err(|fault| fault.code), reported, "{status} {body}");
    }
}

#[tokio::test]
async fn an_invalid_grant_at_the_introspection_endpoint_is_no_verdict() {
    let stand = stand().await;
    stand.status("introspect", 400, &json!({"error": "invalid_grant"}), &json!({}));
    let fault = stand.log_in(&Probe::Introspect, AuthMethod::ClientSecretBasic, &value()).await.expect_err("none");
    assert_eq!(fault.code, Code::Refused);
}

#[tokio::test]
async fn an_app_shows_a_redirect_uri_that_stands_for_itself_where_it_may_use_codes() {
    let stand = stand().await;
    let uris =
        json!(["https://*.example/cb", "https://a.example/\u{7}", "https://a.example/cb", "https://b.example/cb"]);
    let first = Some("https://a.example/cb");
    for (settings, shown) in [
        (json!({"oauthClient": {"grant_types": ["implicit", "authorization_code"], "redirect_uris": uris}}), first),
        (json!({"oauthClient": {"redirect_uris": uris}}), first),
        (json!({"oauthClient": {"grant_types": ["client_credentials"], "redirect_uris": uris}}), None),
        (json!({"oauthClient": {"grant_types": ["authorization_code"], "redirect_uris": []}}), None),
        (json!({"oauthClient": {"grant_types": null, "redirect_uris": null}}), None),
        (json!({"oauthClient": null}), None),
        (json!({}), None),
    ] {
        let body = json!({"id": "0oa1", "label": "x", "status": "ACTIVE", "settings": settings});
        let kind = json!({"type": "status", "status": 200, "body": body.to_string()});
        stand.order("app", "before", 1, &kind);
        let app = stand.client.app("0oa1").await.expect("an app");
        assert_eq!(app.redirect_uri.as_deref(), shown, "{body}");
    }
    let app = stand.client.app(&stand.app(0)).await.expect("an app");
    assert_eq!(app.redirect_uri.as_deref(), Some("https://app.example/cb"));
}
