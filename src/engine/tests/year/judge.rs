//! What a year at Okta must look like, read from the org's own log of calls.
//!
//! Nothing here is shared with the program: it knows what an operator and a consumer did and what was forecast, and the
//! promises in words. Times of the log are the org's.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

/// A call as the org has logged it.
pub struct Line {
    pub seq: u64,
    pub at: DateTime<Utc>,
    pub operation: String,
    pub app: String,
    pub secret: String,
    /// Whether it changed the org.
    pub effect: bool,
    pub answered: String,
}

/// What someone did, and how far the log was before and after it.
pub struct Note {
    pub at: DateTime<Utc>,
    pub app: String,
    pub from: u64,
    pub to: u64,
    pub what: What,
}

#[derive(Debug)]
pub enum What {
    /// The rotation is made, or its terms are others from now on.
    Terms {
        overlap: Duration,
        soak: Duration,
        unread: bool,
    },
    /// A consumer got what is published.
    Fetched,
    /// Someone agreed that the old secret goes at once.
    Cut,
    /// Someone gave the old secret another date.
    Dated,
    /// The one before is published again.
    Rolled,
    /// Nothing starts and nothing goes before this instant, or before it is resumed.
    Paused(Option<DateTime<Utc>>),
    Resumed,
    /// Something else that moves dates.
    Other,
}

/// What was forecast for an instant.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    pub at: DateTime<Utc>,
    pub app: String,
    pub what: String,
    /// Empty where it is of no matter.
    pub secret: String,
}

/// An app as its calls leave it.
#[derive(Debug, Default)]
struct App {
    /// Oldest first: id, when it was made, since when it is off.
    secrets: Vec<(String, DateTime<Utc>, Option<DateTime<Utc>>)>,
    /// The published one, and since when that is it.
    current: Option<(String, DateTime<Utc>)>,
    overlap: Duration,
    soak: Duration,
    unread: bool,
    /// What held when the published one was.
    overlap_then: Duration,
    soaks: BTreeMap<String, Duration>,
    fetched: bool,
    dated: bool,
    tested: bool,
    /// Until when it is paused.
    paused: Option<DateTime<Utc>>,
    /// What was read of it so far, to be shown where a promise is broken.
    trail: Vec<String>,
}

/// Reads the log, and panics at the first line that breaks a promise. Returns what happened by itself.
pub fn read(there: &BTreeMap<String, Vec<String>>, log: &[Line], notes: &[Note]) -> Vec<Said> {
    let begin = log.first().map_or(DateTime::UNIX_EPOCH, |line| line.at);
    let mut apps: BTreeMap<String, App> = BTreeMap::new();
    for (app, secrets) in there {
        let secrets = secrets.iter().map(|id| (id.clone(), begin, None)).collect();
        apps.insert(app.clone(), App { secrets, ..App::default() });
    }
    let mut by_itself = Vec::new();
    let mut notes = notes.iter().peekable();
    for line in log {
        while let Some(note) = notes.next_if(|note| note.to < line.seq) {
            take(&mut apps, note);
        }
        let during = notes.peek().filter(|note| note.from < line.seq && (note.app == line.app || note.app.is_empty()));
        if line.operation == "introspect" && line.answered == "200" {
            for app in apps.values_mut() {
                app.tested = true;
            }
        }
        if !line.effect {
            continue;
        }
        let app = apps.get_mut(&line.app).unwrap_or_else(|| panic!("an app that no one rotates: {}", line.path()));
        let asked = during.is_some_and(|note| matches!(note.what, What::Cut | What::Rolled));
        if let Some(Note { what: What::Terms { overlap, soak, unread }, .. }) = during {
            // What follows from new terms goes by them.
            (app.overlap, app.soak, app.unread) = (*overlap, *soak, *unread);
        }
        let paused = app.paused.is_some_and(|until| until > line.at);
        app.trail.push(format!("{} {:?}", line.path(), during.map(|note| &note.what)));
        app.must(asked || during.is_some() || !paused, "while it is paused");
        app.changed(line, asked);
        if during.is_none() {
            let (at, app, secret) = (line.at, line.app.clone(), line.secret.clone());
            let secret = if line.operation == "create" { String::new() } else { secret };
            by_itself.push(Said { at, app, what: line.operation.clone(), secret });
        }
    }
    for app in apps.values() {
        let works = app
            .current
            .as_ref()
            .is_none_or(|(current, _)| app.secrets.iter().any(|it| it.0 == *current && it.2.is_none()));
        assert!(works, "what is published at the end of the year is ACTIVE");
    }
    by_itself
}

