//! What to do about a request that was refused, in words.

use crate::core::cause::request::{Thing, Which};
use crate::core::remedy::{Instead, Next};
use crate::words::sentence::{Sentence, say};

impl Next {
    /// It in words; where it needs a name, the command has `NAME`.
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

            Self::TryInAMoment => say!("try again in a moment"),
            Self::ShowRotation => say!("`windlass rotation show NAME` shows its state"),
            Self::ShowHistory => say!("`windlass history NAME` shows what was done"),
            Self::ListSecrets => say!("`windlass rotation secrets NAME` lists what there was"),
            Self::ShowAppsRotation => {
                say!("an app has one rotation; see it with `windlass rotation show NAME`")
            }
            Self::NoLongerRotates => say!("it no longer rotates"),
            Self::OldGoesOnDate => say!("its old secret is retired on its date, or now with `--now`"),
            Self::CheckThenAgain => {
                say!("`windlass rotation show NAME` shows it; then agree by `again`")
            }
            Self::RotateNow => {
                say!("nothing is cut short: `windlass rotation rotate NAME` rotates now")
            }
            Self::ResumeOrDate => say!(
                "resume it (`windlass rotation resume NAME`) or give the old secret a date (`windlass rotation retire NAME \
                 --at WHEN`), then ask again"
            ),
            Self::ResumeFirst => {
                say!("it starts nothing by itself until it is resumed (`windlass rotation resume NAME`)")
            }
            Self::CheckCompares => say!("a check compares the published secret with what is at Okta"),
            Self::CheckAnyTime => {
                say!("`windlass rotation check NAME` compares a rotation with what is at Okta")
            }
            Self::ConfirmFirst => say!("compare it first: `windlass confirm NAME`"),
            Self::DeleteRotationFirst => {
                say!("delete the rotation first (`windlass rotation delete NAME`)")
            }
            Self::WaitForDeletion => say!(
                "its rotations are being deleted, and go once their old secrets are gone (`windlass rotation show NAME` shows \
                 when)"
            ),

            Self::ShowConnection => {
                say!("look at it with `windlass connection show NAME` and try again")
            }
            Self::NewConnection => say!("create a new connection for another org"),
            Self::TestOldUrl => say!("test the connection under its old URL first"),

            Self::RetireStore => say!("`windlass retire-store --to HOST` retires it"),
            Self::UndoFirst => say!("`windlass retire-store --undo` first, to name another host"),
            Self::ActThere { to } => say!(
                "act on {}; what is read here is as it was then. If this is the store that is to run: `windlass retire-store \
                 --undo`",
                to
            ),
            Self::ConfirmEach => say!(
                "nothing is rotated or retired until `windlass confirm` has compared each rotation with Okta; secrets can be \
                 read"
            ),
            Self::CopyAgain => {
                say!("wait until they are done, copy the data directory once more, then try again")
            }
            Self::ReopensEachMinute => say!("it is tried again every minute"),
            Self::EndEngine => {
                say!("end it first, with `systemctl stop` where it is a service, or let it finish")
            }
            Self::StartAgain => {
                say!("start it again: what was in progress is on disk and resumes then; please report this")
            }
            Self::ResumesWithEngine => {
                say!("what was in progress is on disk and resumes when an engine runs again")
            }
            Self::DiskAsBefore => say!("what was on disk before is still there"),
            Self::SeeLimits => say!("see this machine's limits (`ulimit -n`, `ulimit -u`)"),

            Self::SendObject => say!("send a JSON object, as docs/api.md shows it"),
            Self::SendLess => say!("no request needs that much"),
            Self::SendAtOnce => say!("send the whole body at once"),
            Self::SendAgain => say!("send it again"),
            Self::SeePaths => say!("docs/api.md lists the paths; an older engine may not have all of them"),
            Self::Methods(methods) => say!("what is possible there: {}", methods.join(", ")),
            Self::EscapeNames => say!("escape names as UTF-8 with % and two hexadecimal digits"),
            Self::Changeable(fields) => say!("what can be: {}", fields.join(", ")),
            Self::AskOwner => {
                say!("ask its owner, or use an engine of your own: `windlass --data-dir DIR`")
            }
            Self::EndOneLog => {
                say!("end one of the programs that follow it; everything else still works")
            }
            Self::TryWhenDone => say!("try again when some of them are done"),
            Self::EngineRuns => {
                say!("the engine still runs, and `windlass history` shows what was done")
            }
        }
    }
}

fn list(what: Thing) -> Sentence {
    match what {
        Thing::Rotation => say!("`windlass rotation list`"),
        Thing::Connection => say!("`windlass connection list`"),
        Thing::Secret => say!("`windlass secret list`"),
    }
}
