//! The engine's process: started, killed, and started again.

use tokio::time::Instant;

use super::super::child::Engine;
use super::super::fault;
use super::super::status::EngineState;
use super::Director;
use crate::engine::refusal::Refusal;

/// How often an engine that ends by itself is started again.
const RESTARTS: u32 = 3;

impl Director {
    /// SIGKILL. The engine is started again once the screen has shown that it is gone.
    pub(super) fn kill(&mut self, how: &str) {
        self.board.pace.calm();
        drop(self.engine.take());
        for org in &self.board.orgs {
            fault::park_no_more(org.org());
        }
        self.harvest(true);
        self.due.kill = None;
        self.due.rest = None;
        self.due.start = Some(Instant::now() + self.tempo.beat / 2);
        self.board.tell(|status| {
            status.kills += 1;
            status.engine = EngineState::Starting;
            how.clone_into(&mut status.said);
        });
    }

    /// The engine ended by itself, which it never should.
    pub(super) fn ended(&mut self) {
        let last = self.engine.take().map(|engine| engine.last_words().to_owned()).unwrap_or_default();
        self.board.pace.calm();
        self.harvest(true);
        self.ends += 1;
        self.due.rest = None;
        let gives_up = self.ends > RESTARTS;
        self.due.start = (!gives_up).then(|| Instant::now() + self.tempo.beat);
        self.board.tell(|status| {
            status.engine = if gives_up { EngineState::Down(last.clone()) } else { EngineState::Starting };
            status.said = format!("the engine ended by itself: {last}");
        });
    }

    pub(super) async fn start(&mut self) -> Result<(), Refusal> {
        let engine = self.engine.insert(Engine::start(&self.program, &self.place, self.clock)?);
        engine.serving().await?;
        self.board.tell(|status| status.engine = EngineState::Running);
        Ok(())
    }

    pub(super) async fn start_again(&mut self) {
        self.due.start = None;
        match self.start().await {
            Ok(()) => {
                self.ends = 0;
                self.say("the engine runs again: it looks before it acts");
                self.see(self.tempo.beat);
            }
            Err(_) => self.ended(),
        }
    }
}
