//! What the form asks for an app: its ways in, and the fields of each. Tables, one in a file for each app.

use crate::core::connection::App;
use crate::core::secret::SecretValue;
use crate::engine::request::CredentialsBody;
use crate::engine::view::ConnectionView;
use crate::tui::forms::form::FieldKey;

/// All that is asked for an app.
pub struct Asked {
    /// The app.
    pub app: App,
    /// What the choice calls it.
    pub label: &'static str,
    /// The field of its address.
    pub address: FieldKey,
    /// What belongs there.
    pub address_help: &'static str,
    /// Whether there is one where none is typed.
    pub has_address: bool,
    /// The ways in: as the API calls them, and as the choice does. The usual one first, as in [`App::methods`].
    pub ways: &'static [(&'static str, &'static str)],
    /// What to choose among them for.
    pub way_help: &'static str,
    /// The fields, in order.
    pub asks: &'static [Ask],
}

/// One field.
pub struct Ask {
    /// Which.
    pub key: FieldKey,
    /// The ways in that it belongs to; empty: all of them.
    pub of: &'static [&'static str],
    /// What belongs there, and where it is found.
    pub help: &'static str,
    /// What is typed there.
    pub kind: Kind,
}

/// Where a field's text goes in a request.
pub type Slot = fn(&mut CredentialsBody) -> &mut Option<String>;

/// What is typed into a field.
#[derive(Clone, Copy)]
pub enum Kind {
    /// A line.
    Text {
        /// What the connection has.
        known: fn(&ConnectionView) -> Option<&str>,
        /// What stands there for a new one.
        usual: &'static str,
        /// Where it goes.
        slot: Slot,
    },
    /// A secret. The first of a way in may come from a file, too.
    Secret {
        /// The word for it, where its file is spoken of.
        word: &'static str,
        /// Where it goes.
        slot: fn(&mut CredentialsBody) -> &mut Option<SecretValue>,
    },
    /// A file of this machine, of which the text goes.
    File(Slot),
}

impl Ask {
    /// Whether it is asked for this way in.
    pub fn is_of(&self, method: &str) -> bool {
        self.of.is_empty() || self.of.contains(&method)
    }
}

impl Asked {
    /// The fields of a way in.
    pub fn of(&self, method: &str) -> impl Iterator<Item = &'static Ask> {
        let asks = self.asks;
        asks.iter().filter(move |ask| ask.is_of(method))
    }

    /// The secret that a way in needs, where it needs one: its field and its word.
    pub fn secret(&self, method: &str) -> Option<(FieldKey, &'static str)> {
        self.of(method).find_map(|ask| match ask.kind {
            Kind::Secret { word, .. } => Some((ask.key, word)),
            _ => None,
        })
    }

    /// The ways in to choose from. A connection that is there is changed by what is given for it: to the machine's own role,
    /// for which nothing is given, none comes from elsewhere.
    pub fn choices(&self, edits: Option<&ConnectionView>) -> Vec<(&'static str, &'static str)> {
        let reached = |way: &&(&str, &str)| {
            edits.is_none_or(|row| row.method == way.0 || self.asks.iter().any(|ask| ask.of.contains(&way.0)))
        };
        self.ways.iter().filter(reached).copied().collect()
    }
}

/// The certificates that are trusted, asked for every server.
pub const CA: Ask = Ask {
    key: super::field::CA_FILE,
    of: &[],
    help: "A file with the CA of its certificate as PEM, where it is one of your own; kept with the connection. Empty: as it is, \
           at first the system's.",
    kind: Kind::File(|body| &mut body.ca_certificate),
};
