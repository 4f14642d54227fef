use std::sync::Mutex;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::*;
use crate::tui::Connected;

/// What was done, in order.
type Done = Arc<Mutex<Vec<&'static str>>>;

/// Leaves an engine behind once the test lets it; with `None` it cannot.
struct Play {
    done: Done,
    go: Mutex<Option<mpsc::Receiver<()>>>,
}

impl Connector for Play {
    fn connect(&self, _: bool) -> BoxFuture<'_, Result<Connected, Refusal>> {
        unreachable!("no one looks for one")
    }

    fn leave_behind(&self) -> BoxFuture<'_, Result<(), Refusal>> {
        let go = self.go.lock().expect("whole").take();
        async move {
            let go = go.ok_or_else(|| Refusal::new(Kind::Store, "sealed with another key", ""))?;
            go.recv().expect("let");
            self.done.lock().expect("whole").push("started");
            Ok(())
        }
        .boxed()
    }
}

/// A connector, and a current with an engine of ours.
fn scene(go: Option<mpsc::Receiver<()>>) -> (Arc<Play>, Arc<CurrentEngine>, Done) {
    let done = Done::default();
    let (current, ended) = (Arc::new(CurrentEngine::default()), done.clone());
    current.set(None, Some(LocalEngine::new(Vec::new(), move || ended.lock().expect("whole").push("stopped"))));
    (Arc::new(Play { done: done.clone(), go: Mutex::new(go) }), current, done)
}

#[tokio::test]
async fn ours_ends_before_the_other_starts_and_whoever_ends_the_process_waits_for_both() {
    let (lets, go) = mpsc::channel();
    let (connector, current, done) = scene(Some(go));
    let handing = tokio::spawn({
        let current = current.clone();
        async move { hand_over(connector, &current).await }
    });
    while done.lock().expect("whole").is_empty() {
        tokio::task::yield_now().await;
    }
    let waiting = current.take_own().expect("something is still to be waited for");
    let ended = done.clone();
    let waiter = std::thread::spawn(move || {
        waiting.stop();
        ended.lock().expect("whole").push("waited");
    });
    lets.send(()).expect("wanted");
    assert_eq!(handing.await.expect("no panic"), Ok(()));
    waiter.join().expect("no panic");
    assert_eq!(*done.lock().expect("whole"), ["stopped", "started", "waited"]);
    assert!(current.take_own().is_none());
}

#[tokio::test]
async fn where_none_can_be_started_it_says_so_and_nothing_is_left_to_wait_for() {
    let (connector, current, done) = scene(None);
    let refusal = hand_over(connector.clone(), &current).await.expect_err("it cannot");
    assert_eq!(refusal.message(), "sealed with another key");
    assert_eq!(*done.lock().expect("whole"), ["stopped"]);
    assert!(current.take_own().is_none());
    let refusal = hand_over(connector, &current).await.expect_err("there is none of ours");
    assert_eq!(refusal.error, Kind::Conflict);
}
