use super::*;
use crate::core::cause::Cause;
use crate::core::secret::Credential;
use crate::core::target::Destination;
use crate::delivery::aws::tests::stand_in::{Inside, Parameter as Stored, StandIn, refused};
use crate::delivery::aws::tests::{client, target};

const SECRET: &str = "/apps/pay/SECRET";

fn place(stand_in: &StandIn) -> Parameters {
    let store = ParameterStore { path: "/apps/pay".into(), kms_key_id: None };
    let keys = [("ID", Credential::ClientId), ("SECRET", Credential::ClientSecret)];
    let target = target(Destination::AwsParameterStore(store.clone()), &keys);
    Parameters::new(client(stand_in), &store, &target)
}

fn document(secret: &str) -> Document {
    [("ID", "0oa1"), ("SECRET", secret)].map(|(key, value)| (key.to_owned(), SecretValue::new(value))).into()
}

async fn deliver(place: &Parameters, document: &Document) -> Result<String, Fault> {
    let seen = place.read().await?;
    place.write(document, &seen).await?;
    let back = place.read().await?;
    assert_eq!((&back.values, &back.marker, back.tidy), (document, &Marker::Ours, true));
    Ok(back.remote)
}

fn last(stand_in: &StandIn) -> Option<String> {
    stand_in.inside().parameters.get(SECRET).and_then(|known| known.versions.last().cloned())
}

#[tokio::test]
async fn each_key_is_a_secure_parameter_and_only_what_differs_is_written() {
    let stand_in = StandIn::start().await;
    assert!(!place(&stand_in).read().await.expect("absent").exists);
    assert_eq!(deliver(&place(&stand_in), &document("one")).await.expect("made"), "1");
    let known = stand_in.inside().parameters[SECRET].clone();
    assert_eq!(
        (known.kind.as_str(), known.tier.as_str(), known.versions.as_slice()),
        ("SecureString", "Standard", &["one".to_owned()][..])
    );
    stand_in.asked();
    assert_eq!(deliver(&place(&stand_in), &document("two")).await.expect("replaced"), "1,2");
    let asked = stand_in.asked();
    assert_eq!(asked.iter().filter(|action| *action == "PutParameter").count(), 1, "{asked:?}");
    assert!(!asked.contains(&"AddTagsToResource".to_owned()), "{asked:?}");
    assert_eq!(stand_in.inside().parameters["/apps/pay/ID"].versions.len(), 1);
}

#[tokio::test]
async fn what_a_crash_left_between_two_writes_is_completed() {
    let stand_in = StandIn::start().await;
    let seen = place(&stand_in).read().await.expect("absent");
    // The first write is the one of ID.
    let cut = |inside: &mut Inside| {
        let (status, said) = refused(500, "InternalServerError", "");
        inside.script.push_back(("PutParameter", status, said));
    };
    let fault = {
        stand_in.inside().meanwhile = Some(("PutParameter", Box::new(cut)));
        place(&stand_in).write(&document("one"), &seen).await.expect_err("cut off")
    };
    assert!(fault.code.doubtful(), "{fault:?}");
    assert_eq!(last(&stand_in), None);
    deliver(&place(&stand_in), &document("one")).await.expect("completed");
    assert_eq!(last(&stand_in).as_deref(), Some("one"));
}

#[tokio::test]
async fn what_others_write_meanwhile_stays_or_is_put_back() {
    let stand_in = StandIn::start().await;
    let theirs =
        |inside: &mut Inside| inside.parameters.entry(SECRET.into()).or_default().versions.push("theirs".into());
    let seen = place(&stand_in).read().await.expect("absent");
    stand_in.inside().meanwhile = Some(("PutParameter", Box::new(theirs)));
    let fault = place(&stand_in).write(&document("one"), &seen).await.expect_err("made by others");
    assert_eq!((fault.code, last(&stand_in).as_deref()), (Code::Changed, Some("theirs")));
    for before in ["GetParameters", "PutParameter"] {
        stand_in.inside().parameters.clear();
        deliver(&place(&stand_in), &document("one")).await.expect("made");
        let seen = place(&stand_in).read().await.expect("read");
        stand_in.inside().meanwhile = Some((before, Box::new(theirs)));
        let fault = place(&stand_in).write(&document("two"), &seen).await.expect_err(before);
        assert_eq!((fault.code, last(&stand_in).as_deref()), (Code::Changed, Some("theirs")), "{before}");
    }
}

