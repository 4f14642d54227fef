use super::*;
use crate::core::cause::Cause;
use crate::core::fault::Class;
use crate::core::secret::Credential;
use crate::core::target::Destination;
use crate::delivery::aws::tests::stand_in::{self, StandIn, refused};
use crate::delivery::aws::tests::{client, target};

const NAME: &str = "apps/pay";

fn place_of(stand_in: &StandIn, plain: bool, version: u32) -> Secret {
    let secret = SecretsManager { secret_name: NAME.into(), plain, kms_key_id: Some("alias/pay".into()) };
    let keys: &[(&str, Credential)] = &[("ID", Credential::ClientId), ("SECRET", Credential::ClientSecret)];
    let keys = if plain { &keys[1..] } else { keys };
    let target = target(Destination::AwsSecretsManager(secret.clone()), keys);
    Secret::new(client(stand_in), &secret, &target, version)
}

fn place(stand_in: &StandIn) -> Secret {
    place_of(stand_in, false, 1)
}

fn document(secret: &str) -> Document {
    [("ID", "0oa1"), ("SECRET", secret)].map(|(key, value)| (key.to_owned(), SecretValue::new(value))).into()
}

fn current(stand_in: &StandIn) -> String {
    stand_in.inside().secrets[NAME].current().expect("a value").to_owned()
}

fn holds(stand_in: &StandIn, value: &str) {
    stand_in.inside().secrets.insert(NAME.into(), stand_in::Secret::holding(value));
}

async fn deliver(place: &Secret, document: &Document) -> Result<(), Fault> {
    let seen = place.read().await?;
    place.write(document, &seen).await?;
    let back = place.read().await?;
    assert_eq!((&back.values, &back.marker, back.tidy), (document, &Marker::Ours, true));
    Ok(())
}

