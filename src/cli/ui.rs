//! Bare `windlass`: the terminal UI, attached to the engine that runs, or with one of its own.
//!
//! An engine that starts here serves other processes too: it holds the lock, listens on the socket before it opens the
//! store, and is served from a thread of its own, so that a terminal that no one reads keeps no command waiting.

use crate::engine::view::Note;
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::Notify;

use super::Failure;
use super::ask::aside;
use super::attach::{Way, engine, find, reach, warning};
use super::background::{self, Left};
use super::context::Context;
use super::keys;
use super::looks;
use super::notify::Notifier;
use super::process;
use super::settings::Settings;
use super::settings::config::Defaults;
use crate::api::server;
use crate::core::history::{Actor, Via};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::{Handle, Local, Role};
use crate::store::Lock;
use crate::tui::session::Preferences;
use crate::tui::{Connected, Connector, LocalEngine, run};

/// How long an engine may take to finish before it is said that it does.
const UNNOTICED: Duration = Duration::from_millis(300);

/// How long leaving waits for the notify command.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Opens the UI and stays until someone leaves it.
pub async fn run(ctx: &Context) -> Result<(), Failure> {
    check_terminal(ctx)?;
    let seeker = Arc::new(Seeker { settings: ctx.settings.clone(), left: Mutex::default() });
    let options = options(ctx, seeker.clone());
    let (sender, receiver) = run::events::channel();
    looks::tell_refused(&options, &sender);
    tracing::trace!(name: "settings read", target: "start", "");
    let own = run::run(options, sender, receiver).await.map_err(|error| {
        Refusal::new(Kind::Failed, format!("the terminal cannot be used: {error}"), "what was under way is on disk")
    })?;
    if let Some(own) = own {
        let ending = own.ending;
        let mut stopped = std::pin::pin!(aside(move || own.stop()));
        if tokio::time::timeout(UNNOTICED, &mut stopped).await.is_err() {
            ctx.output.progress(ending);
            stopped.await;
        }
    }
    match seeker.left().take() {
        Some(Ok(left)) => left.words().iter().for_each(|line| ctx.output.talk(line)),
        Some(Err(refusal)) => return Err(refusal.into()),
        None => {}
    }
    Ok(())
}

/// Refuses to draw where no one would see it.
pub fn check_terminal(ctx: &Context) -> Result<(), Failure> {
    if ctx.output.json || !std::io::stdin().is_terminal() || !ctx.output.out_is_terminal {
        let message = "the terminal UI needs a terminal";
        let hint = "name a command (`windlass --help` lists them); `windlass serve` runs the engine alone";
        return Err(Failure::Status(2, Some(Refusal::new(Kind::Invalid, message, hint))));
    }
    Ok(())
}

/// The UI as the settings and the environment have it.
pub fn options(ctx: &Context, connector: Arc<dyn Connector>) -> run::Options {
    let settings = &ctx.settings;
    // A typo in the config is no reason to keep the screen from someone who needs it: it is said, and what was there
    // without that line stays.
    let mut notes = settings.found.reported();
    let (bindings, conflicts) = keys::bindings_that_hold(settings);
    notes.extend(conflicts);
    let (looks, unknown) = looks::of(settings, &|name| std::env::var(name).ok());
    notes.extend(unknown);
    notes.extend(settings.zone_note());
    run::Options {
        connector,
        clock: settings.clock,
        preferences: Preferences {
            zone: settings.zone,
            read_only: settings.read_only,
            bindings,
            time_zone: settings.time_zone().ok(),
            environment: settings.environment().unwrap_or_else(|_| Defaults::default().environment),
        },
        looks,
        keep_theme: Some(Arc::new({
            let settings = settings.clone();
            move |theme: &str| looks::chosen::keep(&settings, theme)
        })),
        notes: notes.into_iter().map(Into::into).collect(),
        demo: None,
    }
}

/// Who acts through the UI.
fn actor() -> Actor {
    Actor { via: Via::Ui, ..process::actor() }
}

