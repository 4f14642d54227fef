//! Logging in, and what Vault's refusals mean.

use super::*;
use crate::clock::Clock;
use crate::core::fault::Class;

pub mod stand_in;

use stand_in::{SECRET_ID, StandIn, TOKEN};

fn by_token(stand_in: &StandIn, token: &str) -> Client {
    client(stand_in, None, Login::Token { token: SecretValue::new(token) })
}

fn by_role(stand_in: &StandIn, secret_id: &str) -> Client {
    let secret_id = SecretValue::new(secret_id);
    client(stand_in, None, Login::AppRole { mount: "approle".into(), role_id: "role".into(), secret_id })
}

fn client(stand_in: &StandIn, namespace: Option<&str>, login: Login) -> Client {
    let url = stand_in.url.parse().expect("a URL");
    let vault = Vault { namespace: namespace.map(Into::into), login };
    Client::new(&url, &vault, &Network::default(), Clock::test()).expect("a client")
}

async fn read(client: &Client) -> Result<Said, Fault> {
    client.call(&Ask::get("kv/data/apps/pay")).await
}

#[tokio::test]
async fn a_token_is_tested_and_its_end_is_known() {
    let stand_in = StandIn::start().await;
    let tested = by_token(&stand_in, TOKEN).test().await.expect("it works");
    assert_eq!(
        tested,
        Tested { version: Some("2.7.2".into()), ends_in: Some(600), renewed: false, ..Tested::default() }
    );
    let fault = by_token(&stand_in, "hvs.another-token-0123456789").test().await.expect_err("refused");
    assert_eq!((fault.code, fault.class()), (Code::TokenRefused, Class::Connection));
    assert!(!format!("{fault:?}").contains("hvs."), "{fault:?}");
}

