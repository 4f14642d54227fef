//! What has to hold of a Secret as a place, at the stand-in and at a real kube-apiserver alike: both try all of it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use serde_json::{Value, json};
use uuid::Uuid;
use windlass::core::cause::ClusterCause;
use windlass::core::connection::Kubernetes;
use windlass::core::fault::{Class, Code};
use windlass::core::secret::{Credential, SecretValue};
use windlass::core::target::destination::Object;
use windlass::core::target::judge::Marker;
use windlass::core::target::{Destination, Document, Keys, State, Target};
use windlass::delivery::Place;
use windlass::delivery::kubernetes::Client;
use windlass::delivery::kubernetes::secret::{MARK, STAMP, Secret};
use windlass::net::Network;

/// A cluster, who may do all in it, and a namespace that is there.
pub struct Cluster {
    /// Its address.
    pub url: String,
    /// The token of someone who may do all.
    pub token: String,
    /// Its CA, as PEM.
    pub ca: Option<String>,
    /// The namespace.
    pub namespace: String,
}

/// A Secret that no other test has, and its cluster.
struct Bench<'a> {
    cluster: &'a Cluster,
    http: reqwest::Client,
    name: String,
}

impl<'a> Bench<'a> {
    fn new(cluster: &'a Cluster) -> Self {
        let builder = reqwest::Client::builder().no_proxy();
        let builder = match &cluster.ca {
            Some(ca) => builder.tls_certs_only([reqwest::Certificate::from_pem(ca.as_bytes()).expect("a CA")]),
            None => builder,
        };
        Self { cluster, http: builder.build().expect("a client"), name: format!("okta-{}", Uuid::new_v4()) }
    }

    fn client(&self) -> Client {
        let caller = Kubernetes::Token { token: SecretValue::new(self.cluster.token.as_str()) };
        let network = Network { only: self.cluster.ca.clone(), ..Network::default() };
        Client::new(&self.cluster.url.parse().expect("a URL"), &caller, &network).expect("a client")
    }

    fn target(&self, restart: &[&str]) -> Target {
        let object = Object {
            namespace: self.cluster.namespace.clone(),
            name: self.name.clone(),
            restart: restart.iter().map(|it| it.parse().expect("a workload")).collect(),
        };
        Target::new(
            Uuid::new_v4(),
            "cluster".parse().expect("a name"),
            Destination::Kubernetes(object),
            Keys::from([("ID".to_owned(), Credential::ClientId), ("SECRET".to_owned(), Credential::ClientSecret)]),
            DateTime::UNIX_EPOCH,
        )
    }

    /// A target whose key was another one before.
    fn renamed(&self) -> Target {
        let keys = Keys::from([("NEW".to_owned(), Credential::ClientSecret)]);
        let state = State { keys: ["SECRET".to_owned()].into(), ..State::default() };
        Target { keys, state, ..self.target(&[]) }
    }

    fn place(&self, target: &Target, version: u32) -> Secret {
        let Destination::Kubernetes(object) = &target.destination else { panic!("another place") };
        Secret::new(self.client(), object, target, version)
    }

