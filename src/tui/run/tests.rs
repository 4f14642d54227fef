//! The real loop, on a surface in memory, with a scripted engine and virtual time.

use std::collections::VecDeque;
use std::sync::Mutex;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use ratatui::layout::Position;

use super::events::channel;
use super::*;
use crate::clock::Staged;
use crate::engine::events::notice::Notice;
use crate::engine::events::{Event, Level, Rows};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Reply, Request};
use crate::engine::view::View;
use crate::engine::{EventStream, Handle};
use crate::tui::Connected;
use crate::tui::fixture::{rotation, rows, view_of};
use crate::tui::keys::key::{Code, Key};

/// What the surface shows.
#[derive(Debug, Default)]
struct Seen {
    frames: usize,
    whole: usize,
    cells: usize,
    suspended: usize,
    sent: Vec<u8>,
    text: String,
}

#[derive(Clone, Default)]
struct Screen(Arc<Mutex<Seen>>);

impl Screen {
    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().expect("whole")
    }
}

impl Surface for Screen {
    fn size(&self) -> io::Result<(u16, u16)> {
        Ok((80, 24))
    }

    fn show(&mut self, before: Option<&Buffer>, frame: &Buffer, _: Option<Position>) -> io::Result<()> {
        let mut seen = self.seen();
        seen.frames += 1;
        seen.whole += usize::from(before.is_none());
        seen.cells += before.map_or(frame.content.len(), |before| before.diff(frame).len());
        let rows = frame.content.chunks(usize::from(frame.area.width));
        let row = |cells: &[ratatui::buffer::Cell]| cells.iter().map(ratatui::buffer::Cell::symbol).collect::<String>();
        seen.text = rows.map(row).collect::<Vec<_>>().join("\n");
        Ok(())
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.seen().sent.extend_from_slice(bytes);
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        self.seen().suspended += 1;
        Ok(())
    }

    fn retake(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An engine that shows rows, and whose events come from the test.
struct Scripted {
    view: View,
    events: Mutex<Option<mpsc::UnboundedReceiver<Event>>>,
}

fn scripted(role: &str) -> (Arc<Scripted>, mpsc::UnboundedSender<Event>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let mut view = *view_of(rows(), Vec::new());
    view.engine.role = role.into();
    (Arc::new(Scripted { view, events: Mutex::new(Some(receiver)) }), sender)
}

impl Handle for Scripted {
    fn call(&self, request: Request) -> BoxFuture<'_, Result<Reply, Refusal>> {
        let reply = match request {
            Request::View => Ok(Reply::View { cursor: "e-0".into(), view: Box::new(self.view.clone()) }),
            _ => Err(Refusal::new(Kind::Conflict, "not in this play", "")),
        };
        async move { reply }.boxed()
    }

    fn events(&self, _: Option<String>) -> BoxFuture<'_, Result<EventStream, Refusal>> {
        let events = self.events.lock().expect("whole").take();
        async move {
            let events = events.ok_or_else(|| Refusal::new(Kind::Conflict, "followed already", ""))?;
            let stream = futures_util::stream::unfold(events, |mut events| async {
                let event = events.recv().await?;
                Some((event, events))
            });
            Ok(Box::pin(stream) as EventStream)
        }
        .boxed()
    }
}

/// Finds these engines one after the other; then none any more.
struct Play(Mutex<VecDeque<Result<Arc<Scripted>, Refusal>>>, Arc<Mutex<Vec<bool>>>);

impl Connector for Play {
    fn connect(&self, start: bool) -> BoxFuture<'_, Result<Connected, Refusal>> {
        self.1.lock().expect("whole").push(start);
        let next = self.0.lock().expect("whole").pop_front();
        async move {
            let engine = next.unwrap_or_else(|| Err(Refusal::new(Kind::Unavailable, "there is none", "wait")))?;
            Ok(Connected { handle: engine, own: None, notes: Vec::new() })
        }
        .boxed()
    }
}

struct Run {
    screen: Screen,
    sender: Sender,
    asked: Arc<Mutex<Vec<bool>>>,
    done: tokio::task::JoinHandle<io::Result<()>>,
}

