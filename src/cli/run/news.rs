//! What is new in a folder, by the engine's live log. A lost engine is found again, and what it missed to say is found by
//! comparing versions.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::{sleep, timeout};

use super::{Ready, What};
use crate::cli::Failure;
use crate::cli::context::Context;
use crate::cli::fetch::note;
use crate::cli::secret::rows;
use crate::engine::EventStream;
use crate::engine::request::{Acknowledgement, FolderQuery, Request};
use crate::engine::view::{SecretRow, SecretView};
use crate::words::sentence::{Sentence, say};

/// How long further changes are waited for: those of several rotations come together.
const QUIET: Duration = Duration::from_secs(1);

/// Until an engine that is gone is looked for again: at first, and at most.
const AGAIN: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Names and their versions.
pub type Versions = BTreeMap<String, u32>;

/// Something is new.
pub struct News {
    /// The versions that are current.
    pub versions: Versions,
    /// Those that are new, in words: `OKTA_CLIENT_SECRET 14`.
    pub what: String,
    /// The rotation that one of them came from.
    pub rotation: Option<String>,
    /// The values, and the program that gets them; absent where it reads them itself.
    pub ready: Option<Ready>,
}

/// Follows a folder.
pub struct Follower<'a> {
    ctx: &'a Context,
    what: &'a What,
    /// The program that gets the values; none where it reads them itself.
    program: Option<&'a OsStr>,
    events: Option<EventStream>,
    again: Duration,
    /// What stands in the way, as it was said last.
    said: Option<String>,
    /// Names that are gone, as it was said.
    gone: String,
    /// A fetch that is to be noted still.
    pub owed: Option<Acknowledgement>,
}

impl<'a> Follower<'a> {
    /// Follows from now on.
    pub fn new(ctx: &'a Context, what: &'a What, program: Option<&'a OsStr>) -> Self {
        let again = AGAIN.0;
        Self { ctx, what, program, events: None, again, said: None, gone: String::new(), owed: None }
    }

    /// Waits until something is newer than what is `held`.
    pub async fn next(&mut self, held: &Versions) -> News {
        loop {
            let found = match self.heard().await {
                Ok(()) => self.compared(held).await,
                Err(why) => Err(why),
            };
            match found {
                Ok(news) => {
                    self.again = AGAIN.0;
                    if self.said.take().is_some() {
                        self.ctx.output.talk("windlass follows the engine again");
                    }
                    if let Some(news) = news {
                        return news;
                    }
                }
                Err(why) => {
                    self.events = None;
                    let why = say!("{}; the program keeps running, and windlass tries again", why);
                    if self.said.replace(why.to_string()).as_deref() != Some(&why.to_string()) {
                        self.warn(why);
                    }
                    sleep(self.again).await;
                    self.again = (self.again * 2).min(AGAIN.1);
                }
            }
        }
    }

    /// Waits for events, and until they are over; where none are followed yet, that is begun. What is owed does not wait.
    async fn heard(&mut self) -> Result<(), Sentence> {
        let Some(events) = &mut self.events else {
            let handle = self.ctx.handle().await.map_err(|refusal| refusal.problem.what())?;
            self.events = Some(handle.events(None).await.map_err(|refusal| refusal.problem.what())?);
            return Ok(());
        };
        if self.owed.is_some() {
            return Ok(());
        }
        let lost = || Sentence::from("the engine has ended");
        events.next().await.ok_or_else(lost)?;
        let rest = timeout(QUIET, async { while events.next().await.is_some() {} });
        rest.await.map_or(Ok(()), |()| Err(lost()))
    }

    async fn compared(&mut self, held: &Versions) -> Result<Option<News>, Sentence> {
        if let Some(read) = self.owed.clone() {
            note(self.ctx, read).await?;
            self.owed = None;
        }
        let rows = self.rows().await.map_err(|failure| words(&failure))?;
        let listed: Versions = rows.iter().map(|row| (row.name.clone(), row.version)).collect();
        let gone: Vec<&str> = held.keys().filter(|name| !listed.contains_key(*name)).map(String::as_str).collect();
        let gone = gone.join(", ");
        if !gone.is_empty() && gone != self.gone {
            self.warn(format!(
                "gone from that folder: {gone}; the program keeps running with the values that it has, until what is gone is \
                 back or windlass is restarted"
            ));
        }
        self.gone = gone;
        if !self.gone.is_empty() || listed == *held {
            return Ok(None);
        }
        let ready = match self.program {
            Some(program) => Some(self.what.ready(self.ctx, program).await.map_err(|failure| words(&failure))?),
            None => None,
        };
        let versions = ready.as_ref().map_or(listed, |ready| versions(&ready.secrets));
        let new: Vec<_> = versions.iter().filter(|(name, version)| held.get(*name) != Some(version)).collect();
        if new.is_empty() {
            return Ok(None);
        }
        let what: Vec<_> = new.iter().map(|(name, version)| format!("{name} {version}")).collect();
        let mut rotation = rows.iter().filter(|row| new.iter().any(|(name, _)| **name == row.name));
        let rotation = rotation.find_map(|row| row.rotation.clone());

        let what = what.join(", ");
        Ok(Some(News { versions, what, rotation, ready }))
    }

    /// What the folder has, without values.
    async fn rows(&self) -> Result<Vec<SecretRow>, Failure> {
        let environment = self.what.environment.clone().map_or_else(|| self.ctx.settings.environment(), Ok)?;
        let query = FolderQuery { environment: Some(environment), path: Some(self.what.path.clone()) };
        rows(&self.ctx.call(Request::SecretList(query)).await?).map(<[SecretRow]>::to_vec)
    }

    fn warn(&self, sentence: impl Into<Sentence>) {
        self.ctx.output.warn(sentence);
        // Nothing waits for the end here.
        self.ctx.output.say_notes();
    }
}

/// What stands in the way.
fn words(failure: &Failure) -> Sentence {
    failure.refusal().map_or_else(|| "it failed".into(), |refusal| refusal.problem.what())
}

/// The versions of these.
pub fn versions(secrets: &[SecretView]) -> Versions {
    secrets.iter().map(|secret| (secret.name.clone(), secret.version)).collect()
}

#[cfg(test)]
mod tests;
