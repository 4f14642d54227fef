//! The commands that run after deliveries: one that several targets have runs once for those that were delivered together, so
//! that a service whose secrets all change is not restarted for each.

use chrono::Duration;
use tokio::sync::oneshot;

use crate::core::cause::MachineCause;
use crate::core::fault::{Code, Fault};
use crate::core::remedy::OnMachine;
use crate::delivery::command::{self, Delivered};
use crate::engine::state::Engine;
use crate::engine::state::after::Answer;

/// No sooner than this after its last start a command is started again.
const APART: Duration = Duration::seconds(10);

/// Has a command run for a delivery, together with those that wait for the same one.
pub async fn run(engine: &Engine, argv: &[String], delivered: Delivered) -> Answer {
    let (answer, answered) = oneshot::channel();
    let serve = {
        let mut lines = engine.after.borrow_mut();
        let line = lines.entry(argv.to_vec()).or_default();
        line.waiting.push((delivered, answer));
        !std::mem::replace(&mut line.served, true)
    };
    if serve {
        let (engine, argv) = (engine.clone(), argv.to_vec());
        tokio::task::spawn_local(async move { serve_line(&engine, &argv).await });
    }
    answered.await.unwrap_or_else(|_| Err(Fault::new(Code::Broken, MachineCause::Internal).and(OnMachine::Report)))
}

async fn serve_line(engine: &Engine, argv: &[String]) {
    loop {
        let again_at = engine.after.borrow().get(argv).and_then(|line| line.started_at).map(|at| at + APART);
        let now = engine.clock.now();
        // A start that lies ahead is from before the clock was set back.
        if let Some(wait) = again_at.map(|at| at - now).filter(|wait| *wait > Duration::zero() && *wait <= APART) {
            engine.clock.sleep(wait).await;
        }
        let waiting = {
            let mut lines = engine.after.borrow_mut();
            let Some(line) = lines.get_mut(argv) else { return };
            line.started_at = Some(engine.clock.now());
            line.served = !line.waiting.is_empty();
            std::mem::take(&mut line.waiting)
        };
        if waiting.is_empty() {
            return;
        }
        let (deliveries, answers): (Vec<_>, Vec<_>) = waiting.into_iter().unzip();
        let ended = command::after(argv, &deliveries).await;
        for answer in answers {
            let _ = answer.send(ended.clone());
        }
        let mut lines = engine.after.borrow_mut();
        let Some(line) = lines.get_mut(argv) else { return };
        if line.waiting.is_empty() {
            line.served = false;
            return;
        }
    }
}
