//! How much of the server one user may take, so that none of them, and none of a user's programs, locks the others out.
//!
//! What stays for long (the live log, calls that wait for Okta) has places of its own for each user. What remains is always
//! enough for short calls: where a user's connections reach their number, the oldest that keeps the server waiting, be it
//! for a request, its body or for its answer to be read, makes way for a new one.

use crate::core::cause::CallCause;
use crate::core::remedy::{Automatic, InCall, OnRotation};
use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit};
use nix::unistd::geteuid;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::engine::refusal::{Kind, Refusal};

/// Live logs of one user at once.
pub const MAX_STREAMS: usize = 64;

/// Calls of one user that wait for Okta at once; others wait for them …
pub const MAX_LONG_CALLS: usize = 128;

/// … so long.
const LONG_CALL_WAIT: Duration = Duration::from_mins(1);

/// Connections of all users at once, where the process may open as many files …
const MAX_CONNECTIONS: u64 = 768;
/// … at least so many …
const MIN_CONNECTIONS: u64 = 64;
/// … and besides them so many files for the engine itself.
const RESERVED_FILES: u64 = 256;

/// The users, and what they have open.
pub struct Limits {
    users: Mutex<HashMap<u32, Arc<User>>>,
    room: usize,
}

struct User {
    /// Its connections, the oldest first.
    places: Mutex<VecDeque<Arc<Place>>>,
    streams: Arc<Semaphore>,
    long: Arc<Semaphore>,
}

/// A connection as it counts.
#[derive(Default)]
struct Place {
    /// What the server does for it at the moment.
    work: AtomicUsize,
    given_up: Notify,
}

/// A connection that was let in.
pub struct Guest {
    user: Arc<User>,
    place: Arc<Place>,
}

/// The server works for a connection, which is not asked to make way meanwhile.
pub struct Work(Arc<Place>);

/// A place among those that stay for long; it is free again when this is dropped.
pub struct Stay(#[expect(dead_code, reason = "it is held")] OwnedSemaphorePermit);

impl Limits {
    /// As many connections as this process may open files for.
    pub fn of_the_process() -> Self {
        let files = getrlimit(Resource::RLIMIT_NOFILE).map_or(0, |(soft, _)| soft);
        Self::with(
            usize::try_from(files.saturating_sub(RESERVED_FILES).clamp(MIN_CONNECTIONS, MAX_CONNECTIONS)).unwrap_or(64),
        )
    }

    fn with(room: usize) -> Self {
        Self { users: Mutex::default(), room }
    }

    /// How many connections a user may have: the engine's own user and root half of the room, and all others a quarter
    /// each, but never more than leaves a quarter to those two.
    fn share(&self, uid: u32, users: &HashMap<u32, Arc<User>>) -> usize {
        let keeps = |uid: u32| uid == 0 || uid == geteuid().as_raw();
        if keeps(uid) {
            return self.room / 2;
        }
        let others = users.iter().filter(|(other, _)| !keeps(**other) && **other != uid);
        let taken: usize = others.map(|(_, user)| user.places().len()).sum();
        (self.room / 4).min((self.room * 3 / 4).saturating_sub(taken))
    }

    /// A place for another connection of a user. `None` where all that it may have are worked for.
    pub fn enter(&self, uid: u32) -> Option<Guest> {
        let mut users = lock(&self.users);
        let share = self.share(uid, &users);
        let all: usize = users.values().map(|user| user.places().len()).sum();
        let user = users.entry(uid).or_insert_with(|| Arc::new(User::new())).clone();
        drop(users);
        let mut places = user.places();
        if places.len() >= share || all >= self.room {
            let idle = places.iter().position(|place| place.work.load(Ordering::Relaxed) == 0)?;
            places.remove(idle)?.given_up.notify_one();
        }
        let place = Arc::new(Place::default());
        places.push_back(place.clone());
        drop(places);
        Some(Guest { user, place })
    }
}

impl User {
    fn new() -> Self {
        let of = |count| Arc::new(Semaphore::new(count));
        Self { places: Mutex::default(), streams: of(MAX_STREAMS), long: of(MAX_LONG_CALLS) }
    }

    fn places(&self) -> MutexGuard<'_, VecDeque<Arc<Place>>> {
        lock(&self.places)
    }
}

impl Guest {
    /// The server works for it until what is returned is dropped.
    pub fn work(&self) -> Work {
        self.place.work.fetch_add(1, Ordering::Relaxed);
        Work(self.place.clone())
    }

    /// Waits until it has to make way.
    pub async fn given_up(&self) {
        self.place.given_up.notified().await;
    }