fn run(engines: Vec<Result<Arc<Scripted>, Refusal>>) -> Run {
    run_by(Clock::test(), engines)
}

fn run_by(clock: Clock, engines: Vec<Result<Arc<Scripted>, Refusal>>) -> Run {
    let asked = Arc::default();
    let connector = Arc::new(Play(Mutex::new(engines.into()), Arc::clone(&asked)));
    let options = Options {
        connector,
        clock,
        preferences: Preferences::of(chrono_tz::UTC),
        looks: Looks::default(),
        keep_theme: None,
        notes: Vec::new(),
        demo: None,
    };
    let screen = Screen::default();
    let (sender, receiver) = channel();
    let the_loop = Loop::new(options, screen.clone(), sender.clone(), Arc::default(), Left::new(Clipboard::new(false)))
        .expect("a loop");
    Run { screen, sender, asked, done: tokio::task::spawn_local(the_loop.run(receiver)) }
}

impl Run {
    fn key(&self, c: char) {
        self.sender.send(Msg::Key(Key::char(c)));
    }

    /// Virtual time passes until nothing is left to be done.
    async fn rest(&self) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Everybody has had a turn, and no time has passed.
async fn settled() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

async fn locally<F: Future>(play: F) -> F::Output {
    tokio::task::LocalSet::new().run_until(play).await
}

#[tokio::test(start_paused = true)]
async fn it_paints_before_the_engine_is_found_and_ends_when_asked_to() {
    locally(async {
        let (engine, _events) = scripted("serve");
        let run = run(vec![Ok(engine)]);
        tokio::task::yield_now().await;
        assert!(run.screen.seen().text.contains("looking for the engine"));
        run.rest().await;
        assert!(run.screen.seen().text.contains("hr-sync"));
        run.key('q');
        run.done.await.expect("no panic").expect("no fault");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_keys_at_once_are_all_taken_and_drawn_once() {
    locally(async {
        let (engine, _events) = scripted("serve");
        let run = run(vec![Ok(engine)]);
        run.rest().await;
        let before = run.screen.seen().frames;
        for _ in 0..10_000 {
            run.key('j');
        }
        run.rest().await;
        let seen = run.screen.seen();
        assert!(seen.frames - before <= 2, "{} frames", seen.frames - before);
        assert!(seen.text.contains("6 of 6"));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_key_is_answered_at_once_although_the_engine_has_just_been_drawn() {
    locally(async {
        let (engine, _events) = scripted("serve");
        let run = run(vec![Ok(engine)]);
        run.rest().await;
        run.sender.send(Msg::Toast(crate::tui::theme::Tone::Good, "something came".into()));
        settled().await;
        let before = run.screen.seen().frames;
        run.key('j');
        settled().await;
        assert!(run.screen.seen().text.contains("2 of 6"), "no time has passed");
        for _ in 0..5 {
            run.key('j');
            settled().await;
        }
        assert_eq!(run.screen.seen().frames - before, 1, "what is typed on is drawn in the next frame");
        run.rest().await;
        assert!(run.screen.seen().text.contains("6 of 6"));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_idle_screen_draws_no_frame_and_a_minute_that_begins_one_without_a_change() {
    locally(async {
        let dir = tempfile::tempdir().expect("a directory");
        let still = Staged::make(dir.path().join("clock"), crate::clock::test_now()).expect("a clock");
        let (engine, _events) = scripted("serve");
        let run = run_by(Clock::Staged(still), vec![Ok(engine)]);
        run.rest().await;
        let drawn = || {
            let seen = run.screen.seen();
            (seen.frames, seen.cells, seen.sent.len())
        };
        let (frames, cells, sent) = drawn();
        tokio::time::sleep(Duration::from_hours(1)).await;
        assert_eq!(drawn(), (frames, cells, sent));
        run.sender.send(Msg::Minute);
        run.rest().await;
        assert_eq!(drawn(), (frames + 1, cells, sent));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn events_change_the_rows_and_frames_keep_their_distance() {
    locally(async {
        let (engine, events) = scripted("serve");
        let run = run(vec![Ok(engine)]);
        run.rest().await;
        let before = run.screen.seen().frames;
        for number in 0..300_u32 {
            let row = rotation(3, &format!("hr-sync-{number}"), "HR Sync", "DUE", 5, 29);
            let rows = Rows { secret_rotations: vec![row], ..Rows::default() };
            let event = Event {
                cursor: format!("e-{number}"),
                at: chrono::DateTime::UNIX_EPOCH,
                level: Level::Info,
                kind: "settings".into(),
                rotation: None,
                connection: None,
                attempt: None,
                notice: Notice::Said { level: Level::Info, event: "settings".into(), message: "renamed".into() },
                rows,
            };
            events.send(event).expect("followed");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        run.rest().await;
        let seen = run.screen.seen();
        assert!(seen.text.contains("hr-sync-299"));
        assert!(seen.frames - before <= 12, "{} frames in 300 ms", seen.frames - before);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_engine_that_ends_is_looked_for_and_its_successor_followed() {
    locally(async {
        let (service, events) = scripted("serve");
        let none = || Err(Refusal::new(Kind::Unavailable, "there is none", ""));
        let (again, _kept) = scripted("serve");
        let run = run(vec![Ok(service), none(), none(), Ok(again)]);
        run.rest().await;
        drop(events);
        run.rest().await;
        assert!(run.screen.seen().text.contains("E takes over here"));
        assert!(run.screen.seen().text.contains("hr-sync"), "the screen stays");
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(run.screen.seen().text.contains("the engine is back"));
        assert_eq!(
            run.asked.lock().expect("whole")[1..4],
            [false, false, false],
            "a service is never replaced unasked"
        );
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn another_ui_that_ends_is_replaced_and_a_service_when_an_operator_says_so() {
    locally(async {
        let (ui, events) = scripted("ui");
        let run = run(vec![Ok(ui)]);
        run.rest().await;
        drop(events);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(run.asked.lock().expect("whole")[1], "started where another UI ended");

        let (service, events) = scripted("serve");
        let run = self::run(vec![Ok(service)]);
        run.rest().await;
        drop(events);
        run.rest().await;
        run.key('E');
        run.rest().await;
        assert!(run.asked.lock().expect("whole").contains(&true));
        assert!(run.screen.seen().text.contains("there is none; wait"), "it says why it could not");
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_store_that_cannot_be_opened_is_said_and_tried_again() {
    locally(async {
        let (engine, _events) = scripted("ui");
        let barred = Err(Refusal::new(Kind::Store, "sealed with another key", "give the right one"));
        let run = run(vec![barred, Ok(engine)]);
        run.rest().await;
        assert!(run.screen.seen().text.contains("sealed with another key"));
        run.key('r');
        run.rest().await;
        assert!(run.screen.seen().text.contains("hr-sync"));
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn suspending_and_redrawing_show_the_whole_frame_again() {
    locally(async {
        let (engine, _events) = scripted("serve");
        let run = run(vec![Ok(engine)]);
        run.rest().await;
        let whole = run.screen.seen().whole;
        run.sender.send(Msg::Key(Key::ctrl('z')));
        run.rest().await;
        assert_eq!(run.screen.seen().suspended, 1);
        assert_eq!(run.screen.seen().whole, whole + 1);
        run.sender.send(Msg::Key(Key::ctrl('l')));
        run.rest().await;
        assert_eq!(run.screen.seen().whole, whole + 2);
        run.sender.send_event(LoopEvent::Continued);
        run.rest().await;
        assert_eq!(run.screen.seen().whole, whole + 3);
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_terminal_that_is_gone_ends_it() {
    locally(async {
        let (engine, _events) = scripted("serve");
        let run = run(vec![Ok(engine)]);
        run.sender.send(Msg::Key(Key::of(Code::Down)));
        run.sender.send_event(LoopEvent::Gone);
        run.done.await.expect("no panic").expect("no fault");
    })
    .await;
}
