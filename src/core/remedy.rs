//! What still works and what to do, as data. A fault has a list of these, in the order in which they are read; the words are
//! made at the edge, by [`crate::words`].

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::rotation::method::AuthMethod;
use super::rotation::verify::Verify;

mod next;

pub use next::{Instead, Next};

/// What still works, what happens without anybody, or what to do.
#[cfg_attr(test, derive(strum::VariantNames))]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Remedy {
    // What still works.
    /// The current secret keeps working.
    CurrentWorks,
    /// The secrets issued so far keep working.
    SecretsWork,
    /// The secret keeps working.
    SecretWorks,
    /// The secrets issued so far are kept.
    SecretsKept,

    /// Nothing was changed.
    NothingChanged,
    /// Nothing was saved.
    NothingSaved,

    // What happens without anybody.
    /// The app's secrets are read again.
    LooksAgain,
    /// The same, in a minute.
    LooksInAMinute,
    /// The new secret is tested again.
    TestsAgain,
    /// It is tried again.
    TriesAgain,
    /// The clock is compared again.
    ComparesClockAgain,
    /// The rate limit resets.
    LimitResets,
    /// Okta ends its read-only mode.
    ReadOnlyEnds,
    /// Another value is drawn.
    DrawsAnother,
    /// The call was not made; it is tried again.
    CallNotMade,
    /// Whether the call took effect is not known; windlass looks before it does anything else.
    MayHaveTakenEffect,
    /// Until then there is no room for the next rotation, and no old secret goes.
    NoRoomUntilThen,

    /// It continues by itself.
    Continues,
    /// It is kept on disk, and continues with an engine, or with the same request again.
    ContinuesWithEngine,
    /// It is tried next at that instant.
    NextTry(DateTime<Utc>),

    // Elsewhere than at windlass.
    /// See Okta's status page.
    SeeStatusPage,
    /// See Okta's status page, and the way there.
    SeeStatusPageAndProxy,
    /// No proxy may take the Authorization header out; the token may be used from this network.
    CheckAuthorizationHeader,
    /// Add this machine's address to the network zone, or lift the zone from the token or app.
    AllowAddress,
    /// Add this machine's address to the zone, or let the app in from anywhere.
    AllowAddressOfApp,
    /// Check the token's user, zone and role.
    CheckTokenUser,
    /// Give the org's own address, without -admin.
    GiveOrgAddress,
    /// Give the org's own address as the connection's URL.
    GiveOrgAddressNotCustom,
    /// The token's user needs a role for this app.
    GiveRole,
    /// The service app needs a role.
    GiveServiceAppRole,
    /// The credential needs a role for the apps that are to be rotated.
    GiveAppsRole,
    /// Check the app id, and that it is this org's.
    CheckAppId,
    /// Switch the app to a method with a secret, or delete the rotation.
    SwitchMethod,
    /// Switch the app to a method with a secret.
    UseSecretMethod,
    /// Only apps with a client secret can be rotated.
    OnlySecretApps,
    /// Check the org URL, and whether a proxy answers.
    CheckOrgUrlAndProxy,
    /// Check that the org URL is right and that no proxy answers.
    CheckNoProxyAnswers,
    /// Look the code up in Okta's documentation.
    LookUpCode,
    /// Grant a scope to the service app.
    GrantScope {
        /// The scope.
        scope: String,
        /// The app's client id, where it is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client_id: Option<String>,
    },
    /// Grant both scopes.
    GrantScopes,
    /// Check the client id, and the app.
    CheckClientId,
    /// Set this machine's clock.
    SetClock,
    /// Give the domain that Okta knows itself by.
    GiveOtherDomain,
    /// Check that it is an API Services app with a key.
    CheckServiceApp,
    /// Check that the service app is ACTIVE.
    CheckServiceAppActive,
    /// Make an API Services app.
    MakeServiceApp,
    /// Check the app and its key.
    CheckAppAndKey,
    /// The org URL is the address that the browser shows after signing in.
    CheckOrgAddress,
    /// The org URL: another host answers there.
    CheckOrgUrl,
    /// The clock; else the certificate has to be renewed.
    CheckClockOrCertificate,
    /// The host name; name a proxy's CA.
    NameCa,
    /// Give PEM certificates in `ca_file`.
    GiveCertificates,
    /// See `ca_file`.
    SeeCaFile,
    /// The proxy's address and login.
    CheckProxy,
    /// The org URL, DNS, the way out.
    CheckWayOut,
    /// Activate the app.
    ActivateApp,
    /// Activate the published secret again.
    ActivatePublished,
    /// Activate another secret first.
    ActivateAnother,
    /// The published secret is gone at Okta.
    PublishedGone,
    /// Check the app and its sign-on policy.
    CheckSignOn,
    /// Let this machine into the app's own zone, or check that no proxy answers.
    AllowTest,
    /// Find out whose an unknown secret is.
    FindOutWhose,
    /// Find out which of two unknown secrets is in use; name the one that may go.
    FindOutWhich,
    /// This may be an old copy of a store.
    OldCopy,
    /// Have the app's other secret removed once it is known that nothing uses it.
    RemoveOther,
    /// Have a secret removed that nothing uses.
    RemoveUnused,
    /// Look at the app at Okta.
    LookAtApp,
    /// Find out who needs a secret that was activated again.
    FindOutWhoNeeds,
    /// Whoever has the previous value can use it while it is ACTIVE.
    UseWhileActive,
    /// Check the value that was given.
    CheckValue,
    /// Check that the value was copied whole, and that it is this app's.
    CheckValueWhole,
    /// Find out which secret is in use, and have the other removed.
    CheckValueOfTwo,
    /// Name the app by its id.
    NameAppById,
    /// An app of nearly that label.
    DidYouMean {
        /// The app's label.
        label: String,
        /// Its id.
        id: String,
    },
    /// Look at this machine's kernel log.
    SeeKernelLog,
    /// Report it: it is a fault of windlass.
    Report,
    /// Try again, and report it: this machine's cryptography failed.
    ReportCryptography,
    /// Report it if that does not help.
    ReportIfNoHelp,
    /// Try again.
    TryAgain,
    /// Then try again.
    ThenTryAgain,
    /// The app has these secrets.
    AppHas {
        /// Okta's ids of them.
        secrets: Vec<String>,
    },
    /// What kind of token ended, and how.
    TokenEnded {
        /// Days since its last use, where that is known to be the reason.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        idle_days: Option<i64>,
    },

    // By windlass: each names a command, a call or a key.
    /// Save it untested.
    SaveUntested,
    /// Issue a new token and give it.
    GiveToken {
        /// Whether the connection exists, so that a command can give it.
        known: bool,
    },
    /// Give the token again.
    GiveTokenAgain,
    /// Give the key again.
    GiveKeyAgain,
    /// Add the public key at Okta, or give the key that is there.
    GiveKey {
        /// Whether the connection exists, so that a command can give it.
        known: bool,
    },
    /// Test the connection.
    TestConnection,
    /// See why with the history; then let the others continue.
    SeeFailures,
    /// List the org's apps.
    ListApps,
    /// Delete the rotation of an app that was deleted.
    DeleteRotation,
    /// Leave it, and delete the rotation all the same.
    DeleteForce,
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
    /// Hold it.
    Hold,
    /// Have its consumers read the mapped secret, or deactivate the old one.
    HaveFetched,
    /// Once the consumers have the current one, deactivate the old one.
    RetireOnceFetched,
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
    /// Give the value of the secret.
    GiveValue,
    /// Adopt the one in use, or have a new one issued.
    AdoptOther,
    /// Create without adopting.
    IssueInstead,
    /// Say which one its consumers use.
    SayWhich,
    /// What is wrong with a file on this machine, with what puts it right.
    Fix(String),
    /// What to do about a request that was refused.
    #[serde(untagged)]
    Next(Next),
    /// What a command or the screen says of itself.
    #[serde(untagged, skip_deserializing)]
    Words(String),
    /// What an older version of windlass wrote down in its own words.
    #[serde(untagged)]
    Written(String),
}

impl From<Next> for Remedy {
    fn from(next: Next) -> Self {
        Self::Next(next)
    }
}
