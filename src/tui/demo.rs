//! What a demo shows, and the keys that it has of its own.

use crate::tui::theme::Tone;

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

/// The keys of the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DemoKey {
    /// The org answers with a fault.
    Inject,
    /// The engine is killed and started again.
    Kill,
    /// Time stops, or continues.
    Freeze,
}
