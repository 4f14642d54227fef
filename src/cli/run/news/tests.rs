use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, stream};
use serde_json::json;
use tokio::sync::mpsc;

use super::*;
use crate::cli::ask::Answers;
use crate::cli::doubles::{Capture, captured, parse, secret, settings};
use crate::cli::run::Run;
use crate::cli::{Command, Global};
use crate::engine::Handle;
use crate::engine::events::Event;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::Reply;

/// An engine whose secrets change, and that comes and goes.
#[derive(Default)]
struct Engine {
    secrets: Mutex<Vec<(&'static str, u32)>>,
    followed: Mutex<Option<mpsc::UnboundedSender<Event>>>,
    /// So many tries to follow it fail.
    away: Mutex<u32>,
    asked: Mutex<Vec<&'static str>>,
}

fn open<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Engine {
    fn publishes(&self, secrets: &[(&'static str, u32)]) {
        *open(&self.secrets) = secrets.to_vec();
        if let Some(followed) = &*open(&self.followed) {
            followed.send(Event::reset("e-1".into(), chrono::DateTime::UNIX_EPOCH)).expect("followed");
        }
    }

    fn goes(&self, tries: u32) {
        *open(&self.away) = tries;
        *open(&self.followed) = None;
    }
}

impl Handle for Engine {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Refusal>> {
        let secrets = open(&self.secrets).clone();
        let (name, reply) = match request {
            Request::SecretList(_) => {
                let row = |(name, version): &(&str, u32)| {
                    json!({"name": name, "environment": "prod", "path": "/", "credential": "clientSecret",
                        "rotation": "payments", "version": version, "createdAt": "2026-01-01T00:00:00Z", "fetchedAt": null})
                };
                let rows = serde_json::from_value(secrets.iter().map(row).collect()).expect("rows");
                ("list", Reply::Secrets { secrets: rows })
            }
            Request::Export(_) => {
                let view = |(name, version): &(&str, u32)| SecretView { version: *version, ..secret(name, "canary") };
                ("export", Reply::Export { export: secrets.iter().map(view).collect() })
            }
            Request::Acknowledge(_) => ("acknowledge", Reply::Acknowledged { acknowledged: 1 }),
            _ => return async { Err(Refusal::new(Kind::Unknown, "not asked for", "")) }.boxed(),
        };
        open(&self.asked).push(name);
        async move { Ok(reply) }.boxed()
    }

    fn events(&self, _: Option<String>) -> BoxFuture<'_, Result<EventStream, Refusal>> {
        let mut away = open(&self.away);
        let is_away = *away > 0;
        *away = away.saturating_sub(1);
        drop(away);
        async move {
            if is_away {
                return Err(Refusal::new(Kind::Unavailable, "no engine listens", "start one"));
            }
            let (sender, receiver) = mpsc::unbounded_channel();
            *open(&self.followed) = Some(sender);
            let next = |mut events: mpsc::UnboundedReceiver<Event>| async { Some((events.recv().await?, events)) };
            Ok(Box::pin(stream::unfold(receiver, next)) as EventStream)
        }
        .boxed()
    }
}

/// A follower of it, and what it says.
fn followed(line: &str, test: impl AsyncFnOnce(&Engine, &mut Follower<'_>) -> ()) -> String {
    let cli = parse(line).expect("a line");
    let Some(Command::Run(Run { what, signal, command, .. })) = cli.command else { panic!("{line} is no run") };
    let engine = Arc::new(Engine::default());
    let Capture { output, err, .. } = captured(false);
    let ctx = Context::new(settings(&Global::default()), output, Answers::Terminal, None).attached(engine.clone());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    let program = command.first().map(std::ffi::OsString::as_os_str).filter(|_| signal.is_none());
    let mut follower = Follower::new(&ctx, &what, program);
    runtime.expect("a runtime").block_on(test(&engine, &mut follower));
    err.text()
}

fn held(secrets: &[(&str, u32)]) -> Versions {
    secrets.iter().map(|(name, version)| ((*name).to_owned(), *version)).collect()
}

#[test]
fn what_changes_within_a_second_comes_together_and_what_does_not_change_is_no_news() {
    let said = followed("windlass run --watch -- true", async |engine, follower| {
        engine.publishes(&[("A", 1), ("B", 1)]);
        let had = held(&[("A", 1), ("B", 1)]);
        let (news, ()) = tokio::join!(follower.next(&had), async {
            while open(&engine.followed).is_none() {
                tokio::task::yield_now().await;
            }
            engine.publishes(&[("A", 1), ("B", 1)]);
            sleep(QUIET * 2).await;
            engine.publishes(&[("A", 2), ("B", 1)]);
            sleep(QUIET / 2).await;
            engine.publishes(&[("A", 2), ("B", 2)]);
        });
        assert_eq!((news.what.as_str(), news.rotation.as_deref()), ("A 2, B 2", Some("payments")));
        assert_eq!(news.versions, held(&[("A", 2), ("B", 2)]));
        assert_eq!(news.ready.map(|ready| ready.secrets.len()), Some(2));
        // Once when it began, once where nothing changed, once where both had.
        assert_eq!(*open(&engine.asked), ["list", "list", "list", "export"], "values are read for what is new alone");
    });
    assert_eq!(said, "");
}

#[test]
fn an_engine_that_is_gone_is_found_again_and_nothing_is_missed() {
    let said = followed("windlass run --watch -- true", async |engine, follower| {
        engine.publishes(&[("A", 1)]);
        let had = held(&[("A", 1)]);
        let (news, ()) = tokio::join!(follower.next(&had), async {
            while open(&engine.followed).is_none() {
                tokio::task::yield_now().await;
            }
            engine.goes(5);
            engine.publishes(&[("A", 2)]);
        });
        assert_eq!(news.what, "A 2");
    });
    assert_eq!(said.matches("no engine listens; the program keeps running").count(), 1, "{said}");
    assert!(said.ends_with("windlass follows the engine again\n"), "{said}");
}

#[test]
fn a_program_that_is_gone_is_waited_for_before_the_old_one_is_ended() {
    let said = followed("windlass run --watch -- /nonexistent/program", async |engine, follower| {
        engine.publishes(&[("A", 2)]);
        let had = held(&[("A", 1)]);
        assert!(timeout(Duration::from_hours(1), follower.next(&had)).await.is_err());
    });
    assert_eq!(said.matches("cannot be started").count(), 1, "{said}");
    assert!(said.contains("the program keeps running"), "{said}");
}

#[test]
fn names_that_are_gone_are_said_once_and_come_back() {
    let said = followed("windlass run --watch -- true", async |engine, follower| {
        engine.publishes(&[("A", 2)]);
        let had = held(&[("A", 1), ("B", 1)]);
        let (news, ()) = tokio::join!(follower.next(&had), async {
            while open(&engine.followed).is_none() {
                tokio::task::yield_now().await;
            }
            for version in 3..6 {
                engine.publishes(&[("A", version)]);
                sleep(QUIET * 2).await;
            }
            engine.publishes(&[("A", 6), ("B", 1)]);
        });
        assert_eq!(news.what, "A 6");
    });
    assert_eq!(said.matches("gone from that folder: B;").count(), 1, "{said}");
}

#[test]
fn a_program_that_reads_by_itself_is_handed_no_values_and_a_fetch_that_is_owed_is_noted() {
    followed("windlass run --watch --signal USR1 -- true", async |engine, follower| {
        engine.publishes(&[("A", 2)]);
        follower.owed = Some(Acknowledgement::default());
        let news = follower.next(&held(&[("A", 1)])).await;
        assert!(news.ready.is_none() && follower.owed.is_none());
        assert_eq!(*open(&engine.asked), ["acknowledge", "list"]);
        follower.owed = Some(Acknowledgement::default());
        assert!(timeout(Duration::from_hours(1), follower.next(&news.versions)).await.is_err(), "nothing is new");
        assert!(follower.owed.is_none(), "without an event");
    });
}
