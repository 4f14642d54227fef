//! Why credentials do not reach a target.

use serde::{Deserialize, Serialize};

#[cfg(test)]
use crate::core::fault::Problem;
#[cfg(test)]
use crate::core::remedy::{Automatic, InRequest, OnTarget};
use crate::text::names;
use crate::text::sentence::{Sentence, say};

/// Why credentials do not reach a target.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum TargetCause {
    /// Others' values stand there.
    Foreign {
        /// The place.
        place: String,
        /// The keys that hold them; a file has one without a name.
        keys: Vec<String>,
    },
    /// What was delivered was changed by others, or removed where no key is named.
    Drifted {
        /// The place.
        place: String,
        /// The keys that were changed.
        keys: Vec<String>,
        /// It was delivered again less than a day ago.
        again: bool,
    },
    /// Values stand there that are not known here, after the store was taken up again from an older state.
    MayBeNewer {
        /// The place.
        place: String,
        /// The keys that hold them.
        keys: Vec<String>,
    },
    /// Another target's marker stands there.
    Clash {
        /// The place.
        place: String,
        /// That target's id.
        target: String,
    },
    /// Targets do not have the current secret, so the previous one is kept.
    Behind {
        /// Okta's id of the previous one.
        previous: String,
        /// Their names.
        targets: Vec<String>,
    },
    /// It was written, and does not show there.
    NotThere,
    /// It changed between the look and the write: nothing was written.
    ChangedMeanwhile,
    /// Nothing is published yet that could be delivered.
    NotYetPublished,
    /// Something else is there than what was shown.
    SeenOther {
        /// The place.
        place: String,
    },
    /// Targets of several rotations have this name.
    SharedName {
        /// The name.
        name: String,
    },
    /// Another target has this place.
    PlaceTaken {
        /// The place.
        place: String,
        /// That target, with its rotation.
        target: String,
    },
    /// No target offers units this credential.
    NotOffered {
        /// Its name.
        credential: String,
    },
    /// A target offers it, and not to this unit.
    ForOtherUnits {
        /// Its name.
        credential: String,
        /// The target, with its rotation.
        target: String,
        /// The units that get it.
        units: String,
    },
    /// The rotation has no published secret that Okta accepts, and whose value is known.
    NoneWorks,
    /// Whoever asked for a credential runs no service manager that is believed.
    NotItsManager {
        /// Whose process it is.
        user: String,
    },
    /// It is no service manager's question.
    NoUnitNamed,
    /// What runs code or writes files is made by the engine's own user or by root.
    NotYours {
        /// Who asked.
        user: String,
        /// The engine's user.
        own: String,
    },
    /// The format cannot hold the values under these keys.
    Unwritable {
        /// The place.
        place: String,
        /// The keys.
        keys: Vec<String>,
    },
    /// A file cannot be read or written.
    File {
        /// Its path.
        path: String,
        /// Why not.
        why: String,
    },
    /// The disk does not answer.
    DiskHangs,
    /// Others could redirect what is written there.
    UnsafeFile {
        /// The file, or the directory on the way to it.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is no such user or group.
    NoSuchOwner {
        /// Its name.
        name: String,
        /// It is to be a group.
        group: bool,
    },
    /// The command did not end well.
    Command {
        /// The program.
        program: String,
        /// How it ended.
        why: String,
    },
    /// The command asks to be run later.
    CommandLater {
        /// The program.
        program: String,
    },
}

/// The keys in words; of a place without keys nothing.
fn under(keys: &[String]) -> String {
    let named: Vec<&str> = keys.iter().map(String::as_str).filter(|key| !key.is_empty()).collect();
    if named.is_empty() { String::new() } else { format!(" under {}", named.join(" and ")) }
}

impl TargetCause {
    /// What happened.
    pub fn say(&self) -> Sentence {
        match self {
            Self::Foreign { place, keys } => {
                say!("{} holds a value{} that is not from this rotation; it was not overwritten", place, under(keys))
            }
            Self::Drifted { place, keys, .. } if keys.is_empty() => {
                say!("what windlass delivered to {} was removed", place)
            }
            Self::Drifted { place, keys, again: false } => {
                say!("what windlass delivered to {} was changed{} by others", place, under(keys))
            }
            Self::Drifted { place, keys, again: true } => {
                say!("what windlass delivered to {} was changed{} by others again within a day", place, under(keys))
            }
            Self::MayBeNewer { place, keys } => say!(
                "{} holds a value{} that this store does not know, and that may be newer: it was not overwritten",
                place,
                under(keys)
            ),
            Self::Clash { place, target } => {
                say!("{} belongs to another target, with the id {}; it was not overwritten", place, target)
            }
            Self::Behind { previous, targets } => {
                let verb = if targets.len() == 1 { "does" } else { "do" };
                say!(
                    "{} {} not have the current secret, so the previous one, {}, is kept",
                    names(targets),
                    verb,
                    previous
                )
            }
            Self::NotThere => say!("the write was answered as done, and what was written does not show there"),
            Self::ChangedMeanwhile => say!("the place changed between the look and the write; nothing was written"),
            Self::NotYetPublished => say!("the rotation has published nothing yet, so there is nothing to deliver"),
            Self::SeenOther { place } => say!("{} holds something else by now than what the plan showed", place),
            Self::SharedName { name } => say!("several rotations have a target {}", name),
            Self::PlaceTaken { place, target } => say!("{} is delivered to already, by {}", place, target),
            Self::NotOffered { credential } => say!("no target offers a credential {}", credential),
            Self::ForOtherUnits { credential, target, units } => {
                say!("{} offers {} to {}, which this unit is not", target, credential, units)
            }
            Self::NoneWorks => say!("its rotation has no published secret that works, as far as windlass knows"),
            Self::NotItsManager { user } => {
                say!(
                    "{} asked, and credentials go to the service managers of root and of the engine's own user alone",
                    user
                )
            }
            Self::NoUnitNamed => say!("who asked named no unit and no credential, as systemd does"),
            Self::NotYours { user, own } => {
                say!("a target on this machine acts as {}, and {} is neither that user nor root", own, user)
            }
            Self::Unwritable { place, keys } => {
                say!("the format of {} cannot hold the value{}", place, under(keys))
            }
            Self::File { path, why } => say!("{} cannot be used: {}", path, why),
            Self::DiskHangs => say!("the disk, or the server that it is mounted from, did not answer within 30 s"),
            Self::UnsafeFile { path, why } => say!("nothing is written through {}: {}", path, why),
            Self::NoSuchOwner { name, group: false } => say!("there is no user {} on this machine", name),
            Self::NoSuchOwner { name, group: true } => say!("there is no group {} on this machine", name),
            Self::Command { program, why } => say!("{} {}", program, why),
            Self::CommandLater { program } => say!("{} asks to be run again later (exit status 75)", program),
        }
    }
}