fn take(apps: &mut BTreeMap<String, App>, note: &Note) {
    let app = apps.get_mut(&note.app).expect("an app that is rotated");
    app.trail.push(format!("{} {:?}", note.at, note.what));
    match &note.what {
        What::Terms { overlap, soak, unread } => {
            (app.overlap, app.soak, app.unread) = (*overlap, *soak, *unread);
        }
        What::Fetched => app.fetched = true,
        What::Dated => {
            app.dated = true;
            // One that is off goes by the terms as they are now.
            for soak in app.soaks.values_mut() {
                *soak = app.soak;
            }
        }
        What::Paused(until) => app.paused = Some(until.unwrap_or(DateTime::<Utc>::MAX_UTC)),
        What::Resumed => app.paused = None,
        What::Rolled => {
            let current = app.current.as_ref().map(|(id, _)| id.clone());
            let other = app.secrets.iter().find(|it| Some(&it.0) != current.as_ref()).map(|it| it.0.clone());
            app.current = other.map(|id| (id, note.at));
            (app.fetched, app.dated, app.overlap_then) = (false, false, app.overlap);
            app.paused = Some(DateTime::<Utc>::MAX_UTC);
        }
        What::Cut | What::Other => {}
    }
}

impl App {
    fn must(&self, holds: bool, what: &str) {
        let from = self.trail.len().saturating_sub(16);
        assert!(holds, "{what}: {:#?}", &self.trail[from..]);
    }

    fn changed(&mut self, line: &Line, asked: bool) {
        let place = self.secrets.iter().position(|it| it.0 == line.secret);
        let is_current = self.current.as_ref().is_some_and(|(id, _)| *id == line.secret);
        let since = self.current.as_ref().map_or(line.at, |(_, at)| *at);
        match line.operation.as_str() {
            "create" => {
                self.must(place.is_none() && self.secrets.len() < 2, "a third secret");
                self.secrets.push((line.secret.clone(), line.at, None));
                self.current = Some((line.secret.clone(), line.at));
                (self.fetched, self.dated, self.tested) = (false, false, false);
                self.overlap_then = self.overlap;
            }
            "deactivate" => {
                let on = self.secrets.iter().filter(|it| it.2.is_none()).count();
                self.must(on == 2 && !is_current, "the published one is deactivated, or the last one");
                self.secrets[place.expect("one that is there")].2 = Some(line.at);
                self.soaks.insert(line.secret.clone(), self.soak);
                self.must(self.tested, "deactivated before its successor was tested");
                self.must(asked || self.fetched || self.unread, "deactivated before its successor was fetched");
                let over = self.dated || line.at - since >= self.overlap_then;
                self.must(asked || over, &format!("deactivated before the overlap of {} was over", self.overlap_then));
            }
            "delete" => {
                let (_, _, off) = self.secrets.remove(place.expect("one that is there"));
                self.must(off.is_some() && !is_current, "deleted where it is on, or published");
                let soak = self.soaks.remove(&line.secret).unwrap_or_default();
                let over = off.is_some_and(|off| line.at - off >= soak);
                self.must(asked || over, &format!("deleted before the soak of {soak} was over"));
            }
            "activate" => {
                self.must(asked, "switched on, and no one asked for it");
                self.secrets[place.expect("one that is there")].2 = None;
            }
            other => panic!("{other} changes an org"),
        }
    }
}

impl Line {
    fn path(&self) -> String {
        format!("#{} {} {} {} of {}", self.seq, self.at, self.operation, self.secret, self.app)
    }
}
