//! A year of random rotations, pauses, skips and other decisions, with consumers that read and that do not: what the
//! forecast said each time is what happens next. The clock stands still and is turned from instant to instant.
//!
//! What happened is read from the org's own log, by a judge that shares no code with the program. More years than the two
//! of every run: `WINDLASS_YEARS=50`.

mod judge;

use std::collections::BTreeMap;

use chrono_tz::Tz;
use tempfile::TempDir;

use super::*;
use crate::clock::Staged;
use crate::core::rotation::hold::Hold;
use crate::engine::view::{ComingRow, Happens, PreviousView};
use judge::{Line, Note, Said, What};

const ZONES: [Tz; 4] = [Tz::UTC, Tz::Europe__Berlin, Tz::America__New_York, Tz::Asia__Kolkata];

/// `SplitMix64`: the same seed makes the same year.
struct Dice(u64);

impl Dice {
    /// One of `0..of`.
    fn below(&mut self, of: u64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        i64::try_from((mixed ^ (mixed >> 31)) % of.max(1)).expect("small")
    }

    fn minutes(&mut self, from: i64, to: i64) -> Duration {
        Duration::minutes(from + self.below(u64::try_from(to - from).unwrap_or(0).max(1)))
    }
}

/// What someone does.
#[derive(Clone, Copy, Debug)]
enum Act {
    Fetch,
    Pause,
    PauseUntil,
    Resume,
    ResumeNow,
    Skip,
    Unskip,
    Rotate,
    RetireAt,
    RetireNow,
    Hold,
    Roll,
    Change,
}

const ACTS: [Act; 11] = [
    Act::Pause,
    Act::PauseUntil,
    Act::PauseUntil,
    Act::Skip,
    Act::Skip,
    Act::Unskip,
    Act::Rotate,
    Act::RetireNow,
    Act::Hold,
    Act::Roll,
    Act::Change,
];

/// A rotation in this year.
struct Case {
    name: String,
    app: String,
    /// Whether its consumers fetch what is published.
    reads: bool,
    overlap: Duration,
}

struct Year {
    bench: Bench,
    clock: &'static Staged,
    dice: Dice,
    cases: Vec<Case>,
    /// What is to be done when.
    acts: BTreeMap<DateTime<Utc>, (usize, Act)>,
    notes: Vec<Note>,
    said: Vec<Said>,
    _folder: TempDir,
}

impl Year {
    async fn begin(seed: u64) -> Self {
        let mut bench = Bench::with(10, None, Clock::test()).await;
        bench.connect().await;
        let folder = tempfile::tempdir().expect("a directory");
        let minute = DateTime::from_timestamp(bench.now().timestamp() / 60 * 60 + 60, 0).expect("an instant");
        let clock = bench.restart_standing(&folder, minute, Duration::zero()).await;
        let (cases, acts, notes, said) = (Vec::new(), BTreeMap::new(), Vec::new(), Vec::new());
        let mut year = Self { bench, clock, dice: Dice(seed), cases, acts, notes, said, _folder: folder };
        let apps = year.bench.sandbox.apps().into_iter();
        let apps: Vec<_> = apps.filter(|app| app.secrets == 1 && app.status == "ACTIVE").collect();
        for (index, app) in apps.into_iter().enumerate() {
            let name = format!("r{index}");
            // Some that are due every day, some every month.
            let days = 1 + year.dice.below(if index % 2 == 0 { 5 } else { 40 });
            let room = days * 1440 - 60;
            let overlap = Duration::minutes(10 + year.dice.below((room / 3 * 2).unsigned_abs()));
            let soak = Duration::minutes(year.dice.below((room - overlap.num_minutes()).unsigned_abs() + 1));
            let (reads, unread) = (year.dice.below(4) > 0, year.dice.below(4) == 0);
            let zone = ZONES[usize::try_from(year.dice.below(4)).expect("small")];
            let body = serde_json::json!({
                "name": name, "connectionId": "acme", "environment": "prod", "secretPath": format!("/{name}"),
                "rotationInterval": days, "parameters": {"clientId": app.id}, "waitSeconds": 600,
                "rotateAt": {"hours": year.dice.below(24), "minutes": year.dice.below(60), "timeZone": zone.name()},
                "overlapSeconds": overlap.num_seconds(), "soakSeconds": soak.num_seconds(), "retireUnread": unread,
            });
            let from = year.seq();
            let body = serde_json::from_value(body).expect("a body");
            year.bench.call(Request::RotationCreate(Box::new(body))).await.expect("created");
            year.cases.push(Case { name, app: app.id.clone(), reads, overlap });
            year.note(index, from, What::Terms { overlap, soak, unread });
            let mut at = minute;
            loop {
                at += year.dice.minutes(1440, 40 * 1440);
                if at > minute + Duration::days(365) {
                    break;
                }
                let act = ACTS[usize::try_from(year.dice.below(ACTS.len() as u64)).expect("small")];
                year.at(at, index, act);
            }
            year.will_read(index);
        }
        year
    }

    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The last line of the org's log.
    fn seq(&self) -> u64 {
        self.bench.sandbox.org().inside().log.last().map_or(0, |line| line.seq)
    }

