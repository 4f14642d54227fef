//! AWS, and all that has credentials of it, against a stand-in.

use chrono::Duration;
use uuid::Uuid;

use super::*;
use crate::core::cause::{AwsCause, Cause};
use crate::core::connection::aws::Assume;
use crate::core::fault::Class;
use crate::core::secret::Credential;
use crate::core::target::{Destination, Keys as Names, Target};

pub mod stand_in;

use stand_in::{JWT, KEY, REGION, StandIn, refused};

/// The usual key.
pub fn access_key() -> Identity {
    Identity::AccessKey { key_id: KEY.0.into(), secret_key: SecretValue::new(KEY.1), session_token: None }
}

/// A client of a stand-in, in an environment.
fn client_in(stand_in: &StandIn, identity: Identity, assume: Option<Assume>, env: &[(&str, String)]) -> Client {
    let aws = Aws { region: REGION.into(), identity, assume };
    let url = stand_in.url.parse().expect("a URL");
    let env = |name: &str| env.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    Client::with(&url, &aws, &Network::default(), Clock::test(), &env).expect("a client")
}

/// A client of a stand-in with the usual key.
pub fn client(stand_in: &StandIn) -> Client {
    client_in(stand_in, access_key(), None, &[])
}

/// A target at a place.
pub fn target(destination: Destination, keys: &[(&str, Credential)]) -> Target {
    Target::new(
        Uuid::from_u128(7),
        "aws".parse().expect("a name"),
        destination,
        keys.iter().map(|(key, holds)| ((*key).to_owned(), *holds)).collect::<Names>(),
        DateTime::UNIX_EPOCH,
    )
}

fn role(arn: &str) -> Assume {
    Assume { role_arn: arn.into(), external_id: None }
}

/// A call that any credentials may make.
async fn call(client: &Client) -> Result<Said, Fault> {
    let body = serde_json::json!({"Names": ["/x"], "WithDecryption": true});
    client.call(Service::Ssm, "GetParameters", &body, None).await
}

#[tokio::test]
async fn a_key_is_tested_and_says_whose_it_is() {
    let stand_in = StandIn::start().await;
    let tested = client(&stand_in).test().await.expect("it works");
    assert_eq!(tested.account.as_deref(), Some("111122223333"));
    assert_eq!(tested.identity.as_deref(), Some("arn:aws:iam::111122223333:user/pay"));
    assert_eq!((tested.ends_in, tested.renewed), (None, false));
    let wrong =
        Identity::AccessKey { key_id: KEY.0.into(), secret_key: SecretValue::new("another-key"), session_token: None };
    let client = client_in(&stand_in, wrong, None, &[]);
    for fault in [client.test().await.expect_err("refused"), call(&client).await.expect_err("refused")] {
        assert_eq!((fault.code, fault.class()), (Code::TokenRefused, Class::Connection), "{fault:?}");
        assert!(matches!(fault.problem.cause, Cause::Aws(AwsCause::KeyNotValid { .. })), "{fault:?}");
    }
}

#[tokio::test]
async fn a_role_is_assumed_once_and_its_credentials_are_had_anew_when_they_end() {
    let stand_in = StandIn::start().await;
    let client = client_in(&stand_in, access_key(), Some(role("arn:aws:iam::2:role/windlass")), &[]);
    for _ in 0..3 {
        call(&client).await.expect("allowed");
    }
    assert_eq!(stand_in.asked(), ["AssumeRole", "GetParameters", "GetParameters", "GetParameters"]);
    stand_in.inside().ended.insert("ASIA1".into());
    call(&client).await.expect("with others");
    assert_eq!(stand_in.asked(), ["GetParameters", "AssumeRole", "GetParameters"]);
    // Those that end at once are no way on.
    stand_in.inside().ended.extend(["ASIA2".into(), "ASIA3".into()]);
    let fault = call(&client).await.expect_err("ended");
    assert_eq!(fault.class(), Class::Connection, "{fault:?}");
    assert_eq!(stand_in.asked(), ["GetParameters", "AssumeRole", "GetParameters"]);
    let tested = client.test().await.expect("it works");
    assert!(tested.renewed && tested.ends_in.is_some(), "{tested:?}");
}

#[tokio::test]
async fn a_role_that_cannot_be_assumed_is_the_connections_fault() {
    let stand_in = StandIn::start().await;
    let another = Assume { role_arn: "arn:aws:iam::2:role/x".into(), external_id: Some("another".into()) };
    for assume in [role("arn:aws:iam::2:role/denied"), another] {
        let fault = call(&client_in(&stand_in, access_key(), Some(assume), &[])).await.expect_err("refused");
        assert_eq!((fault.code, fault.class()), (Code::TokenRefused, Class::Connection), "{fault:?}");
        let said = fault.problem.what().to_string();
        assert!(said.contains("role/") && said.contains("sts:AssumeRole"), "{said}");
    }
}

#[tokio::test]
async fn an_instance_gives_its_credentials_in_a_session_of_its_own() {
    let stand_in = StandIn::start().await;
    let env = [("AWS_EC2_METADATA_SERVICE_ENDPOINT", stand_in.url.clone())];
    let client = client_in(&stand_in, Identity::InstanceProfile, None, &env);
    call(&client).await.expect("allowed");
    call(&client).await.expect("allowed");
    let roles = "/latest/meta-data/iam/security-credentials/";
    assert_eq!(
        stand_in.asked(),
        [
            "PUT /latest/api/token".to_owned(),
            format!("GET {roles}"),
            format!("GET {roles}windlass%20role"),
            "GetParameters".into(),
            "GetParameters".into()
        ]
    );
}

