//! Before the curtain rises: what happened in the past, done for real, with time jumping from one instant to the next.

use tokio::time::Instant;

use super::super::cast::{self, BIRTHS, CAST, CURTAIN, RETIREMENTS, TARGET, UNLUCKY};
use super::super::consumer::Consumer;
use super::super::{failed, fault};
use super::{Director, PATIENCE};
use crate::api::client::connect;
use crate::engine::Handle;
use crate::engine::act::Mode;
use crate::engine::refusal::Refusal;
use crate::engine::request::{DeliverTerms, Request};

impl Director {
    /// Makes the connections and rotations at their instants of the past, and has the first old secrets retired.
    pub(super) async fn set(&mut self) -> Result<(), Refusal> {
        self.start().await?;
        let mut consumer =
            Consumer::new(self.board.clone()).map_err(|error| failed(format!("there is no consumer: {error}")))?;
        let handle = connect(&self.board.socket).map_err(|unreached| unreached.refusal(&self.board.socket))?;
        for (index, org) in self.board.orgs.iter().enumerate() {
            handle.call(Request::ConnectionCreate(Box::new(cast::connection(index, org)))).await?;
        }
        for (born, at) in BIRTHS.into_iter().enumerate() {
            self.board.pace.jump(at);
            let parts = CAST.iter().filter(|part| part.born == born);
            let made = parts.map(|part| handle.call(Request::RotationCreate(Box::new(part.body()))));
            for made in futures_util::future::join_all(made).await {
                made?;
            }
        }
        self.place.mount(true).map_err(|error| failed(format!("there is no share: {error}")))?;
        handle.call(Request::TargetCreate(Box::new(cast::target(&self.place.share())))).await?;
        let delivered = Request::act(format!("{UNLUCKY}/{TARGET}"), DeliverTerms::default(), Mode::Ask);
        handle.call(delivered).await?;
        consumer.round().await;
        for at in RETIREMENTS {
            self.harvest(false);
            let before = self.retirements();
            self.board.pace.jump(at);
            let mut calls = self.board.pace.calls();
            let started = Instant::now();
            loop {
                let seen = *calls.borrow_and_update();
                self.harvest(false);
                if self.retirements() > before && self.rested().await.is_some() && *calls.borrow() == seen {
                    break;
                }
                if started.elapsed() > PATIENCE * 4 {
                    return Err(failed("the first old secrets do not go".into()));
                }
                // A call that comes in, or a step that ends without one.
                let _ = tokio::time::timeout(self.tempo.grace, calls.changed()).await;
            }
        }
        self.board.pace.jump(CURTAIN);
        self.harvest(false);
        self.tallies.clear();
        self.place.mount(false).map_err(|error| failed(format!("the share stays: {error}")))?;
        fault::lose_answer(self.board.orgs[0].org(), Some(&self.board.app_id(UNLUCKY)));
        self.consumer = Some(tokio::spawn(consumer.run(self.tempo.login)));
        self.say("a day takes about 20 seconds; payments is due first");
        self.see(self.tempo.beat);
        Ok(())
    }

    /// Old secrets that went, off or away, of all rotations.
    fn retirements(&self) -> u32 {
        self.tallies.values().map(|tally| tally.offs + tally.deletes).sum()
    }
}
