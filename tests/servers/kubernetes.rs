//! Secrets of a real kube-apiserver as places: all that the stand-in of the unit tests is held to.

use crate::env;

#[path = "../../src/delivery/kubernetes/tests/suite.rs"]
mod suite;

#[tokio::test]
async fn a_real_server_has_all_that_the_stand_in_has() {
    let Some(cluster) = env::cluster() else {
        eprintln!("no cluster was tried: name one in KUBE_APISERVER, KUBE_TOKEN and KUBE_CA");
        return;
    };
    let (url, token) = (cluster.url, cluster.token);
    suite::all(&suite::Cluster { url, token, ca: Some(cluster.ca), namespace: "default".into() }).await;
}
