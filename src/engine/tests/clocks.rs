//! Clocks that are behind, set back and set right, and a thousand due times that are missed at once.

use crate::engine::events::notice::Notice;
use uuid::Uuid;

use super::*;
use crate::clock::Staged;
use crate::core::rotation::Rotation;

/// So many rotations are on the disk.
const MANY: usize = 1000;

impl Bench {
    /// A rotation as it is on the disk, and as many others like it.
    fn multiply(&self, change: impl Fn(&mut Rotation)) {
        let mut disk = self.disk.lock().expect("no panic");
        let one = disk.loaded.rotations[0].clone();
        for number in 1..MANY {
            let mut other = one.clone();
            other.id = Uuid::from_u128(number as u128);
            other.name = format!("r{number}").parse().expect("a name");
            other.app.id = format!("0oamade{number}");
            other.secrets.iter_mut().for_each(|secret| secret.key = Uuid::new_v4());
            other.current = other.secrets.iter().find(|it| it.published.is_some()).map(|it| it.key);
            change(&mut other);
            disk.loaded.rotations.push(other);
        }
        // Nothing is on its way out, so that the next thing that comes is the due time.
        disk.loaded.rotations.iter_mut().for_each(|rotation| rotation.previous = None);
    }

    /// Starts it again with a clock that stands still until it is turned. Okta's is as far off as is said here.
    pub(super) async fn restart_standing(
        &mut self,
        folder: &tempfile::TempDir,
        at: DateTime<Utc>,
        okta: Duration,
    ) -> &'static Staged {
        self.stop().await;
        let staged = Staged::make(folder.path().join("clock"), at).expect("written");
        *self.clock.lock().expect("no panic") = Clock::Staged(staged);
        self.sandbox.org().inside().date_offset = okta;
        self.start();
        staged
    }

    async fn rows(&self) -> Vec<RotationView> {
        match self.call(Request::RotationList).await.expect("listed") {
            Reply::Rotations { secret_rotations } => secret_rotations,
            other => panic!("{other:?}"),
        }
    }

    async fn due_times(&self) -> Vec<(String, Option<DateTime<Utc>>)> {
        self.rows().await.into_iter().map(|row| (row.name, row.next_rotation_at)).collect()
    }

    /// Makes a call, so that the engine learns of Okta's clock.
    async fn hear(&self) {
        self.call(Request::act("payments", CheckTerms {}, Mode::Ask)).await.expect("looked");
    }
}

/// How many rotations have begun because they were due, as the log has it so far.
fn begun(events: &mut Follower) -> usize {
    let mut begun = 0;
    while let Some(Some(event)) = futures_util::FutureExt::now_or_never(events.next()) {
        begun += usize::from(event.notice == Notice::Due);
    }
    begun
}

async fn with_many() -> Bench {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.stop().await;
    bench.multiply(|_| {});
    bench
}

#[tokio::test]
async fn a_clock_that_was_behind_at_the_start_and_is_set_right_starts_nothing_that_was_not_due() {
    let folder = tempfile::tempdir().expect("a directory");
    let mut bench = with_many().await;
    let right = bench.now();
    bench.start();
    let due = bench.due_times().await;
    assert_eq!(due.len(), MANY);
    let behind = Duration::days(400);
    let staged = bench.restart_standing(&folder, right - behind, behind).await;
    let mut events = bench.follow();
    bench.hear().await;
    assert_eq!(bench.due_times().await, due, "by a clock that Okta does not agree with nothing is planned anew");
    bench.sandbox.org().inside().date_offset = Duration::zero();
    staged.turn(Some(right), 0.0, None).expect("turned");
    bench.hear().await;
    assert_eq!((bench.due_times().await, begun(&mut events)), (due, 0), "set right");
    assert_eq!(bench.calls("create"), 1);
}

#[tokio::test]
async fn a_clock_that_is_set_back_and_right_again_starts_nothing_that_was_not_due() {
    let folder = tempfile::tempdir().expect("a directory");
    let mut bench = with_many().await;
    let right = bench.now();
    let staged = bench.restart_standing(&folder, right, Duration::zero()).await;
    let due = bench.due_times().await;
    let mut events = bench.follow();
    bench.hear().await;
    for away in [Duration::days(400), Duration::days(20_000), Duration::hours(2)] {
        bench.sandbox.org().inside().date_offset = away;
        staged.turn(Some(right - away), 0.0, None).expect("turned");
        until(&mut events, |event| event.kind == "time").await;
        bench.hear().await;
        assert_eq!(bench.due_times().await, due, "set back by {away}");
        bench.sandbox.org().inside().date_offset = Duration::zero();
        staged.turn(Some(right), 0.0, None).expect("turned");
        bench.hear().await;
        assert_eq!(bench.due_times().await, due, "and right again");
        assert_eq!(begun(&mut events), 0);
    }
    assert_eq!(bench.calls("create"), 1);
}