/// Finds the engine, or becomes it.
struct Seeker {
    settings: Settings,
    /// What came of leaving an engine behind, where that was the last thing that was done.
    left: Mutex<Option<Result<Left, Refusal>>>,
}

impl Seeker {
    fn left(&self) -> std::sync::MutexGuard<'_, Option<Result<Left, Refusal>>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connector for Seeker {
    fn connect(&self, start: bool) -> BoxFuture<'_, Result<Connected, Refusal>> {
        async move {
            // The session continues, and what came of that was reported on its screen.
            self.left().take();
            let way = if start {
                find(&self.settings, |_| {}).await?
            } else {
                match reach(&self.settings)? {
                    Ok(remote) => Way::Engine(remote),
                    Err(_) => return Err(Refusal::new(Kind::Unavailable, "no engine answers", "it is looked for")),
                }
            };
            match way {
                Way::Engine(remote) => {
                    let notes = warning(&remote).map(Into::into).into_iter().collect();
                    Ok(Connected { handle: Arc::new(remote.via(Via::Ui)), own: None, notes })
                }
                Way::Lock(lock) => {
                    // Whoever tries again may have corrected the config meanwhile.
                    let sound = self.settings.for_an_engine().is_ok();
                    let settings = if sound { self.settings.clone() } else { self.settings.again() };
                    // Opening a large store takes a while, and the screen is there already.
                    let begun = aside(move || begin(&settings, lock)).await;
                    begun.unwrap_or_else(|| {
                        Err(Refusal::new(Kind::Failed, "opening the store made a fault", "please report it"))
                    })
                }
            }
        }
        .boxed()
    }

    fn leave_behind(&self) -> BoxFuture<'_, Result<(), Refusal>> {
        async move {
            let left = background::start(&self.settings).await;
            let reported = left.clone().map(drop);
            *self.left() = Some(left);
            reported
        }
        .boxed()
    }
}

/// Starts an engine in this process, with a socket for others. Where nothing may be changed it refuses to, and does
/// nothing by itself.
fn begin(settings: &Settings, lock: Lock) -> Result<Connected, Refusal> {
    settings.for_an_engine()?;
    // Before the store is opened: whoever looks for an engine from now on waits for this one.
    let spot = lock.spot().clone();
    let sockets = server::bind(&settings.own_socket())?.only_while(move || spot.is_here());
    let engine = engine(settings, lock, Role::Ui, true)?;
    let notes = engine.notes.iter().map(Note::say).collect();
    let handle = engine.handle(actor());
    let notifier = if settings.read_only { None } else { Notifier::start(settings, handle.clone(), LAST_WORDS)? };
    let (stop, fell) = (Arc::new(Notify::new()), engine.fell());
    let served = serve(sockets, handle.clone(), stop.clone())?;
    let end = move || {
        stop.notify_one();
        // The engine ends first: that ends the calls and the live logs of whoever is attached, and with them the server.
        engine.stop();
        if let Some(notifier) = notifier {
            notifier.finish();
        }
        // It is bounded by itself, and a fault in it was reported when it happened.
        let _ = served.join();
    };
    let handle = Arc::new(handle) as Arc<dyn Handle>;
    Ok(Connected { handle, own: Some(LocalEngine::new(notes, end).that_may_fall(fell)), notes: Vec::new() })
}

/// Serves the socket, on a thread of its own.
fn serve(sockets: server::Sockets, handle: Local, stop: Arc<Notify>) -> Result<thread::JoinHandle<()>, Refusal> {
    let broken = |error: std::io::Error| {
        Refusal::new(Kind::Failed, format!("the socket cannot be served: {error}"), "see this machine's limits")
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broken)?;
    let serving = move || {
        let served = runtime.block_on(server::serve(sockets, handle, async move { stop.notified().await }));
        if let Err(refusal) = served {
            tracing::warn!("{refusal}");
        }
    };
    thread::Builder::new().name("api".into()).spawn(serving).map_err(broken)
}

#[cfg(test)]
mod tests;