#[tokio::test]
async fn a_container_gives_its_credentials_for_its_token() {
    let stand_in = StandIn::start().await;
    let url = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{}/container", stand_in.url));
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("token");
    std::fs::write(&file, "container-token\n").expect("written");
    let by_file = ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.display().to_string());
    let by_text = ("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token".to_owned());
    for token in [by_file, by_text] {
        call(&client_in(&stand_in, Identity::InstanceProfile, None, &[url.clone(), token])).await.expect("allowed");
    }
    let fault = call(&client_in(&stand_in, Identity::InstanceProfile, None, std::slice::from_ref(&url))).await;
    let fault = fault.expect_err("no token");
    assert!(matches!(fault.problem.cause, Cause::Aws(AwsCause::NoMachineRole { .. })), "{fault:?}");
    assert_eq!(fault.class(), Class::Connection, "{fault:?}");
    let elsewhere = [("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/x?secret=canary".to_owned())];
    let fault = call(&client_in(&stand_in, Identity::InstanceProfile, None, &elsewhere)).await.expect_err("elsewhere");
    assert!(matches!(fault.problem.cause, Cause::Aws(AwsCause::NoMachineRole { .. })), "{fault:?}");
    assert!(!format!("{fault:?}").contains("canary"), "{fault:?}");
}

#[tokio::test]
async fn a_pod_has_credentials_for_its_token_and_nothing_else_is_ever_sent() {
    let stand_in = StandIn::start().await;
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("token");
    let identity = || Identity::WebIdentity { role_arn: "arn:aws:iam::1:role/pod".into(), jwt_file: file.clone() };
    std::fs::write(&file, "root:x:0:0\n").expect("written");
    let fault = call(&client_in(&stand_in, identity(), None, &[])).await.expect_err("no token");
    assert_eq!((fault.class(), stand_in.asked()), (Class::Connection, Vec::<String>::new()), "{fault:?}");
    std::fs::write(&file, JWT).expect("written");
    call(&client_in(&stand_in, identity(), None, &[])).await.expect("allowed");
    assert_eq!(stand_in.asked(), ["AssumeRoleWithWebIdentity", "GetParameters"]);
    let other = "eyJvdGhlciI6MX0.eyJzdWIiOiJvdGhlciJ9.bm90LWtub3du";
    std::fs::write(&file, other).expect("written");
    let fault = call(&client_in(&stand_in, identity(), None, &[])).await.expect_err("refused");
    assert!(matches!(fault.problem.cause, Cause::Aws(AwsCause::RoleDeclined { .. })), "{fault:?}");
    // AWS repeated it.
    assert!(!format!("{fault:?}").contains(other), "{fault:?}");
}

#[tokio::test]
async fn each_word_of_aws_has_its_class() {
    let stand_in = StandIn::start().await;
    let client = client(&stand_in);
    let at_once = "Signature expired: 20270309T120000Z is now earlier than 20270309T121500Z";
    let cases = [
        (400, "ThrottlingException", "Rate exceeded", Code::RateLimited, Class::Passing),
        (400, "TooManyUpdates", "", Code::RateLimited, Class::Passing),
        (500, "InternalServerError", "", Code::ServerError, Class::Passing),
        (400, "AccessDeniedException", "not authorized", Code::Forbidden, Class::Person),
        (400, "UnrecognizedClientException", "", Code::TokenRefused, Class::Connection),
        (400, "ExpiredTokenException", "", Code::TokenRefused, Class::Connection),
        (400, "InvalidSignatureException", "does not match", Code::TokenRefused, Class::Connection),
        (400, "InvalidSignatureException", at_once, Code::NotAllowed, Class::Connection),
        (403, "RequestTimeTooSkewed", "", Code::NotAllowed, Class::Connection),
    ];
    for (status, word, said, code, class) in cases {
        let (status, said) = refused(status, word, said);
        stand_in.inside().script.push_back(("GetParameters", status, said));
        let fault = call(&client).await.expect_err(word);
        assert_eq!((fault.code, fault.class(), fault.http_status), (code, class, Some(status)), "{word}: {fault:?}");
        if code == Code::NotAllowed {
            assert!(matches!(fault.problem.cause, Cause::Aws(AwsCause::SignedAtOtherTime { .. })), "{fault:?}");
        }
    }
    // What answers otherwise is no AWS.
    stand_in.inside().script.push_back(("GetParameters", 404, serde_json::json!("<html>")));
    assert_eq!(call(&client).await.expect_err("a page").code, Code::Unreadable);
}

#[test]
fn temporary_credentials_are_had_anew_shortly_before_their_end() {
    let keys = Keys { id: "ASIA".into(), secret: SecretValue::new("x"), token: None };
    let now = Clock::test().now();
    let session = |ends_at| Session { keys: keys.clone(), ends_at };
    assert!(session(None).lasts(now) && session(Some(now + Duration::minutes(6))).lasts(now));
    assert!(!session(Some(now + Duration::minutes(4))).lasts(now));
}
