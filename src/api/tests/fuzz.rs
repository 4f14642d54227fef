//! Fuzz targets: requests as they come in, and the live log as it is read. See [`crate::fuzz`].

use bytes::Bytes;
use hyper::{Method, Uri};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::samples::{essence, requests};
use crate::api::call::Call;
use crate::api::client::sse::Reader;
use crate::api::path::{segment, unescaped};
use crate::api::routes::{self, Serves, written};
use crate::engine::refusal::Refusal;
use crate::engine::request::Request;
use crate::fuzz::{self, CANARY};
use crate::text::is_harmless;

/// A request as the server reads it; `None` where the call is not for the engine, or no URI at all.
fn read(method: &str, target: &str, body: &[u8]) -> Option<Result<Request, Refusal>> {
    let (method, uri): (Method, Uri) = (method.parse().ok()?, target.parse().ok()?);
    let route = match routes::find(&method, uri.path()) {
        Ok(route) => route,
        Err(refusal) => return Some(Err(refusal)),
    };
    let Serves::Request(request) = route.serves else { return None };
    Some(request(&Call { route, uri, body: Bytes::copy_from_slice(body) }))
}

fn call(method: &str, target: &str, body: &[u8]) {
    match read(method, target, body) {
        None => {}
        Some(Ok(request)) => {
            let sent = written(&request);
            let again = read(sent.method.as_str(), &sent.target, &sent.body);
            // A name can be so long that there is no path with it.
            let Some(again) = again else { return assert!(sent.target.len() > 60_000, "{}", sent.target) };
            assert_eq!(essence(&again.expect("own writing")), essence(&request));
        }
        Some(Err(refusal)) => {
            let shown = serde_json::to_string(&refusal).expect("JSON");
            // Several faults have a line each.
            assert!(refusal.message().lines().chain(refusal.hint().lines()).all(is_harmless), "{refusal:?}");
            assert!(shown.len() < 100_000, "{} bytes", shown.len());
            // Names in a path or a query are no secrets, and are shown.
            assert!(!shown.contains(CANARY) || target.contains(CANARY), "{shown}");
        }
    }
}

/// The documents that the requests carry, each with the call that carries it.
fn carried() -> Vec<(String, String, serde_json::Value)> {
    let carried = requests().into_iter().filter_map(|request| {
        let sent = written(&request);
        let body = (!sent.body.is_empty()).then(|| serde_json::from_slice(&sent.body).expect("JSON"))?;
        Some((sent.method.to_string(), sent.target, body))
    });
    carried.collect()
}

fn targets() -> Vec<(String, String)> {
    let sent = requests().into_iter().map(|request| written(&request));
    sent.map(|sent| (sent.method.to_string(), sent.target)).collect()
}

/// A target with pieces of others in it, and bytes put in or taken out.
fn target() -> impl Strategy<Value = (String, String)> {
    let piece = prop_oneof![
        select(vec![
            "/",
            "//",
            "..",
            "%2e%2e",
            "%zz",
            "%",
            "%00",
            "%ff",
            "?",
            "&",
            "=",
            "&limit=-1",
            "&since=+262142-12-31",
            "&version=99999999999",
            "&yes",
            "&yes=true&yes=false",
            "rotation-name/",
            "#x",
            "\u{e9}"
        ])
        .prop_map(str::to_owned),
        fuzz::text().prop_map(|text| segment(&text)),
    ];
    (select(targets()), vec((any::<Index>(), piece, 0_usize..3), 0..4)).prop_map(|((method, mut target), changes)| {
        for (place, piece, taken) in changes {
            let places: Vec<usize> = target.char_indices().map(|(at, _)| at).collect();
            let Some(&at) = places.get(place.index(places.len().max(1))) else { continue };
            let end = target[at..].char_indices().nth(taken).map_or(target.len(), |(more, _)| at + more);
            target.replace_range(at..end, &piece);
        }
        (method, target)
    })
}

/// The same stream of events, however it is cut.
fn stream(bytes: &[u8], cuts: &[Index]) {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    let (mut whole, mut pieces) = (Reader::default(), Reader::default());
    let at_once = whole.read(bytes).expect("short lines");
    let mut cut = Vec::new();
    for ends in cuts.windows(2) {
        cut.extend(pieces.read(&bytes[ends[0]..ends[1]]).expect("short lines"));
    }
    assert_eq!(format!("{cut:?}"), format!("{at_once:?}"));
}

proptest! {
    #![proptest_config(fuzz::config())]

    #[test]
    fn bodies_are_read_or_refused_without_a_value(
        (which, body) in (0..carried().len()).prop_flat_map(|which| {
            (Just(which), fuzz::json(vec![carried().swap_remove(which).2]))
        })
    ) {
        let (method, target, _) = carried().swap_remove(which);
        call(&method, &target, &body);
    }

    #[test]
    fn paths_and_queries_are_read_or_refused((method, target) in target()) {
        call(&method, &target, b"");
        call("POST", &target, b"{}");
    }

    #[test]
    fn every_text_survives_as_a_segment(text in fuzz::text()) {
        prop_assert_eq!(unescaped(&segment(&text)), Some(text));
    }

    #[test]
    fn the_live_log_is_the_same_however_it_is_cut(
        lines in vec(prop_oneof![
            select(vec!["data: ", "data:", "id: e-1", "id", ":", "", "\r", "event: x", "data: {\"kind\":1}", "\n\n"]).prop_map(str::to_owned),
            fuzz::text(),
        ], 0..12),
        cuts in vec(any::<Index>(), 0..6),
    ) {
        stream(lines.join("\n").as_bytes(), &cuts);
    }
}
