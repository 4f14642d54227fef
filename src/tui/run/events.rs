//! What reaches the loop from outside, and the way on which it comes.

use tokio::sync::mpsc;

use crate::tui::msg::Msg;

/// Something that happened outside.
#[derive(Clone, Debug)]
pub enum LoopEvent {
    /// For the model.
    Msg(Msg),
    /// The terminal has another size.
    Resized,
    /// This process was stopped and continues.
    Continued,
    /// This process is to be stopped.
    Suspend,
    /// The terminal is gone.
    Gone,
}

/// A way to the loop. Clones lead to the same one.
#[derive(Clone, Debug)]
pub struct Sender(mpsc::UnboundedSender<LoopEvent>);

/// The other end of a [`Sender`].
#[derive(Debug)]
pub struct Receiver(pub(super) mpsc::UnboundedReceiver<LoopEvent>);

/// A way to the loop and its other end, made before the loop so that others can hold one.
pub fn channel() -> (Sender, Receiver) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Sender(sender), Receiver(receiver))
}

impl Sender {
    /// Sends the model something; `false` once the loop is over.
    pub fn send(&self, msg: Msg) -> bool {
        self.send_event(LoopEvent::Msg(msg))
    }

    /// Sends the loop something; `false` once it is over.
    pub fn send_event(&self, event: LoopEvent) -> bool {
        self.0.send(event).is_ok()
    }
}
