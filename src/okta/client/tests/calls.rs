//! Each call, on a good day.

use super::*;
use crate::sandbox::org::Role;

#[tokio::test]
async fn a_secret_is_made_with_our_value_switched_off_and_on_and_deleted() {
    let stand = stand().await;
    let app_id = stand.app(0);
    let made = stand.client.perform(&Call::Create { app_id: app_id.clone(), value: value() }).await;
    assert_eq!((made.record.status, made.record.request_id.as_ref().map(String::len)), (Some(201), Some(32)));
    let Ok(Reply::Secret(made)) = made.result else { panic!("not made: {made:?}") };
    assert!(made.active);
    let list = stand.list(0).await;
    assert_eq!(list.len(), 2);
    let seen = list.iter().find(|seen| seen.id == made.id).expect("it is there");
    assert_eq!((seen.value.as_ref(), seen.hash.clone()), (Some(&value()), Some(value().okta_hash())));
    let secret_id = made.id.clone();
    let off = Call::Deactivate { app_id: app_id.clone(), secret_id: secret_id.clone() };
    assert!(matches!(stand.client.perform(&off).await.result, Ok(Reply::Secret(seen)) if !seen.active));
    let on = Call::Activate { app_id: app_id.clone(), secret_id: secret_id.clone() };
    assert!(matches!(stand.client.perform(&on).await.result, Ok(Reply::Secret(seen)) if seen.active));
    stand.client.perform(&off).await.result.expect("off again");
    let gone = stand.client.perform(&Call::Delete { app_id, secret_id }).await;
    assert_eq!(gone.record.status, Some(204));
    assert!(matches!(gone.result, Ok(Reply::Deleted)));
    assert_eq!(stand.list(0).await.len(), 1);
}

#[tokio::test]
async fn an_app_is_read_with_its_client_id_method_and_status() {
    let stand = stand().await;
    let read = async |index: usize| match stand.client.perform(&Call::App { app_id: stand.app(index) }).await.result {
        Ok(Reply::App(app)) => app,
        other => panic!("not an app: {other:?}"),
    };
    let app = read(0).await;
    assert_eq!((app.label.as_str(), app.client_id == app.id), ("Payments", true));
    assert_eq!((app.auth_method, app.status.as_str()), (AuthMethod::ClientSecretBasic, "ACTIVE"));
    let app = read(2).await;
    assert_eq!((app.client_id != app.id, app.auth_method), (true, AuthMethod::ClientSecretPost));
    assert_eq!(read(3).await.auth_method, AuthMethod::PrivateKeyJwt);
    assert_eq!(read(4).await.auth_method, AuthMethod::None);
    assert_eq!(read(6).await.status, "INACTIVE");
}

#[tokio::test]
async fn a_method_that_okta_added_since_is_unknown_and_not_unreadable() {
    let stand = stand().await;
    stand.sandbox.org().inside().apps[0].token_endpoint_auth_method = "client_secret_quantum".into();
    let answer = stand.client.perform(&Call::App { app_id: stand.app(0) }).await.result;
    assert!(matches!(answer, Ok(Reply::App(app)) if app.auth_method == AuthMethod::Unknown));
}