    /// What someone else asks for.
    async fn ask(&self, method: &str, path: &str, kind: &str, body: Value) -> (u16, Value) {
        let url = format!("{}/{path}", self.cluster.url);
        let request = self.http.request(method.parse().expect("a method"), url);
        let request = request.bearer_auth(&self.cluster.token).header("content-type", kind);
        let request = if body.is_null() { request } else { request.body(body.to_string()) };
        let answer = request.send().await.expect("it answers");
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.expect("text")).unwrap_or_default())
    }

    fn path(&self) -> String {
        format!("api/v1/namespaces/{}/secrets/{}", self.cluster.namespace, self.name)
    }

    /// Has others make it, as `kubectl create` does.
    async fn put(&self, pairs: &[(&str, &str)], more: Value) {
        let path = format!("api/v1/namespaces/{}/secrets?fieldManager=kubectl-create", self.cluster.namespace);
        let mut body =
            json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": self.name}, "data": encoded(pairs)});
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name.as_str()] = value.clone();
        }
        let (status, said) = self.ask("POST", &path, "application/json", body).await;
        assert_eq!(status, 201, "{said}");
    }

    /// Has others change it, as `kubectl edit` does.
    async fn edit(&self, pairs: &[(&str, &str)]) {
        let path = format!("{}?fieldManager=kubectl-edit", self.path());
        let (status, said) =
            self.ask("PATCH", &path, "application/merge-patch+json", json!({"data": encoded(pairs)})).await;
        assert_eq!(status, 200, "{said}");
    }

    async fn object(&self) -> Value {
        self.ask("GET", &self.path(), "application/json", Value::Null).await.1
    }

    /// What stands there.
    async fn stored(&self) -> BTreeMap<String, String> {
        let object = self.object().await;
        let data = object["data"].as_object().cloned().unwrap_or_default();
        let text = |value: &Value| {
            String::from_utf8(STANDARD.decode(value.as_str().expect("text")).expect("base64")).expect("text")
        };
        data.iter().map(|(key, value)| (key.clone(), text(value))).collect()
    }
}

fn encoded(pairs: &[(&str, &str)]) -> Value {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), STANDARD.encode(value))).collect()
}

fn document(secret: &str) -> Document {
    let pairs = [("ID", "0oaclient"), ("SECRET", secret)];
    pairs.into_iter().map(|(key, value)| (key.to_owned(), SecretValue::new(value))).collect()
}

async fn deliver(place: &Secret, secret: &str) -> String {
    let seen = place.read().await.expect("read");
    place.write(&document(secret), &seen).await.expect("written")
}

/// All of it.
pub async fn all(cluster: &Cluster) {
    it_is_made_once_and_the_same_again_changes_nothing(cluster).await;
    what_others_have_stays_and_their_change_of_ours_is_overruled_as_it_was_seen(cluster).await;
    what_others_made_is_taken_over_only_as_it_was_seen(cluster).await;
    a_write_that_comes_late_changes_nothing(cluster).await;
    what_cannot_be_written_says_why(cluster).await;
    what_is_taken_off_is_ours_alone(cluster).await;
    a_key_that_another_target_marked_is_that_ones_until_it_is_agreed_otherwise(cluster).await;
    what_runs_is_restarted_once_for_each_delivery(cluster).await;
}

async fn it_is_made_once_and_the_same_again_changes_nothing(cluster: &Cluster) {
    let bench = Bench::new(cluster);
    let place = bench.place(&bench.target(&[]), 7);
    let seen = place.read().await.expect("a definite answer");
    assert!(seen.values.is_empty() && !seen.exists && seen.marker == Marker::None);
    place.write(&document("one \"quoted\" ü"), &seen).await.expect("made");
    let seen = place.read().await.expect("there");
    assert!(seen.tidy && seen.marker == Marker::Ours && seen.values == document("one \"quoted\" ü"), "{seen:?}");
    let version = place.write(&document("one \"quoted\" ü"), &seen).await.expect("the same");
    assert_eq!(version, seen.remote, "no watcher wakes");
    assert_eq!(bench.object().await["type"], "Opaque");
}

