//! Someone who answers in Okta's place and means harm: bounded in memory and in time, whatever the bytes.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What is said, byte by byte: a beginning, and a piece that is said for ever after it.
#[derive(Clone, Default)]
pub(super) struct Script {
    first: Vec<u8>,
    again: Vec<u8>,
    /// Whether the line is left open at the end.
    open: bool,
}

impl Script {
    pub(super) fn once(first: impl Into<Vec<u8>>) -> Self {
        Self { first: first.into(), ..Self::default() }
    }

    fn open(first: impl Into<Vec<u8>>) -> Self {
        Self { open: true, ..Self::once(first) }
    }

    fn endless(first: impl Into<Vec<u8>>, again: &str) -> Self {
        // In large pieces, so that it is a flood.
        Self { again: again.repeat((64 << 10) / again.len()).into_bytes(), ..Self::once(first) }
    }
}

/// One who answers every request with a script, and counts the bytes that were taken from him.
pub(super) struct HostileOkta {
    pub(super) client: Client,
    clock: Clock,
    said: Arc<AtomicU64>,
}

impl HostileOkta {
    pub(super) async fn new(script: Script, call_timeout: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let (url, _) = Origin::of_org(&format!("http://{}", listener.local_addr().expect("bound"))).expect("loopback");
        let said = Arc::new(AtomicU64::new(0));
        let counted = said.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(say(stream, script.clone(), counted.clone()));
            }
        });
        let auth = Auth::ApiToken { token: SecretValue::new("00token-of-forty-two-characters-0123456789") };
        let network = Network { call_timeout, ..Network::default() };
        let clock = Clock::test();
        Self { client: Client::new(&url, &auth, &network, clock).expect("a client"), clock, said }
    }

    async fn answer(&self) -> Answer {
        self.client.perform(&Call::Secrets { app_id: "0oa1".into() }).await
    }
}

async fn say(mut stream: TcpStream, script: Script, said: Arc<AtomicU64>) {
    let mut asked = Vec::new();
    while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read_buf(&mut asked).await {
            Ok(1..) => {}
            _ => return,
        }
    }
    if stream.write_all(&script.first).await.is_err() {
        return;
    }
    while !script.again.is_empty() {
        let Ok(count) = stream.write(&script.again).await else { return };
        said.fetch_add(count as u64, Ordering::Relaxed);
    }
    if script.open {
        // Until the other end goes.
        let _ = stream.read_to_end(&mut asked).await;
    }
}

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

fn with_length(body: &str) -> String {
    format!("{HEAD}content-length: {}\r\n\r\n{body}", body.len())
}

#[tokio::test]
async fn a_flood_is_cut_off_before_it_fills_anything() {
    // As much as may be under way in buffers of the kernel, on top of what is read.
    const MOST: u64 = 24 << 20;
    let floods = [
        ("headers without end", Script::endless("HTTP/1.1 200 OK\r\n", "x-filler: 0123456789\r\n")),
        ("a header without end", Script::endless("HTTP/1.1 200 OK\r\nx-filler: ", "x")),
        ("a status line without end", Script::endless("HTTP/1.1 200 ", "O")),
        ("a body beyond its length", Script::endless(format!("{HEAD}content-length: 99999999999\r\n\r\n"), " ")),
        ("a body without a length", Script::endless(format!("{HEAD}connection: close\r\n\r\n["), "[")),
        ("chunks without end", Script::endless(format!("{HEAD}transfer-encoding: chunked\r\n\r\n"), "4\r\n[[[[\r\n")),
        (
            "a chunk without end",
            Script::endless(format!("{HEAD}transfer-encoding: chunked\r\n\r\nfffffffffffffff\r\n"), "x"),
        ),
        ("trailers without end", Script::endless(format!("{HEAD}transfer-encoding: chunked\r\n\r\n0\r\n"), "x: y\r\n")),
        ("an extension without end", Script::endless(format!("{HEAD}transfer-encoding: chunked\r\n\r\n1;"), "x")),
        (
            "a refusal without end",
            Script::endless("HTTP/1.1 400 Bad Request\r\ncontent-length: 99999999999\r\n\r\n", " "),
        ),
        ("continue, continue, continue", Script::endless("", "HTTP/1.1 100 Continue\r\n\r\n")),
        ("bytes that are no HTTP", Script::endless("", "\0")),
    ];
    for (name, script) in floods {
        let okta = HostileOkta::new(script, Duration::from_secs(20)).await;
        let fault = okta.answer().await.result.expect_err(name);
        assert!(matches!(fault.code, Code::Broken | Code::Unreadable | Code::Refused), "{name}: {fault:?}");
        let said = okta.said.load(Ordering::Relaxed);
        assert!(said < MOST, "{name}: {said} bytes were taken");
    }
}

