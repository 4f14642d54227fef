//! The way to the engine: found, followed, lost, and found again.
//!
//! One task keeps it. It decides nothing about rotations; it turns the engine's view and its events into messages.

use crate::words::sentence::Sentence;
use crate::words::sentence::say;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{FutureExt, StreamExt};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::engine::events::YIELDS;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Reply, Request};
use crate::engine::view::View;
use crate::engine::{EventStream, Handle};
use crate::tui::msg::Msg;
use crate::tui::run::events::Sender;
use crate::tui::run::handover::hand_over;
use crate::tui::theme::Tone;
use crate::tui::{Connector, LocalEngine};

/// Between two looks for an engine that went away.
const AGAIN: Duration = Duration::from_millis(300);

/// How often an engine of this process that made a fault is started again without being asked.
const FALLS: u32 = 1;

/// So many looks for the engine that takes over from this one, some ten seconds: then this session is the engine again.
const AWAITED: u32 = 33;

/// What is said once it is known whether the engine came up that this one made way for.
const TAKEN: (Tone, &str) = (Tone::Good, "`windlass serve` has taken over; this session is attached to it");
const NOT_TAKEN: (Tone, &str) =
    (Tone::Warn, "`windlass serve` asked for the store and did not come up; this session is the engine again");

/// As many events are folded before the next frame at the most.
const MAX_BATCH: usize = 500;

/// The engine as it is reached now.
#[derive(Default)]
pub struct CurrentEngine {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    handle: Option<Arc<dyn Handle>>,
    own: Option<LocalEngine>,
}

impl CurrentEngine {
    /// The way in, where there is one.
    pub fn handle(&self) -> Option<Arc<dyn Handle>> {
        self.inner().handle.clone()
    }

    /// The engine of this process, to be stopped.
    pub fn take_own(&self) -> Option<LocalEngine> {
        self.inner().own.take()
    }

    /// Puts another in its place; the engine of this process that was there is to be stopped.
    pub(super) fn set(&self, handle: Option<Arc<dyn Handle>>, own: Option<LocalEngine>) -> Option<LocalEngine> {
        let mut inner = self.inner();
        inner.handle = handle;
        std::mem::replace(&mut inner.own, own)
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an operator asks of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Look again, and start an engine where there is none.
    Start,
    /// End the engine of this process, and have one started that outlives it.
    LeaveBehind,
}

/// Keeps the way until no one listens any more.
pub async fn keep(
    connector: Arc<dyn Connector>,
    current: Arc<CurrentEngine>,
    sender: Sender,
    mut orders: mpsc::UnboundedReceiver<Order>,
) {
    let mut start = true;
    let mut lost = false;
    let mut falls = 0;
    // How many looks are left for an engine that was made way for.
    let mut awaited: Option<u32> = None;
    // The engine that ended was a screen's.
    let mut was_screen = false;
    loop {
        match connector.connect(start).await {
            Ok(mut found) => {
                let own = found.own.is_some();
                let fell = found.own.as_ref().map(|own| own.fell.clone());
                let mut notes = found.own.as_mut().map(|own| std::mem::take(&mut own.notes)).unwrap_or_default();
                notes.append(&mut found.notes);
                let handle = found.handle;
                let before = Before { was_screen, awaited: awaited.is_some() };
                // What was there before has ended, but for its bookkeeping.
                stop(current.set(Some(handle.clone()), found.own)).await;
                let followed = tokio::select! {
                    ended = follow(handle.as_ref(), &sender, (own, before), notes) => Some(ended),
                    () = to_leave(&mut orders) => None,
                };
                let Some(ended) = followed else {
                    let outcome = hand_over(connector.clone(), &current).await;
                    let done = outcome.is_ok();
                    if !sender.send(Msg::LeftBehind(outcome)) || done {
                        return;
                    }
                    (lost, start) = (true, true);
                    continue;
                };
                match ended {
                    // An engine of this process, or another UI's, is replaced by whoever is first; any other is being
                    // restarted by whoever runs it.
                    Ok(ended) => {
                        was_screen = own || ended.role == "ui";
                        start = was_screen && !ended.yields;
                        awaited = ended.yields.then_some(AWAITED);
                    }
                    Err(refusal) if !lost => {
                        sender.send(Msg::Barred(refusal));
                        stop(current.set(None, None)).await;
                        if orders.recv().await.is_none() {
                            return;
                        }
                        start = true;
                        continue;
                    }
                    Err(_) => start = false,
                }
                stop(current.set(None, None)).await;
                if let Some(refusal) = fell.and_then(|fell| fell.why()) {
                    falls += 1;
                    if falls > FALLS {
                        // Started over and over it would only look as if it ran.
                        sender.send(Msg::Barred(refusal));
                        if orders.recv().await.is_none() {
                            return;
                        }
                        (falls, start) = (0, true);
                        continue;
                    }
                    let text = say!("{}; it is started again", refusal.problem.what());
                    sender.send(Msg::Toast(Tone::Bad, text));
                }
                lost = true;
                let refusal = Refusal::new(Kind::Unavailable, "the engine has gone away", "");
                if !sender.send(Msg::Lost(refusal)) {
                    return;
                }
            }
            Err(refusal) if !lost => {
                sender.send(Msg::Barred(refusal));
                if orders.recv().await.is_none() {
                    return;
                }
                start = true;
                continue;
            }
            Err(refusal) if start => {
                start = false;
                sender.send(Msg::Toast(Tone::Bad, refusal.problem.whole()));
            }
            Err(_) => {}
        }
        if let Some(left) = &mut awaited {
            *left = left.saturating_sub(1);
            start |= *left == 0;
        }
        tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Start) => start = true,
                // It was asked for as the engine went away: there is none to be replaced.
                Some(Order::LeaveBehind) => {
                    let refusal = Refusal::new(Kind::Unavailable, "the engine has gone away", "try again when it is back");
                    sender.send(Msg::LeftBehind(Err(refusal)));
                }
                None => return,
            },
            () = tokio::time::sleep(AGAIN) => {}
        }
    }
}

