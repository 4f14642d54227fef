//! One of everything that a request is refused for, with what is to be done then.

use chrono::DateTime;

use super::text;
use crate::core::cause::Cause;
use crate::core::cause::call::{CallCause, Place};
use crate::core::cause::request::{FieldFault, RequestCause, TakenName, Thing, Which};
use crate::core::cause::rotation::{Doing, RotationCause};
use crate::core::cause::store::StoreCause;
use crate::core::fault::Problem;
use crate::core::remedy::{Instead, Next, Remedy};

/// All of them.
pub fn refusals() -> Vec<Problem> {
    let all = [rotations(), requests(), stores(), calls()];
    all.into_iter().flatten().map(|(cause, next)| Problem::new(cause, remedies(next))).collect()
}

fn remedies(next: Vec<Next>) -> Vec<Remedy> {
    next.into_iter().map(Remedy::Next).collect()
}

fn rotations() -> Vec<(Cause, Vec<Next>)> {
    let rotation = || text("NAME");
    let secret = || text("ID");
    let agree = |instead| vec![Next::Agree { instead }];
    let all = [
        (
            RotationCause::Busy { rotation: rotation(), doing: Doing::Rotate },
            vec![Next::TryInAMoment, Next::ShowRotation],
        ),
        (RotationCause::BeingCreated, vec![Next::ListAll(Thing::Rotation)]),
        (RotationCause::DeletedSince { rotation: rotation() }, vec![Next::ShowHistory]),
        (RotationCause::NothingPending { rotation: rotation() }, vec![Next::ShowRotation]),
        (RotationCause::NoOldSecret { rotation: rotation() }, vec![Next::ListSecrets]),
        (RotationCause::NoOldSecret { rotation: rotation() }, vec![Next::RotateNow]),
        (RotationCause::OldSecretChanged { secret: secret() }, vec![Next::CheckThenAgain]),
        (RotationCause::OldSecretHeld { rotation: rotation() }, vec![Next::ResumeOrDate]),
        (RotationCause::AutoRotationOff { rotation: rotation() }, vec![Next::ResumeFirst]),
        (RotationCause::NothingSkipped { rotation: rotation() }, vec![Next::ShowRotation]),
        (RotationCause::NothingPublished { rotation: rotation() }, vec![Next::CheckCompares]),
        (RotationCause::NotConfirmed { rotation: rotation() }, vec![Next::ConfirmFirst]),
        (RotationCause::PublishedMeanwhile { secret: secret() }, vec![]),
        (RotationCause::EndedOtherwise { rotation: rotation() }, vec![Next::ShowRotation]),
        (RotationCause::CutsShort { rotation: rotation() }, agree(Some(Instead::Wait))),
        (RotationCause::NoOverlap { rotation: rotation() }, agree(Some(Instead::KeepOverlap))),
        (RotationCause::GoesEarlier { rotation: rotation(), secret: secret() }, agree(None)),
        (RotationCause::PublishesUntested { secret: secret() }, agree(None)),
        (RotationCause::NeedsConfirmation { rotation: rotation() }, vec![Next::AgreeConfirm]),
    ];
    let deleting = [Next::NoLongerRotates, Next::OldGoesOnDate];
    let deleting = deleting.map(|next| (Cause::BeingDeleted, vec![next]));
    all.into_iter().map(|(cause, next)| (cause.into(), next)).chain(deleting).collect()
}