#[tokio::test]
async fn an_answer_that_drags_on_ends_with_its_time() {
    let slow = [
        ("nothing", Script::open("")),
        ("half a head", Script::open("HTTP/1.1 200 OK\r\nx-fil")),
        ("half a body", Script::open(format!("{HEAD}content-length: 9\r\n\r\n["))),
        ("half a chunk", Script::open(format!("{HEAD}transfer-encoding: chunked\r\n\r\n9\r\n["))),
        ("half a refusal", Script::open("HTTP/1.1 500 No\r\ncontent-length: 9\r\n\r\n{")),
    ];
    for (name, script) in slow {
        let okta = HostileOkta::new(script, Duration::from_millis(200)).await;
        let fault = okta.answer().await.result.expect_err(name);
        // A refusal counts by its status, though its body never came.
        let wanted = if name == "half a refusal" { Code::ServerError } else { Code::TimedOut };
        assert_eq!(fault.code, wanted, "{name}");
    }
}

#[tokio::test]
async fn an_answer_that_is_announced_is_an_answer() {
    let said =
        format!("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n{}", with_length("[]"));
    let answer = HostileOkta::new(Script::once(said), Duration::from_secs(20)).await.answer().await.result;
    assert!(matches!(&answer, Ok(Reply::Secrets(list)) if list.is_empty()), "{answer:?}");
}

#[tokio::test]
async fn broken_http_is_a_fault_and_no_panic() {
    let broken = [
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n[]",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n[]",
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999999999999999\r\n\r\n[]",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n[]",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n[]\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[]",
        "HTTP/1.1 200 OK\r\nx\0y: z\r\ncontent-length: 2\r\n\r\n[]",
        "HTTP/1.1 200 OK\r\nx: a\0b\r\ncontent-length: 2\r\n\r\n[]",
        "HTTP/1.1 2000 OK\r\n\r\n[]",
        "HTTP/1.1 099 OK\r\n\r\n[]",
        "HTTP/9.9 200 OK\r\n\r\n[]",
        "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n[]",
        "ICY 200 OK\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "220 mail.example ESMTP\r\n",
        "\u{16}\u{3}\u{1}\0",
        "",
    ];
    for said in broken {
        let fault =
            HostileOkta::new(Script::once(said), Duration::from_secs(20)).await.answer().await.result.expect_err(said);
        assert!(matches!(fault.code, Code::Broken | Code::Refused | Code::Unreadable), "{said:?}: {fault:?}");
        assert!(crate::text::is_harmless(&fault.message()), "{said:?}: {}", fault.message());
    }
}