#[tokio::test]
async fn a_secret_is_made_with_its_mark_and_replaced_by_the_next_version() {
    let stand_in = StandIn::start().await;
    let nothing = place(&stand_in).read().await.expect("absent");
    assert!(!nothing.exists && nothing.values.is_empty() && nothing.marker == Marker::None);
    deliver(&place(&stand_in), &document("one")).await.expect("made");
    assert_eq!(current(&stand_in), r#"{"ID":"0oa1","SECRET":"one"}"#);
    assert_eq!(stand_in.inside().secrets[NAME].kms.as_deref(), Some("alias/pay"));
    let asked = stand_in.asked();
    assert_eq!(asked.iter().filter(|action| *action == "CreateSecret").count(), 1, "{asked:?}");
    assert!(!asked.contains(&"TagResource".to_owned()), "{asked:?}");
    deliver(&place_of(&stand_in, false, 2), &document("two")).await.expect("replaced");
    assert_eq!(current(&stand_in), r#"{"ID":"0oa1","SECRET":"two"}"#);
    let stages = stand_in.inside().secrets[NAME].stages.clone();
    assert_eq!(stages.keys().collect::<Vec<_>>(), ["AWSCURRENT", "AWSPREVIOUS", PENDING]);
    assert_eq!(stages["AWSCURRENT"], stages[PENDING]);
}

#[tokio::test]
async fn what_others_have_in_it_stays_letter_by_letter() {
    let stand_in = StandIn::start().await;
    holds(&stand_in, r#"{"theirs": {"n": 12345678901234567890.10, "e":1e400}, "SECRET": null, "text":"\u00e9"}"#);
    let seen = place(&stand_in).read().await.expect("read");
    assert!(seen.exists && seen.values.is_empty(), "{seen:?}");
    deliver(&place(&stand_in), &document("one")).await.expect("merged");
    let whole = current(&stand_in);
    for piece in [r#""theirs":{"n": 12345678901234567890.10, "e":1e400}"#, r#""text":"\u00e9""#, r#""SECRET":"one""#] {
        assert!(whole.contains(piece), "{whole}");
    }
    assert_eq!(stand_in.inside().secrets[NAME].tags.len(), 1, "it was not made by us");
    let seen = place(&stand_in).read().await.expect("read");
    place(&stand_in).strip(&seen, true).await.expect("purged");
    let whole = current(&stand_in);
    assert!(whole.contains("theirs") && !whole.contains("SECRET") && !whole.contains("0oa1"), "{whole}");
    assert!(stand_in.inside().secrets[NAME].tags.is_empty() && stand_in.inside().secrets[NAME].deleted.is_none());
}

#[tokio::test]
async fn a_former_name_goes_with_the_write_unless_another_target_claims_it() {
    let stand_in = StandIn::start().await;
    holds(&stand_in, r#"{"OLD":"one","theirs":"kept"}"#);
    let mut place = place(&stand_in);
    place.former.insert("OLD".into());
    let seen = place.read().await.expect("read");
    assert_eq!(seen.former.keys().collect::<Vec<_>>(), ["OLD"]);
    place.write(&document("one"), &seen).await.expect("written");
    assert_eq!(current(&stand_in), r#"{"ID":"0oa1","SECRET":"one","theirs":"kept"}"#);
    let claim = (format!("{MARK}{}", Uuid::from_u128(8)), "OLD".to_owned());
    holds(&stand_in, r#"{"OLD":"one"}"#);
    stand_in.inside().secrets.get_mut(NAME).expect("there").tags.extend([claim]);
    let seen = place.read().await.expect("read");
    assert!(seen.former.is_empty() && seen.marker == Marker::None, "{seen:?}");
}

#[tokio::test]
async fn what_is_no_object_is_foreign_as_a_whole() {
    let stand_in = StandIn::start().await;
    for theirs in ["a password", "[1]", "\"text\"", "{broken"] {
        holds(&stand_in, theirs);
        let seen = place(&stand_in).read().await.expect("read");
        assert_eq!(seen.values.len(), 2);
        assert!(seen.values.values().all(|value| value.expose() == theirs), "{theirs}");
    }
    // Once that was agreed to, it is replaced.
    deliver(&place(&stand_in), &document("one")).await.expect("adopted");
    assert_eq!(current(&stand_in), r#"{"ID":"0oa1","SECRET":"one"}"#);
}

#[tokio::test]
async fn a_plain_secret_holds_one_value_alone() {
    let stand_in = StandIn::start().await;
    let plain = place_of(&stand_in, true, 1);
    let value: Document = [("SECRET".to_owned(), SecretValue::new("one"))].into();
    deliver(&plain, &value).await.expect("made");
    assert_eq!(current(&stand_in), "one");
    let seen = plain.read().await.expect("read");
    plain.strip(&seen, true).await.expect("purged");
    assert!(stand_in.inside().secrets[NAME].deleted.is_some());
    // One of others cannot be emptied, and is not deleted.
    holds(&stand_in, "one");
    let seen = plain.read().await.expect("read");
    plain.write(&value, &seen).await.expect("marked");
    let seen = plain.read().await.expect("read");
    plain.strip(&seen, true).await.expect("stripped");
    let secret = stand_in.inside().secrets[NAME].clone();
    assert_eq!((secret.current(), secret.deleted, secret.tags.len()), (Some("one"), None, 0));
}

#[tokio::test]
async fn what_others_write_between_the_look_and_the_write_is_never_overwritten() {
    let stand_in = StandIn::start().await;
    for before in ["GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"] {
        stand_in.inside().secrets.clear();
        deliver(&place(&stand_in), &document("one")).await.expect("made");
        let next = place_of(&stand_in, false, 2);
        let seen = next.read().await.expect("read");
        let theirs = |inside: &mut stand_in::Inside| {
            inside.secrets.get_mut(NAME).expect("there").put("theirs-2", r#"{"SECRET":"theirs"}"#);
        };
        stand_in.inside().meanwhile = Some((before, Box::new(theirs)));
        let fault = next.write(&document("two"), &seen).await.expect_err(before);
        assert_eq!(fault.code, Code::Changed, "{before}: {fault:?}");
        assert_eq!(current(&stand_in), r#"{"SECRET":"theirs"}"#, "{before}");
    }
    stand_in.inside().secrets.clear();
    let seen = place(&stand_in).read().await.expect("absent");
    let theirs =
        |inside: &mut stand_in::Inside| drop(inside.secrets.insert(NAME.into(), stand_in::Secret::holding("theirs")));
    stand_in.inside().meanwhile = Some(("CreateSecret", Box::new(theirs)));
    let fault = place(&stand_in).write(&document("one"), &seen).await.expect_err("made by others");
    assert_eq!((fault.code, current(&stand_in).as_str()), (Code::Changed, "theirs"));
}

#[tokio::test]
async fn a_step_that_was_cut_off_is_taken_again_and_makes_one_version() {
    let stand_in = StandIn::start().await;
    deliver(&place(&stand_in), &document("one")).await.expect("made");
    let next = place_of(&stand_in, false, 2);
    let seen = next.read().await.expect("read");
    for lost in ["PutSecretValue", "UpdateSecretVersionStage"] {
        let (status, said) = refused(500, "InternalServiceError", "");
        stand_in.inside().script.push_back((lost, status, said));
        let fault = next.write(&document("two"), &seen).await.expect_err(lost);
        assert!(fault.code.doubtful(), "{fault:?}");
        assert!(current(&stand_in).contains("one"), "not current before its step");
    }
    deliver(&next, &document("two")).await.expect("at last");
    assert_eq!(stand_in.inside().secrets[NAME].versions.len(), 2);
    // Others bring the older one back: the same step makes the newer one current again.
    let older = {
        let secret = &stand_in.inside().secrets[NAME];
        secret.stages["AWSPREVIOUS"].clone()
    };
    stand_in.inside().secrets.get_mut(NAME).expect("there").put(&older, r#"{"ID":"0oa1","SECRET":"one"}"#);
    deliver(&next, &document("two")).await.expect("restored");
    assert!(current(&stand_in).contains("two"));
}

#[tokio::test]
async fn an_id_that_something_else_has_is_passed_over() {
    let stand_in = StandIn::start().await;
    deliver(&place(&stand_in), &document("one")).await.expect("made");
    let next = place_of(&stand_in, false, 2);
    let current_id = next.read().await.expect("read").remote;
    let taken = next.token(&current_id, &BTreeSet::new());
    stand_in.inside().secrets.get_mut(NAME).expect("there").versions.insert(taken.clone(), "something else".into());
    deliver(&next, &document("two")).await.expect("with the id after it");
    let secret = stand_in.inside().secrets[NAME].clone();
    assert_eq!(secret.versions[&taken], "something else");
    assert_eq!(secret.stages["AWSPREVIOUS"], current_id);
}

#[tokio::test]
async fn a_secret_that_is_to_be_deleted_is_left_and_its_day_is_said() {
    let stand_in = StandIn::start().await;
    deliver(&place(&stand_in), &document("one")).await.expect("made");
    let seen = place(&stand_in).read().await.expect("read");
    place(&stand_in).strip(&seen, true).await.expect("purged");
    stand_in.asked();
    let fault = place(&stand_in).read().await.expect_err("scheduled");
    assert_eq!(fault.class(), Class::Person, "{fault:?}");
    let (what, todo) = (fault.problem.what().to_string(), fault.problem.todo().to_string());
    assert!(what.contains("2027-04-06") && todo.contains("restore-secret"), "{what}; {todo}");
    assert_eq!(stand_in.asked(), ["GetSecretValue", "DescribeSecret"]);
}

#[tokio::test]
async fn another_targets_mark_on_one_of_our_keys_is_seen_and_goes_with_consent() {
    let stand_in = StandIn::start().await;
    let other = Uuid::from_u128(8);
    holds(&stand_in, r#"{"SECRET":"other"}"#);
    let mark = |keys: &str| {
        stand_in.inside().secrets.get_mut(NAME).expect("there").tags.insert(format!("{MARK}{other}"), keys.into());
    };
    mark("THEIRS");
    assert_eq!(place(&stand_in).read().await.expect("read").marker, Marker::None);
    mark("THEIRS SECRET");
    assert_eq!(place(&stand_in).read().await.expect("read").marker, Marker::Other(other.to_string()));
    deliver(&place(&stand_in), &document("one")).await.expect("agreed to");
    let tags = stand_in.inside().secrets[NAME].tags.clone();
    assert_eq!(tags.into_values().collect::<Vec<_>>(), ["ID SECRET"]);
}

#[tokio::test]
async fn refusals_name_what_has_to_be_allowed_and_no_value() {
    let stand_in = StandIn::start().await;
    stand_in.inside().denied.push("GetSecretValue");
    let fault = place(&stand_in).read().await.expect_err("denied");
    assert_eq!(fault.code, Code::Forbidden, "{fault:?}");
    assert!(fault.problem.todo().to_string().contains("secretsmanager:GetSecretValue"), "{fault:?}");
    stand_in.inside().denied.clear();
    let kms = refused(400, "DecryptionFailure", "Secrets Manager can't decrypt the protected secret text.");
    stand_in.inside().script.push_back(("GetSecretValue", kms.0, kms.1));
    holds(&stand_in, "{}");
    let fault = place(&stand_in).read().await.expect_err("no key");
    assert!(matches!(fault.problem.cause, Cause::Aws(AwsCause::KmsDeclined { .. })), "{fault:?}");
    let seen = place(&stand_in).read().await.expect("read");
    let repeated = refused(400, "ValidationException", "1 error: canary-value-0123456789 is not valid");
    stand_in.inside().script.push_back(("PutSecretValue", repeated.0, repeated.1));
    let fault = place(&stand_in).write(&document("canary-value-0123456789"), &seen).await.expect_err("refused");
    assert!(!format!("{fault:?}").contains("canary"), "{fault:?}");
    holds(&stand_in, &format!("{{\"theirs\":\"{}\"}}", "x".repeat(LONGEST - 20)));
    let seen = place(&stand_in).read().await.expect("read");
    let fault = place(&stand_in).write(&document("one"), &seen).await.expect_err("too long");
    assert!(matches!(fault.problem.cause, Cause::Aws(AwsCause::LongerThan { .. })), "{fault:?}");
}
