//! What is found of an app's secrets at Okta, and what became of a change to them.

use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::fault::Problem;
#[cfg(test)]
use crate::core::remedy::{AtOkta, Automatic, InAdoption, OnRotation};
use crate::text::names;
use crate::text::sentence::{Sentence, say};

/// Why an old secret is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LeftAlone {
    /// It is the published secret.
    Published,
    /// It is the app's only ACTIVE secret.
    OnlyActive,
    /// The published secret is not ACTIVE at Okta.
    PublishedOff,
}

/// What is found of the secrets.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum SecretCause {
    /// The app has a second secret that windlass did not make.
    SecondSecret {
        /// Okta's id of it.
        secret: String,
    },
    /// The app has a secret that windlass does not know.
    UnknownSecret {
        /// Okta's id of it.
        secret: String,
        /// The secret that is left alone for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<String>,
    },
    /// The app has two secrets, neither of which windlass knows.
    TwoSecrets {
        /// Okta's ids of them.
        secrets: Vec<String>,
    },
    /// The previous secret still exists, and no one agreed to cut it short.
    NoRoom {
        /// Okta's id of it.
        previous: String,
        /// The rotation is due.
        #[serde(default)]
        due: bool,
    },
    /// A secret is left alone.
    LeftAlone {
        /// Okta's id of it.
        secret: String,
        /// Why.
        why: LeftAlone,
    },
    /// Others have deactivated the published secret.
    PublishedOff {
        /// Okta's id of it.
        secret: String,
    },
    /// Others have deleted the published secret.
    PublishedGone {
        /// Okta's id of it.
        secret: String,
    },
    /// The old secret was activated again by others.
    Reactivated {
        /// Okta's id of it.
        secret: String,
        /// A drift check found it, and not the attempt to retire it.
        #[serde(default)]
        noticed: bool,
    },
    /// Not all consumers have fetched the current secret, so the previous one is kept.
    Unfetched {
        /// Okta's id of the previous one.
        previous: String,
        /// Which of them have not; empty where none has, as far as they are known.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        missing: Vec<String>,
    },
    /// The create's answer was lost, and it may still arrive.
    CreateOut,
    /// The answer to a call that deactivates a secret was lost, and it may still arrive.
    CutOut {
        /// Okta's id of it.
        secret: String,
    },
    /// Okta answered that a change was made, and the secret is unchanged.
    Unchanged {
        /// Okta's id of the secret.
        secret: String,
        /// Whether it is still ACTIVE.
        active: bool,
    },
    /// The new secret was removed at Okta by others, twice.
    RemovedTwice,
    /// The new secret was withdrawn, as was asked.
    Withdrawn,
    /// There is no previous secret to go back to.
    NoPrevious,
    /// windlass never held the value of a secret.
    NeverHeld {
        /// Okta's id of it.
        secret: String,
    },
    /// Okta does not accept the previous secret.
    PreviousRefused {
        /// Okta's id of it.
        secret: String,
    },
}

impl SecretCause {
    /// What happened.
    pub fn say(&self) -> Sentence {
        match self {
            Self::SecondSecret { secret } => {
                say!("the app has a second secret, {}, that windlass did not make", secret)
            }
            Self::UnknownSecret { secret, left: None } => {
                say!("the app has a secret, {}, that windlass does not know", secret)
            }
            Self::UnknownSecret { secret, left: Some(left) } => {
                say!("the app has a secret, {}, that windlass does not know, so {} is left alone", secret, left)
            }
            Self::TwoSecrets { secrets } => {
                say!("the app already has two secrets, {}, and Okta allows no third", secrets.join(" and "))
            }
            Self::NoRoom { previous, due: false } => {
                say!("the previous secret {} still exists; Okta allows at most two", previous)
            }
            Self::NoRoom { previous, due: true } => say!(
                "the rotation is due, but the previous secret, {}, still exists; Okta allows at most two",
                previous
            ),
            Self::LeftAlone { secret, why } => say!(
                "{} is left alone, because {}",
                secret,
                match why {
                    LeftAlone::Published => "it is the published secret",
                    LeftAlone::OnlyActive => "it is the app's only ACTIVE secret",
                    LeftAlone::PublishedOff => "the published secret is not ACTIVE at Okta",
                }
            ),
            Self::PublishedOff { secret } => {
                say!("{}, the published secret, was deactivated outside windlass: Okta refuses its consumers", secret)
            }
            Self::PublishedGone { secret } => {
                say!("{}, the published secret, was deleted outside windlass: Okta refuses its consumers", secret)
            }
            Self::Reactivated { secret, noticed: false } => {
                say!("{} was reactivated outside windlass, so it is kept", secret)
            }
            Self::Reactivated { secret, noticed: true } => {
                say!("{}, the old secret, was reactivated outside windlass, so it is kept", secret)
            }
            Self::Unfetched { previous, missing } => {
                let who = match missing.as_slice() {
                    [] => say!("no consumer has"),
                    [one] => say!("{} has not", one),
                    many => say!("{} have not", names(many)),
                };
                say!("{} fetched the current secret, so the previous one, {}, is kept", who, previous)
            }
            Self::CreateOut => say!("the create's answer was lost, and it may still be on its way"),
            Self::CutOut { secret } => {
                say!("a call to deactivate {} was sent and not answered, and may still be on its way", secret)
            }
            Self::Unchanged { secret, active } => {
                let status = if *active { "ACTIVE" } else { "INACTIVE" };
                say!("Okta reported success, but {} is still {}", secret, status)
            }
            Self::RemovedTwice => say!("the new secret was deleted outside windlass, twice"),
            Self::Withdrawn => say!("the new secret was withdrawn, on request"),
            Self::NoPrevious => say!("there is no previous secret at Okta any more to go back to"),
            Self::NeverHeld { secret } => {
                say!("windlass never held the value of {}, so it cannot be published", secret)
            }
            Self::PreviousRefused { secret } => {
                say!("Okta does not accept the previous secret {}, so it is not published", secret)
            }
        }
    }
}