async fn what_others_have_stays_and_their_change_of_ours_is_overruled_as_it_was_seen(cluster: &Cluster) {
    let bench = Bench::new(cluster);
    let target = bench.target(&[]);
    let target_id = target.id;
    deliver(&bench.place(&target, 1), "one").await;
    bench.edit(&[("THEIRS", "kept")]).await;
    deliver(&bench.place(&target, 2), "two").await;
    let pairs = |secret: &str| {
        let pairs = [("ID", "0oaclient"), ("SECRET", secret), ("THEIRS", "kept")];
        BTreeMap::from(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())))
    };
    assert_eq!(bench.stored().await, pairs("two"));
    bench.edit(&[("SECRET", "changed")]).await;
    let place = bench.place(&target, 2);
    let seen = place.read().await.expect("there");
    assert_eq!((seen.values["SECRET"].expose(), &seen.marker), ("changed", &Marker::Ours));
    place.write(&document("two"), &seen).await.expect("overruled");
    assert_eq!(bench.stored().await, pairs("two"));
    // A key that is ours no more goes, and no one else's does.
    let keys = Keys::from([("SECRET".to_owned(), Credential::ClientSecret)]);
    let place = bench.place(&Target { keys, ..target }, 2);
    let seen = place.read().await.expect("there");
    assert!(!seen.tidy, "the mark names another key");
    let document = Document::from([("SECRET".to_owned(), SecretValue::new("two"))]);
    place.write(&document, &seen).await.expect("written");
    assert_eq!(bench.stored().await.into_keys().collect::<Vec<_>>(), ["SECRET", "THEIRS"]);
    // Also where another manager applied the same value: it is known as ours.
    let apply = |manager: &str| format!("{}?fieldManager={manager}", bench.path());
    let both = json!({"apiVersion": "v1", "kind": "Secret", "data": encoded(&[("SECRET", "two")])});
    let (status, said) = bench.ask("PATCH", &apply("gitops"), "application/apply-patch+yaml", both).await;
    assert_eq!(status, 200, "{said}");
    let place = bench.place(&bench.renamed(), 3);
    let seen = place.read().await.expect("there");
    assert_eq!(seen.former, Document::new(), "the first one's mark claims it");
    let place = bench.place(&Target { id: target_id, ..bench.renamed() }, 3);
    let seen = place.read().await.expect("there");
    assert_eq!(seen.former, document);
    place.write(&Document::from([("NEW".to_owned(), SecretValue::new("three"))]), &seen).await.expect("written");
    assert_eq!(bench.stored().await.into_keys().collect::<Vec<_>>(), ["NEW", "THEIRS"]);
}

async fn what_others_made_is_taken_over_only_as_it_was_seen(cluster: &Cluster) {
    let bench = Bench::new(cluster);
    bench.put(&[("SECRET", "one"), ("ID", "0oaclient")], Value::Null).await;
    let place = bench.place(&bench.target(&[]), 1);
    let seen = place.read().await.expect("there");
    assert!(seen.marker == Marker::None && !seen.tidy && seen.values == document("one"));
    place.write(&document("one"), &seen).await.expect("the same value needs no one's leave");
    assert!(place.read().await.expect("there").tidy);

    let bench = Bench::new(cluster);
    bench.put(&[("SECRET", "theirs")], Value::Null).await;
    let place = bench.place(&bench.target(&[]), 1);
    let seen = place.read().await.expect("there");
    bench.edit(&[("SECRET", "another of theirs")]).await;
    let fault = place.write(&document("one"), &seen).await.expect_err("it is another value than the one agreed to");
    assert_eq!(fault.code, Code::Changed, "{fault:?}");
    assert_eq!(bench.stored().await["SECRET"], "another of theirs");
    let seen = place.read().await.expect("there");
    place.write(&document("one"), &seen).await.expect("that was agreed");
    assert_eq!(bench.stored().await["SECRET"], "one");
}

async fn a_write_that_comes_late_changes_nothing(cluster: &Cluster) {
    let bench = Bench::new(cluster);
    let place = bench.place(&bench.target(&[]), 1);
    let absent = place.read().await.expect("absent");
    bench.put(&[("SECRET", "theirs")], Value::Null).await;
    let fault = place.write(&document("one"), &absent).await.expect_err("someone made it");
    assert_eq!((fault.code, fault.class()), (Code::Changed, Class::Passing), "{fault:?}");
    let seen = place.read().await.expect("there");
    bench.ask("DELETE", &bench.path(), "application/json", Value::Null).await;
    assert_eq!(place.write(&document("one"), &seen).await.expect_err("it is gone").code, Code::Changed);
    assert_eq!(place.strip(&seen, true).await.expect_err("it is gone").code, Code::Changed);
    assert_eq!(bench.object().await["reason"], "NotFound");
}

