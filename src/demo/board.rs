//! What the director and the consumer share: the orgs, the clock, and the status that the frontends read.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use super::cast::{self, CAST, ORGS};
use super::pace::Pace;
use super::status::{Slot, Slots, Status};
use crate::clock::{Clock, Staged};
use crate::sandbox::{self, Sandbox};

/// See the module.
pub struct Board {
    /// The orgs, as [`ORGS`] has them.
    pub orgs: Vec<Sandbox>,
    /// How time passes.
    pub pace: std::sync::Arc<Pace>,
    /// The time.
    pub clock: Clock,
    /// The engine's socket.
    pub socket: PathBuf,
    /// The late consumer reads from now on.
    late_reads: AtomicBool,
    status: watch::Sender<Status>,
}

impl Board {
    /// Starts the orgs.
    pub async fn new(clock: &'static Staged, socket: PathBuf, status: watch::Sender<Status>) -> std::io::Result<Self> {
        let pace = std::sync::Arc::new(Pace::new(clock));
        let mut orgs = Vec::new();
        for (index, (_, apps, seed)) in ORGS.into_iter().enumerate() {
            let options = sandbox::Options {
                listen: ([127, 0, 0, 1], 0).into(),
                apps,
                now: std::sync::Arc::new(|| clock.now()),
                per_minute: Some(cast::PER_MINUTE),
                seed,
            };
            let org = sandbox::start(options).await?;
            cast::name_apps(index, &org);
            let pace = pace.clone();
            org.org().on_arrival(move |agent| {
                // The consumer's logins are everyday life, for which time does not stop.
                if agent.starts_with("windlass/") {
                    pace.called();
                }
            });
            orgs.push(org);
        }
        Ok(Self { orgs, pace, clock: Clock::Staged(clock), socket, late_reads: AtomicBool::new(false), status })
    }

    /// The late consumer reads from now on, as all others do.
    pub fn catches_up(&self) {
        self.late_reads.store(true, Ordering::Relaxed);
    }

    /// Whether it does.
    pub fn late_reads(&self) -> bool {
        self.late_reads.load(Ordering::Relaxed)
    }

    /// Publishes how things stand.
    pub fn tell(&self, change: impl FnOnce(&mut Status)) {
        let apps = self.slots();
        self.status.send_modify(|status| {
            status.now = self.clock.now();
            status.paused = self.pace.is_paused();
            status.apps = apps;
            change(status);
        });
    }

    /// The apps that are rotated, as their orgs hold them.
    fn slots(&self) -> Vec<Slots> {
        let slots = |part: &cast::Part| {
            let inside = self.orgs[part.org].org().inside();
            let app = inside.apps.iter().find(|app| app.label == part.label)?;
            let slot = |secret: &sandbox::org::Secret| Slot {
                id: secret.id.clone(),
                active: secret.active,
                created: secret.created,
                switched: secret.last_updated,
            };
            Some(Slots {
                rotation: part.name.into(),
                app_id: app.id.clone(),
                label: app.label.clone(),
                secrets: app.secrets.iter().map(slot).collect(),
            })
        };
        CAST.iter().filter_map(slots).collect()
    }

    /// The id of a rotation's app.
    pub fn app_id(&self, rotation: &str) -> String {
        let found = self.slots().into_iter().find(|slots| slots.rotation == rotation);
        found.map(|slots| slots.app_id).unwrap_or_default()
    }
}
