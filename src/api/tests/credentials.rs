//! The socket where systemd fetches credentials, with a service manager of our own user that is played.

use std::sync::Arc;

use super::*;
use crate::api::socket::credential_socket;

/// More than systemd takes.
const REFUSAL: &str = "1048577 of nothing";

/// An engine that has a credential for `pay.service`, and none for others; for `slow.service` it never comes to an end.
#[derive(Clone, Default)]
struct Units(Arc<Mutex<Vec<Asks>>>);

impl HandleFactory for Units {
    fn open(&self, _: Actor) -> Arc<dyn Handle> {
        panic!("nothing is asked of the API")
    }

    fn hand_out(&self, asks: Asks) -> BoxFuture<'_, Option<SecretValue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(asks.clone());
        async move {
            match asks {
                Asks::Unit { unit, .. } if unit == "pay.service" => Some(SecretValue::new("canary")),
                Asks::Unit { unit, .. } if unit == "slow.service" => std::future::pending().await,
                _ => None,
            }
        }
        .boxed()
    }
}

struct Served {
    units: Units,
    socket: PathBuf,
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), Refusal>>,
    _dir: tempfile::TempDir,
}

fn served() -> Served {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("windlass.sock");
    let (units, socket) = (Units::default(), credential_socket(&path));
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async {
        let _ = stopped.await;
    };
    let task = tokio::spawn(server::serve(server::bind(&path).expect("bound"), units.clone(), shutdown));
    Served { units, socket, stop, task, _dir: dir }
}

/// Connects as a service manager does, from an address that names what is asked for; `None` from one without a name.
fn connect_from(socket: &std::path::Path, name: Option<&str>) -> UnixStream {
    use nix::sys::socket::{AddressFamily, SockFlag, SockType, UnixAddr, bind, connect, socket as open};
    use std::os::fd::AsRawFd;
    let file = open(AddressFamily::Unix, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).expect("a socket");
    if let Some(name) = name {
        bind(file.as_raw_fd(), &UnixAddr::new_abstract(name.as_bytes()).expect("an address")).expect("bound");
    }
    connect(file.as_raw_fd(), &UnixAddr::new(socket).expect("an address")).expect("connected");
    let stream = std::os::unix::net::UnixStream::from(file);
    stream.shutdown(std::net::Shutdown::Write).expect("as systemd does");
    stream.set_nonblocking(true).expect("set");
    UnixStream::from_std(stream).expect("a stream")
}

/// What is answered, in a few words where it is a refusal.
async fn said(stream: UnixStream) -> String {
    let answer = all(stream).await;
    let nothing = answer.iter().all(|byte| *byte == 0);
    if nothing { format!("{} of nothing", answer.len()) } else { String::from_utf8_lossy(&answer).into_owned() }
}

/// A name that no other test has.
fn unique(unit: &str) -> String {
    format!("{:x}/unit/{unit}/OKTA_CLIENT_SECRET", uuid::Uuid::new_v4().as_u64_pair().0)
}

async fn all(mut stream: UnixStream) -> Vec<u8> {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("read");
    answer
}

#[tokio::test]
async fn a_unit_gets_the_value_alone_and_a_refusal_is_more_than_systemd_takes() {
    let served = served();
    assert_eq!(
        said(connect_from(&served.socket, Some(&unique("pay.service")))).await,
        "canary",
        "{:?}",
        served.units.0
    );
    for name in [Some(unique("other.service")), Some("no-unit".into()), None] {
        assert_eq!(said(connect_from(&served.socket, name.as_deref())).await, REFUSAL, "{name:?}");
    }
    let asked = served.units.0.lock().expect("no panic").clone();
    let [Asks::Unit { unit, credential, caller }, Asks::Unit { .. }, Asks::Nameless, Asks::Nameless] = &asked[..]
    else {
        panic!("{asked:?}")
    };
    assert_eq!((unit.as_str(), credential.as_str()), ("pay.service", "OKTA_CLIENT_SECRET"));
    assert_eq!((caller.uid, caller.fetched_for.as_deref()), (nix::unistd::geteuid().as_raw(), Some("pay.service")));
}

#[tokio::test]
async fn one_that_hangs_up_keeps_no_other_and_many_at_once_wait_for_each_other() {
    let served = served();
    for _ in 0..100 {
        drop(connect_from(&served.socket, Some(&unique("pay.service"))));
    }
    let many: Vec<_> = (0..200).map(|_| said(connect_from(&served.socket, Some(&unique("pay.service"))))).collect();
    for answer in futures_util::future::join_all(many).await {
        assert_eq!(answer, "canary");
    }
}

#[tokio::test]
async fn a_server_that_stops_refuses_what_waits_and_never_leaves_it_empty() {
    let served = served();
    let waits = connect_from(&served.socket, Some(&unique("slow.service")));
    let asked = || !served.units.0.lock().expect("no panic").is_empty();
    while !asked() {
        tokio::task::yield_now().await;
    }
    served.stop.send(()).expect("still served");
    let (answer, stopped) = tokio::join!(said(waits), served.task);
    stopped.expect("no panic").expect("stopped");
    assert_eq!(answer, REFUSAL);
    assert!(!served.socket.exists(), "it is taken along");
}

#[tokio::test(start_paused = true)]
async fn its_file_is_for_its_user_alone_and_is_made_again_once_it_is_free() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("windlass.sock");
    let socket = credential_socket(&path);
    // What is there is another's, and the engine is reached all the same.
    std::fs::write(&socket, b"not ours").expect("written");
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async {
        let _ = stopped.await;
    };
    let task = tokio::spawn(server::serve(server::bind(&path).expect("bound"), Units::default(), shutdown));
    tokio::task::yield_now().await;
    assert_eq!(std::fs::read(&socket).expect("there"), b"not ours");
    std::fs::remove_file(&socket).expect("there");
    while !socket.exists() {
        tokio::time::advance(std::time::Duration::from_secs(1)).await;
    }
    assert_eq!(std::fs::metadata(&socket).expect("there").permissions().mode() & 0o777, 0o600);
    assert_eq!(said(connect_from(&socket, Some(&unique("pay.service")))).await, "canary");
    drop(stop);
    task.await.expect("no panic").expect("stopped");
}