#[tokio::test]
async fn a_secret_authenticates_by_the_apps_own_method_and_a_wrong_one_is_refused() {
    let stand = stand().await;
    for index in [0, 2] {
        let app = stand.sandbox.apps().remove(index);
        let method = match app.token_endpoint_auth_method.as_str() {
            "client_secret_post" => AuthMethod::ClientSecretPost,
            _ => AuthMethod::ClientSecretBasic,
        };
        let right = stand.list(index).await.remove(0).value.expect("shown");
        let other = SecretValue::new("not+the/secret=of&this app");
        for (value, verdict) in [(right, Verdict::Works), (other, Verdict::Refused)] {
            let call = Call::Authenticate { probe: Probe::Introspect, client_id: app.client_id.clone(), method, value };
            let answer = stand.client.perform(&call).await.result;
            assert!(matches!(answer, Ok(Reply::Verdict(reported)) if reported == verdict), "{index}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn an_unknown_client_is_a_refusal_although_it_comes_in_the_other_envelope() {
    let stand = stand().await;
    let (client_id, method) = ("nobody".to_owned(), AuthMethod::ClientSecretBasic);
    let answer = stand
        .client
        .perform(&Call::Authenticate { probe: Probe::Introspect, client_id, method, value: value() })
        .await
        .result;
    assert!(matches!(answer, Ok(Reply::Verdict(Verdict::Refused))), "{answer:?}");
}

#[tokio::test]
async fn a_method_that_cannot_be_tested_makes_no_call() {
    let stand = stand().await;
    for method in [AuthMethod::PrivateKeyJwt, AuthMethod::None, AuthMethod::Unknown] {
        let call = Call::Authenticate { probe: Probe::Introspect, client_id: stand.app(0), method, value: value() };
        let fault = stand.client.perform(&call).await.result.expect_err("it cannot be");
        assert_eq!(fault.code, Code::Precondition);
    }
    assert!(stand.sandbox.org().inside().log.is_empty());
}

#[tokio::test]
async fn a_role_that_hides_values_and_hashes_leaves_them_out_and_a_masked_value_is_none() {
    let stand = stand().await;
    let kind = json!({"type": "status", "status": 200, "body": json!([
        {"id": "ocs1", "status": "ACTIVE", "client_secret": "***MQGQ", "secret_hash": "h"},
        {"id": "ocs2", "status": "INACTIVE", "client_secret": null},
    ]).to_string()});
    stand.order("list", "before", 1, &kind);
    let list = stand.list(0).await;
    assert!(list.iter().all(|seen| seen.value.is_none()) && list[0].active && !list[1].active);
    let role = Role { hide_values: true, hide_hashes: true, ..Role::default() };
    stand.sandbox.org().inside().role = role;
    let list = stand.list(0).await;
    assert!(list[0].value.is_none() && list[0].hash.is_none());
}

#[tokio::test]
async fn all_apps_are_read_page_by_page_and_one_is_found_by_id_client_id_or_label() {
    let stand = stand().await;
    let all = stand.client.all_apps(None).await.expect("apps");
    let ids: Vec<String> = stand.sandbox.apps().into_iter().map(|app| app.id).collect();
    assert_eq!(all.iter().map(|app| app.id.clone()).collect::<Vec<_>>(), ids);
    let custom = &stand.sandbox.apps()[2];
    for typed in [custom.id.as_str(), custom.client_id.as_str(), custom.label.as_str()] {
        assert_eq!(stand.client.find_app(typed).await.map(|app| app.id), Ok(custom.id.clone()), "{typed}");
    }
    assert_eq!(stand.client.find_app("0oaNowhere").await.expect_err("none").code, Code::AppGone);
    stand.sandbox.org().inside().apps[1].label = "Payments".into();
    let fault = stand.client.find_app("Payments").await.expect_err("two");
    assert!(fault.message().contains(&ids[0]) && fault.message().contains(&ids[1]), "{}", fault.message());
}

#[tokio::test]
async fn pages_are_followed_over_separate_link_lines() {
    let stand = stand().await;
    let first = stand.client.apps(None, Some("/api/v1/apps?limit=3")).await.expect("a page");
    assert_eq!(first.apps.len(), 3);
    let second = stand.client.apps(None, first.next.as_deref()).await.expect("a page");
    assert_eq!(second.apps[0].id, stand.app(3));
}

#[tokio::test]
async fn the_org_tells_its_id_and_the_probe_that_the_credential_works() {
    let stand = stand().await;
    assert_eq!(stand.client.organization().await.map(|org| org.id), Ok(stand.sandbox.org().id.clone()));
    assert!(stand.client.probe().await.is_ok_and(|apps| apps.len() == 8));
    stand.sandbox.org().inside().token_valid = false;
    assert_eq!(stand.client.probe().await.expect_err("refused").code, Code::TokenRefused);
    assert!(stand.client.organization().await.is_ok(), "needs no credential");
}

#[tokio::test]
async fn what_is_typed_cannot_climb_out_of_its_path() {
    let stand = stand().await;
    for id in ["../users/me", "..", ".", "0oa/../../users/me", "a?b=c#d", "%2e%2e"] {
        let fault = stand.client.app(id).await.expect_err("there is no such app");
        assert_eq!(fault.http_status, Some(404), "{id}");
    }
    let log = &stand.sandbox.org().inside().log;
    assert!(log.iter().all(|line| line.operation == "app"), "{log:?}");
}