#[tokio::test]
async fn marks_are_of_each_parameter_and_go_with_the_target() {
    let stand_in = StandIn::start().await;
    stand_in.inside().parameters.insert(SECRET.into(), Stored::holding("one"));
    let seen = place(&stand_in).read().await.expect("read");
    assert_eq!((seen.marker.clone(), seen.tidy), (Marker::None, false));
    deliver(&place(&stand_in), &document("one")).await.expect("adopted");
    assert_eq!(stand_in.inside().parameters[SECRET].versions.len(), 1, "its value was right");
    let seen = place(&stand_in).read().await.expect("read");
    place(&stand_in).strip(&seen, false).await.expect("stripped");
    assert!(stand_in.inside().parameters.values().all(|known| known.tags.is_empty()));
    stand_in.inside().parameters.get_mut(SECRET).expect("there").tags.insert(MARK.into(), "another".into());
    assert_eq!(place(&stand_in).read().await.expect("read").marker, Marker::Other("another".into()));
    stand_in.inside().parameters.insert("/apps/pay/theirs".into(), Stored::holding("kept"));
    let seen = place(&stand_in).read().await.expect("read");
    place(&stand_in).strip(&seen, true).await.expect("purged");
    assert_eq!(stand_in.inside().parameters.keys().collect::<Vec<_>>(), ["/apps/pay/theirs"]);
}

#[tokio::test]
async fn one_that_others_made_in_the_clear_becomes_secure_or_it_is_said_that_aws_does_not_let_it() {
    let stand_in = StandIn::start().await;
    let plain = Stored { kind: "String".into(), ..Stored::holding("one") };
    stand_in.inside().parameters.insert(SECRET.into(), plain);
    let seen = place(&stand_in).read().await.expect("read");
    let (status, said) = refused(400, "HierarchyTypeMismatchException", "…");
    // The first write is the one of ID.
    stand_in.inside().meanwhile = Some((
        "PutParameter",
        Box::new(move |inside| {
            inside.meanwhile = Some((
                "PutParameter",
                Box::new(move |inside| {
                    inside.script.push_back(("PutParameter", status, said));
                }),
            ));
        }),
    ));
    let fault = place(&stand_in).write(&document("one"), &seen).await.expect_err("AWS documents it so");
    assert!(matches!(&fault.problem.cause, Cause::Aws(AwsCause::ParameterPlain { parameter }) if parameter == SECRET));
    assert!(!fault.code.doubtful(), "nothing was written");
    deliver(&place(&stand_in), &document("one")).await.expect("tidy, and marked");
    let known = stand_in.inside().parameters[SECRET].clone();
    assert_eq!((known.kind.as_str(), known.versions.len()), ("SecureString", 2), "although its value was right");
}

#[tokio::test]
async fn a_former_parameter_goes_with_the_write_unless_another_target_claims_it() {
    let stand_in = StandIn::start().await;
    for claim in [None, Some("another")] {
        let mut old = Stored::holding("one");
        old.tags.extend(claim.map(|id| (MARK.to_owned(), id.to_owned())));
        stand_in.inside().parameters.insert("/apps/pay/OLD".into(), old);
        let mut place = place(&stand_in);
        place.former.insert("OLD".into());
        let seen = place.read().await.expect("read");
        assert_eq!(seen.former.len(), usize::from(claim.is_none()));
        assert!(!matches!(seen.marker, Marker::Other(_)), "{seen:?}");
        place.write(&document("one"), &seen).await.expect("written");
        assert_eq!(stand_in.inside().parameters.contains_key("/apps/pay/OLD"), claim.is_some());
    }
}

#[tokio::test]
async fn sizes_and_refusals_have_their_own_words() {
    let stand_in = StandIn::start().await;
    deliver(&place(&stand_in), &document(&"x".repeat(STANDARD + 1))).await.expect("advanced");
    assert_eq!(stand_in.inside().parameters[SECRET].tier, "Advanced");
    let seen = place(&stand_in).read().await.expect("read");
    let fault = place(&stand_in).write(&document(&"x".repeat(ADVANCED + 1)), &seen).await.expect_err("too long");
    assert!(matches!(fault.problem.cause, Cause::Aws(AwsCause::LongerThan { most: ADVANCED, .. })), "{fault:?}");
    for (word, is) in [
        ("ParameterMaxVersionLimitExceeded", "versionsKept"),
        ("ParameterLimitExceeded", "quotaReached"),
        ("InvalidKeyId", "kmsDeclined"),
        ("ValidationException", "declined"),
    ] {
        let (status, said) = refused(400, word, "…");
        stand_in.inside().script.push_back(("PutParameter", status, said));
        let fault = place(&stand_in).write(&document("two"), &seen).await.expect_err(word);
        let cause = serde_json::to_value(&fault.problem.cause).expect("JSON");
        assert!(cause.get(is).is_some(), "{word}: {cause}");
    }
}
