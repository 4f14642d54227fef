//! All that the UI knows: one part for each feature, and the session that all of them read.

use crate::words::sentence::Sentence;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::acts::batch::Batch;
use super::forms::rotation::wizard::Wizard;
use super::overlays::Overlay;
use super::overlays::question::Question;
use super::overlays::seen::Mark;
use super::overlays::themes::Themes;
use super::panes::Pane;
use super::panes::connections::Connections;
use super::panes::content::Content;
use super::panes::detail::Detail;
use super::panes::history::pane::HistoryPane;
use super::panes::list_pane::List;
use super::panes::log::pane::LogPane;
use super::panes::rotations::Rotations;
use super::scene::Scene;
use super::selection::{Row, Selection};
use super::session::{Preferences, Session};
use super::theme::{Look, Tone};
use crate::engine::view::{ConnectionView, RotationView};

/// From this size on all panes are shown at once: columns, rows.
const WIDE: (u16, u16) = (120, 24);

/// The smallest terminal that more than a notice fits on: columns, rows.
const LEAST: (u16, u16) = (40, 10);

/// All that the UI knows.
#[derive(Clone, Debug)]
pub struct Model {
    /// What every part may read.
    pub session: Session,
    /// The terminal's size: columns, rows.
    pub size: (u16, u16),
    /// The pane that hears the keys.
    pub focus: Pane,
    /// The list that was used last: what is detailed is its row.
    pub list: Pane,
    /// The focused pane alone.
    pub zoomed: bool,
    /// The list of rotations.
    pub rotations: Rotations,
    /// The list of connections.
    pub connections: Connections,
    /// What was opened from one of the two.
    pub detail: Detail,
    /// What happened, by attempts.
    pub history: HistoryPane,
    /// The live log.
    pub log: LogPane,
    /// What lies over the panes; the last hears the keys.
    pub overlays: Vec<Overlay>,
    /// Acts that are under way, and those whose summary is being read.
    pub batches: BTreeMap<u64, Batch>,
    /// The themes that there are, and the one that is active.
    pub themes: Themes,
    /// A rotation that was begun and left.
    pub draft: Option<Box<Wizard>>,
    /// What lay on top in the last frame.
    pub(super) seen: Option<Mark>,
}

impl Model {
    /// Before anything is known.
    pub fn new(now: DateTime<Utc>, preferences: Preferences, size: (u16, u16)) -> Self {
        Self {
            session: Session::new(now, preferences),
            size,
            focus: Pane::Rotations,
            list: Pane::Rotations,
            zoomed: false,
            rotations: Rotations::default(),
            connections: Connections::default(),
            detail: Detail::default(),
            history: HistoryPane::default(),
            log: LogPane::default(),
            overlays: Vec::new(),
            batches: BTreeMap::new(),
            themes: Themes::default(),
            draft: None,
            seen: None,
        }
    }

    /// What a pane holds.
    pub(super) fn content(&self, pane: Pane) -> &dyn Content {
        match pane {
            Pane::Rotations => &self.rotations,
            Pane::Connections => &self.connections,
            Pane::Detail => &self.detail,
            Pane::History => &self.history,
            Pane::Log => &self.log,
        }
    }

    /// The same to change it, and the session that it may read.
    pub(super) fn content_mut(&mut self, pane: Pane) -> (&mut dyn Content, &mut Session) {
        let content: &mut dyn Content = match pane {
            Pane::Rotations => &mut self.rotations,
            Pane::Connections => &mut self.connections,
            Pane::Detail => &mut self.detail,
            Pane::History => &mut self.history,
            Pane::Log => &mut self.log,
        };
        (content, &mut self.session)
    }

    /// What keys act on.
    pub fn selection(&self) -> Selection<'_> {
        let in_connections = self.list == Pane::Connections;
        let list = if in_connections { &self.connections.list } else { &self.rotations.list };
        let rows = &self.session.rows;
        let row = list.cursor.id().and_then(|id| {
            if in_connections {
                rows.connections.get(&id).map(Row::Connection)
            } else {
                rows.rotations.get(&id).map(Row::Rotation)
            }
        });
        let on_marks = self.focus == self.list && !list.marks.is_empty();
        Selection { row, in_connections, on_marks }
    }

    /// What drawing is given.
    pub fn scene<'a>(&'a self, look: &'a Look) -> Scene<'a> {
        Scene { look, session: &self.session, selection: self.selection(), focused: false }
    }

    /// The rotation that keys act on, where the last list was theirs.
    pub fn rotation(&self) -> Option<&RotationView> {
        self.selection().rotation()
    }

    /// The connection that keys act on, where the last list was theirs.
    pub fn connection(&self) -> Option<&ConnectionView> {
        self.selection().connection()
    }

    /// Whether there is room for all panes at once.
    pub fn wide(&self) -> bool {
        self.size.0 >= WIDE.0 && self.size.1 >= WIDE.1
    }

    /// Whether only a notice fits.
    pub fn too_small(&self) -> bool {
        self.size.0 < LEAST.0 || self.size.1 < LEAST.1
    }

    /// The list that was used last.
    pub(super) fn the_list(&mut self) -> &mut List {
        if self.list == Pane::Connections { &mut self.connections.list } else { &mut self.rotations.list }
    }

    /// The filter that is being typed, where one is.
    pub(super) fn typing(&mut self) -> Option<&mut List> {
        self.content_mut(self.focus).0.list_mut().filter(|list| list.typing)
    }

    /// The pane that a line is being typed for below them all.
    pub(super) fn prompts(&self) -> Option<Pane> {
        Pane::ALL.into_iter().find(|pane| self.content(*pane).prompt().is_some())
    }

    /// The rotation whose history stands beside the lists, where there is room for it.
    pub(super) fn beside(&self) -> Option<&RotationView> {
        self.rotation().filter(|_| self.wide() && self.focus != Pane::History)
    }

    /// Puts the lists in order, where rows, filters or the order changed. To be called before drawing.
    pub fn settle(&mut self) {
        let session = &mut self.session;
        if std::mem::take(&mut session.stale) || session.rows.counts.are_over(session.now) {
            session.rows.count(session.now);
            for pane in Pane::ALL {
                let (content, session) = self.content_mut(pane);
                content.settle(session);
            }
        }
    }

    /// Has something read once no box is open: it takes no keys from one.
    pub fn note(&mut self, title: &str, notes: Vec<Sentence>) {
        if !notes.is_empty() {
            let text = notes.into_iter().map(|note| (Tone::Warn, note)).collect();
            self.overlays.insert(0, Overlay::Ask(Question::note(title, text)));
        }
    }
}
