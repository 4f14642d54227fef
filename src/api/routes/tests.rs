use std::collections::HashSet;

use bytes::Bytes;
use hyper::Uri;

use super::*;
use crate::api::path;

#[test]
fn every_row_is_reached_and_none_is_there_twice() {
    let mut seen = HashSet::new();
    for route in ROUTES.iter() {
        for pattern in route.paths {
            assert!(seen.insert((route.method.as_str(), pattern)), "{} {pattern}", route.method);
            let path = ["{app}", "{id}", "{name}", "{destination}"]
                .iter()
                .fold(pattern.to_string(), |path, part| path.replace(part, "some"));
            let found = find(&route.method, &path).expect("a row");
            assert_eq!(found.paths, route.paths);
            assert_eq!(found.name_in(&path), Some(if pattern.contains('{') { "some" } else { "" }));
        }
    }
}

#[test]
fn unknown_paths_and_methods_are_reported_apart() {
    for path in ["/", "/api/v1", "/api/v1/view/", "//healthz", "/api/v1/secrets/a/b", "/API/v1/view"] {
        let refusal = find(&Method::GET, path).map(|route| route.paths).expect_err(path);
        assert_eq!((refusal.status_code, refusal.error), (404, Kind::Unknown));
    }
    let refusal = find(&Method::PUT, "/api/v1/secrets/A").map(|route| route.paths).expect_err("no PUT");
    assert_eq!(refusal.status_code, 405);
    assert!(refusal.hint().contains("DELETE, GET"), "{}", refusal.hint());
    assert_eq!(methods("/api/v1/app-connections/okta"), ["GET", "POST"]);
}

#[test]
fn a_name_may_be_a_word_of_the_table_if_it_is_escaped() {
    let path = format!("/api/v2/secret-rotations/okta-client-secret/{}/secrets", path::segment("rotation-name"));
    let route = find(&Method::GET, &path).expect("a row");
    assert!(route.paths[0].ends_with("/{id}/secrets"), "{:?}", route.paths);
    let call = Call { route, uri: path.parse().expect("a URI"), body: Bytes::new() };
    assert_eq!(call.name().expect("readable"), "rotation-name");
    let broken: Uri = "/api/v1/secrets/%zz".parse().expect("a URI");
    let route = find(&Method::GET, broken.path()).expect("a row");
    let call = Call { route, uri: broken, body: Bytes::new() };
    assert_eq!(call.name().expect_err("broken").status_code, 400);
}
