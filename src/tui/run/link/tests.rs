use futures_util::future::BoxFuture;
use futures_util::{FutureExt, stream};

use super::super::{Feeding, feed};
use super::*;
use crate::engine::Fell;
use crate::tui::Found;
use crate::tui::fixture::{rows, view_of};

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

impl Finder for Falls {
    fn find(&self, _: bool) -> BoxFuture<'_, Result<Found, Refusal>> {
        let own = Own::new(Vec::new(), || {}).that_may_fall(Fell::said("index out of bounds"));
        async move { Ok(Found { handle: Arc::new(Short), own: Some(own), notes: Vec::new() }) }.boxed()
    }
}

async fn next(feeding: &mut Feeding) -> Msg {
    loop {
        match feeding.0.recv().await.expect("it goes on") {
            Happening::Msg(Msg::Linked { .. } | Msg::Lost(_)) => {}
            Happening::Msg(msg) => return msg,
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_engine_of_ours_that_falls_is_started_once_more_and_then_said_to_be_gone() {
    let (feed, mut feeding) = feed();
    let (order, orders) = mpsc::unbounded_channel();
    let kept = tokio::spawn(keep(Arc::new(Falls), Arc::default(), feed, orders));
    for _ in 0..2 {
        let first = next(&mut feeding).await;
        assert!(matches!(&first, Msg::Told(Tone::Bad, text) if text.contains("index out of bounds")), "{first:?}");
        let second = next(&mut feeding).await;
        assert!(matches!(&second, Msg::Barred(why) if why.message.contains("index out of bounds")), "{second:?}");
        // Whoever reads it may try again.
        order.send(Order::Start).expect("it waits");
    }
    drop(order);
    drop(feeding);
    kept.await.expect("it ends");
}