    fn note(&mut self, index: usize, from: u64, what: What) {
        let app = self.cases[index].app.clone();
        self.notes.push(Note { at: self.now(), app, from, to: self.seq(), what });
    }

    /// Has something done at an instant, or at the first one after it at which nothing else is.
    fn at(&mut self, mut at: DateTime<Utc>, index: usize, act: Act) {
        while self.acts.contains_key(&at) {
            at += Duration::minutes(1);
        }
        self.acts.insert(at, (index, act));
    }

    /// Something was published, which is fetched before the old secret's date by those who read.
    fn will_read(&mut self, index: usize) {
        let within = self.cases[index].overlap.num_minutes();
        if self.cases[index].reads {
            let at = self.now() + self.dice.minutes(1, within);
            self.at(at, index, Act::Fetch);
        }
    }

    async fn coming(&self) -> Vec<ComingRow> {
        let query = UpcomingQuery { count: Some(self.cases.len() + 1), ..UpcomingQuery::default() };
        match self.bench.call(Request::Upcoming(query)).await.expect("what is coming") {
            Reply::Upcoming { events, .. } => events,
            other => panic!("{other:?}"),
        }
    }

    /// Turns the clock, and waits for what follows.
    async fn turn(&self, at: DateTime<Utc>) {
        self.clock.turn(Some(at), 0.0, None).expect("turned");
        self.bench.all_done().await;
    }

    /// Continues to the next instant at which something is forecast or done.
    async fn step(&mut self, end: DateTime<Utc>) -> bool {
        let coming = self.coming().await;
        if self.dice.below(8) == 0 {
            self.rows_agree(&coming).await;
        }
        let next = coming.iter().find(|event| event.what != Happens::Held).map_or(end, |event| event.at);
        let act = self.acts.first_key_value().map_or(end, |(at, _)| *at);
        let at = next.min(act).min(end);
        if at >= end {
            return false;
        }
        // Nothing happens before: had it been done here, the log would have another instant.
        let before = at - Duration::seconds(40);
        if before > self.now() && self.dice.below(3) == 0 {
            self.turn(before).await;
        }
        for index in 0..self.cases.len() {
            self.foresee(index, &coming, at);
        }
        let from = self.seq();
        self.turn(at).await;
        for index in self.published(from) {
            self.will_read(index);
        }
        if act == at {
            let (index, act) = self.acts.remove(&at).expect("something to do");
            let from = self.seq();
            self.act(index, act).await;
            self.bench.all_done().await;
            for index in self.published(from) {
                self.will_read(index);
            }
        }
        true
    }

    /// Puts down what is forecast for an instant.
    fn foresee(&mut self, index: usize, coming: &[ComingRow], at: DateTime<Utc>) {
        let case = &self.cases[index];
        let events = coming.iter().filter(|event| event.rotation == case.name && event.at == at);
        // It was not fetched until now, so that what needs a fetch does not come.
        let events = events.take_while(|event| !event.if_fetched);
        self.said.extend(events.filter(|event| event.what != Happens::Held).map(|event| Said {
            at,
            app: case.app.clone(),
            what: match event.what {
                Happens::Rotates => "create".into(),
                Happens::Deactivated => "deactivate".into(),
                Happens::Deleted => "delete".into(),
                Happens::Held => unreachable!("no date"),
            },
            secret: event.secret_id.clone().unwrap_or_default(),
        }));
    }

