use std::sync::Mutex;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::*;
use crate::tui::Found;

/// What was done, in order.
type Done = Arc<Mutex<Vec<&'static str>>>;

/// Leaves an engine behind once the test lets it; with `None` it cannot.
struct Play {
    done: Done,
    go: Mutex<Option<mpsc::Receiver<()>>>,
}

impl Finder for Play {
    fn find(&self, _: bool) -> BoxFuture<'_, Result<Found, Refusal>> {
        unreachable!("nobody looks for one")
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

/// A finder, and a slot with an engine of ours.
fn scene(go: Option<mpsc::Receiver<()>>) -> (Arc<Play>, Arc<Slot>, Done) {
    let done = Done::default();
    let (slot, ended) = (Arc::new(Slot::default()), done.clone());
    slot.set(None, Some(Own::new(Vec::new(), move || ended.lock().expect("whole").push("stopped"))));
    (Arc::new(Play { done: done.clone(), go: Mutex::new(go) }), slot, done)
}

#[tokio::test]
async fn ours_ends_before_the_other_starts_and_whoever_ends_the_process_waits_for_both() {
    let (lets, go) = mpsc::channel();
    let (finder, slot, done) = scene(Some(go));
    let handing = tokio::spawn({
        let slot = slot.clone();
        async move { hand_over(finder, &slot).await }
    });
    while done.lock().expect("whole").is_empty() {
        tokio::task::yield_now().await;
    }
    let waiting = slot.take_own().expect("something is still to be waited for");
    let ended = done.clone();
    let waiter = std::thread::spawn(move || {
        waiting.stop();
        ended.lock().expect("whole").push("waited");
    });
    lets.send(()).expect("wanted");
    assert_eq!(handing.await.expect("no panic"), Ok(()));
    waiter.join().expect("no panic");
    assert_eq!(*done.lock().expect("whole"), ["stopped", "started", "waited"]);
    assert!(slot.take_own().is_none());
}

#[tokio::test]
async fn where_none_can_be_started_it_says_so_and_nothing_is_left_to_wait_for() {
    let (finder, slot, done) = scene(None);
    let refusal = hand_over(finder.clone(), &slot).await.expect_err("it cannot");
    assert_eq!(refusal.message, "sealed with another key");
    assert_eq!(*done.lock().expect("whole"), ["stopped"]);
    assert!(slot.take_own().is_none());
    let refusal = hand_over(finder, &slot).await.expect_err("there is none of ours");
    assert_eq!(refusal.error, Kind::Conflict);
}