#[tokio::test]
async fn a_body_of_any_shape_is_read_or_unreadable_and_never_too_deep() {
    let deep = |open: &str, times: usize| open.repeat(times);
    let secret = |more: &str| format!("[{{\"id\":\"ocs1\",\"status\":\"ACTIVE\"{more}}}]");
    let unreadable = [
        deep("[", 500_000),
        deep("{\"id\":", 100_000),
        format!("[{{\"id\":{}", deep("[", 400_000)),
        format!("{}{}", deep("[", 1_000), deep("]", 1_000)),
        secret(&format!(",\"client_secret\":{}1{}", deep("[", 5_000), deep("]", 5_000))),
        secret(",\"id\":\"ocs2\""),
        secret(",\"created\":\"99999999-99-99T99:99:99Z\""),
        secret(",\"created\":1e400"),
        secret(",\"secret_hash\":17"),
        secret(",\"client_secret\":\"\\ud800 alone\""),
        "[{\"id\":1e999999999999,\"status\":\"ACTIVE\"}]".into(),
        "[{\"id\":\"a\u{0}\",\"status\":\"ACTIVE\"}]".into(),
        "\u{feff}[]".into(),
        "[]\0".into(),
        "[],[]".into(),
        "null".into(),
        "NaN".into(),
        "{}".into(),
        String::new(),
        format!("[{}null]", "null,".repeat(100)),
    ];
    for body in unreadable {
        let answer = HostileOkta::new(Script::once(with_length(&body)), Duration::from_secs(20)).await.answer().await;
        let fault = answer.result.expect_err("unreadable");
        assert_eq!((fault.code, fault.http_status), (Code::Unreadable, Some(200)), "{body:.80}");
        assert!(fault.message().len() < 200, "{}", fault.message());
    }
    // What is not asked about may be anything, at any depth.
    let fine = [
        secret(&format!(",\"_links\":{}{}", deep("[", 200_000), deep("]", 200_000))),
        secret(",\"x\":123456789012345678901234567890,\"x\":\"twice\",\"\":-1E-400"),
        secret(",\"client_secret\":\"short\",\"secret_hash\":null,\"created\":null"),
        format!(" \n\t{}\r\n ", secret("")),
    ];
    for body in fine {
        let answer =
            HostileOkta::new(Script::once(with_length(&body)), Duration::from_secs(20)).await.answer().await.result;
        assert!(matches!(&answer, Ok(Reply::Secrets(list)) if list.len() == 1), "{body:.80}: {answer:?}");
    }
    let mut bytes = with_length("[\"xx\"]").into_bytes();
    let end = bytes.len() - 4;
    bytes[end..end + 2].copy_from_slice(&[0xff, 0xfe]);
    let fault = HostileOkta::new(Script::once(bytes), Duration::from_secs(20)).await.answer().await.result;
    assert_eq!(fault.expect_err("no UTF-8").code, Code::Unreadable);
}

#[tokio::test]
async fn what_is_shown_of_a_secret_is_what_okta_can_hold() {
    let shown = async |value: &str| {
        let body = json!([{"id": "ocs\u{202e}\u{1b}[2J", "status": "INACTIVE", "client_secret": value,
            "secret_hash": "h\u{7}".repeat(500)}]);
        let answer = HostileOkta::new(Script::once(with_length(&body.to_string())), Duration::from_secs(20))
            .await
            .answer()
            .await;
        let Ok(Reply::Secrets(mut list)) = answer.result else { panic!("no list") };
        let seen = list.remove(0);
        let hash = seen.hash.expect("a hash");
        assert!(crate::text::is_harmless(&seen.id) && crate::text::is_harmless(&hash) && hash.len() < 500, "{hash}");
        seen.value.is_some()
    };
    assert!(shown("fourteen chars").await && shown(&"~".repeat(100)).await);
    for value in [
        "thirteen char",
        "with\na line break",
        "\u{1b}[2J and some more",
        "bidi \u{202e} and some more",
        "na\u{ef}ve enough",
    ] {
        assert!(!shown(value).await, "{value:?}");
    }
    assert!(!shown(&"x".repeat(100_000)).await);
}