    /// Whose secrets were published since.
    fn published(&self, from: u64) -> Vec<usize> {
        let org = self.bench.sandbox.org();
        let inside = org.inside();
        let new = inside.log.iter().rev().take_while(|line| line.seq > from);
        let made: Vec<_> = new.filter(|it| it.operation == "create" && it.effect).map(|it| it.app_id.clone()).collect();
        (0..self.cases.len()).filter(|index| made.contains(&Some(self.cases[*index].app.clone()))).collect()
    }

    /// Each row says what the forecast says.
    async fn rows_agree(&self, coming: &[ComingRow]) {
        let Reply::Rotations { secret_rotations } = self.bench.call(Request::RotationList).await.expect("listed")
        else {
            panic!("no rows")
        };
        for row in secret_rotations {
            let mut events = coming.iter().filter(|event| event.rotation == row.name).peekable();
            let Some(first) = events.peek().copied() else { continue };
            let start = events.find(|event| event.what == Happens::Rotates);
            if let Some(start) = start {
                assert_eq!(row.next_rotation_at, Some(start.at), "{row:?}");
            }
            let previous = row.previous.as_ref();
            match first.what {
                Happens::Deactivated | Happens::Deleted => {
                    assert_eq!(previous.and_then(PreviousView::goes_at), Some(first.at), "{row:?}");
                }
                Happens::Held => {
                    assert_eq!((row.next_rotation_at, previous.and_then(PreviousView::holds)), (None, first.held_by));
                    assert!(first.held_by != Some(Hold::Attention), "{row:?}");
                }
                Happens::Rotates => assert_eq!(previous, None, "{row:?}"),
            }
        }
    }

    /// Does something, and notes it. What cannot be done at the moment is refused, and is not done.
    async fn act(&mut self, index: usize, act: Act) {
        let id = self.cases[index].name.clone();
        let now = self.now();
        let from = self.seq();
        let later = now + self.dice.minutes(30, 20 * 1440);
        let retire = |terms: RetireTerms| {
            let terms = RetireTerms { wait_seconds: Some(600), ..terms };
            Request::act(id.clone(), terms, Mode::Agreed)
        };
        let (request, what) = match act {
            Act::Fetch => {
                self.bench.fetch(&id).await;
                self.bench.all_done().await;
                return self.note(index, from, What::Fetched);
            }
            Act::Pause => (Request::act(id, PauseTerms::default(), Mode::Ask), What::Paused(None)),
            Act::PauseUntil => {
                (Request::act(id, PauseTerms { until: Some(later) }, Mode::Ask), What::Paused(Some(later)))
            }
            Act::Resume => (Request::act(id, ResumeTerms::default(), Mode::Ask), What::Resumed),
            Act::ResumeNow => (Request::act(id, ResumeTerms { now: true }, Mode::Ask), What::Resumed),
            Act::Skip | Act::Unskip => {
                (Request::act(id, SkipTerms { undo: matches!(act, Act::Unskip) }, Mode::Ask), What::Other)
            }
            Act::Rotate => {
                let terms = RotateTerms { wait_seconds: Some(600), ..RotateTerms::default() };
                (Request::act(id, terms, Mode::Agreed), What::Cut)
            }
            Act::RetireAt => (retire(RetireTerms { at: Some(later), ..RetireTerms::default() }), What::Dated),
            Act::RetireNow => (retire(RetireTerms { now: true, ..RetireTerms::default() }), What::Cut),
            Act::Hold => (retire(RetireTerms { hold: true, ..RetireTerms::default() }), What::Other),
            Act::Roll => {
                let terms = RollbackTerms { wait_seconds: Some(600) };
                (Request::act(id, terms, Mode::Ask), What::Rolled)
            }
            Act::Change => {
                let (days, hours) = (2 + self.dice.below(30), self.dice.below(24));
                let overlap = Duration::minutes(10 + self.dice.below(1440));
                let soak = Duration::minutes(self.dice.below(720));
                let unread = self.dice.below(4) == 0;
                self.cases[index].overlap = self.cases[index].overlap.min(overlap);
                let patch = serde_json::json!({
                    "rotationInterval": days, "rotateAt": {"hours": hours, "minutes": 30, "timeZone": "UTC"},
                    "overlapSeconds": overlap.num_seconds(), "soakSeconds": soak.num_seconds(), "retireUnread": unread,
                });
                let patch = Box::new(serde_json::from_value(patch).expect("a patch"));
                (Request::RotationUpdate { id, patch }, What::Terms { overlap, soak, unread })
            }
        };
        if self.bench.call(request).await.is_err() {
            self.bench.all_done().await;
            return self.note(index, from, What::Other);
        }
        self.bench.all_done().await;
        self.note(index, from, what);
        // Nothing is left as it is for the rest of the year.
        match act {
            Act::Pause | Act::Roll => {
                let ends = if self.dice.below(2) == 0 { Act::Resume } else { Act::ResumeNow };
                self.at(later, index, ends);
            }
            Act::Hold => self.at(later, index, Act::RetireAt),
            _ => {}
        }
        if matches!(act, Act::Roll) {
            self.will_read(index);
        }
    }
}

