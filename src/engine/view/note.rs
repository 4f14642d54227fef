//! What whoever asked, or starts an engine, has to know beside the reply.

use crate::core::fault::Problem;

/// Something to know. In JSON it is its sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    /// A JWK names another key id than was given, which is used.
    OtherKeyId {
        /// The JWK's.
        own: String,
        /// What was given.
        used: String,
    },
    /// A key has no key id.
    NoKeyId,
    /// Something was cut off the org URL.
    UrlCut {
        /// What is left.
        url: String,
        /// What was cut off.
        cut: String,
    },
    /// White space was cut off the API token.
    TokenTrimmed,
    /// The API token has another shape than Okta's have.
    TokenUnusual,
    /// A token ends, and cannot be renewed.
    TokenEnds {
        /// In so many seconds.
        seconds: i64,
    },
    /// This machine's clock is off.
    ClockOff {
        /// By so many seconds.
        seconds: i64,
        /// It is behind Okta's; else ahead of it.
        behind: bool,
    },
    /// The role does not show client secrets.
    SecretsHidden,
    /// The role shows an app, and not its client secrets.
    AppHidden {
        /// The app's label.
        label: String,
    },
    /// A sealing key was made.
    KeyMade {
        /// Its path.
        path: String,
    },
    /// A new store was begun.
    StoreBegun {
        /// The data directory.
        dir: String,
    },
    /// The store can be read, and nothing of it moves.
    Stands(Problem),
    /// What the store says of its opening, in its words.
    Store(String),
    /// What an engine of an older version, or another process, said in words.
    Written(String),
}