async fn what_cannot_be_written_says_why(cluster: &Cluster) {
    let bench = Bench::new(cluster);
    let name = format!("{}/{}", cluster.namespace, bench.name);
    bench.put(&[("SECRET", "theirs")], json!({"immutable": true})).await;
    let fault = bench.place(&bench.target(&[]), 1).read().await.expect_err("immutable");
    assert_eq!(
        (&fault.problem.cause, fault.class()),
        (&ClusterCause::SecretImmutable { place: name }.into(), Class::Person)
    );

    let bench = Bench::new(cluster);
    let data = json!({"type": "kubernetes.io/basic-auth"});
    bench.put(&[("username", "a"), ("password", "b")], data).await;
    let fault = bench.place(&bench.target(&[]), 1).read().await.expect_err("of a type");
    let (place, kind) = (format!("{}/{}", cluster.namespace, bench.name), "kubernetes.io/basic-auth".into());
    assert_eq!(fault.problem.cause, ClusterCause::SecretOfType { place, kind }.into());

    let bench = Bench::new(cluster);
    bench.put(&[("THEIRS", &"x".repeat((1 << 20) - 20))], Value::Null).await;
    let place = bench.place(&bench.target(&[]), 1);
    let seen = place.read().await.expect("there");
    let fault = place.write(&document("more than is left"), &seen).await.expect_err("too large");
    assert_eq!((fault.code, fault.class()), (Code::Precondition, Class::Person), "{fault:?}");

    let mut target = bench.target(&[]);
    let object = Object { namespace: "nowhere".into(), name: "okta".into(), restart: Vec::new() };
    target.destination = Destination::Kubernetes(object);
    let place = bench.place(&target, 1);
    let seen = place.read().await.expect("what is nowhere is not there");
    let fault = place.write(&document("one"), &seen).await.expect_err("no namespace");
    assert_eq!(fault.problem.cause, ClusterCause::NamespaceMissing { namespace: "nowhere".into() }.into());
}

async fn what_is_taken_off_is_ours_alone(cluster: &Cluster) {
    let bench = Bench::new(cluster);
    bench.put(&[("THEIRS", "kept")], Value::Null).await;
    let target = bench.target(&[]);
    let place = bench.place(&target, 1);
    deliver(&place, "one").await;
    place.strip(&place.read().await.expect("there"), false).await.expect("stripped");
    let seen = place.read().await.expect("there");
    assert_eq!((seen.marker.clone(), bench.stored().await.len()), (Marker::None, 3), "the values stay");
    place.strip(&seen, true).await.expect("purged");
    assert_eq!(bench.stored().await, BTreeMap::from([("THEIRS".to_owned(), "kept".to_owned())]));
    let marks = bench.object().await["metadata"]["annotations"].to_string();
    assert!(!marks.contains("windlass"), "{marks}");

    // What no one else has a part in goes whole.
    let bench = Bench::new(cluster);
    let place = bench.place(&bench.target(&[]), 1);
    deliver(&place, "one").await;
    place.strip(&place.read().await.expect("there"), true).await.expect("purged");
    assert_eq!(bench.object().await["reason"], "NotFound");
}

