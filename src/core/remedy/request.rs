//! How to ask otherwise: to agree, to give another value, to name something that is there.

use serde::{Deserialize, Serialize};

use crate::core::cause::{Thing, Which};
use crate::text::sentence::{Sentence, say};

/// What else can be done instead of agreeing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Instead {
    /// Wait until the previous secret is deleted.
    Wait,
    /// Rotate with an overlap.
    KeepOverlap,
}

/// How to ask otherwise.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum InRequest {
    /// Agree to the plan by asking again.
    Agree {
        /// What can be done instead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead: Option<Instead>,
    },
    /// The act by itself shows its plan and asks.
    ShowsPlan {
        /// Its command.
        command: String,
    },
    /// Agree to what a comparison of the rotation with Okta shows.
    AgreeConfirm,
    /// Say that what was recovered is read.
    AgreeRecovered,
    /// Agree to retire the store.
    AgreeRetire {
        /// The host that its rotations are to run on.
        to: String,
    },
    /// Agree that a retired store acts again.
    AgreeUndo,
    /// Correct the values.
    CorrectValues,
    /// Say exactly one of the options.
    ChooseOne(Which),
    /// Give a date in the future, or decide for now.
    GiveLaterOrNow,
    /// Give a date in the future, or pause without one.
    GiveLaterOrNone,
    /// Leave the client id out.
    LeaveClientIdOut,
    /// Leave the version out.
    LeaveVersionOut,
    /// These versions are kept.
    VersionsKept(Vec<u32>),
    /// Pass on the page before's `next`.
    PassOnNext,
    /// A name that is nearly the one that was typed; a list shows all.
    Nearest {
        /// What is listed.
        what: Thing,
        /// The name.
        name: String,
    },
    /// A list shows what there is.
    ListAll(Thing),
    /// The name is in another folder.
    InFolder {
        /// The environment.
        environment: String,
        /// The path in it.
        path: String,
    },
    /// Choose another name.
    OtherName(Thing),
    /// Deliver to another place, or change the target that has this one.
    OtherPlace,
    /// Choose other names for the secrets.
    OtherNames,
    /// The names are free in a folder of the rotation's own.
    OwnFolder {
        /// The folder.
        path: String,
        /// The command that was meant, in that folder.
        command: String,
    },
    /// Delete the secrets that no rotation keeps current: the commands for it.
    DeletePlain(Vec<String>),
    /// The start of what to do with the next attempt: without `--read-only`.
    WithoutReadOnly {
        /// It is the engine that has it.
        engine: bool,
    },
}

impl InRequest {
    /// The remedy in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::Agree { instead: None } => say!("agree to the plan by `again` with `--yes`"),
            Self::Agree { instead: Some(Instead::Wait) } => {
                say!("agree to the plan by `again` with `--yes`, or wait until the previous secret is deleted")
            }
            Self::Agree { instead: Some(Instead::KeepOverlap) } => {
                say!("agree to the plan by `again` with `--yes`, or leave `--retire-now` out")
            }
            Self::ShowsPlan { command } => say!("{} shows the plan and asks", Sentence::command(command)),
            Self::AgreeConfirm => say!("`windlass confirm NAME --yes` agrees to what is listed"),
            Self::AgreeRecovered => say!("`windlass confirm --yes` says that you have read what is listed"),
            Self::AgreeRetire { to } => say!("`windlass retire-store --to {} --yes` agrees to what is listed", to),
            Self::AgreeUndo => say!("`windlass retire-store --undo --yes` agrees to what is listed"),
            Self::CorrectValues => say!("correct the values and try again"),
            Self::ChooseOne(Which::New) => say!("choose one of `--publish-unverified` and `--withdraw`"),
            Self::ChooseOne(Which::Old) => say!("choose one of `--now`, `--at WHEN` and `--hold`"),
            Self::GiveLaterOrNow => say!("give a date in the future, or `--now`"),
            Self::GiveLaterOrNone => {
                say!("give a date in the future, or leave it out to pause until resumed")
            }
            Self::LeaveClientIdOut => say!("leave the client id out: what Okta shows is published"),
            Self::LeaveVersionOut => say!("leave `--version` out for the current one"),
            Self::VersionsKept(versions) => {
                let versions: Vec<String> = versions.iter().map(ToString::to_string).collect();
                say!("kept are {}", versions.join(", "))
            }
            Self::PassOnNext => say!("pass on the `next` of the page before as it is, or begin without one"),
            Self::Nearest { what, name } => say!("did you mean {}? {} shows all", format!("{name:?}"), list(*what)),
            Self::ListAll(what) => say!("{} shows what there is", list(*what)),
            Self::InFolder { environment, path } => {
                say!("it is in `--environment {}` `--path {}`; `windlass secret list` shows all", environment, path)
            }
            Self::OtherPlace => {
                say!("deliver to another place, or see what has this one with `windlass target list`")
            }
            Self::OtherName(Thing::Target) => say!("choose another name, or see it with `windlass target list`"),
            Self::OtherName(Thing::Connection) => {
                say!("choose another name, or see it with `windlass connection show NAME`")
            }
            Self::OtherName(_) => say!("choose another name, or see it with `windlass rotation show NAME`"),
            Self::OtherNames => say!("choose other names"),
            Self::OwnFolder { path, command } => {
                say!("its own folder {} is free: {}", path, Sentence::command(command))
            }
            Self::DeletePlain(commands) => {
                let commands = commands.iter().map(|command| Sentence::command(command));
                say!("or delete what no rotation needs: {}", Sentence::join(commands, ", "))
            }
            Self::WithoutReadOnly { engine: false } => say!("leave out `--read-only`"),
            Self::WithoutReadOnly { engine: true } => {
                say!("end that session, and start one without `--read-only`")
            }
        }
    }
}

fn list(what: Thing) -> Sentence {
    match what {
        Thing::Rotation => say!("`windlass rotation list`"),
        Thing::Connection => say!("`windlass connection list`"),
        Thing::Secret => say!("`windlass secret list`"),
        Thing::Target => say!("`windlass target list`"),
        Thing::Consumer => say!("`windlass rotation consumers NAME --all`"),
    }
}

#[cfg(test)]
impl InRequest {
    /// Examples of those that neither a cause's example nor an answer of Okta's has.
    pub fn samples() -> Vec<Self> {
        vec![Self::ShowsPlan { command: "windlass rotation rotate NAME".into() }]
    }
}