fn requests() -> Vec<(Cause, Vec<Next>)> {
    let at = DateTime::UNIX_EPOCH;
    let name = || text("NAME");
    let field = FieldFault { field: text("FIELD"), message: text("what is wrong") };
    let taken = TakenName { name: text("OKTA_CLIENT_ID"), rotation: None };
    let command = text("windlass rotation create NAME --connection acme --app 0oa1 --path /NAME");
    let delete = text("windlass secret delete OKTA_CLIENT_ID --environment prod");
    let unknown = |what| RequestCause::Unknown { what, name: text("x") };
    let all = [
        (RequestCause::Invalid(vec![field]), vec![Next::CorrectValues]),
        (RequestCause::ReadOnly { engine: false }, vec![Next::WithoutReadOnly { engine: false }]),
        (RequestCause::ReadOnly { engine: true }, vec![Next::WithoutReadOnly { engine: true }]),
        (RequestCause::Undecided(Which::Old), vec![Next::ChooseOne(Which::Old)]),
        (RequestCause::Undecided(Which::New), vec![Next::ChooseOne(Which::New)]),
        (RequestCause::InPast { at }, vec![Next::GiveLaterOrNow]),
        (RequestCause::InPast { at }, vec![Next::GiveLaterOrNone]),
        (RequestCause::BadCount { count: 0, most: 10_000 }, vec![]),
        (RequestCause::NoSuchPage, vec![Next::PassOnNext]),
        (unknown(Thing::Rotation), vec![Next::Nearest { what: Thing::Rotation, name: text("y") }]),
        (unknown(Thing::Connection), vec![Next::ListAll(Thing::Connection)]),
        (RequestCause::NameTaken { what: Thing::Rotation, name: name() }, vec![Next::OtherName(Thing::Rotation)]),
        (RequestCause::NameTaken { what: Thing::Connection, name: name() }, vec![Next::OtherName(Thing::Connection)]),
        (RequestCause::AppTaken { label: text("APP"), id: text("ID"), rotation: name() }, vec![Next::ShowAppsRotation]),
        (
            RequestCause::PlacesTaken { environment: text("prod"), path: text("/"), names: vec![taken] },
            vec![Next::OwnFolder { path: text("/NAME"), command }, Next::DeletePlain(vec![delete]), Next::OtherNames],
        ),
        (
            RequestCause::OtherClientId { label: text("APP"), shown: text("ID1"), given: text("ID2") },
            vec![Next::LeaveClientIdOut],
        ),
        (
            RequestCause::NoSecret { name: name(), environment: text("prod"), path: text("/") },
            vec![Next::InFolder { environment: text("dev"), path: text("/") }, Next::ListAll(Thing::Secret)],
        ),
        (RequestCause::NoVersion { name: name(), version: 9 }, vec![Next::VersionsKept(vec![1, 2])]),
        (RequestCause::Erased { name: name(), version: 1 }, vec![Next::LeaveVersionOut]),
        (RequestCause::KeptCurrent { name: text("SECRET"), rotation: name() }, vec![Next::DeleteRotationFirst]),
        (RequestCause::ConnectionChanged, vec![Next::ShowConnection]),
        (
            RequestCause::ConnectionInUse { connection: name(), rotations: vec![text("orders")] },
            vec![Next::DeleteRotationFirst],
        ),
        (
            RequestCause::ConnectionInUse { connection: name(), rotations: vec![text("orders")] },
            vec![Next::WaitForDeletion],
        ),
        (RequestCause::OtherOrg { there: text("ID1"), known: text("ID2") }, vec![Next::NewConnection]),
        (RequestCause::OrgNotKnown, vec![Next::TestOldUrl]),
    ];
    all.into_iter().map(|(cause, next)| (cause.into(), next)).collect()
}

