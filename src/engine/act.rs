//! What an act is, apart from what it does: all that is known of it, said once in its own file.
//!
//! An act is done to a rotation, a connection or the store. Each stands in one file of [`super::answer`], with its
//! terms, what is known of it ([`Terms`]), and what it does; a line in [`super::request`] puts it into the list.
//! Whoever offers it reads it from here: the API its call, the shell its command and options, the screen its key, its
//! box and its words. None of them names it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::body::Reply;
use super::patience::Takes;
use super::view::RotationView;
use crate::text::sentence::Sentence;

/// How far an act goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Its plan is shown, and nothing is changed.
    Plan,
    /// It is done, unless its plan has to be agreed to: then it is refused with that plan.
    #[default]
    Ask,
    /// Its plan is agreed to.
    Agreed,
}

impl Mode {
    /// With agreement, or without.
    pub fn with(agreed: bool) -> Self {
        if agreed { Self::Agreed } else { Self::Ask }
    }
}

/// Who asks for agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// It needs none.
    Never,
    /// The engine, which refuses the act with its plan until `yes` is there.
    Engine,
    /// Whoever offers it, before it is asked for.
    Face,
}

/// What acts are done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// A rotation.
    Rotation,
    /// A connection.
    Connection,
    /// The store, which has no name.
    Store,
    /// A target of a rotation.
    Target,
}

/// What is known of an act: plain data.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Its command, after the program's name.
    pub command: &'static str,
    /// What it is done to.
    pub on: On,
    /// Former names of the command's last word.
    pub formerly: &'static [&'static str],
    /// What it does, in one line of help.
    pub help: &'static str,
    /// Examples of its command, one a line.
    pub examples: &'static [&'static str],
    /// The method of its call.
    pub method: &'static str,
    /// The paths of its call, with `{id}` for what it is done to; the first is the one that we write.
    pub paths: &'static [&'static str],
    /// The path of its plan, where that is a call of its own.
    pub plan_path: &'static [&'static str],
    /// The field that says what it is done to, where that is not in the path.
    pub named_by: Option<&'static str>,
    /// Its terms are a query and no body.
    pub in_query: bool,
    /// Fields that are not known are refused; some calls have fields of the peer's that mean nothing here.
    pub strict: bool,
    /// Its plan can be asked for: `--dry-run`, and `dryRun`.
    pub plans: bool,
    /// Who asks for agreement: `--yes`, and with the engine `yes`.
    pub asks: Asks,
    /// It can be waited for: `--wait` and `--no-wait`, and `waitSeconds` in its terms.
    pub waits: bool,
    /// Its terms as options.
    pub options: &'static [Opt],
    /// Exactly one of them is wanted; a single one has to be there.
    pub one_of: bool,
    /// Its key at the screen, where it has one of its own.
    pub key: Option<Shortcut>,
    /// It is done in a quarantine, where all others wait.
    pub in_quarantine: bool,
    /// What is being done, whatever its terms are: `Pausing`.
    pub doing: &'static str,
    /// What the button says that agrees to its plan.
    pub button: &'static str,
    /// How its command is done by keys; the first that fits.
    pub ways: &'static [Way],
}

impl Spec {
    /// An act on a rotation, whose body is checked and that is done at once.
    pub const ROTATION: Self = Self {
        command: "",
        on: On::Rotation,
        formerly: &[],
        help: "",
        examples: &[],
        method: "POST",
        paths: &[],
        plan_path: &[],
        named_by: None,
        in_query: false,
        strict: true,
        plans: false,
        asks: Asks::Never,
        waits: false,
        options: &[],
        one_of: false,
        key: None,
        in_quarantine: false,
        doing: "",
        button: "Go on",
        ways: &[],
    };

    /// Its own word: the last of its command.
    pub fn word(&self) -> &'static str {
        self.command.rsplit(' ').next().unwrap_or(self.command)
    }

    /// Whether words after the program's name are its command.
    pub fn is(&self, words: &[&str]) -> bool {
        let (group, word) = self.command.rsplit_once(' ').unwrap_or(("", self.command));
        let (first, second) = (words.first().copied(), words.get(1).copied());
        let (in_group, typed) = if group.is_empty() { (true, first) } else { (first == Some(group), second) };
        in_group && typed.is_some_and(|typed| typed == word || self.formerly.contains(&typed))
    }

    /// Whether its plan is shown before it is done: it has one to show.
    pub fn shows_plan(&self) -> bool {
        self.plans || self.asks == Asks::Engine
    }
}

