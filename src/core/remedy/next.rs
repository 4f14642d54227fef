//! What to do about a request that was refused.

use serde::{Deserialize, Serialize};

use crate::core::cause::request::{Thing, Which};

/// What else can be done instead of agreeing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Instead {
    /// Wait until the previous secret is deleted.
    Wait,
    /// Rotate with an overlap.
    KeepOverlap,
}

/// What to do next.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Next {
    // Agreement.
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

    // Other values.
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

    // About the rotation.
    /// Try again in a moment.
    TryInAMoment,
    /// Show the rotation.
    ShowRotation,
    /// Show what was done to it.
    ShowHistory,
    /// List its secrets.
    ListSecrets,
    /// The app's one rotation.
    ShowAppsRotation,
    /// It no longer rotates.
    NoLongerRotates,
    /// Its old secret continues its date, or now.
    OldGoesOnDate,
    /// Its old secret is another one: show it, then ask again.
    CheckThenAgain,
    /// Rotate now: nothing is cut short.
    RotateNow,
    /// Resume it, or give its old secret a date.
    ResumeOrDate,
    /// It starts nothing until it is resumed.
    ResumeFirst,
    /// A check compares the published secret with what is at Okta.
    CheckCompares,
    /// The check of a rotation can be had at any time.
    CheckAnyTime,
    /// Confirm it first.
    ConfirmFirst,
    /// Delete the rotation first.
    DeleteRotationFirst,
    /// The rotations are being deleted already.
    WaitForDeletion,

    // About the connection.
    /// Show the connection, then try again.
    ShowConnection,
    /// Make a new connection for another org.
    NewConnection,
    /// Test it under its old URL first.
    TestOldUrl,

    // About the store and the engine.
    /// Retire the store.
    RetireStore,
    /// Undo the retirement before another host is named.
    UndoFirst,
    /// Act on the other host, or undo the retirement.
    ActThere {
        /// The host.
        to: String,
    },
    /// Nothing is rotated before each rotation is confirmed.
    ConfirmEach,
    /// Wait, and copy the data directory once more.
    CopyAgain,
    /// It is opened again every minute.
    ReopensEachMinute,
    /// End the other engine first.
    EndEngine,
    /// Start the engine again, and report it.
    StartAgain,
    /// What was in progress resumes with an engine.
    ResumesWithEngine,
    /// What was on disk before is still there.
    DiskAsBefore,
    /// See the limits of this machine.
    SeeLimits,

    // About the call.
    /// Send a JSON object.
    SendObject,
    /// No request needs so much.
    SendLess,
    /// Send the whole body at once.
    SendAtOnce,
    /// Send it again.
    SendAgain,
    /// The documentation lists the paths.
    SeePaths,
    /// The methods of the path.
    Methods(Vec<String>),
    /// How names are escaped.
    EscapeNames,
    /// The fields that can be changed.
    Changeable(Vec<String>),
    /// Ask the engine's owner, or use another engine.
    AskOwner,
    /// End one of the programs that follow the live log.
    EndOneLog,
    /// Try again when some calls are done.
    TryWhenDone,
    /// The engine still runs; the history shows what was done.
    EngineRuns,
}