#[cfg(test)]
impl SecretCause {
    /// One of each, with the remedies that it has as a rule.
    pub fn samples() -> Vec<Problem> {
        vec![
            Problem::because(Self::SecondSecret { secret: "ID".into() }).and(AtOkta::FindOutWhose),
            Problem::because(Self::UnknownSecret { secret: "ID".into(), left: None })
                .and(AtOkta::FindOutWhose)
                .and(Automatic::NoRoomUntilThen),
            Problem::because(Self::TwoSecrets { secrets: vec!["ID1".into(), "ID2".into()] })
                .and(InAdoption::FindOutWhich),
            Problem::because(Self::NoRoom { previous: "ID".into(), due: false }).and(OnRotation::WaitOrCut),
            Problem::because(Self::NoRoom { previous: "ID".into(), due: true }).and(OnRotation::LetGoOrCut),
            Problem::because(Self::LeftAlone { secret: "ID".into(), why: LeftAlone::Published })
                .and(OnRotation::PublishNew),
            Problem::because(Self::LeftAlone { secret: "ID".into(), why: LeftAlone::OnlyActive })
                .and(AtOkta::ActivateAnother),
            Problem::because(Self::LeftAlone { secret: "ID".into(), why: LeftAlone::PublishedOff })
                .and(AtOkta::ActivatePublished)
                .and(OnRotation::GoBack),
            Problem::because(Self::PublishedOff { secret: "ID".into() })
                .and(AtOkta::ActivatePublished)
                .and(OnRotation::GoBack)
                .and(OnRotation::MakeNew)
                .and(OnRotation::OldCopy),
            Problem::because(Self::PublishedGone { secret: "ID".into() })
                .and(OnRotation::GoBack)
                .and(OnRotation::MakeNew)
                .and(OnRotation::OldCopy),
            Problem::because(Self::Reactivated { secret: "ID".into(), noticed: false })
                .and(AtOkta::FindOutWhoNeeds)
                .and(OnRotation::RetireOnce),
            Problem::because(Self::Unfetched { previous: "ID".into(), missing: Vec::new() })
                .and(OnRotation::HaveFetched),
            Problem::because(Self::Unfetched { previous: "ID".into(), missing: vec!["payroll.service".into()] })
                .and(OnRotation::HaveFetched)
                .and(OnRotation::DismissGone),
            Problem::because(Self::CreateOut).and(Automatic::LooksInAMinute),
            Problem::because(Self::CutOut { secret: "ID".into() }).and(Automatic::LooksInAMinute),
            Problem::because(Self::Unchanged { secret: "ID".into(), active: true }).and(Automatic::LooksAgain),
            Problem::because(Self::RemovedTwice)
                .and(AtOkta::LookAtApp)
                .and(OnRotation::RotateAgain)
                .and(Automatic::CurrentWorks),
            Problem::because(Self::Withdrawn)
                .and(AtOkta::LookAtApp)
                .and(OnRotation::RotateAgain)
                .and(Automatic::CurrentWorks),
            Problem::because(Self::NoPrevious).and(OnRotation::MakeNew),
            Problem::because(Self::NeverHeld { secret: "ID".into() })
                .and(OnRotation::UseWhileActive)
                .and(OnRotation::Hold),
            Problem::because(Self::PreviousRefused { secret: "ID".into() }).and(Automatic::CurrentWorks),
        ]
    }
}
