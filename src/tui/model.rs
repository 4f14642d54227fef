//! What the UI knows.

use crate::tui::forms::rotation;
use crate::tui::input::sight;
use crate::tui::overlays;
use crate::tui::overlays::themes;
use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::tui::acts::batch::Batch;
use crate::tui::keys::bindings::Bindings;
use crate::tui::msg::{Effect, Timer, Tone};
use crate::tui::overlays::Overlay;
use crate::tui::panes::Pane;
use crate::tui::panes::history::History;
use crate::tui::panes::list_pane::List;
use crate::tui::panes::log::Log;
use crate::tui::panes::texts::Prompt;
use crate::tui::rows::Rows;

use crate::engine::refusal::Refusal;
use crate::engine::view::{ConnectionView, EngineView, OktaSecretView, RotationView, View};
use crate::text::when;

/// From this size on all panes are shown at once: columns, rows.
const WIDE: (u16, u16) = (120, 24);

/// How long a toast stays.
const TOAST: std::time::Duration = std::time::Duration::from_secs(6);

/// How the engine is reached.
#[derive(Clone, Debug, PartialEq)]
pub enum Link {
    /// One is being looked for.
    Looking,
    /// It answers.
    Up,
    /// It went away; it is looked for. `waits` where only a person takes over: it is being restarted.
    Lost {
        /// Since when.
        since: DateTime<Utc>,
        /// Nobody takes over by himself.
        waits: bool,
    },
    /// None may be opened.
    Barred(Refusal),
}

/// A sentence that stays for a while.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// Its number, which its timer has.
    pub number: u64,
    /// How it is meant.
    pub tone: Tone,
    /// What it says.
    pub text: String,
}

/// What a demo adds to every frame. The demo itself runs elsewhere and sends this when it changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DemoView {
    /// For the header, after the word DEMO.
    pub header: String,
    /// Lines for the strip above the footer.
    pub strip: Vec<(Tone, String)>,
    /// A further line for each rotation, by its name: that of the selected one is shown.
    pub slots: Vec<(String, String)>,
}

/// All that the UI knows.
#[derive(Clone, Debug)]
pub struct Model {
    /// The instant of the last message.
    pub now: DateTime<Utc>,
    /// The reader's zone.
    pub zone: Tz,
    /// The terminal's size: columns, rows.
    pub size: (u16, u16),
    /// What would change something is forbidden.
    pub read_only: bool,
    /// The keys that are in effect.
    pub bindings: Bindings,
    /// How the engine is reached.
    pub link: Link,
    /// Who it is.
    pub who: Option<EngineView>,
    /// It is in this process.
    pub own: bool,
    /// The rows.
    pub rows: Rows,
    /// The list of rotations.
    pub rotations: List,
    /// The list of connections.
    pub connections: List,
    /// The live log.
    pub log: Log,
    /// What happened, by attempts.
    pub history: History,
    /// What is typed for one of the two.
    pub prompt: Option<Prompt>,
    /// The Okta secrets of a rotation that was opened.
    pub secrets: Option<(Uuid, Vec<OktaSecretView>)>,
    /// The pane that hears the keys.
    pub focus: Pane,
    /// The list that was used last: what is detailed is its row.
    pub list: Pane,
    /// The focused pane alone.
    pub zoomed: bool,
    /// What lies over the panes; the last hears the keys.
    pub overlays: Vec<Overlay>,
    /// Sentences that stay for a while.
    pub toasts: VecDeque<Toast>,
    /// Acts that are under way, and those whose summary is being read.
    pub batches: BTreeMap<u64, Batch>,
    /// What the demo shows, where this is one.
    pub demo: Option<DemoView>,
    /// The themes that there are, and the one that is worn.
    pub themes: themes::Themes,
    /// What a new rotation has where nobody says otherwise.
    pub defaults: rotation::Defaults,
    /// A rotation that was begun and left.
    pub draft: Option<Box<rotation::Wizard>>,
    /// The lists of apps that this session has seen.
    pub catalogs: rotation::apps::Catalogs,
    /// How far what was opened is scrolled, and whose that is.
    pub(super) scrolled: Option<(Uuid, usize)>,
    /// What the last frame showed.
    pub(super) sight: sight::Sight,
    /// Since when events come.
    pub(super) linked_at: DateTime<Utc>,
    /// Somebody said what the history shows: it does not follow the cursor.
    pub(super) pinned: bool,
    /// The timer for the history of the cursor's row runs.
    pub(super) resting: bool,
    /// Whether the history is on the screen.
    pub(super) history_shown: bool,
    pub(super) numbers: u64,
    pub(super) stale: bool,
}

