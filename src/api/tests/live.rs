use futures_util::StreamExt;

use super::*;

async fn messages(events: &mut EventStream, count: usize) -> Vec<String> {
    let events: Vec<_> = events.by_ref().take(count).collect().await;
    events.into_iter().map(|event| if event.kind == "reset" { "reset".into() } else { event.message() }).collect()
}

#[tokio::test]
async fn the_live_log_continues_from_a_cursor_and_starts_again_where_it_cannot() {
    let server = TestServer::answering();
    let remote = server.remote();
    server.played.tell("before");
    let cursor = server.played.events.cursor();
    server.played.tell("one");
    server.played.tell("two");
    let mut events = remote.events(Some(cursor)).await.expect("followed");
    let first = events.next().await.expect("an event");
    assert_eq!((first.message().as_str(), first.rows.gone.len()), ("one", 1));
    let mut again = remote.events(Some(first.cursor)).await.expect("followed");
    assert_eq!(messages(&mut again, 1).await, ["two"]);
    server.played.tell("three\nlines\r\n\r\ndata: x");
    assert_eq!(messages(&mut again, 1).await, ["three\nlines\r\n\r\ndata: x"]);
    assert_eq!(messages(&mut events, 2).await, ["two", "three\nlines\r\n\r\ndata: x"]);
    let mut foreign = remote.events(Some("other engine's&é-1".into())).await.expect("followed");
    assert_eq!(messages(&mut foreign, 1).await, ["reset"]);
    // From now on: the head of the answer comes before anything happens.
    let mut fresh = remote.events(None).await.expect("followed");
    server.played.tell("four");
    assert_eq!(messages(&mut fresh, 1).await, ["four"]);
}

#[tokio::test]
async fn a_header_says_where_to_continue_as_the_query_does_and_is_newer() {
    let server = TestServer::answering();
    let old = server.played.events.cursor();
    server.played.tell("one");
    let newer = server.played.events.cursor();
    server.played.tell("two");
    let mut stream = UnixStream::connect(&server.path).await.expect("connected");
    let request = format!("GET /api/v1/events?cursor={old} HTTP/1.1\r\nhost: x\r\nlast-event-id: {newer}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("written");
    let newest = server.played.events.cursor();
    let mut text = String::new();
    let mut buffer = [0; 4096];
    while !text.contains("\n\n") {
        let count = stream.read(&mut buffer).await.expect("read");
        assert!(count > 0, "{text}");
        text.push_str(std::str::from_utf8(&buffer[..count]).expect("UTF-8"));
    }
    assert!(text.contains("text/event-stream") && text.contains("two") && !text.contains("\"one\""), "{text}");
    assert!(text.contains(&format!("id: {newest}\n")), "{text}");
}

#[tokio::test]
async fn clients_that_are_slow_or_do_not_read_hold_up_no_other() {
    let server = TestServer::answering();
    let mut idle = Vec::new();
    for piece in [
        "",
        "GET /api/v1/vi",
        "POST /api/v1/app-connections/okta HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{\"na",
        "GET /api/v1/events HTTP/1.1\r\nhost: x\r\n\r\n",
        "GET /api/v1/events?cursor=none HTTP/1.1\r\nhost: x\r\n\r\n",
    ] {
        let mut stream = UnixStream::connect(&server.path).await.expect("connected");
        stream.write_all(piece.as_bytes()).await.expect("written");
        idle.push(stream);
    }
    let remote = server.remote();
    let mut events = remote.events(None).await.expect("followed");
    // More than the sockets of those who do not read take in.
    for n in 0..1_500 {
        server.played.tell(format!("{n} {}", "x".repeat(2_000)));
        if n % 500 == 0 {
            remote.call(Request::View).await.expect("answered");
        }
    }
    let read = messages(&mut events, 1_500).await;
    assert!(read[1_499].starts_with("1499 "), "{}", read[1_499].len());
    drop(idle);
}

#[tokio::test]
async fn a_client_that_goes_away_is_waited_for_no_longer() {
    let server = TestServer::open(|_| Act::Hang);
    let remote = server.remote();
    let followed = remote.events(None).await.expect("followed");
    let call = tokio::spawn(async move { remote.call(Request::View).await });
    server.played.open(2).await;
    // Nothing is ever sent on the idle stream: its end is seen all the same.
    drop(followed);
    server.played.open(1).await;
    call.abort();
    server.played.open(0).await;
    assert_eq!(server.get("/healthz").await.status, 200);
}
