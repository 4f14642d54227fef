use std::collections::BTreeSet;

use super::*;
use crate::api::client::connect;
use crate::api::tests::samples;
use crate::cli::Global;
use crate::engine::request::{ActKind, Mode, Request};
use crate::store::lock;

/// The variant of a request.
fn kind(request: &Request) -> String {
    if let Request::Act { act, .. } = request {
        return act.kind().to_string();
    }
    let reported = format!("{request:?}");
    reported.split(['(', ' ']).next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_engine_of_a_session_that_only_reads_refuses_every_change_whoever_asks() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("data");
    let key = dir.path().join("key");
    let global = Global { data_dir: Some(data.clone()), key_file: Some(key), read_only: true, ..Global::default() };
    let settings = crate::cli::doubles::settings(&global);
    let lock = lock(&data).expect("ours");
    let Connected { handle, own, .. } = begin(&settings, lock).expect("begun");
    let remote = connect(&settings.own_socket()).expect("its socket is served");
    let mut refused = BTreeSet::new();
    // That one ends the engine, which a session that only reads may do for a service.
    let asked = samples::requests().into_iter().filter(|request| !matches!(request, Request::Yield));
    for request in asked {
        let (kind, reported, changes) = (kind(&request), format!("{request:?}"), request.changes());
        for handle in [handle.as_ref(), &remote] {
            let reply = handle.call(request.clone()).await;
            let forbidden = reply.is_err_and(|no| no.error == Kind::Refused && no.message().contains("--read-only"));
            assert_eq!(forbidden, changes, "{reported}");
        }
        if changes {
            refused.insert(kind);
        }
    }
    let others = [
        "Acknowledge",
        "ConnectionCreate",
        "ConnectionUpdate",
        "RotationUpdate",
        "SecretDelete",
        "TargetCreate",
        "TargetUpdate",
    ];
    let acts = ActKind::ALL.iter().filter(|act| Request::act("x", act.plain(), Mode::Agreed).changes());
    let changing: BTreeSet<String> = acts.map(ToString::to_string).chain(others.map(str::to_owned)).collect();
    assert_eq!(refused, changing);
    let own = own.expect("ours");
    tokio::task::spawn_blocking(move || own.stop()).await.expect("stops");
}