async fn a_key_that_another_target_marked_is_that_ones_until_it_is_agreed_otherwise(cluster: &Cluster) {
    let bench = Bench::new(cluster);
    let (first, second) = (bench.target(&[]), bench.target(&[]));
    deliver(&bench.place(&first, 1), "theirs").await;
    let place = bench.place(&second, 1);
    let seen = place.read().await.expect("there");
    assert_eq!(seen.marker, Marker::Other(first.id.to_string()));
    place.write(&document("ours now"), &seen).await.expect("it was agreed");
    assert_eq!(place.read().await.expect("there").marker, Marker::Ours);
    let seen = bench.place(&first, 1).read().await.expect("there");
    assert_eq!((seen.marker, seen.values["SECRET"].expose()), (Marker::Other(second.id.to_string()), "ours now"));
    // Another target with other keys in the same Secret is no clash.
    let keys = Keys::from([("ELSE".to_owned(), Credential::ClientSecret)]);
    let third = bench.place(&Target { keys, ..bench.target(&[]) }, 1);
    let seen = third.read().await.expect("there");
    assert_eq!(seen.marker, Marker::None);
    third.write(&Document::from([("ELSE".to_owned(), SecretValue::new("x"))]), &seen).await.expect("beside");
    assert_eq!(bench.stored().await.len(), 3);
    assert!(place.read().await.expect("there").tidy);
}

async fn what_runs_is_restarted_once_for_each_delivery(cluster: &Cluster) {
    let bench = Bench::new(cluster);
    let (name, labels) = (format!("pay-{}", Uuid::new_v4()), json!({"app": "pay"}));
    let target = bench.target(&[&format!("deployment/{name}")]);
    let fault = {
        let place = bench.place(&target, 1);
        let seen = place.read().await.expect("absent");
        place.write(&document("one"), &seen).await.expect_err("nothing to restart")
    };
    let cause =
        ClusterCause::WorkloadMissing { workload: format!("deployment/{name}"), namespace: cluster.namespace.clone() };
    assert_eq!((&fault.problem.cause, fault.class()), (&cause.into(), Class::Person));
    assert_eq!(bench.stored().await["SECRET"], "one", "it is delivered all the same");
    assert!(bench.place(&target, 1).read().await.is_err(), "and it is said again");

    let all = format!("apis/apps/v1/namespaces/{}/deployments", cluster.namespace);
    let template = json!({"metadata": {"labels": labels}, "spec": {"containers": [{"name": "a", "image": "a"}]}});
    let spec = json!({"selector": {"matchLabels": labels}, "template": template});
    let body = json!({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec});
    let (status, said) = bench.ask("POST", &all, "application/json", body).await;
    assert_eq!(status, 201, "{said}");
    let running = || async {
        let (_, object) = bench.ask("GET", &format!("{all}/{name}"), "application/json", Value::Null).await;
        let stamp = object["spec"]["template"]["metadata"]["annotations"][format!("{STAMP}{}", target.id)].clone();
        (object["metadata"]["generation"].as_u64().unwrap_or(1), stamp.as_str().map(str::to_owned))
    };
    // A crash came between the Secret and the restart: the next look finds out.
    let place = bench.place(&target, 1);
    let seen = place.read().await.expect("there");
    assert!(!seen.tidy && seen.values == document("one"));
    let remote = place.write(&document("one"), &seen).await.expect("restarted");
    assert_eq!(remote, seen.remote, "the Secret is as it was");
    let (first, stamp) = running().await;
    assert!(first > 1 && stamp.is_some_and(|stamp| stamp.starts_with("1.")));
    let seen = place.read().await.expect("there");
    assert!(seen.tidy);
    place.write(&document("one"), &seen).await.expect("nothing to do");
    assert_eq!(running().await.0, first, "not restarted twice");
    let place = bench.place(&target, 2);
    deliver(&place, "two").await;
    let (second, stamp) = running().await;
    assert!(second == first + 1 && stamp.is_some_and(|stamp| stamp.starts_with("2.")));
    // Whoever started while others' value stood there has that one.
    bench.edit(&[("SECRET", "changed")]).await;
    deliver(&place, "two").await;
    assert_eq!(running().await.0, second + 1);
    assert!(bench.object().await["metadata"]["annotations"][format!("{MARK}{}", target.id)] == "ID,SECRET");
}
