//! Who is on stage: two orgs, the rotations of their apps, and what the script needs of their hours.
//!
//! All is made before the curtain rises, at three instants of the past, so that there are old secrets and young ones.

use std::path::Path;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::core::secret::SecretValue;
use crate::engine::request::{ConfigBody, ConnectionBody, CredentialsBody, RotationBody, TargetBody};
use crate::sandbox::Sandbox;

/// Calls a minute that an org allows in the limit that rotations draw on: Okta's own for a small org.
pub const PER_MINUTE: u32 = 100;

/// The orgs: the connection's name, the number of apps, the seed.
pub const ORGS: [(&str, usize, u64); 2] = [("acme", 12, 20_260_302), ("acme-lab", 4, 20_260_303)];

/// Labels of the small org's apps; the large one has the sandbox's own.
const LAB_LABELS: [&str; 4] = ["Lab Portal", "Lab Gateway", "Load Generator", "Nightly Build"];

const fn instant(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).expect("valid")
}

/// Sunday, 10 August 2025, 09:00: what no one has dared to touch since.
pub const OPENING: DateTime<Utc> = instant(1_754_816_400);
/// Thursday, 12 February 2026, 10:00.
const WEEKS_AGO: DateTime<Utc> = instant(1_770_890_400);
/// Sunday, 1 March 2026, 01:00.
const YESTERDAY: DateTime<Utc> = instant(1_772_326_800);
/// When new rotations are made, in order.
pub const BIRTHS: [DateTime<Utc>; 3] = [OPENING, WEEKS_AGO, YESTERDAY];
/// The original secrets of the first two to rotate must be gone when the curtain rises, for Okta allows no third: when
/// each is deactivated or deleted.
pub const RETIREMENTS: [DateTime<Utc>; 3] = [
    instant(1_772_326_800 + 20 * HOUR + 31 * MINUTE),
    instant(1_772_326_800 + 24 * HOUR + MINUTE),
    instant(1_772_326_800 + 24 * HOUR + 33 * MINUTE),
];
/// Monday, 2 March 2026, 02:10: the curtain rises.
pub const CURTAIN: DateTime<Utc> = instant(1_772_326_800 + 25 * HOUR + 10 * MINUTE);

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;

/// The rotation that is followed from its due time until its old secret is deleted.
pub const REGULAR: &str = "payments";
/// The one whose answer is lost.
pub const UNLUCKY: &str = "data-lake";
/// A consumer of the regular one that reads only now and then.
pub const LATE: &str = "payments-batch";
/// The target of the unlucky one, on a share that is away for a while.
pub const TARGET: &str = "etl-share";
/// Those of the org whose token is refused.
pub const WAITING: [&str; 2] = ["lab-portal", "lab-gateway"];

/// A rotation on stage.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Its name, and its folder.
    pub name: &'static str,
    /// Which of [`ORGS`] its app is in.
    pub org: usize,
    /// The app's label.
    pub label: &'static str,
    /// In which of [`BIRTHS`] it is made.
    pub born: usize,
    every: u32,
    at: (i64, i64),
    zone: &'static str,
    /// Hours that an old secret stays on, and then off.
    spans: Option<(u64, u64)>,
    auto: bool,
}

const fn daily(name: &'static str, org: usize, label: &'static str, at: (i64, i64), spans: (u64, u64)) -> Part {
    Part { name, org, label, born: 2, every: 1, at, zone: "UTC", spans: Some(spans), auto: true }
}

/// The rotations. On the first day: `payments` at 02:30, its old secret off at 08:30 and gone at 12:30; `data-lake` at
/// 05:00; the lab's two after 13:00, their originals gone before.
pub const CAST: [Part; 8] = [
    daily("payments", 0, "Payments", (2, 30), (6, 4)),
    daily("data-lake", 0, "Data Lake Loader", (5, 0), (9, 3)),
    daily("hr-sync", 0, "HR Sync", (18, 0), (8, 6)),
    daily("lab-portal", 1, "Lab Portal", (13, 15), (5, 4)),
    daily("lab-gateway", 1, "Lab Gateway", (13, 20), (5, 4)),
    Part { every: 2, zone: "Europe/Zurich", spans: None, ..daily("zurich-buero", 0, "Zürich Büro", (9, 45), (0, 0)) },
    Part {
        born: 1,
        every: 30,
        zone: "Europe/Berlin",
        spans: None,
        ..daily("support-portal", 0, "Support Portal", (2, 15), (0, 0))
    },
    Part {
        born: 0,
        every: 90,
        zone: "America/New_York",
        spans: None,
        auto: false,
        ..daily("warehouse", 0, "Warehouse", (4, 0), (0, 0))
    },
];

impl Part {
    /// The request that makes it.
    pub fn body(&self) -> RotationBody {
        let mut body = json!({
            "name": self.name,
            "connectionId": ORGS[self.org].0,
            "secretPath": self.folder(),
            "rotationInterval": self.every,
            "rotateAt": {"hours": self.at.0, "minutes": self.at.1, "timeZone": self.zone},
            "isAutoRotationEnabled": self.auto,
            "parameters": {"clientId": self.label},
        });
        if let Some((overlap, soak)) = self.spans {
            body["overlapSeconds"] = json!(overlap * 3_600);
            body["soakSeconds"] = json!(soak * 3_600);
        }
        serde_json::from_value(body).expect("written here, and every one of them is made in the tests")
    }

    /// Where its two secrets are read.
    pub fn folder(&self) -> String {
        format!("/{}", self.name)
    }
}

/// The target of [`UNLUCKY`]: a file on a share.
pub fn target(share: &Path) -> TargetBody {
    let config = ConfigBody { path: Some(share.join("okta.env").display().to_string()), ..ConfigBody::default() };
    TargetBody {
        rotation: UNLUCKY.into(),
        name: Some(TARGET.into()),
        destination: "file".into(),
        destination_config: config,
        ..TargetBody::default()
    }
}

/// A connection to an org.
pub fn connection(org: usize, sandbox: &Sandbox) -> ConnectionBody {
    ConnectionBody {
        name: ORGS[org].0.into(),
        app: "okta".into(),
        method: "api-token".into(),
        description: Some("a stand-in for an org, on this machine".into()),
        credentials: CredentialsBody {
            instance_url: Some(sandbox.url()),
            api_token: Some(SecretValue::new(sandbox.token())),
            ..CredentialsBody::default()
        },
        no_test: false,
    }
}

/// Gives the small org's apps their names.
pub fn name_apps(org: usize, sandbox: &Sandbox) {
    if org == 1 {
        for (app, label) in sandbox.org().inside().apps.iter_mut().zip(LAB_LABELS) {
            app.label = label.into();
        }
    }
}
