//! What is said of a secret of the app that this store does not know.
//!
//! It may be a stranger's. It may as well be the live one: a store that was moved goes on making secrets at its new place, and
//! one that was put back from an old copy has forgotten those that it made since. Nothing here may advise to delete what can
//! be another copy's, and every text names that possibility.

/// What to do about one.
pub const WHOSE: &str = "find out whose it is before anything is done to it: it may be the live one, made by another copy of \
     this store (on the host that it was moved to, or before an old copy was put back here). If so, let windlass run where the \
     newest copy is, and retire this one: `windlass retire-store --to HOST`. If it is a stranger's that nobody uses, have it removed at \
     Okta; windlass does not touch it, and goes on by itself once it is gone";

/// What to do where the app has two, and neither was made here.
pub const TWO: &str = "find out which of them is in use: another windlass may have made them. Then say which other one may go \
     with --replace SECRET_ID";

/// What else may be so where the published secret is off or gone.
pub const OLD_COPY: &str =
    "or this is an old copy of a store that runs elsewhere: then `windlass retire-store --to HOST` here";