#[tokio::test]
async fn a_compressed_body_is_not_unpacked() {
    // Ten bytes that would be a gzip header; no one asked for it.
    let mut bytes = format!("{HEAD}content-encoding: gzip\r\ncontent-length: 10\r\n\r\n").into_bytes();
    bytes.extend_from_slice(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
    let fault = HostileOkta::new(Script::once(bytes), Duration::from_secs(20)).await.answer().await.result;
    assert_eq!(fault.expect_err("not JSON").code, Code::Unreadable);
}

#[tokio::test]
async fn a_page_in_oktas_place_is_not_taken_for_a_deletion() {
    let delete = Call::Delete { app_id: "0oa1".into(), secret_id: "ocs1".into() };
    for (said, believed) in [
        ("HTTP/1.1 204 No Content\r\n\r\n".to_owned(), true),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned(), true),
        ("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 14\r\n\r\n<html>sign in!".to_owned(), false),
        (with_length("[]"), false),
    ] {
        let okta = HostileOkta::new(Script::once(said.clone()), Duration::from_secs(20)).await;
        match okta.client.perform(&delete).await.result {
            Ok(Reply::Deleted) => assert!(believed, "{said}"),
            Err(fault) => assert_eq!((fault.code, believed), (Code::Unreadable, false), "{said}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn no_secret_that_was_sent_comes_back_in_a_text_not_even_a_piece_of_it() {
    let token = "00token-of-forty-two-characters-0123456789";
    let create = Call::Create { app_id: "0oa1".into(), value: value() };
    let verify = Call::Authenticate {
        probe: Probe::Introspect,
        client_id: "c".into(),
        method: AuthMethod::ClientSecretPost,
        value: value(),
    };
    for secret in [token, value().expose()] {
        // Cut in the middle of the secret, too: texts are kept to 300 characters.
        for filler in [0, 270, 285] {
            let text = format!("{}{secret}", "x".repeat(filler));
            let body = json!({"errorCode": secret, "errorSummary": text, "errorCauses": []}).to_string();
            let head =
                format!("HTTP/1.1 400 No\r\nx-okta-request-id: {secret}\r\ncontent-length: {}\r\n\r\n", body.len());
            for call in [&create, &verify] {
                let answer = HostileOkta::new(Script::once(format!("{head}{body}")), Duration::from_secs(20)).await;
                let answer = answer.client.perform(call).await;
                let reported = format!("{answer:?}");
                assert!(
                    !secret.as_bytes().windows(10).any(|piece| reported.contains(&String::from_utf8_lossy(piece)[..])),
                    "{reported}"
                );
                assert_eq!(answer.result.expect_err("refused").http_status, Some(400));
            }
        }
    }
}

#[tokio::test]
async fn a_refusal_with_a_field_of_another_kind_still_tells_its_code() {
    let stand = stand().await;
    for causes in [json!(null), json!({}), json!("x"), json!([1]), json!([[]]), json!([{"errorSummary": 7}])] {
        let body =
            json!({"errorCode": "E0000011", "errorSummary": ["x"], "errorId": {"deep": [[]]}, "errorCauses": causes});
        stand.status("list", 401, &body, &json!({}));
        let fault = stand.trouble().await;
        assert_eq!((fault.code, fault.okta_code.as_deref()), (Code::TokenRefused, Some("E0000011")), "{causes}");
    }
}

#[tokio::test]
async fn every_kind_of_redirect_is_a_fault_and_retry_after_is_not_heeded() {
    for status in [300, 301, 302, 303, 304, 305, 307, 308] {
        for location in ["", "location: https://evil.example/\r\n", "location: \u{ff}\r\n"] {
            let said = format!("HTTP/1.1 {status} X\r\n{location}content-length: 0\r\n\r\n");
            let fault = HostileOkta::new(Script::once(said), Duration::from_secs(20)).await.answer().await.result;
            assert_eq!(fault.expect_err("not followed").code, Code::Redirected, "{status}");
        }
    }
    for after in ["99999999999", "-1", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let said = format!("HTTP/1.1 429 X\r\nretry-after: {after}\r\ncontent-length: 0\r\n\r\n");
        let okta = HostileOkta::new(Script::once(said), Duration::from_secs(20)).await;
        let fault = okta.answer().await.result.expect_err("429");
        let wait = fault.retry_at.expect("a time") - okta.clock.now();
        assert!((55..=62).contains(&wait.num_seconds()), "{after}: {wait}");
    }
}

#[test]
fn a_file_of_certificates_without_an_end_is_refused() {
    let network = Network { ca_file: Some("/dev/zero".into()), ..Network::default() };
    let (url, _) = Origin::of_org("http://127.0.0.1:1").expect("loopback");
    let auth = Auth::ApiToken { token: SecretValue::new("00token") };
    let fault = Client::new(&url, &auth, &network, Clock::test()).err().expect("refused");
    assert!(fault.message().contains("larger than"), "{}", fault.message());
}

#[test]
fn a_file_of_certificates_that_others_could_have_written_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("ca.pem");
    std::fs::write(&file, include_str!("../../../../tests/program/tls/ca.pem")).expect("written");
    let network = Network { ca_file: Some(file.clone()), ..Network::default() };
    let (url, _) = Origin::of_org("http://127.0.0.1:1").expect("loopback");
    let auth = Auth::ApiToken { token: SecretValue::new("00token") };
    for (mode, fault) in [(0o644, None), (0o646, Some("everybody can write to it"))] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("set");
        let made = Client::new(&url, &auth, &network, Clock::test()).err();
        assert_eq!(made.is_some(), fault.is_some(), "{mode:o}: {made:?}");
        if let (Some(made), Some(fault)) = (made, fault) {
            assert!(made.message().ends_with(fault) && made.hint().starts_with("chmod go-w "), "{made:?}");
        }
    }
}
