//! Places at AWS as moto and MiniStack play them: what each gets right is held, and where they differ from AWS that is said.

use chrono::DateTime;
use serde_json::{Value, json};
use uuid::Uuid;
use windlass::clock::Clock;
use windlass::core::connection::Aws;
use windlass::core::connection::aws::{Assume, Identity, Service};
use windlass::core::fault::{Class, Code, Fault};
use windlass::core::secret::{Credential, SecretValue};
use windlass::core::target::destination::{ParameterStore, SecretsManager};
use windlass::core::target::judge::Marker;
use windlass::core::target::{Destination, Document, Keys, Target};
use windlass::delivery::Place;
use windlass::delivery::aws::Client;
use windlass::delivery::aws::parameters::Parameters;
use windlass::delivery::aws::secret::Secret;
use windlass::net::Network;

use crate::env;

const REGION: &str = "eu-central-1";

/// One that plays AWS, and a name of this test's own.
struct Played {
    url: String,
    key: (String, String),
    name: String,
}

impl Played {
    fn by_moto() -> Self {
        let moto = env::moto();
        Self::at(moto.url, (moto.key, moto.secret))
    }

    fn by_ministack() -> Self {
        Self::at(env::ministack(), ("test".into(), "test".into()))
    }

    fn both() -> [Self; 2] {
        [Self::by_moto(), Self::by_ministack()]
    }

    fn at(url: String, key: (String, String)) -> Self {
        Self { url, key, name: format!("tests/{}", Uuid::new_v4()) }
    }

    fn with(&self, key: (&str, &str), assume: Option<Assume>) -> Client {
        let identity =
            Identity::AccessKey { key_id: key.0.to_owned(), secret_key: SecretValue::new(key.1), session_token: None };
        let aws = Aws { region: REGION.into(), identity, assume };
        let url = self.url.parse().expect("a URL");
        Client::new(&url, &aws, &Network::default(), Clock::System).expect("a client")
    }

    fn client(&self) -> Client {
        self.with((&self.key.0, &self.key.1), None)
    }

    /// A target of the secret, for the versions of its rotation.
    fn secret(&self) -> impl Fn(u32) -> Secret + '_ {
        let secret = SecretsManager { secret_name: self.name.clone(), plain: false, kms_key_id: None };
        let target = target(Destination::AwsSecretsManager(secret.clone()), &KEYS);
        move |version| Secret::new(self.client(), &secret, &target, version)
    }

    fn parameters(&self) -> Parameters {
        let store = ParameterStore { path: format!("/{}", self.name), kms_key_id: None };
        let target = target(Destination::AwsParameterStore(store.clone()), &KEYS);
        Parameters::new(self.client(), &store, &target)
    }
}

fn target(destination: Destination, keys: &[(&str, Credential)]) -> Target {
    Target::new(
        Uuid::new_v4(),
        "aws".parse().expect("a name"),
        destination,
        keys.iter().map(|(key, holds)| ((*key).to_owned(), *holds)).collect::<Keys>(),
        DateTime::UNIX_EPOCH,
    )
}

const KEYS: [(&str, Credential); 2] = [("ID", Credential::ClientId), ("SECRET", Credential::ClientSecret)];

fn document(secret: &str) -> Document {
    [("ID", "0oa1"), ("SECRET", secret)].map(|(key, value)| (key.to_owned(), SecretValue::new(value))).into()
}

async fn deliver(place: &impl Place, secret: &str) -> Result<(), Fault> {
    let seen = place.read().await?;
    place.write(&document(secret), &seen).await?;
    let back = place.read().await?;
    assert_eq!((back.values, back.marker, back.tidy), (document(secret), Marker::Ours, true));
    Ok(())
}

#[tokio::test]
async fn who_calls_is_known_and_a_wrong_signature_is_refused() {
    for played in Played::both() {
        let tested = played.client().test().await.expect("it works");
        assert!(tested.account.is_some_and(|account| account.len() == 12), "{}", played.url);
        assert!(tested.identity.is_some_and(|arn| arn.starts_with("arn:aws:")), "{}", played.url);
    }
    let moto = Played::by_moto();
    for client in [moto.with((&moto.key.0, "not-the-key"), None), moto.with(("AKIANOTKNOWN", "not-the-key"), None)] {
        let fault = client.test().await.expect_err("refused");
        assert_eq!((fault.code, fault.class()), (Code::TokenRefused, Class::Connection), "{fault:?}");
    }
    let wrong = Played::at(env::moto().url, (moto.key.0.clone(), "not-the-key".into()));
    assert_eq!(wrong.parameters().read().await.expect_err("refused").class(), Class::Connection);
    assert_eq!(wrong.secret()(1).read().await.expect_err("refused").class(), Class::Connection);
}