impl Model {
    /// Before anything is known.
    pub fn new(now: DateTime<Utc>, zone: Tz, size: (u16, u16), read_only: bool) -> Self {
        Self {
            now,
            zone,
            size,
            read_only,
            bindings: Bindings::default(),
            link: Link::Looking,
            who: None,
            own: false,
            rows: Rows::default(),
            rotations: List::default(),
            connections: List::default(),
            log: Log::default(),
            history: History::default(),
            prompt: None,
            secrets: None,
            focus: Pane::Rotations,
            list: Pane::Rotations,
            zoomed: false,
            overlays: Vec::new(),
            toasts: VecDeque::new(),
            batches: BTreeMap::new(),
            demo: None,
            themes: themes::Themes::default(),
            defaults: rotation::Defaults::default(),
            draft: None,
            catalogs: BTreeMap::new(),
            scrolled: None,
            sight: sight::Sight::default(),
            linked_at: now,
            pinned: false,
            resting: false,
            history_shown: false,
            numbers: 0,
            stale: false,
        }
    }

    /// The pane that hears the keys.
    pub fn pane(&self) -> Pane {
        self.focus
    }

    /// The rotation that keys act on, where the last list was theirs.
    pub fn rotation(&self) -> Option<&RotationView> {
        let id = self.rotations.cursor.id().filter(|_| self.list == Pane::Rotations)?;
        self.rows.rotations.get(&id)
    }

    /// The connection that keys act on, where the last list was theirs.
    pub fn connection(&self) -> Option<&ConnectionView> {
        let id = self.connections.cursor.id().filter(|_| self.list == Pane::Connections)?;
        self.rows.connections.get(&id)
    }

    /// Whether there is room for all panes at once.
    pub fn wide(&self) -> bool {
        self.size.0 >= WIDE.0 && self.size.1 >= WIDE.1
    }

    /// The list that was used last.
    pub(super) fn the_list(&mut self) -> &mut List {
        if self.list == Pane::Connections { &mut self.connections } else { &mut self.rotations }
    }

    /// The filter that is being typed, where one is.
    pub(super) fn typing(&mut self) -> Option<&mut List> {
        let focus = self.focus;
        Some(self.the_list()).filter(|list| list.typing && matches!(focus, Pane::Rotations | Pane::Connections))
    }

    /// Puts the lists in order, where rows, filters or the order changed. To be called before drawing.
    pub fn settle(&mut self) {
        if std::mem::take(&mut self.stale) || self.rows.counts.are_over(self.now) {
            self.rows.count(self.now);
            self.rotations.settle_rotations(&self.rows, self.now);
            self.connections.settle_connections(&self.rows);
        }
    }

    pub(super) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Says something for a while.
    pub(super) fn toast(&mut self, tone: Tone, text: impl Into<String>) -> Effect {
        let number = self.number();
        self.toasts.push_back(Toast { number, tone, text: text.into() });
        if self.toasts.len() > 3 {
            self.toasts.pop_front();
        }
        Effect::Wait(Timer::Toast(number), TOAST)
    }

    /// An instant with its weekday, on the reader's clock.
    pub fn local(&self, at: DateTime<Utc>) -> String {
        when::weekday_time(at, self.zone, self.now)
    }

    /// Has something read once no box is open: it takes no keys from one.
    pub fn note(&mut self, title: &str, notes: Vec<String>) {
        if !notes.is_empty() {
            let text = notes.into_iter().map(|note| (Tone::Warn, note)).collect();
            self.overlays.insert(0, Overlay::Ask(overlays::Question::note(title, text)));
        }
    }

    pub(super) fn day_time(&self, at: DateTime<Utc>) -> String {
        when::day_time(at, self.zone, self.now)
    }

    pub(super) fn take(&mut self, view: View) {
        self.who = Some(view.engine.clone());
        self.rows.take(view);
        self.stale = true;
    }
}
