//! Who calls, and what the answers mean.

use super::*;
use crate::core::cause::{Cause, ClusterCause, ServerCause};
use crate::core::fault::Class;
use crate::core::secret::SecretValue;

pub mod stand_in;

use stand_in::{StandIn, TOKEN, USER};

fn client(stand_in: &StandIn, caller: &Kubernetes) -> Client {
    Client::new(&stand_in.url.parse().expect("a URL"), caller, &Network::default()).expect("a client")
}

fn by_token(stand_in: &StandIn, token: &str) -> Client {
    client(stand_in, &Kubernetes::Token { token: SecretValue::new(token) })
}

async fn read(client: &Client) -> Result<Said, Fault> {
    client.call(&Ask::get("api/v1/namespaces/pay/secrets/okta")).await
}

#[tokio::test]
async fn a_test_says_which_version_it_is_and_whom_it_takes_the_caller_for() {
    let stand_in = StandIn::start().await;
    let tested = by_token(&stand_in, TOKEN).test().await.expect("it works");
    let version = Some("1.20.2".to_owned());
    let expected = Tested { version: version.clone(), identity: Some(USER.into()), ..Tested::default() };
    assert_eq!(tested, expected);
    // An older one cannot say who calls, and is asked what may be done instead.
    stand_in.inside().is_old = true;
    let tested = by_token(&stand_in, TOKEN).test().await.expect("it works");
    assert_eq!(tested, Tested { version, ..Tested::default() });
    stand_in.inside().denied.push(("GET", "version"));
    assert_eq!(by_token(&stand_in, TOKEN).test().await.expect("it works"), Tested::default());
}

#[tokio::test]
async fn a_token_that_ends_says_when_by_the_clusters_own_clock() {
    let stand_in = StandIn::start().await;
    // The stand-in's clock says 2027-03-09T23:30:00Z.
    let claims = URL_SAFE_NO_PAD.encode(r#"{"exp":1804638600,"iss":"x"}"#);
    let token = format!("eyJhbGci.{claims}.c2ln");
    stand_in.inside().tokens.insert(token.clone(), USER.into());
    let tested = by_token(&stand_in, &token).test().await.expect("it works");
    assert_eq!((tested.ends_in, tested.renewed), (Some(3600), false));
}

#[tokio::test]
async fn whoever_is_not_known_is_told_from_whoever_may_not() {
    let stand_in = StandIn::start().await;
    let fault = by_token(&stand_in, "another-token-0123456789").test().await.expect_err("not known");
    assert_eq!((fault.code, fault.class(), fault.http_status), (Code::TokenRefused, Class::Connection, Some(401)));
    assert!(!format!("{fault:?}").contains("another-token"), "{fault:?}");
    stand_in.inside().denied.push(("GET", "secrets"));
    let fault = read(&by_token(&stand_in, TOKEN)).await.expect_err("denied");
    assert_eq!((fault.code, fault.class(), fault.http_status), (Code::Forbidden, Class::Person, Some(403)));
    assert!(fault.problem.what().to_string().contains(USER), "{fault:?}");
    // What was not looked at on the way counts as anonymous, who is let through to some things.
    stand_in.inside().tokens.insert("ignored-token-0123456789".into(), ANONYMOUS.into());
    let ignored = by_token(&stand_in, "ignored-token-0123456789");
    for fault in [ignored.test().await.expect_err("anonymous"), read(&ignored).await.expect_err("anonymous")] {
        assert_eq!((fault.code, fault.class()), (Code::TokenRefused, Class::Connection), "{fault:?}");
    }
}

#[tokio::test]
async fn a_service_accounts_token_is_read_at_each_call_and_what_is_none_is_never_sent() {
    let stand_in = StandIn::start().await;
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("token");
    let pod = client(&stand_in, &Kubernetes::ServiceAccount { jwt_file: file.clone() });
    std::fs::write(&file, "root:x:0:0").expect("written");
    let fault = pod.test().await.expect_err("no token");
    assert!(matches!(&fault.problem.cause, Cause::Server(ServerCause::JwtFile { .. })), "{fault:?}");
    assert_eq!(stand_in.asked(), Vec::<String>::new());
    for token in ["eyJhbGci.eyJzdWIi.b25l", "eyJhbGci.eyJzdWIi.dHdv"] {
        stand_in.inside().tokens = [(token.to_owned(), USER.to_owned())].into();
        let fault = pod.test().await.err();
        std::fs::write(&file, format!("{token}\n")).expect("written");
        assert!(fault.is_some() && pod.test().await.expect("it is known").renewed);
    }
}

#[tokio::test]
async fn each_bad_day_has_its_class() {
    let stand_in = StandIn::start().await;
    let client = by_token(&stand_in, TOKEN);
    for (status, said, code) in [
        (429, "", Code::RateLimited),
        (503, "<html>no server is available</html>", Code::ServerError),
        (500, r#"{"kind":"Status","reason":"InternalError","message":"etcd"}"#, Code::ServerError),
        (307, "", Code::Redirected),
        (415, "", Code::Refused),
        (403, "<html>forbidden</html>", Code::Refused),
        (404, "<html>not found</html>", Code::Unreadable),
    ] {
        stand_in.inside().script.push_back((status, said.into()));
        let fault = read(&client).await.expect_err(said);
        assert_eq!((fault.code, fault.http_status), (code, Some(status)), "{fault:?}");
    }
    stand_in.inside().script.push_back((200, "<html>welcome</html>".into()));
    let fault = client.test().await.expect_err("no cluster");
    assert!(matches!(fault.problem.cause, Cause::Server(ServerCause::NotUnderstood { .. })), "{fault:?}");
    stand_in.inside().tokens.clear();
    let cause = read(&client).await.expect_err("it ended").problem.cause;
    assert!(matches!(cause, Cause::Cluster(ClusterCause::CallerUnknown { .. })), "{cause:?}");
}