#[cfg(test)]
impl TargetCause {
    /// One of each, with the remedies that it has as a rule.
    pub fn samples() -> Vec<Problem> {
        let place = || "file /run/pay/okta.env".to_owned();
        let path = || "/run/pay/okta.env".to_owned();
        let adopt = || OnTarget::Adopt { target: "pay-file".into() };
        let keys = || vec!["OKTA_CLIENT_SECRET".to_owned()];
        vec![
            Problem::because(Self::Foreign { place: place(), keys: keys() }).and(adopt()),
            Problem::because(Self::Drifted { place: place(), keys: keys(), again: false }).and(adopt()),
            Problem::because(Self::Drifted { place: place(), keys: Vec::new(), again: false }).and(adopt()),
            Problem::because(Self::MayBeNewer { place: place(), keys: keys() }).and(adopt()),
            Problem::because(Self::Clash { place: place(), target: "0197f000-0000-7000-8000-000000000001".into() })
                .and(OnTarget::SettleClash)
                .and(adopt()),
            Problem::because(Self::Behind { previous: "ID".into(), targets: vec!["pay-file".into()] })
                .and(OnTarget::SeeTargets)
                .and(OnTarget::NoLongerGate),
            Problem::because(Self::NotThere).and(Automatic::LooksAgain),
            Problem::because(Self::ChangedMeanwhile).and(Automatic::TriesAgain),
            Problem::because(Self::NotYetPublished),
            Problem::because(Self::SeenOther { place: place() })
                .and(OnTarget::SeePlan { target: "pay-file".into() })
                .and(Automatic::NothingChanged),
            Problem::because(Self::SharedName { name: "file".into() })
                .and(OnTarget::NameWhole { example: "payments/file".into() }),
            Problem::because(Self::PlaceTaken { place: place(), target: "payments/file".into() })
                .and(InRequest::OtherPlace)
                .and(Automatic::NothingChanged),
            Problem::because(Self::NotOffered { credential: "OKTA_CLIENT_SECRET".into() })
                .and(OnTarget::OfferIt { unit: "pay.service".into() }),
            Problem::because(Self::ForOtherUnits {
                credential: "OKTA_CLIENT_SECRET".into(),
                target: "payments/credential".into(),
                units: "pay@*.service".into(),
            })
            .and(OnTarget::ChangeUnits { target: "payments/credential".into() }),
            Problem::because(Self::NoneWorks),
            Problem::because(Self::NotItsManager { user: "ann".into() }),
            Problem::because(Self::NoUnitNamed).and(OnTarget::LoadCredential),
            Problem::because(Self::NotYours { user: "ann".into(), own: "windlass".into() })
                .and(OnTarget::HaveOwnerMake { own: "windlass".into() })
                .and(Automatic::NothingChanged),
            Problem::because(Self::Unwritable { place: place(), keys: keys() })
                .and(OnTarget::OtherFormat { target: "pay-file".into() })
                .and(Automatic::TriesAgain),
            Problem::because(Self::File { path: path(), why: "no space left on device".into() })
                .and(OnTarget::FixFile)
                .and(Automatic::TriesAgain),
            Problem::because(Self::DiskHangs).and(Automatic::TriesAgain),
            Problem::because(Self::UnsafeFile { path: path(), why: "everyone can write to it".into() })
                .and(OnTarget::FixWay { fix: "chmod o-w /run/pay".into() })
                .and(Automatic::TriesAgain),
            Problem::because(Self::NoSuchOwner { name: "pay".into(), group: false })
                .and(OnTarget::MakeOwner)
                .and(Automatic::TriesAgain),
            Problem::because(Self::Command {
                program: "/bin/systemctl".into(),
                why: "ended with exit status: 1".into(),
            })
            .and(OnTarget::FixCommand)
            .and(Automatic::TriesAgain),
            Problem::because(Self::CommandLater { program: "/bin/systemctl".into() }).and(Automatic::TriesAgain),
        ]
    }
}
