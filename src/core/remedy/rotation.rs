//! What to do about a rotation. `NAME` in a command is its name.

use serde::{Deserialize, Serialize};

use crate::core::rotation::method::AuthMethod;
use crate::core::rotation::verify::Verify;
use crate::text::sentence::{Sentence, say};

/// What to do about a rotation.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum OnRotation {
    /// Show the rotation.
    ShowRotation,
    /// The app's one rotation.
    ShowAppsRotation,
    /// Show what was done to it.
    ShowHistory,
    /// List its secrets.
    ListSecrets,
    /// It no longer rotates.
    NoLongerRotates,
    /// Its old secret is retired on its date, or now.
    OldGoesOnDate,
    /// Delete the rotation of an app that was deleted.
    DeleteRotation,
    /// Leave it, and delete the rotation all the same.
    DeleteForce,
    /// Delete the rotation first.
    DeleteRotationFirst,
    /// The rotations are being deleted already.
    WaitForDeletion,
    /// Rotate now: nothing is cut short.
    RotateNow,
    /// Rotate again.
    RotateAgain,
    /// Have a new one made.
    MakeNew,
    /// A new one is published, then this one is retired on its dates.
    PublishNew,
    /// Go back to the one before.
    GoBack,
    /// Wait until the previous one is deleted, or cut it short.
    WaitOrCut,
    /// Let the previous one go, or cut it short.
    LetGoOrCut,
    /// Once it may go: retire it now or at a date.
    RetireOnce,
    /// Once the consumers have the current one, deactivate the old one.
    RetireOnceFetched,
    /// Have its consumers read the mapped secret, or deactivate the old one.
    HaveFetched,
    /// A consumer that is gone can be dismissed.
    DismissGone,
    /// Hold it.
    Hold,
    /// Whoever has the previous value can use it while it is ACTIVE.
    UseWhileActive,
    /// Publish the new secret untested, or withdraw it.
    Decide,
    /// Test it another way.
    TestBy {
        /// Which way.
        verify: Verify,
        /// The rotation is being made: an option gives it.
        creating: bool,
        /// It is one of several ways out.
        or: bool,
    },
    /// Have it published, or adopted, without a test.
    Untested {
        /// The rotation is being made: an option gives it.
        creating: bool,
    },
    /// Name the app's method, which Okta hides.
    NameMethod {
        /// The rotation is being made: an option gives it.
        creating: bool,
    },
    /// The named method may be wrong.
    IfNotMethod {
        /// The method that was named.
        named: AuthMethod,
        /// The rotation is being made: an option gives it.
        creating: bool,
    },
    /// The named client id may be wrong.
    IfNotClientId {
        /// The client id that was taken for it.
        client_id: String,
        /// The rotation is being made: an option gives it.
        creating: bool,
    },
    /// It starts nothing until it is resumed.
    ResumeFirst,
    /// Resume it, or give its old secret a date.
    ResumeOrDate,
    /// A check compares the published secret with what is at Okta.
    CheckCompares,
    /// The check of a rotation can be had at any time.
    CheckAnyTime,
    /// Its old secret is another one: show it, then ask again.
    CheckThenAgain,
    /// Confirm it first.
    ConfirmFirst,
    /// This may be an old copy of a store.
    OldCopy,
    /// Try again in a moment.
    TryInAMoment,
}