#[tokio::test]
async fn one_login_serves_many_calls_and_is_made_anew_once_its_token_ended() {
    let stand_in = StandIn::start().await;
    let client = by_role(&stand_in, SECRET_ID);
    let (one, two) = tokio::join!(read(&client), read(&client));
    assert_eq!((one.expect("read").status, two.expect("read").status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(stand_in.inside().logins, 1);
    stand_in.inside().tokens.clear();
    read(&client).await.expect("it logs in again");
    assert_eq!(stand_in.inside().logins, 2);
}

#[tokio::test]
async fn a_policy_that_forbids_is_told_from_a_token_that_ended() {
    let stand_in = StandIn::start().await;
    stand_in.inside().denied.push(("GET", "kv/data/apps"));
    for client in [by_token(&stand_in, TOKEN), by_role(&stand_in, SECRET_ID)] {
        let fault = read(&client).await.expect_err("denied");
        assert_eq!((fault.code, fault.class()), (Code::Forbidden, Class::Person), "{fault:?}");
        assert_eq!(fault.problem.cause, ServerCause::Denied { path: "kv/data/apps/pay".into() }.into());
    }
    let client = by_token(&stand_in, TOKEN);
    stand_in.inside().tokens.clear();
    assert_eq!(read(&client).await.expect_err("ended").code, Code::TokenRefused);
    // A token that may not look itself up is valid all the same.
    stand_in.inside().tokens.insert(TOKEN.into());
    stand_in.inside().denied.push(("GET", "auth/token/lookup-self"));
    assert_eq!(read(&client).await.expect_err("denied").code, Code::Forbidden);
}

#[tokio::test]
async fn a_login_that_is_refused_says_why_and_repeats_nothing() {
    let stand_in = StandIn::start().await;
    let fault = by_role(&stand_in, "another-secret-id-9876543210").test().await.expect_err("refused");
    assert_eq!(fault.code, Code::TokenRefused);
    assert!(fault.problem.what().to_string().contains("invalid role or secret ID"), "{fault:?}");
    stand_in.inside().script.extend([
        (200, r#"{"initialized":true,"sealed":false,"version":"1"}"#),
        (400, r#"{"errors":["no such secret id: another-secret-id-9876543210"]}"#),
    ]);
    let fault = by_role(&stand_in, "another-secret-id-9876543210").test().await.expect_err("refused");
    assert!(!fault.problem.what().to_string().contains("98765432"), "{fault:?}");
    let login = Login::AppRole { mount: "elsewhere".into(), role_id: "r".into(), secret_id: SecretValue::new("s") };
    let fault = client(&stand_in, None, login).test().await.expect_err("no such mount");
    assert_eq!(fault.problem.cause, ServerCause::NoAuthMount { mount: "elsewhere".into() }.into());
}

#[tokio::test]
async fn a_file_that_is_no_service_accounts_token_is_never_sent() {
    let stand_in = StandIn::start().await;
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("token");
    let pod = || {
        let jwt_file = file.clone();
        client(&stand_in, None, Login::Kubernetes { mount: "kubernetes".into(), role: "windlass".into(), jwt_file })
    };
    for text in ["root:x:0:0", "eyJ.a", "eyJ.a.b.c", "eyJhbGci.a b.c", ""] {
        std::fs::write(&file, text).expect("written");
        let fault = pod().test().await.expect_err(text);
        assert!(
            matches!(&fault.problem.cause, crate::core::cause::Cause::Server(ServerCause::JwtFile { .. })),
            "{fault:?}"
        );
    }
    assert!(stand_in.asked().iter().all(|call| call == "GET sys/health"));
    std::fs::write(&file, "eyJhbGci.eyJzdWIi.c2ln\n").expect("written");
    pod().test().await.expect("a token");
}

#[tokio::test]
async fn each_bad_day_has_its_class() {
    let stand_in = StandIn::start().await;
    let client = by_token(&stand_in, TOKEN);
    read(&client).await.expect("read");
    for (status, said, code) in [
        (429, "{\"errors\":[\"request path \\\"kv\\\": rate limit quota exceeded\"]}", Code::RateLimited),
        (503, "{\"errors\":[\"Vault is sealed\"]}", Code::Unreachable),
        (503, "<html>no server is available</html>", Code::ServerError),
        (500, "{\"errors\":[\"internal error\"]}", Code::ServerError),
        (307, "", Code::Redirected),
        (413, "", Code::Refused),
    ] {
        stand_in.inside().script.push_back((status, said));
        let fault = read(&client).await.expect_err(said);
        assert_eq!((fault.code, fault.http_status), (code, Some(status)), "{fault:?}");
    }
    stand_in.inside().sealed = true;
    let fault = client.test().await.expect_err("sealed");
    assert_eq!((fault.code, fault.class()), (Code::Unreachable, Class::Passing));
    assert!(!fault.code.doubtful(), "nothing was done");
}

#[tokio::test]
async fn a_namespace_is_sent_with_each_call_and_a_wrong_one_is_named() {
    let stand_in = StandIn::start().await;
    let token = || Login::Token { token: SecretValue::new(TOKEN) };
    read(&client(&stand_in, Some("team"), token())).await.expect("there");
    let fault = read(&client(&stand_in, Some("other"), token())).await.expect_err("not there");
    assert_eq!((fault.code, fault.class()), (Code::NotAllowed, Class::Connection), "{fault:?}");
}

#[tokio::test]
async fn what_is_no_vault_is_found_out() {
    let stand_in = StandIn::start().await;
    stand_in.inside().script.push_back((200, "<html>welcome</html>"));
    let fault = by_token(&stand_in, TOKEN).test().await.expect_err("no Vault");
    assert_eq!(fault.problem.cause, ServerCause::NotUnderstood { host: stand_in.url.replace("http://", "") }.into());
}

#[tokio::test]
async fn a_token_that_is_renewed_says_how_soon_it_has_to_be_used_again_and_no_other_does() {
    let stand_in = StandIn::start().await;
    let client = by_token(&stand_in, TOKEN);
    client.test().await.expect("it works");
    assert_eq!(client.use_within(), None, "it cannot be renewed");
    let client = by_token(&stand_in, TOKEN);
    assert_eq!(client.use_within(), Some(Duration::ZERO), "that is not known yet");
    stand_in.inside().lasts = 7200;
    client.test().await.expect("it works");
    let within = client.use_within().expect("half of two hours");
    assert!(within <= Duration::from_hours(1) && !within.is_zero(), "{within:?}");
}