/// Waits until someone wants to leave an engine behind. To start one means nothing while one is there.
async fn to_leave(orders: &mut mpsc::UnboundedReceiver<Order>) {
    while let Some(order) = orders.recv().await {
        if order == Order::LeaveBehind {
            return;
        }
    }
    std::future::pending::<()>().await;
}

async fn stop(own: Option<LocalEngine>) {
    if let Some(own) = own {
        let _ = tokio::task::spawn_blocking(move || own.stop()).await;
    }
}

/// What is known of the engine that was there before.
#[derive(Clone, Copy)]
struct Before {
    was_screen: bool,
    /// It made way, and the one that it made way for was waited for.
    awaited: bool,
}

impl Before {
    /// What is said of the one that is there now. A session that was attached to a screen may have missed the event
    /// that it makes way, so this asks who is there.
    fn said(self, own: bool, now: &View) -> Option<(Tone, &'static str)> {
        if own {
            return self.awaited.then_some(NOT_TAKEN);
        }
        (self.was_screen && now.engine.role == "serve").then_some(TAKEN)
    }
}

/// An engine that ended.
struct Ended {
    role: String,
    /// It made way for another.
    yields: bool,
}

/// Passes on what the engine reports until it ends.
async fn follow(
    handle: &dyn Handle,
    sender: &Sender,
    (own, before): (bool, Before),
    notes: Vec<Sentence>,
) -> Result<Ended, Refusal> {
    let (cursor, view) = take(handle).await?;
    let mut ended = Ended { role: view.engine.role.clone(), yields: false };
    let mut events: EventStream = handle.events(Some(cursor)).await?;
    let said = before.said(own, &view);
    sender.send(Msg::Linked { own, notes, view });
    if let Some((tone, text)) = said {
        sender.send(Msg::Toast(tone, text.into()));
    }
    let mut reset_at: Option<Instant> = None;
    while let Some(first) = events.next().await {
        let mut batch = vec![first];
        while batch.len() < MAX_BATCH
            && let Some(Some(event)) = events.next().now_or_never()
        {
            batch.push(event);
        }
        ended.yields |= batch.iter().any(|event| event.kind == YIELDS);
        let reset = batch.iter().any(|event| event.kind == "reset");
        if reset {
            // An engine that resets without end is not asked without end.
            if reset_at.is_some_and(|at| at.elapsed() < AGAIN) {
                tokio::time::sleep(AGAIN).await;
            }
            reset_at = Some(Instant::now());
            // What the view leaves out came before it; what comes after it is in the events.
            let Ok((_, view)) = take(handle).await else { break };
            sender.send(Msg::View(view));
        }
        if !batch.is_empty() && !sender.send(Msg::Events(batch)) {
            break;
        }
    }
    Ok(ended)
}

/// The whole view, and where its events continue.
pub async fn take(handle: &dyn Handle) -> Result<(String, Box<View>), Refusal> {
    match handle.call(Request::View).await? {
        Reply::View { cursor, view } => Ok((cursor, view)),
        _ => Err(Refusal::new(
            Kind::Failed,
            "the engine's view cannot be read",
            "the engine may be another version of windlass; restart it with this one",
        )),
    }
}

#[cfg(test)]
mod tests;
