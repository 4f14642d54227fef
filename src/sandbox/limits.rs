//! Okta's rate limits: windows of a minute, not aligned to the clock, one for each kind of path (Okta note, §4).

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};

/// The limits of an org.
#[derive(Debug)]
pub struct Limits {
    /// Calls a minute in the `/api/v1/apps` limit; the others allow six and twelve times as many.
    pub per_minute: Option<u32>,
    windows: HashMap<Bucket, Window>,
}

/// Which limit a path draws on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// `/api/v1/apps` and `/api/v1/apps/{id}/*`.
    Apps,
    /// `/api/v1/apps/{id}` itself.
    App,
    /// `/oauth2/v1/*` and the rest.
    Other,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    ends: DateTime<Utc>,
    used: u32,
}

/// What the headers say.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// Calls a window.
    pub limit: u32,
    /// How many are left.
    pub remaining: u32,
    /// When the window ends, in seconds since the epoch.
    pub reset: i64,
    /// Whether this call was still allowed.
    pub allowed: bool,
}

impl Bucket {
    /// The limit of a path.
    pub fn of(path: &str) -> Self {
        match path.strip_prefix("/api/v1/apps") {
            Some(rest) if rest.len() > 1 && !rest[1..].contains('/') => Self::App,
            Some(_) => Self::Apps,
            None => Self::Other,
        }
    }
}

impl Limits {
    /// Limits with no call made yet.
    pub fn new(per_minute: Option<u32>) -> Self {
        Self { per_minute, windows: HashMap::new() }
    }

    /// Counts a call.
    pub fn count(&mut self, bucket: Bucket, now: DateTime<Utc>) -> Allowance {
        let factor = match bucket {
            Bucket::Apps => 1,
            Bucket::App => 6,
            Bucket::Other => 12,
        };
        let limit = self.per_minute.map_or(1_000_000, |limit| limit.saturating_mul(factor));
        let window = self.windows.entry(bucket).or_insert(Window { ends: now, used: 0 });
        if window.ends <= now {
            *window = Window { ends: now + Duration::seconds(60), used: 0 };
        }
        let allowed = window.used < limit;
        window.used += u32::from(allowed);
        // Rounded up: a caller who waits until then finds a new window.
        let reset = window.ends.timestamp() + i64::from(window.ends.timestamp_subsec_millis() > 0);
        Allowance { limit, remaining: limit - window.used, reset, allowed }
    }
}
