//! `windlass demo`: the terminal UI on a stage of its own. Nothing leaves this machine, and nothing is left behind.
//!
//! The UI knows nothing of the stage: it finds an engine at a socket like any other, shows the lines that it is given,
//! and says which of the demo's keys was pressed.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use chrono_tz::Tz;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, watch};

use super::Failure;
use super::ask::aside;
use super::context::Context;
use super::looks;
use super::process::Stops;
use super::ui;
use crate::api::client::connect;
use crate::core::history::Via;
use crate::demo::{Fault, Moment, NEXT, Options, Stage, Status, Tempo};
use crate::engine::refusal::{Kind, Refusal};
use crate::tui::demo::DemoKey;
use crate::tui::demo::DemoView;
use crate::tui::msg::Msg;
use crate::tui::theme::Tone;
use crate::tui::{Connected, Connector, run};

/// The stage, for whoever ends it first.
type Curtain = Arc<Mutex<Option<Stage>>>;

/// Plays until someone leaves, and says what comes next with a real org.
pub async fn run(ctx: &Context) -> Result<(), Failure> {
    ui::check_terminal(ctx)?;
    ctx.output.progress("setting the stage: two orgs that stand in for Okta's, on this machine");
    let mut stops = Stops::listen();
    let options = Options { program: "/proc/self/exe".into(), tempo: Tempo::STAGE };
    let stage = tokio::select! {
        stage = Stage::set(options) => stage?,
        _ = stops.next() => return Err(Failure::interrupted()),
    };
    let (keys, pressed) = mpsc::unbounded_channel();
    let (sender, receiver) = run::events::channel();
    let connector = Arc::new(Backstage { socket: stage.socket() });
    let options =
        run::Options { clock: stage.clock(), demo: Some(keys), keep_theme: None, ..ui::options(ctx, connector) };
    looks::tell_refused(&options, &sender);
    let lines = tokio::spawn(play(stage.status(), ctx.settings.zone, sender.clone()));
    let curtain = Curtain::new(Mutex::new(Some(stage)));
    let prompter = tokio::spawn(prompt(pressed, curtain.clone()));
    fall_at_a_signal(curtain.clone())?;
    let left = run::run(options, sender, receiver).await;
    lines.abort();
    prompter.abort();
    aside(move || fall(&curtain)).await;
    left.map_err(|error| Refusal::new(Kind::Failed, format!("the terminal cannot be used: {error}"), "try another"))?;
    ctx.output.talk(format!("The demo is over, and nothing of it is left. With an org of your own:\n\n  {NEXT}\n"));
    Ok(())
}

/// Ends the stage, whoever comes first.
fn fall(curtain: &Curtain) {
    drop(curtain.lock().unwrap_or_else(PoisonError::into_inner).take());
}

/// A terminal that no one reads can keep the UI from ending in good order; the stage ends all the same.
fn fall_at_a_signal(curtain: Curtain) -> Result<(), Refusal> {
    let broken = |error: std::io::Error| {
        Refusal::new(Kind::Failed, format!("signals cannot be heard: {error}"), "see this machine's limits")
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(broken)?;
    let listen = move || {
        runtime.block_on(async {
            Stops::listen().next().await;
        });
        fall(&curtain);
    };
    thread::Builder::new().name("curtain".into()).spawn(listen).map(drop).map_err(broken)
}

/// Shows how the demo stands, whenever that changed.
async fn play(mut status: watch::Receiver<Status>, zone: Tz, sender: run::events::Sender) {
    loop {
        let view = shown(&status.borrow_and_update(), zone);
        if !sender.send(Msg::Demo(Box::new(view))) || status.changed().await.is_err() {
            return;
        }
    }
}

fn shown(status: &Status, zone: Tz) -> DemoView {
    let tone = if status.refused > 0 { Tone::Bad } else { Tone::Strong };
    DemoView {
        header: status.headline("·"),
        strip: vec![(tone, status.news(zone))],
        slots: status.apps.iter().map(|app| (app.rotation.clone(), status.slots(app))).collect(),
    }
}

/// Does the demo's keys.
async fn prompt(mut pressed: mpsc::UnboundedReceiver<DemoKey>, curtain: Curtain) {
    let mut fault = Fault::ALL[0];
    let mut stands = false;
    while let Some(key) = pressed.recv().await {
        let curtain = curtain.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(stage) = curtain.as_ref() else { return };
        match key {
            DemoKey::Inject => {
                stage.inject(fault);
                fault = fault.next();
            }
            DemoKey::Kill => stage.kill(Moment::MidStep),
            DemoKey::Freeze => {
                stands = !stands;
                if stands { stage.pause() } else { stage.resume() }
            }
        }
    }
}

/// Finds the engine on stage, and never starts one: killing and starting it is the stage's.
struct Backstage {
    socket: PathBuf,
}

impl Connector for Backstage {
    fn connect(&self, _start: bool) -> BoxFuture<'_, Result<Connected, Refusal>> {
        async move {
            let remote = connect(&self.socket).map_err(|unreached| unreached.refusal(&self.socket))?;
            Ok(Connected { handle: Arc::new(remote.via(Via::Ui)), own: None, notes: Vec::new() })
        }
        .boxed()
    }
}
