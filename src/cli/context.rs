//! What every command works with: the way to the engine, the settings, the output, and whom to ask.
//!
//! Commands reach the engine through [`Context::call`] alone, so that what holds for all of them stands in one place:
//! attaching late (a command that fails on its own input opens no store), `--read-only`, and the note after an act that
//! no engine is there to follow up.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use futures_util::StreamExt;

use super::Failure;
use super::ask::{Answers, aside};
use super::attach::{Attached, attach};
use super::output::Output;
use super::process::Before;
use super::settings::Settings;
use crate::engine::refusal::Refusal;
use crate::engine::request::{Reply, Request};
use crate::engine::{Engine, Handle};

/// What a command works with.
pub struct Context {
    /// How everything is set.
    pub settings: Settings,
    /// Where it prints.
    pub output: Output,
    /// Who answers its questions.
    pub answers: Answers,
    /// What `run` puts back before the other program starts.
    pub before: Option<Before>,
    /// A question stands on the terminal, and nothing was begun.
    pub asking: Cell<bool>,
    attached: RefCell<Option<Attached>>,
    noted: Cell<bool>,
    /// It was said what of the config is left out.
    warned: Cell<bool>,
    /// Something is to be changed.
    acts: Cell<bool>,
}

impl Context {
    /// Not attached yet.
    pub fn new(settings: Settings, output: Output, answers: Answers, before: Option<Before>) -> Self {
        Self {
            settings,
            output,
            answers,
            before,
            asking: Cell::new(false),
            attached: RefCell::default(),
            noted: Cell::new(false),
            warned: Cell::new(false),
            acts: Cell::new(false),
        }
    }

    /// Attached to a given engine.
    #[cfg(test)]
    pub fn attached(self, handle: Arc<dyn Handle>) -> Self {
        *self.attached.borrow_mut() = Some(Attached::Session(handle));
        self
    }

    /// Asks the engine.
    pub async fn call(&self, request: Request) -> Result<Reply, Failure> {
        self.watch(request, None).await
    }

    /// Asks the engine for something that takes a while, and shows what it does for a rotation meanwhile.
    pub async fn watch(&self, request: Request, rotation: Option<&str>) -> Result<Reply, Failure> {
        let acts = request.changes();
        let request = if self.settings.read_only { request.only_reads()? } else { request };
        let handle = self.way(acts).await?;
        // Only then is it this process that calls Okta, and in the way that the config file says.
        if self.is_one_shot() && request.calls_okta() {
            self.settings.found.needs(&["network"])?;
        }
        let reply = match rotation.filter(|_| self.output.err_is_terminal) {
            Some(rotation) => self.showing(handle.as_ref(), request, rotation).await,
            None => handle.call(request).await,
        }?;
        if acts && self.is_one_shot() && !self.noted.replace(true) {
            self.output.note(
                "no engine is running, so nothing scheduled happens by itself, neither rotations nor the end of old \
                 secrets; `windlass serve` runs one",
            );
        }
        Ok(reply)
    }

    async fn showing(&self, handle: &dyn Handle, request: Request, rotation: &str) -> Result<Reply, Refusal> {
        let Ok(mut events) = handle.events(None).await else { return handle.call(request).await };
        let mut call = handle.call(request);
        loop {
            tokio::select! {
                reply = &mut call => return reply,
                event = events.next() => match event {
                    Some(event) if event.rotation.as_deref() == Some(rotation) => self.output.progress(event.say()),
                    Some(_) => {}
                    None => return call.await,
                },
            }
        }
    }

    /// The way to the engine; attaches at first.
    pub async fn handle(&self) -> Result<Arc<dyn Handle>, Refusal> {
        self.way(false).await
    }

    /// The same, to change something. An engine of our own that was begun to read makes way for one that may recover the
    /// store, where that is needed.
    async fn way(&self, acts: bool) -> Result<Arc<dyn Handle>, Refusal> {
        if acts
            && !self.acts.replace(true)
            && self.is_one_shot()
            && self.in_trouble().await
            && let Some(engine) = self.let_go()
        {
            aside(move || engine.stop()).await;
        }
        if let Some(attached) = self.attached.borrow().as_ref() {
            return Ok(attached.handle());
        }
        if !self.warned.replace(true) {
            self.warn_of_config();
        }
        let attached = attach(&self.settings, &self.output, acts || self.acts.get()).await?;
        let handle = attached.handle();
        *self.attached.borrow_mut() = Some(attached);
        Ok(handle)
    }

    /// Whether our own engine can only read.
    async fn in_trouble(&self) -> bool {
        let handle = self.attached.borrow().as_ref().map(Attached::handle);
        let Some(handle) = handle else { return false };
        matches!(handle.call(Request::Engine).await, Ok(Reply::Engine { engine }) if engine.trouble.is_some())
    }

    /// Says that something in the config file is left out. A command that does not need that part still runs.
    pub fn warn_of_config(&self) {
        if let Some(reported) = self.settings.found.in_short() {
            self.output.warn(&reported);
        }
    }

    /// Whether this process is the engine.
    pub fn is_one_shot(&self) -> bool {
        matches!(*self.attached.borrow(), Some(Attached::OneShot(..)))
    }

    /// Lets go of the engine and hands over our own, to be stopped: at the end, and while an operator thinks about a
    /// question, so that no one else waits for the store.
    pub fn let_go(&self) -> Option<Engine> {
        match self.attached.borrow_mut().take_if(|attached| matches!(attached, Attached::OneShot(..))) {
            Some(Attached::OneShot(_, engine)) => Some(engine),
            _ => None,
        }
    }
}