#[tokio::test]
async fn a_thousand_that_are_overdue_at_once_begin_one_after_the_other() {
    let folder = tempfile::tempdir().expect("a directory");
    let mut bench = with_many().await;
    let now = bench.now();
    let staged = bench.restart_standing(&folder, now, Duration::zero()).await;
    let mut events = bench.follow();
    let later = now + Duration::days(45);
    staged.turn(Some(later), 0.0, None).expect("turned");
    until(&mut events, |event| matches!(event.notice, Notice::Overdue { .. })).await;
    let put_off: Vec<DateTime<Utc>> =
        bench.rows().await.iter().filter_map(|row| row.next_try_at).filter(|at| *at > later).collect();
    let began = begun(&mut events);
    assert!(began < 20 && began + put_off.len() >= MANY, "{began} began, {} wait", put_off.len());
    let last = *put_off.iter().max().expect("some wait");
    assert!(last > later + Duration::hours(1) && last < later + Duration::hours(2), "{last}");
    let mut more = 0;
    for minutes in [2, 4, 6, 8, 10] {
        staged.turn(Some(later + Duration::minutes(minutes)), 0.0, None).expect("turned");
        until(&mut events, |event| event.notice == Notice::Due).await;
        bench.hear_nothing().await;
        more += begun(&mut events) + 1;
    }
    assert!((80..=120).contains(&more), "{more} in ten minutes");
}

impl Bench {
    /// Lets the engine come to the end of what it has in hand.
    async fn hear_nothing(&self) {
        self.call(Request::Engine).await.expect("answers");
    }
}

/// The schedule that a clock made which was a year ahead.
fn far(rotation: &mut Rotation) {
    rotation.schedule.anchor = rotation.schedule.anchor + chrono::Days::new(365);
}

#[tokio::test]
async fn what_a_clock_that_was_ahead_has_made_is_computed_anew_once_okta_agrees() {
    for role in [Role::Serve, Role::Once] {
        let mut bench = Bench::new().await;
        bench.connect().await;
        bench.create("payments", "Payments").await.expect("created");
        bench.stop().await;
        let right = bench.disk.lock().expect("no panic").loaded.rotations[0].schedule.clone();
        far(&mut bench.disk.lock().expect("no panic").loaded.rotations[0]);
        bench.role = role;
        bench.start();
        if role == Role::Serve {
            let mut events = bench.events.follow(None);
            if bench.show("payments").await.next_rotation_at != Some(right.due()) {
                until(&mut events, |event| event.kind == "clock").await;
            }
        } else {
            bench.all_done().await;
        }
        assert_eq!(bench.show("payments").await.next_rotation_at, Some(right.due()), "{role:?}");
        assert_eq!(bench.disk.lock().expect("no panic").loaded.rotations[0].schedule, right, "and it is on disk");
    }
}

#[tokio::test]
async fn an_engine_whose_scheduler_makes_a_fault_ends_and_says_why() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.stop().await;
    bench.in_place = || panic!("a fault of the test");
    // A minute goes by between two tries to continue.
    let now = bench.now();
    *bench.clock.lock().expect("no panic") = Clock::fast(now, 600.0);
    bench.start();
    let mut events = bench.follow();
    let fell = bench.engine.as_ref().expect("started").fell();
    while events.next().await.is_some() {}
    let refusal = fell.why().expect("it fell");
    assert!(refusal.message().contains("internal error") && refusal.error.exit_status() == 1, "{refusal:?}");
    assert!(bench.call(Request::Engine).await.is_err(), "it answers no more");
    bench.in_place = || Ok(());
    bench.stop().await;
    assert!(fell.why().is_some());
    bench.start();
    bench.published_works("payments", "Payments").await;
}

#[tokio::test]
async fn an_engine_whose_directory_was_moved_away_stops_acting_and_reads_on() {
    let mut bench = Bench::new().await;
    bench.connect().await;
    bench.create("payments", "Payments").await.expect("created");
    bench.stop().await;
    bench.in_place = || Err(store::StoreError::Moved { dir: "/srv/windlass".into() });
    bench.start();
    let mut events = bench.events.follow(None);
    if bench.rotate("payments", true).await.is_ok() {
        until(&mut events, |event| event.kind == "store").await;
    }
    let refusal = bench.rotate("payments", true).await.expect_err("moved");
    assert!(refusal.message().contains("moved away") && refusal.error.exit_status() == 7, "{refusal:?}");
    bench.value("payments").await.expect("reading continues");
}
