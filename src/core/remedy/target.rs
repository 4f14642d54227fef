//! What to do about a target.

use serde::{Deserialize, Serialize};

use crate::core::name::Slug;
use crate::text::sentence::{Sentence, say};

/// What to do about a target.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum OnTarget {
    /// See what is there, and agree to overwrite it.
    Adopt {
        /// The target's name.
        target: String,
    },
    /// Find the other target.
    SettleClash,
    /// Choose a format that holds every value.
    OtherFormat {
        /// The target's name.
        target: String,
    },
    /// Make room for the file, or name another one.
    FixFile,
    /// Put the way to the file right.
    FixWay {
        /// The command that does it.
        fix: String,
    },
    /// Make the user or group, or name another one.
    MakeOwner,
    /// Put the command right.
    FixCommand,
    /// See how the targets stand.
    SeeTargets,
    /// Let the old secret no longer wait for a target.
    NoLongerGate,
    /// Name the rotation too.
    NameWhole {
        /// How that is written.
        example: String,
    },
    /// Make a target that offers units a credential.
    OfferIt {
        /// The unit that asks for it.
        unit: String,
    },
    /// Give a target other units.
    ChangeUnits {
        /// The target, with its rotation.
        target: String,
    },
    /// Have systemd fetch it.
    LoadCredential,
    /// Have the engine's user or root make it.
    HaveOwnerMake {
        /// The engine's user.
        own: String,
    },
    /// See what is there.
    SeePlan {
        /// The target's name.
        target: String,
    },
}

impl OnTarget {
    /// To adopt what stands at a target.
    pub fn adopt(target: &Slug) -> Self {
        Self::Adopt { target: target.to_string() }
    }

    /// The remedy in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::Adopt { target } => say!(
                "if it may be overwritten, `windlass target adopt NAME/{}` shows what is there and asks; the old secret keeps working until then",
                target
            ),
            Self::SettleClash => {
                say!("find the windlass that delivers there, and remove the target from one of the two")
            }
            Self::OtherFormat { target } => {
                say!(
                    "choose json or yaml, which hold every value: `windlass target update NAME/{} --format json`",
                    target
                )
            }
            Self::FixFile => say!("make that right, or give the target another path"),
            Self::FixWay { fix } => say!("run `{}`, or give the target another path", fix),
            Self::MakeOwner => say!("make it, or give the target another owner"),
            Self::FixCommand => say!("put the command right"),
            Self::SeeTargets => say!("`windlass target list NAME` says why"),
            Self::NoLongerGate => {
                say!(
                    "where a target is not needed any more, `windlass target update NAME/TARGET --gate false` lets the old secret go without it"
                )
            }
            Self::NameWhole { example } => say!("name the rotation too: {}", example),
            Self::OfferIt { unit } => {
                say!(
                    "`windlass target create ROTATION credential --unit UNITS` has a rotation offer its credentials to {}",
                    unit
                )
            }
            Self::ChangeUnits { target } => {
                say!(
                    "if it is to have it, `windlass target update {} --unit UNITS` names the units that get it",
                    target
                )
            }
            Self::LoadCredential => say!("have systemd fetch it, with LoadCredential= in the unit's file"),
            Self::HaveOwnerMake { own } => say!("have {} or root make it", own),
            Self::SeePlan { target } => say!("`windlass target plan NAME/{}` shows what is there", target),
        }
    }
}

#[cfg(test)]
impl OnTarget {
    /// Examples of those that neither a cause's example nor an answer of Okta's has.
    pub fn samples() -> Vec<Self> {
        Vec::new()
    }
}
