//! Does what the model asks for, and reports to it what came of it. Nothing here waits on the loop's own thread.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::core::secret::SecretValue;
use crate::engine::refusal::{Kind, Refusal};
use crate::file::{self, Links, Unfit};
use crate::tui::Connector;
use crate::tui::demo::DemoKey;
use crate::tui::msg::{Ask, Effect, Msg};
use crate::tui::run::events::Sender;
use crate::tui::run::left;
use crate::tui::run::left::{End, Left};
use crate::tui::run::link;
use crate::tui::run::link::{CurrentEngine, Order};
use crate::tui::theme::Tone;

/// The largest file that is read for a form, in bytes: a private key of 8192 bits has about 6,500.
const LARGEST: u64 = 16_384;

/// Keeps a theme by its name, or says why not.
pub type KeepTheme = Arc<dyn Fn(&str) -> Result<(), String> + Send + Sync>;

/// Does effects.
pub struct Driver {
    current: Arc<CurrentEngine>,
    sender: Sender,
    orders: mpsc::UnboundedSender<Order>,
    read_only: bool,
    demo: Option<mpsc::UnboundedSender<DemoKey>>,
    left: Left,
    keep_theme: Option<KeepTheme>,
}

impl Driver {
    /// Looks for the engine from now on.
    pub fn new(
        connector: Arc<dyn Connector>,
        current: Arc<CurrentEngine>,
        sender: Sender,
        read_only: bool,
        demo: Option<mpsc::UnboundedSender<DemoKey>>,
        left: Left,
    ) -> Self {
        let (orders, received) = mpsc::unbounded_channel();
        tokio::spawn(link::keep(connector, current.clone(), sender.clone(), received));
        Self { current, sender, orders, read_only, demo, left, keep_theme: None }
    }

    /// With a way to keep a theme.
    pub fn keeping_themes(self, keep_theme: Option<KeepTheme>) -> Self {
        Self { keep_theme, ..self }
    }

    /// Does one. What it returns is to be sent to the terminal.
    pub fn perform(&mut self, effect: Effect) -> Option<Vec<u8>> {
        match effect {
            Effect::Call(purpose, ask) => return self.perform(Effect::CallLater(Duration::ZERO, purpose, ask)),
            Effect::CallLater(wait, purpose, Ask(request)) => {
                let (current, sender) = (self.current.clone(), self.sender.clone());
                // The engine may be another's, and one that changes things.
                let request = match if self.read_only { request.only_reads() } else { Ok(request) } {
                    Ok(request) => request,
                    Err(refusal) => {
                        sender.send(Msg::Replied(purpose, Err(refusal)));
                        return None;
                    }
                };
                tokio::spawn(async move {
                    if !wait.is_zero() {
                        tokio::time::sleep(wait).await;
                    }
                    let result = match current.handle() {
                        Some(handle) => handle.call(request).await,
                        None => Err(no_engine()),
                    };
                    sender.send(Msg::Replied(purpose, result));
                });
            }
            Effect::Wait(timer, span) => {
                let sender = self.sender.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(span).await;
                    sender.send(Msg::Timer(timer));
                });
            }
            Effect::Refresh => {
                let (current, sender) = (self.current.clone(), self.sender.clone());
                tokio::spawn(async move {
                    let Some(handle) = current.handle() else { return };
                    if let Ok((_, view)) = link::take(handle.as_ref()).await {
                        sender.send(Msg::View(view));
                    }
                });
            }
            Effect::LeaveBehind => drop(self.orders.send(Order::LeaveBehind)),
            Effect::Retry | Effect::TakeOver => drop(self.orders.send(Order::Start)),
            Effect::Copy(text) => return self.left.clipboard.put(&SecretValue::new(text), false, &self.sender),
            Effect::CopySecret(value) => return self.left.clipboard.put(&value, true, &self.sender),
            Effect::ForgetCopy => return self.left.clipboard.forget(),
            Effect::Save(name, text) => self.save(move |_| left::keep(&name, &text).map(|path| (path, ""))),
            Effect::SaveSecret(name, value) => {
                self.save(move |left| left.save(&name, &value).map(|path| (path, ", until you leave windlass")));
            }
            Effect::ReadFile { number, path, untested } => {
                let sender = self.sender.clone();
                tokio::task::spawn_blocking(move || {
                    sender.send(Msg::FileRead { number, untested, result: read(&path) });
                });
            }
            Effect::KeepTheme { name, by_hand } => self.keep(name, by_hand),
            Effect::Demo(key) => {
                if let Some(demo) = &self.demo {
                    let _ = demo.send(key);
                }
            }
            // The loop's own.
            Effect::Quit | Effect::Redraw | Effect::Suspend | Effect::Theme(_) => {}
        }
        None
    }

    /// Takes back what this session put outside of itself. What it returns is to be sent to the terminal.
    pub fn end(&self) -> Option<Vec<u8>> {
        self.left.take_back(End::Orderly)
    }

    fn keep(&self, name: String, by_hand: String) {
        let (sender, keep) = (self.sender.clone(), self.keep_theme.clone());
        tokio::task::spawn_blocking(move || {
            let done = keep.map_or_else(|| Err("this session keeps nothing".into()), |keep| keep(&name));
            let (tone, text) = kept(&name, done, &by_hand);
            sender.send(Msg::Toast(tone, text.into()));
        });
    }

    fn save(&self, write: impl FnOnce(&Left) -> std::io::Result<(PathBuf, &'static str)> + Send + 'static) {
        let (sender, left) = (self.sender.clone(), self.left.clone());
        tokio::task::spawn_blocking(move || {
            let (tone, text) = match write(&left) {
                Ok((path, until)) => (Tone::Good, format!("written to {}, for you alone{until}", path.display())),
                Err(error) => (Tone::Bad, format!("the file cannot be written: {error}; nothing was kept")),
            };
            sender.send(Msg::Toast(tone, text.into()));
        });
    }
}

fn kept(name: &str, kept: Result<(), String>, by_hand: &str) -> (Tone, String) {
    match kept {
        Ok(()) => (Tone::Good, format!("{name} is kept for the next start")),
        Err(why) => (Tone::Warn, format!("{name} is used until you leave, and not kept ({why}); {by_hand}")),
    }
}

fn no_engine() -> Refusal {
    Refusal::new(Kind::Unavailable, "no engine answers at the moment", "nothing was changed; try again when it is back")
}

/// Reads a credential from a file. `~/` is the home directory, as in a shell.
fn read(path: &str) -> Result<SecretValue, String> {
    let home = path.strip_prefix("~/").zip(std::env::var_os("HOME"));
    let path = home.map_or_else(|| PathBuf::from(path), |(rest, home)| PathBuf::from(home).join(rest));
    let bytes = file::read(&path, Links::Followed, LARGEST).map_err(|unfit| match unfit {
        Unfit::Kind(_) => "that is no file".into(),
        Unfit::Long { .. } | Unfit::Holes(_) => "it is too large to be a credential".into(),
        other => format!("it cannot be read: {other}"),
    })?;
    match str::from_utf8(&bytes) {
        Ok(text) if text.trim().is_empty() => Err("it is empty".into()),
        Ok(text) => Ok(SecretValue::new(text)),
        Err(_) => Err("it is no text".into()),
    }
}

#[cfg(test)]
mod tests;