async fn year(seed: u64) {
    let mut year = Year::begin(seed).await;
    let end = year.now() + Duration::days(365);
    while year.step(end).await {}
    let org = year.bench.sandbox.org();
    let inside = org.inside();
    let log: Vec<Line> = (inside.log.iter())
        .map(|line| Line {
            seq: line.seq,
            at: line.at,
            operation: line.operation.clone(),
            app: line.app_id.clone().unwrap_or_default(),
            secret: line.secret_id.clone().unwrap_or_default(),
            effect: line.effect,
            answered: line.answered.clone(),
        })
        .collect();
    let rotated = |app: &org::App| year.cases.iter().any(|case| case.app == app.id);
    let first = |app: &org::App| {
        // Whatever it has now and did not make, and whatever went that was never made.
        let made: Vec<&str> = log.iter().filter(|it| it.operation == "create").map(|it| it.secret.as_str()).collect();
        let of = |line: &&Line| line.app == app.id && line.effect && !made.contains(&line.secret.as_str());
        let mut ids: Vec<String> = log.iter().filter(of).map(|line| line.secret.clone()).collect();
        ids.extend(app.secrets.iter().map(|it| it.id.clone()).filter(|id| !made.contains(&id.as_str())));
        ids.sort();
        ids.dedup();
        ids
    };
    let there = inside.apps.iter().filter(|app| rotated(app)).map(|app| (app.id.clone(), first(app))).collect();
    let mut happened = judge::read(&there, &log, &year.notes);
    let mut said = std::mem::take(&mut year.said);
    for one in [&mut happened, &mut said] {
        one.sort();
    }
    let only = |these: &[Said], those: &[Said]| {
        these.iter().filter(|one| !those.contains(one)).map(|one| format!("{one:?}")).collect::<Vec<_>>()
    };
    let (never_came, came_unsaid) = (only(&said, &happened), only(&happened, &said));
    assert!(never_came.is_empty(), "seed {seed}: forecast, and did not happen: {never_came:#?}; {came_unsaid:#?}");
    assert!(came_unsaid.is_empty(), "seed {seed}: happened, and was not forecast: {came_unsaid:#?}");
    assert_eq!(said.len(), happened.len(), "seed {seed}");
    let starts = said.iter().filter(|said| said.what == "create").count();
    assert!(starts > 100 && said.len() > 2 * starts, "seed {seed}: a year in which something happens: {starts}");
}

#[tokio::test]
async fn what_is_forecast_is_what_okta_sees_over_a_year() {
    let years = std::env::var("WINDLASS_YEARS").ok().and_then(|years| years.parse().ok()).unwrap_or(2);
    for seed in 1..=years {
        year(seed).await;
    }
}