impl OnRotation {
    /// The remedy in words; where it needs a name, the command has `NAME`.
    pub fn say(&self) -> Sentence {
        match self {
            Self::ShowRotation => say!("`windlass rotation show NAME` shows its state"),
            Self::ShowAppsRotation => {
                say!("an app has one rotation; see it with `windlass rotation show NAME`")
            }
            Self::ShowHistory => say!("`windlass history NAME` shows what was done"),
            Self::ListSecrets => say!("`windlass rotation secrets NAME` lists what there was"),
            Self::NoLongerRotates => say!("it no longer rotates"),
            Self::OldGoesOnDate => say!("its old secret is retired on its date, or now with `--now`"),
            Self::DeleteRotation => say!(
                "if it was deleted there, delete this rotation: `windlass rotation delete NAME --force`; the secrets issued so \
                 far are kept here"
            ),
            Self::DeleteForce => say!(
                "or leave it there with `windlass rotation delete NAME --force`, which keeps our value for 90 days"
            ),
            Self::DeleteRotationFirst => {
                say!("delete the rotation first (`windlass rotation delete NAME`)")
            }
            Self::WaitForDeletion => say!(
                "its rotations are being deleted, and go once their old secrets are gone (`windlass rotation show NAME` shows \
                 when)"
            ),
            Self::RotateNow => {
                say!("nothing is cut short: `windlass rotation rotate NAME` rotates now")
            }
            Self::RotateAgain => say!("then rotate again with `windlass rotation rotate NAME`"),
            Self::MakeNew => say!("have a new one made with `windlass rotation rotate NAME`"),
            Self::PublishNew => {
                say!("`windlass rotation rotate NAME` publishes a new one; this one is then retired on its dates")
            }
            Self::GoBack => say!("roll back to the previous one with `windlass rotation rollback NAME`"),
            Self::WaitOrCut => say!(
                "wait until it is deleted, or deactivate and delete it now with `windlass rotation rotate NAME --yes`"
            ),
            Self::LetGoOrCut => say!(
                "let it go with `windlass rotation retire NAME --now` or `windlass rotation retire NAME --at WHEN`; or cut it \
                 short with `windlass rotation rotate NAME --yes`, which deletes it at once"
            ),
            Self::RetireOnce => say!(
                "once it may go: `windlass rotation retire NAME --now` or `windlass rotation retire NAME --at WHEN`"
            ),
            Self::RetireOnceFetched => {
                say!("once its consumers have the current one, deactivate it: `windlass rotation retire NAME --now`")
            }
            Self::HaveFetched => say!(
                "have its consumers read the mapped secret (a read on a terminal does not count), or deactivate it anyway: \
                 `windlass rotation retire NAME --now`"
            ),
            Self::DismissGone => {
                say!("for a consumer that is gone: `windlass rotation dismiss NAME --consumer CONSUMER`")
            }
            Self::Hold => say!("hold it with `windlass rotation retire NAME --hold`"),
            Self::UseWhileActive => say!("consumers that still have its value can use it while it is ACTIVE"),
            Self::Decide => say!(
                "or decide with `windlass rotation resolve NAME --publish-unverified` or `windlass rotation resolve NAME \
                 --withdraw`"
            ),
            Self::TestBy { verify, creating, or } => test_by(*verify, *creating, *or),
            Self::Untested { creating: true } => say!("or have it taken over untested: `--verify listed`"),
            Self::Untested { creating: false } => {
                say!("or have it published untested: `windlass rotation update NAME --verify listed`")
            }
            Self::NameMethod { creating: true } => say!(
                "name the method that the app is set up with (its vendor's guide says which): `--verify client_secret_basic`, \
                 `--verify client_secret_post` or `--verify client_secret_jwt`; or have it published untested: `--verify listed`"
            ),
            Self::NameMethod { creating: false } => say!(
                "name the method that the app is set up with (its vendor's guide says which): `windlass rotation update NAME \
                 --verify client_secret_basic`, `windlass rotation update NAME --verify client_secret_post` or `windlass \
                 rotation update NAME --verify client_secret_jwt`"
            ),
            Self::IfNotMethod { named, creating } => {
                let ways = Verify::NAMED.into_iter().filter(|way| way.names() != Some(*named));
                let ways = ways.map(|way| way_to(way, *creating));
                say!(
                    "Okta does not show the app's method: if it is not {}, name it with {}",
                    named.as_str(),
                    Sentence::join(ways, " or ")
                )
            }
            Self::IfNotClientId { client_id, creating } => say!(
                "Okta does not show its client id: if it is not {}, give it with {}",
                client_id,
                if *creating {
                    say!("`--client-id ID`")
                } else {
                    say!("`windlass rotation update NAME --client-id ID`")
                }
            ),
            Self::ResumeFirst => {
                say!("it starts nothing by itself until it is resumed (`windlass rotation resume NAME`)")
            }
            Self::ResumeOrDate => say!(
                "resume it (`windlass rotation resume NAME`) or give the old secret a date (`windlass rotation retire NAME \
                 --at WHEN`), then ask again"
            ),
            Self::CheckCompares => say!("a check compares the published secret with what is at Okta"),
            Self::CheckAnyTime => {
                say!("`windlass rotation check NAME` compares a rotation with what is at Okta")
            }
            Self::CheckThenAgain => {
                say!("`windlass rotation show NAME` shows it; then agree by `again`")
            }
            Self::ConfirmFirst => say!("compare it first: `windlass confirm NAME`"),
            Self::OldCopy => say!(
                "or this is an old copy of a store that runs elsewhere: then `windlass retire-store --to HOST` here"
            ),
            Self::TryInAMoment => say!("try again in a moment"),
        }
    }
}

/// How another way to test a secret is chosen.
fn way_to(verify: Verify, creating: bool) -> Sentence {
    if creating {
        say!("`--verify {}`", verify.as_str())
    } else {
        say!("`windlass rotation update NAME --verify {}`", verify.as_str())
    }
}

fn test_by(verify: Verify, creating: bool, or: bool) -> Sentence {
    match (or, creating) {
        (true, _) => say!("or test it another way with {}", way_to(verify, creating)),
        (false, true) => say!("have it tested another way: {}", way_to(verify, creating)),
        (false, false) => say!("have it tested with {}", way_to(verify, creating)),
    }
}

#[cfg(test)]
impl OnRotation {
    /// Examples of those that neither a cause's example nor an answer of Okta's has.
    pub fn samples() -> Vec<Self> {
        vec![
            Self::DeleteForce,
            Self::RetireOnceFetched,
            Self::TestBy { verify: Verify::Token, creating: false, or: true },
            Self::Untested { creating: true },
            Self::NameMethod { creating: true },
            Self::IfNotMethod { named: AuthMethod::ClientSecretPost, creating: false },
            Self::IfNotMethod { named: AuthMethod::ClientSecretPost, creating: true },
            Self::IfNotClientId { client_id: "0oa1".into(), creating: false },
            Self::IfNotClientId { client_id: "0oa1".into(), creating: true },
        ]
    }
}
