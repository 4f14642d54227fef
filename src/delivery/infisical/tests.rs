//! Logging in, and what Infisical's answers mean.

use super::*;
use crate::core::cause::Cause;
use crate::core::fault::Class;

pub mod stand_in;

use stand_in::{SECRET, StandIn};

fn client(stand_in: &StandIn, secret: &str) -> Client {
    let identity = Infisical { client_id: "id".into(), client_secret: SecretValue::new(secret) };
    Client::new(&stand_in.url.parse().expect("a URL"), &identity, &Network::default()).expect("a client")
}

async fn read(client: &Client) -> Result<Said, Fault> {
    client.call(Method::GET, "api/v4/secrets/A?projectId=7b0c&environment=prod&secretPath=%2Fapps%2Fpay", None).await
}

#[tokio::test]
async fn one_login_serves_many_calls_and_is_made_anew_once_its_token_ended() {
    let stand_in = StandIn::start().await;
    let client = client(&stand_in, SECRET);
    let (one, two) = tokio::join!(read(&client), read(&client));
    assert_eq!((one.expect("read").status, two.expect("read").status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(stand_in.inside().logins, 1);
    stand_in.inside().tokens.clear();
    read(&client).await.expect("it logs in again");
    assert_eq!(stand_in.inside().logins, 2);
    let tested = client.test().await.expect("it works");
    assert_eq!(tested, Tested { ends_in: Some(7200), renewed: true, ..Tested::default() });
}

#[tokio::test]
async fn a_login_that_is_refused_is_the_connections_fault_and_repeats_nothing() {
    let stand_in = StandIn::start().await;
    let fault = client(&stand_in, "another-secret-0123456789").test().await.expect_err("refused");
    assert_eq!((fault.code, fault.class()), (Code::TokenRefused, Class::Connection));
    let said = stand_in::wrong(401, "Unauthorized", "no such secret another-secret-0123456789").1.to_string();
    stand_in.inside().script.push_back((401, said));
    let fault = client(&stand_in, "another-secret-0123456789").test().await.expect_err("refused");
    assert!(!format!("{fault:?}").contains("0123456789"), "{fault:?}");
    // A token that is refused straight after a login is no end of it.
    let client = client(&stand_in, SECRET);
    let ended = || (401, stand_in::wrong(401, "TokenError", "").1.to_string());
    client.test().await.expect("it works");
    let again = (200, json!({"accessToken": "x"}).to_string());
    stand_in.inside().script.extend([ended(), again, ended()]);
    assert_eq!(read(&client).await.expect_err("refused").code, Code::TokenRefused);
}

#[tokio::test]
async fn each_bad_day_has_its_class() {
    let stand_in = StandIn::start().await;
    let client = client(&stand_in, SECRET);
    client.test().await.expect("it works");
    let said = |status, error: &str| stand_in::wrong(status, error, "so it is").1.to_string();
    for (status, said, code) in [
        (429, said(429, "RateLimitExceeded"), Code::RateLimited),
        (500, said(500, "InternalServerError"), Code::ServerError),
        (502, "<html>".into(), Code::ServerError),
        (403, said(403, "PermissionDenied"), Code::Forbidden),
        (403, "<html>forbidden</html>".into(), Code::Refused),
        (404, "<html>not found</html>".into(), Code::Unreadable),
        (302, String::new(), Code::Redirected),
        (422, said(422, "ValidationFailure"), Code::Refused),
    ] {
        stand_in.inside().script.push_back((status, said));
        let fault = read(&client).await.expect_err("bad");
        assert_eq!((fault.code, fault.http_status), (code, Some(status)), "{fault:?}");
    }
    stand_in.inside().script.push_back((200, "<html>welcome</html>".into()));
    let cause = client.test().await.expect_err("no Infisical").problem.cause;
    assert!(matches!(cause, Cause::Server(ServerCause::NotUnderstood { .. })), "{cause:?}");
}