/// A term of an act, as an option of its command.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// The option: `--retire-now`.
    pub name: &'static str,
    /// The field: `retireNow`.
    pub field: &'static str,
    /// Its value.
    pub value: Value,
    /// Its line of help.
    pub help: &'static str,
    /// Options that it does not go with.
    pub not_with: &'static [&'static str],
}

/// The value of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// None: it is there or not.
    Flag,
    /// A text, by its name in the help.
    Text(&'static str),
    /// An instant, a date or a span, which becomes an instant to come.
    When,
}

impl Opt {
    /// One without a value.
    pub const fn flag(name: &'static str, field: &'static str, help: &'static str) -> Self {
        Self { name, field, value: Value::Flag, help, not_with: &[] }
    }

    /// One with a text.
    pub const fn text(name: &'static str, field: &'static str, value: &'static str, help: &'static str) -> Self {
        Self { name, field, value: Value::Text(value), help, not_with: &[] }
    }

    /// One with an instant.
    pub const fn when(name: &'static str, field: &'static str, help: &'static str) -> Self {
        Self { name, field, value: Value::When, help, not_with: &[] }
    }

    /// The same, but not beside these.
    #[must_use]
    pub const fn not_with(self, not_with: &'static [&'static str]) -> Self {
        Self { not_with, ..self }
    }
}

/// A key of the screen.
#[derive(Clone, Copy, Debug)]
pub struct Shortcut {
    /// The name under which the config gives it another.
    pub action: &'static str,
    /// The key where nothing else was put in its place; without one it is in the palette.
    pub key: Option<char>,
    /// In the footer; empty where that never shows it.
    pub short: &'static str,
    /// In the help and the palette.
    pub name: &'static str,
}

/// How a command is done by keys.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    /// The option that it is for; empty for the command as such.
    pub option: &'static str,
    /// The actions that lead there, by their names in the config.
    pub actions: &'static [&'static str],
    /// The key in the menu that the last one opens; empty where that is all.
    pub menu: &'static str,
    /// What that is called.
    pub name: &'static str,
}

impl Way {
    /// The command as such.
    pub const fn plain(actions: &'static [&'static str], name: &'static str) -> Self {
        Self { option: "", actions, menu: "", name }
    }

    /// The command with an option, or by a key in a menu.
    pub const fn by(
        option: &'static str,
        actions: &'static [&'static str],
        menu: &'static str,
        name: &'static str,
    ) -> Self {
        Self { option, actions, menu, name }
    }
}

/// On what terms an act is done, and all that is known of it.
pub trait Terms: Clone + Default + Eq + Serialize + DeserializeOwned {
    /// What is known of it whatever its terms are.
    const SPEC: Spec;

    /// How long it may take.
    fn takes(&self) -> Takes;

    /// Whether it changes something: settings, records, secrets, or anything at Okta. `named` is what it is done to.
    fn changes(&self, named: &str, mode: Mode) -> bool {
        let _ = named;
        mode != Mode::Plan
    }

    /// The same for a session that changes nothing; only asked of one that [changes](Self::changes) nothing.
    #[must_use]
    fn only_reading(self) -> Self {
        self
    }

    /// Why it cannot be done to a rotation, where its row says so.
    fn obstacle(row: &RotationView) -> Option<String> {
        let _ = row;
        None
    }

    /// The heading of its plan.
    fn title(&self, name: &str) -> String {
        format!("{} {name}?", self.doing())
    }

    /// What it puts at risk, where its plan asks for agreement.
    fn risk(&self) -> Option<&'static str> {
        Some("This cuts a secret short that may still be in use.")
    }

    /// What the button says that agrees to its plan.
    fn button(&self) -> &'static str {
        Self::SPEC.button
    }

    /// What is being done, before the name of what it is done to.
    fn doing(&self) -> &'static str {
        Self::SPEC.doing
    }

    /// What was done, from the reply; an act that can be undone says how. `NAME` in a command is what it was done to.
    fn done(&self, reply: &Reply) -> Sentence;
}