#[tokio::test]
async fn a_role_is_assumed() {
    // Both let any role be assumed, with any external id: what AWS refuses is tried at the stand-in.
    for played in Played::both() {
        let role = "arn:aws:iam::123456789012:role/windlass";
        let assume = Assume { role_arn: role.into(), external_id: Some("tenant-7".into()) };
        let tested = played.with((&played.key.0, &played.key.1), Some(assume)).test().await.expect("assumed");
        assert!(tested.renewed && tested.ends_in.is_some(), "{}: {tested:?}", played.url);
    }
}

#[tokio::test]
async fn a_secret_is_made_replaced_and_deleted_for_a_while() {
    for played in Played::both() {
        let secret = played.secret();
        assert!(!secret(1).read().await.expect("absent").exists);
        deliver(&secret(1), "one").await.expect("made");
        deliver(&secret(2), "two").await.expect("replaced");
        // A step that is taken again changes nothing.
        let seen = secret(2).read().await.expect("read");
        let again = secret(2).write(&document("two"), &seen).await.expect("the same");
        assert_eq!(again, seen.remote, "{}", played.url);
        deliver(&secret(3), "three").await.expect("replaced again");
        let seen = secret(3).read().await.expect("read");
        secret(3).strip(&seen, true).await.expect("purged");
        let fault = secret(3).read().await.expect_err("scheduled for deletion");
        assert_eq!((fault.code, fault.class()), (Code::Precondition, Class::Person), "{}: {fault:?}", played.url);
        assert!(fault.problem.todo().to_string().contains("restore-secret"), "{fault:?}");
    }
}

#[tokio::test]
async fn what_others_write_meanwhile_is_not_overwritten() {
    for played in Played::both() {
        let (ours, theirs) = (played.secret(), played.secret());
        deliver(&ours(1), "one").await.expect("made");
        let (seen, other) = (ours(2).read().await.expect("read"), theirs(2).read().await.expect("read"));
        assert!(matches!(other.marker, Marker::Other(_)), "{other:?}");
        theirs(2).write(&document("theirs"), &other).await.expect("agreed to");
        let fault = ours(2).write(&document("two"), &seen).await.expect_err("it changed");
        assert_eq!(fault.code, Code::Changed, "{}: {fault:?}", played.url);
        assert_eq!(ours(2).read().await.expect("read").values, document("theirs"), "{}", played.url);
    }
}

#[tokio::test]
async fn a_parameter_that_others_made_in_the_clear_becomes_a_secure_one() {
    for played in Played::both() {
        let (client, place) = (played.client(), played.parameters());
        let name = format!("/{}/SECRET", played.name);
        let theirs = json!({"Name": name, "Type": "String", "Value": "theirs"});
        client.call(Service::Ssm, "PutParameter", &theirs, None).await.expect("made");
        // As AWS documents it no type changes (HierarchyTypeMismatchException); both of these let it.
        deliver(&place, "theirs").await.expect("written, although the value is right");
        let named = json!({"Names": [name], "WithDecryption": true});
        let said = client.call(Service::Ssm, "GetParameters", &named, None).await.expect("read");
        let read: Value = said.json(&played.url).expect("JSON");
        assert_eq!(read["Parameters"][0]["Type"], "SecureString", "{}: {read}", played.url);
    }
}

#[tokio::test]
async fn parameters_are_made_replaced_marked_and_deleted() {
    for played in Played::both() {
        let place = played.parameters();
        assert!(!place.read().await.expect("absent").exists);
        deliver(&place, "one").await.expect("made");
        deliver(&place, "two").await.expect("replaced");
        assert_eq!(place.read().await.expect("read").remote, "1,2", "{}", played.url);
        let other = played.parameters();
        let clash = other.read().await.expect("read");
        assert!(matches!(clash.marker, Marker::Other(_)), "{clash:?}");
        let seen = place.read().await.expect("read");
        place.strip(&seen, false).await.expect("stripped");
        assert_eq!(other.read().await.expect("read").marker, Marker::None, "{}", played.url);
        deliver(&other, "three").await.expect("by the other");
        let fault = place.write(&document("late"), &seen).await.expect_err("it changed");
        assert_eq!(fault.code, Code::Changed, "{fault:?}");
        let seen = other.read().await.expect("read");
        other.strip(&seen, true).await.expect("purged");
        assert!(!place.read().await.expect("absent").exists, "{}", played.url);
    }
}