    /// A place for a live log.
    pub fn stream(&self) -> Result<Stay, Refusal> {
        let free = self.user.streams.clone().try_acquire_owned();
        free.map(Stay).map_err(|_| busy(CallCause::TooManyLogs { count: MAX_STREAMS }).and(InCall::EndOneLog))
    }

    /// A place for a call that waits for Okta; waits until one is free.
    pub async fn long(&self) -> Result<Stay, Refusal> {
        let free = timeout(LONG_CALL_WAIT, self.user.long.clone().acquire_owned()).await;
        free.ok().and_then(Result::ok).map(Stay).ok_or_else(|| {
            let refusal = busy(CallCause::TooManyCalls { count: MAX_LONG_CALLS });
            refusal.and(Automatic::NothingChanged).and(InCall::TryWhenDone)
        })
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.user.places().retain(|place| !Arc::ptr_eq(place, &self.place));
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.work.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The answer to a client for whom there is no place at all.
pub fn full() -> Refusal {
    busy(CallCause::TooManyConnections).and(Automatic::NothingChanged).and(OnRotation::TryInAMoment)
}

fn busy(cause: CallCause) -> Refusal {
    Refusal { status_code: 429, ..Refusal::because(Kind::Unavailable, cause) }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    const OTHERS: u32 = 4_000_000_000;

    fn given_up(guest: &Guest) -> bool {
        guest.given_up().now_or_never().is_some()
    }

    #[test]
    fn a_users_oldest_idle_connection_makes_way_and_no_other_users() {
        let limits = Limits::with(16);
        let other = limits.enter(OTHERS).expect("room");
        let guests: Vec<Guest> = (0..4).map(|_| limits.enter(OTHERS + 1).expect("room")).collect();
        let work = guests[0].work();
        let fifth = limits.enter(OTHERS + 1).expect("one makes way");
        assert!(!given_up(&guests[0]), "it is worked for");
        assert!(given_up(&guests[1]) && !given_up(&guests[2]) && !given_up(&fifth) && !given_up(&other));
        drop(work);
        let sixth = limits.enter(OTHERS + 1).expect("one makes way");
        assert!(given_up(&guests[0]) && !given_up(&guests[2]));
        drop((guests, fifth));
        let more: Vec<_> = (0..3).map(|_| limits.enter(OTHERS + 1).expect("room")).collect();
        assert!(!given_up(&sixth) && more.iter().all(|guest| !given_up(guest)), "those that went left room");
    }

    #[test]
    fn where_all_are_worked_for_there_is_no_more_room_but_for_others() {
        let limits = Limits::with(16);
        let guests: Vec<_> = (0..4).map(|_| limits.enter(OTHERS).expect("room")).map(|it| (it.work(), it)).collect();
        assert!(limits.enter(OTHERS).is_none());
        let more: Vec<_> = (1..=2)
            .flat_map(|user| (0..4).map(move |_| user))
            .map(|user| limits.enter(OTHERS + user).expect("room"))
            .map(|it| (it.work(), it))
            .collect();
        assert!(limits.enter(OTHERS + 3).is_none(), "a quarter is kept");
        assert!((0..4).all(|_| limits.enter(0).is_some()), "for root and the engine's own user");
        drop(guests);
        assert!(limits.enter(OTHERS + 3).is_some());
        drop(more);
    }

    #[tokio::test(start_paused = true)]
    async fn what_stays_has_places_of_its_own() {
        let limits = Limits::with(1_000);
        let (guest, other) = (limits.enter(OTHERS).expect("room"), limits.enter(OTHERS + 1).expect("room"));
        let mut streams: Vec<Stay> = (0..MAX_STREAMS).map(|_| guest.stream().expect("a place")).collect();
        let refusal = guest.stream().err().expect("no more");
        assert_eq!((refusal.status_code, refusal.error.exit_status()), (429, 6));
        assert!(other.stream().is_ok() && guest.long().await.is_ok(), "for others, and for other things");
        streams.pop();
        assert!(guest.stream().is_ok(), "one ended");
        let mut long = Vec::new();
        for _ in 0..MAX_LONG_CALLS {
            long.push(guest.long().await.expect("a place"));
        }
        let (refused, ()) = tokio::join!(guest.long(), async { assert!(other.long().await.is_ok()) });
        assert_eq!(refused.err().map(|refusal| refusal.status_code), Some(429));
        let (waited, ()) = tokio::join!(guest.long(), async { drop(long.pop()) });
        assert!(waited.is_ok(), "one ended meanwhile");
    }
}
