use futures_util::future::BoxFuture;
use futures_util::{FutureExt, stream};

use super::*;
use crate::engine::Fell;
use crate::tui::Connected;
use crate::tui::fixture::{rows, view_of};
use crate::tui::run::events::channel;
use crate::tui::run::events::{LoopEvent, Receiver};

/// An engine of this process whose log ends at once.
struct Short;

impl Handle for Short {
    fn call(&self, _: Request) -> BoxFuture<'_, Result<Reply, Refusal>> {
        async { Ok(Reply::View { cursor: "e-0".into(), view: view_of(rows(), Vec::new()) }) }.boxed()
    }

    fn events(&self, _: Option<String>) -> BoxFuture<'_, Result<EventStream, Refusal>> {
        async { Ok(Box::pin(stream::empty()) as EventStream) }.boxed()
    }
}

/// Starts such engines, each of which makes a fault.
struct Falls;

impl Connector for Falls {
    fn connect(&self, _: bool) -> BoxFuture<'_, Result<Connected, Refusal>> {
        let own = LocalEngine::new(Vec::new(), || {}).that_may_fall(Fell::said("index out of bounds"));
        async move { Ok(Connected { handle: Arc::new(Short), own: Some(own), notes: Vec::new() }) }.boxed()
    }
}

async fn next(receiver: &mut Receiver) -> Msg {
    loop {
        match receiver.0.recv().await.expect("it keeps running") {
            LoopEvent::Msg(Msg::Linked { .. } | Msg::Lost(_)) => {}
            LoopEvent::Msg(msg) => return msg,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_engine_of_ours_that_falls_is_started_once_more_and_then_said_to_be_gone() {
    let (sender, mut receiver) = channel();
    let (order, orders) = mpsc::unbounded_channel();
    let kept = tokio::spawn(keep(Arc::new(Falls), Arc::default(), sender, orders));
    for _ in 0..2 {
        let first = next(&mut receiver).await;
        assert!(
            matches!(&first, Msg::Toast(Tone::Bad, text) if text.to_string().contains("index out of bounds")),
            "{first:?}"
        );
        let second = next(&mut receiver).await;
        assert!(matches!(&second, Msg::Barred(why) if why.message().contains("index out of bounds")), "{second:?}");
        // Whoever reads it may try again.
        order.send(Order::Start).expect("it waits");
    }
    drop(order);
    drop(receiver);
    kept.await.expect("it ends");
}

/// An engine that makes way.
struct Yields;

impl Handle for Yields {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Refusal>> {
        Short.call(request)
    }

    fn events(&self, _: Option<String>) -> BoxFuture<'_, Result<EventStream, Refusal>> {
        let event = serde_json::json!({"cursor": "e-1", "at": "2027-03-09T13:00:00Z", "level": "warn",
            "kind": YIELDS, "rotation": null, "connection": null, "attempt": null, "message": "it ends", "rows": {}});
        let event = serde_json::from_value(event).expect("an event");
        async { Ok(Box::pin(stream::iter([event])) as EventStream) }.boxed()
    }
}

/// An engine that stays.
struct Stays;

impl Handle for Stays {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Refusal>> {
        Short.call(request)
    }

    fn events(&self, _: Option<String>) -> BoxFuture<'_, Result<EventStream, Refusal>> {
        async { Ok(Box::pin(stream::pending()) as EventStream) }.boxed()
    }
}

/// Finds one that makes way, then nothing for so many looks, then another. What may be started is noted.
struct Hands {
    comes: bool,
    looks: Mutex<Vec<bool>>,
}

impl Connector for Hands {
    fn connect(&self, start: bool) -> BoxFuture<'_, Result<Connected, Refusal>> {
        let mut looks = self.looks.lock().expect("no panic");
        looks.push(start);
        let found = |handle: Arc<dyn Handle>, own: bool| {
            Ok(Connected { handle, own: own.then(|| LocalEngine::new(Vec::new(), || {})), notes: Vec::new() })
        };
        let done = match looks.len() {
            1 => found(Arc::new(Yields), true),
            4 if self.comes => found(Arc::new(Stays), false),
            _ if start => found(Arc::new(Stays), true),
            _ => Err(Refusal::new(Kind::Unavailable, "no engine answers", "")),
        };
        async move { done }.boxed()
    }
}

/// What is said after an engine of ours made way, and which looks might have started another.
async fn made_way(comes: bool) -> (String, Vec<bool>) {
    let (sender, mut receiver) = channel();
    let (order, orders) = mpsc::unbounded_channel();
    let hands = Arc::new(Hands { comes, looks: Mutex::default() });
    let kept = tokio::spawn(keep(hands.clone(), Arc::default(), sender, orders));
    let said = loop {
        match next(&mut receiver).await {
            Msg::Toast(_, text) => break text,
            Msg::Events(_) => {}
            other => panic!("{other:?}"),
        }
    };
    drop((order, receiver));
    kept.abort();
    let looks = hands.looks.lock().expect("no panic").clone();
    (said.to_string(), looks)
}

#[tokio::test(start_paused = true)]
async fn an_engine_of_ours_that_made_way_starts_none_and_follows_the_one_that_comes() {
    let (said, looks) = made_way(true).await;
    assert!(said.contains("has taken over") && said.contains("attached"), "{said}");
    assert_eq!(looks, [true, false, false, false]);
}

#[tokio::test(start_paused = true)]
async fn where_none_comes_this_session_is_the_engine_again() {
    let (said, looks) = made_way(false).await;
    assert!(said.contains("did not come up") && said.contains("the engine again"), "{said}");
    assert_eq!(looks.iter().filter(|start| **start).count(), 2, "{looks:?}");
    assert!(looks.len() > 10, "it is waited for: {looks:?}");
}

/// A screen's engine whose events end without a word.
struct Vanishes;

impl Handle for Vanishes {
    fn call(&self, _: Request) -> BoxFuture<'_, Result<Reply, Refusal>> {
        let mut view = view_of(rows(), Vec::new());
        view.engine.role = "ui".into();
        async { Ok(Reply::View { cursor: "e-0".into(), view }) }.boxed()
    }

    fn events(&self, cursor: Option<String>) -> BoxFuture<'_, Result<EventStream, Refusal>> {
        Short.events(cursor)
    }
}

/// Finds another screen's engine that vanishes, then `serve`.
struct Replaced(Mutex<usize>);

impl Connector for Replaced {
    fn connect(&self, _: bool) -> BoxFuture<'_, Result<Connected, Refusal>> {
        let mut looks = self.0.lock().expect("no panic");
        *looks += 1;
        let handle: Arc<dyn Handle> = if *looks == 1 { Arc::new(Vanishes) } else { Arc::new(Stays) };
        async move { Ok(Connected { handle, own: None, notes: Vec::new() }) }.boxed()
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_that_missed_why_its_engine_ended_says_too_that_serve_has_taken_over() {
    let (sender, mut receiver) = channel();
    let (order, orders) = mpsc::unbounded_channel();
    let kept = tokio::spawn(keep(Arc::new(Replaced(Mutex::default())), Arc::default(), sender, orders));
    let said = next(&mut receiver).await;
    assert!(matches!(&said, Msg::Toast(Tone::Good, text) if text.to_string().contains("has taken over")), "{said:?}");
    drop((order, receiver));
    kept.abort();
}
