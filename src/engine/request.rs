//! What can be asked of an engine. Every request is one row of the API table.

mod changes;
mod decode;
mod takes;

pub use super::body::*;

/// A request. `id` fields take an id or a name.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the variants are the rows of the API table")]
pub enum Request {
    ConnectionCreate(Box<ConnectionBody>),
    ConnectionList,
    ConnectionShow { id: String },
    ConnectionUpdate { id: String, patch: Box<ConnectionPatch> },
    ConnectionDelete { id: String },
    ConnectionTest { id: String, terms: TestTerms },
    ConnectionApps { id: String, query: AppsQuery },
    RotationCreate(Box<RotationBody>),
    RotationList,
    RotationShow { id: String },
    RotationUpdate { id: String, patch: Box<RotationPatch> },
    RotationDelete { id: String, terms: DeleteTerms },
    Rotate { id: String, terms: RotateTerms },
    Pause { id: String, terms: PauseTerms },
    Resume { id: String, terms: ResumeTerms },
    Check { id: String },
    Skip { id: String, terms: SkipTerms },
    Retire { id: String, terms: RetireTerms },
    Rollback { id: String, terms: RollbackTerms },
    Resolve { id: String, terms: ResolveTerms },
    Plan { id: String, terms: RotateTerms },
    Credentials { id: String },
    OktaSecrets { id: String },
    Options,
    Upcoming(UpcomingQuery),
    SecretList(FolderQuery),
    SecretGet { name: String, query: VersionQuery },
    SecretDelete { name: String, query: VersionQuery },
    Export(FolderQuery),
    Acknowledge(Acknowledgement),
    History(HistoryQuery),
    View,
    Engine,
    Confirm(ConfirmTerms),
    RetireStore(RetireStoreTerms),
    Yield,
}
