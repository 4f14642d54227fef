//! Asking an operator, and reading stdin: off the main thread, so that Ctrl-C ends the wait.

use std::io::{self, BufRead, IsTerminal, Read};
use std::thread;

use tokio::sync::oneshot;

use super::Failure;
use super::context::Context;
use crate::core::protocol::plan::Plan;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Act, Mode, Reply, Request};

/// Who answers questions.
pub enum Answers {
    /// An operator at the terminal, where there is one.
    Terminal,
    /// Given beforehand.
    #[cfg(test)]
    Given(std::cell::RefCell<Vec<&'static str>>),
}

impl Answers {
    async fn line(&self) -> Option<String> {
        match self {
            Self::Terminal => {
                let read = || {
                    let mut line = String::new();
                    let read = io::stdin().lock().read_line(&mut line);
                    read.ok().filter(|bytes| *bytes > 0).map(|_| line)
                };
                aside(read).await.flatten()
            }
            #[cfg(test)]
            Self::Given(answers) => answers.borrow_mut().pop().map(Into::into),
        }
    }

    fn can_ask(&self, err_is_terminal: bool) -> bool {
        match self {
            Self::Terminal => io::stdin().is_terminal() && err_is_terminal,
            #[cfg(test)]
            Self::Given(answers) => !answers.borrow().is_empty(),
        }
    }
}

/// Shows what would happen and asks whether it may; without a terminal someone has to have said `--yes`.
///
/// Our own engine is stopped meanwhile: an operator may think for an hour, and others want the store.
pub async fn consent(ctx: &Context, plan: &Plan, question: &str) -> Result<(), Failure> {
    asked(ctx, plan, &format!("{question} [y/N] "), is_yes).await
}

/// The same for an act on a rotation. Where that takes a secret from consumers that cannot have its successor yet, a `y` is
/// not enough: the rotation's name is wanted.
pub async fn agreement(ctx: &Context, plan: &Plan, name: &str, question: &str) -> Result<(), Failure> {
    if plan.unread().is_none() {
        return consent(ctx, plan, question).await;
    }
    asked(ctx, plan, &format!("Type {name} to continue anyway: "), |answer| answer == name).await
}

/// Has an act done. Where the engine wants its plan agreed to, an operator is asked, and it is asked for once more.
pub async fn act(ctx: &Context, id: &str, act: impl Into<Act>, mode: Mode) -> Result<Reply, Failure> {
    let act = act.into();
    // What waits for the end of an attempt shows what happens meanwhile.
    let shown = act.kind().spec().waits.then_some(id);
    match ctx.watch(Request::act(id, act.clone(), mode), shown).await {
        Err(Failure::Refused(mut refusal)) if refusal.error == Kind::NeedsConsent && mode == Mode::Ask => {
            let plan = refusal.plan.take().unwrap_or_default();
            agreement(ctx, &plan, id, &act.title(id)).await?;
            ctx.watch(Request::act(id, act, Mode::Agreed), shown).await
        }
        reply => reply,
    }
}

async fn asked(ctx: &Context, plan: &Plan, question: &str, agrees: impl Fn(&str) -> bool) -> Result<(), Failure> {
    if !ctx.answers.can_ask(ctx.output.err_is_terminal) {
        if ctx.output.json {
            ctx.output.planned(plan)?;
        } else {
            ctx.output.plan(plan);
        }
        let message = "confirmation is required, and there is no terminal to ask on";
        return Err(refused(message, "nothing was changed; say --yes to agree to what is listed above").into());
    }
    ctx.output.plan(plan);
    if agrees(&answer(ctx, question).await) {
        return Ok(());
    }
    Err(refused("not agreed to", "nothing was changed").into())
}

/// Asks whether something else will do, where what was asked for is refused. Where there is no terminal to ask on the refusal
/// stands, and names the command.
pub async fn instead(ctx: &Context, refusal: Refusal, question: &str) -> Result<(), Failure> {
    if ctx.output.json || !ctx.answers.can_ask(ctx.output.err_is_terminal) {
        return Err(refusal.into());
    }
    ctx.output.warn(refusal.problem.what());
    if is_yes(&answer(ctx, &format!("{question} [y/N] ")).await) { Ok(()) } else { Err(refusal.into()) }
}

/// What is typed behind a question. Our own engine is stopped meanwhile.
async fn answer(ctx: &Context, question: &str) -> String {
    if let Some(engine) = ctx.let_go() {
        aside(move || engine.stop()).await;
    }
    ctx.output.prompt(question);
    ctx.asking.set(true);
    let answer = ctx.answers.line().await;
    ctx.asking.set(false);
    if answer.is_none() {
        ctx.output.say(""); // No one ended the line that asks.
    }
    answer.unwrap_or_default().trim().to_owned()
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.to_lowercase().as_str(), "y" | "yes")
}

fn refused(message: &str, hint: &str) -> Refusal {
    Refusal::new(Kind::NeedsConsent, message, hint)
}

/// All of stdin, up to a limit.
pub async fn stdin(limit: u64) -> io::Result<Vec<u8>> {
    let read = move || {
        let mut bytes = Vec::with_capacity(usize::try_from(limit).unwrap_or(0));
        io::stdin().lock().take(limit).read_to_end(&mut bytes).map(|_| bytes)
    };
    aside(read).await.unwrap_or_else(|| Err(io::Error::other("the reader ended early")))
}

/// Runs something that blocks on a thread of its own. No one waits for that thread when the process ends.
pub async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let (done, result) = oneshot::channel();
    thread::spawn(move || done.send(work()));
    result.await.ok()
}
