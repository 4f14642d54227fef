use std::sync::Mutex;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::*;
use crate::engine::request::{Act, Mode, Reply, Request, RotateTerms};
use crate::engine::{EventStream, Handle};
use crate::tui::Connected;
use crate::tui::msg::Purpose;
use crate::tui::run::clipboard::Clipboard;
use crate::tui::run::events::channel;
use crate::tui::run::events::{LoopEvent, Receiver};

/// An engine that changes things: it remembers what it was asked.
#[derive(Default)]
struct Willing(Mutex<Vec<Request>>);

impl Handle for Willing {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Refusal>> {
        self.0.lock().expect("whole").push(request);
        async { Err(Refusal::new(Kind::Conflict, "asked", "")) }.boxed()
    }

    fn events(&self, _: Option<String>) -> BoxFuture<'_, Result<EventStream, Refusal>> {
        std::future::pending().boxed()
    }
}

/// Looks for ever.
struct Nowhere;

impl Connector for Nowhere {
    fn connect(&self, _: bool) -> BoxFuture<'_, Result<Connected, Refusal>> {
        std::future::pending().boxed()
    }
}

#[tokio::test]
async fn what_would_change_something_is_refused_before_it_is_sent_where_the_session_only_reads() {
    let engine = Arc::new(Willing::default());
    let current = Arc::new(CurrentEngine::default());
    current.set(Some(engine.clone()), None);
    let (sender, Receiver(mut events)) = channel();
    let mut driver = Driver::new(Arc::new(Nowhere), current, sender, true, None, Left::new(Clipboard::new(false)));
    let terms = RotateTerms::default;
    let acts = [Request::act("payments", terms(), Mode::Ask), Request::act("payments", terms(), Mode::Plan)];
    let mut reported = Vec::new();
    for request in acts {
        driver.perform(Effect::call(Purpose::Upcoming, request));
        match events.recv().await {
            Some(LoopEvent::Msg(Msg::Replied(_, Err(refusal)))) => reported.push(refusal.error),
            _ => panic!("not what was asked for"),
        }
    }
    assert_eq!(reported, [Kind::Refused, Kind::Conflict]);
    assert!(matches!(
        engine.0.lock().expect("whole")[..],
        [Request::Act { act: Act::Rotate(_), mode: Mode::Plan, .. }]
    ));
}
