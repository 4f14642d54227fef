//! What is wrong with a request, in words.

use crate::core::cause::request::{FieldFault, RequestCause, TakenName, Which};
use crate::words::sentence::{Sentence, say};

impl RequestCause {
    /// What is wrong.
    pub fn say(&self) -> Sentence {
        match self {
            Self::Invalid(fields) => invalid(fields),
            Self::ReadOnly { engine: false } => say!("this would change something, and `--read-only` forbids it"),
            Self::ReadOnly { engine: true } => {
                say!("this would change something, and the engine was started with `--read-only`")
            }
            Self::Undecided(Which::New) => say!("the request does not say what to do with the new secret"),
            Self::Undecided(Which::Old) => {
                say!("the request does not say what to do with the old secret: now, at a date, or hold")
            }
            Self::InPast { at } => say!("{} is in the past", *at),
            Self::BadCount { count, most } => say!("the count is 1 to {}, not {}", *most, *count),
            Self::NoSuchPage => say!("after: this is not a page of a list of apps"),
            Self::Unknown { what, name } => say!("there is no {} {}", what.word(), format!("{name:?}")),
            Self::NameTaken { what, name } => say!("there is a {} named {} already", what.word(), name),
            Self::AppTaken { label, id, rotation } => {
                say!("the app {} ({}) is rotated by {} already", label, id, rotation)
            }
            Self::PlacesTaken { environment, path, names } => {
                say!("{}:{} already has {}", environment, path, taken(names))
            }
            Self::OtherClientId { label, shown, given } => say!(
                "Okta shows {} as the client id of {}, and not {}",
                format!("{shown:?}"),
                label,
                format!("{given:?}")
            ),
            Self::NoSecret { name, environment, path } => {
                say!("there is no secret {} in {}:{}", name, environment, path)
            }
            Self::NoVersion { name, version } => say!("{} has no version {}", name, *version),
            Self::Erased { name, version } => {
                say!("the value of version {} of {} is erased: its secret is deleted at Okta", *version, name)
            }
            Self::KeptCurrent { name, rotation } => say!("{} is kept current by the rotation {}", name, rotation),
            Self::ConnectionChanged => say!("the connection was changed by another request meanwhile"),
            Self::ConnectionInUse { connection, rotations } => {
                say!("the connection {} is used by {}", connection, rotations.join(", "))
            }
            Self::OtherOrg { there, known } => {
                say!("the URL is another org's ({}, not {}), and rotations use this connection", there, known)
            }
            Self::OrgNotKnown => {
                say!("whether the URL is the same org's is not known, because the connection was never tested")
            }
        }
    }
}

fn invalid(fields: &[FieldFault]) -> Sentence {
    match fields {
        [only] => say!("{}: {}", &only.field, &only.message),
        many => {
            let each = many.iter().map(|fault| say!("  {}: {}", &fault.field, &fault.message));
            say!("{} values are not valid:\n{}", many.len(), Sentence::join(each, "\n"))
        }
    }
}

fn taken(names: &[TakenName]) -> String {
    let by = |name: &TakenName| match &name.rotation {
        Some(rotation) => format!("of the rotation {rotation}"),
        None => "kept current by no rotation".to_owned(),
    };
    match names {
        [one, other] if one.rotation == other.rotation => format!("{} and {} ({})", one.name, other.name, by(one)),
        any => any.iter().map(|it| format!("{} ({})", it.name, by(it))).collect::<Vec<_>>().join(" and "),
    }
}