fn stores() -> Vec<(Cause, Vec<Next>)> {
    let host = || text("HOST");
    let said = [
        (StoreCause::StoreBusy as fn(String) -> StoreCause, "the store is in use by another windlass"),
        (StoreCause::KeyMissing, "the sealing key is missing"),
        (StoreCause::ForeignKey, "the store is sealed with another key"),
        (StoreCause::BadKey, "the sealing key cannot be used"),
        (StoreCause::StoreVanished, "there is no store, and one was kept there"),
        (StoreCause::StoreMoved, "the data directory was moved away or replaced"),
        (StoreCause::FileUnsafe, "a file is not safe to use"),
        (StoreCause::StoreNewer, "the store was written by a newer windlass"),
        (StoreCause::StoreDamaged, "the store is damaged"),
        (StoreCause::DiskFull, "the disk is full"),
        (StoreCause::DiskReadOnly, "the disk is read-only"),
        (StoreCause::StoreNotPermitted, "this user may not"),
        (StoreCause::DiskFails, "the disk fails"),
        (StoreCause::RecordTooLarge, "a record is too large for the store"),
    ];
    let all = [
        (
            StoreCause::Retired { at: DateTime::UNIX_EPOCH, to: host(), by: text("USER") },
            vec![Next::ActThere { to: host() }, Next::UndoFirst],
        ),
        (StoreCause::Quarantined { reason: text("what was found") }, vec![Next::ConfirmEach]),
        (StoreCause::NotRetired, vec![Next::RetireStore]),
        (StoreCause::NotQuarantined, vec![Next::CheckAnyTime]),
        (StoreCause::CallsInProgress { rotation: text("NAME") }, vec![Next::CopyAgain]),
        (StoreCause::RetiresStore { to: host() }, vec![Next::AgreeRetire { to: host() }]),
        (StoreCause::ActsAgain, vec![Next::AgreeUndo]),
        (StoreCause::NeedsReading, vec![Next::AgreeRecovered]),
        (StoreCause::EngineStopped, vec![Next::ResumesWithEngine]),
        (StoreCause::EngineFailed { why: text("…") }, vec![Next::StartAgain]),
        (StoreCause::EngineNotStarted { why: text("…") }, vec![Next::SeeLimits]),
        (StoreCause::KeepsStore { role: text("serve"), pid: 1 }, vec![Next::EndEngine]),
        (StoreCause::DiskFull(text("the disk is full")), vec![Next::ReopensEachMinute]),
    ];
    let said = said.into_iter().map(|(cause, words)| (cause(text(words)), vec![]));
    said.chain(all).map(|(cause, next)| (cause.into(), next)).collect()
}

fn calls() -> Vec<(Cause, Vec<Next>)> {
    let place = Place { line: 1, column: 1 };
    let path = || text("/api/v1/x");
    let all = [
        (CallCause::NoSuchPath { path: path() }, vec![Next::SeePaths]),
        (
            CallCause::MethodNotAllowed { method: text("PUT"), path: path() },
            vec![Next::Methods(vec![text("GET"), text("POST")])],
        ),
        (CallCause::BadEscape { path: path() }, vec![Next::EscapeNames]),
        (CallCause::NotAnObject, vec![Next::SendObject]),
        (CallCause::NoBody, vec![Next::SendObject]),
        (CallCause::BodyEnds(place), vec![Next::SendObject]),
        (CallCause::NotJson(place), vec![Next::SendObject]),
        (CallCause::BodyTooLarge { most: 1 << 20 }, vec![Next::SendLess]),
        (CallCause::BodyLate, vec![Next::SendAtOnce]),
        (CallCause::BodyBroken, vec![Next::SendAgain]),
        (CallCause::NotChangeable { field: text("FIELD") }, vec![Next::Changeable(vec![text("name")])]),
        (CallCause::NotYourEngine { user: text("USER") }, vec![Next::AskOwner]),
        (CallCause::TooManyLogs { count: 64 }, vec![Next::EndOneLog]),
        (CallCause::TooManyCalls { count: 128 }, vec![Next::TryWhenDone]),
        (CallCause::TooManyConnections, vec![Next::TryInAMoment]),
        (CallCause::EngineStopping, vec![Next::ResumesWithEngine]),
    ];
    let shows = Next::ShowsPlan { command: text("windlass rotation rotate NAME") };
    let internal = (Cause::Internal, vec![Next::EngineRuns, Next::DiskAsBefore, shows]);
    all.into_iter().map(|(cause, next)| (cause.into(), next)).chain([internal]).collect()
}
