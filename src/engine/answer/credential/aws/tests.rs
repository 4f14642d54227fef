use super::*;
use crate::core::secret::SecretValue;

fn given() -> CredentialsBody {
    CredentialsBody { region: Some("eu-central-1".into()), ..CredentialsBody::default() }
}

fn key() -> CredentialsBody {
    let secret_access_key = Some(SecretValue::new("key/one"));
    CredentialsBody { access_key_id: Some("AKIAONE".into()), secret_access_key, ..given() }
}

fn of(form: Form, auth: Option<Auth>) -> Result<Aws, Vec<String>> {
    form.done().map_err(|refusal| refusal.fields.into_iter().map(|fault| fault.field).collect::<Vec<_>>())?;
    let Some(Auth::Aws(aws)) = auth else { panic!("no identity") };
    Ok(aws)
}

fn made(method: &str, given: &CredentialsBody) -> Result<Aws, Vec<String>> {
    let mut form = Form::default();
    let auth = read(&mut form, method, given);
    of(form, auth)
}

fn changed(old: &Aws, given: &CredentialsBody) -> Result<Aws, Vec<String>> {
    let mut form = Form::default();
    let auth = change(&mut form, old, given);
    of(form, auth)
}

const ROLE: &str = "arn:aws:iam::111122223333:role/windlass";

#[test]
fn each_method_takes_what_it_needs() {
    let aws = made("access-key", &key()).expect("a key");
    let secret_key = SecretValue::new("key/one");
    let expected = Identity::AccessKey { key_id: "AKIAONE".into(), secret_key, session_token: None };
    assert_eq!((aws.region.as_str(), aws.identity, aws.assume), ("eu-central-1", expected, None));
    let role = CredentialsBody { assume_role_arn: Some(ROLE.into()), external_id: Some("tenant-7".into()), ..given() };
    let aws = made("instance-profile", &role).expect("a role");
    let assume = Assume { role_arn: ROLE.into(), external_id: Some("tenant-7".into()) };
    assert_eq!((aws.identity, aws.assume), (Identity::InstanceProfile, Some(assume)));
    let pod = made("web-identity", &CredentialsBody { role_arn: Some(ROLE.into()), ..given() }).expect("a pod");
    assert_eq!(pod.identity, Identity::WebIdentity { role_arn: ROLE.into(), jwt_file: EKS_TOKEN.into() });
}

#[test]
fn what_is_missing_or_belongs_elsewhere_is_named() {
    let cases: [(&str, CredentialsBody, &[&str]); 7] = [
        ("access-key", given(), &["credentials.accessKeyId", "credentials.secretAccessKey"]),
        ("access-key", CredentialsBody { region: Some("Frankfurt".into()), ..key() }, &["credentials.region"]),
        ("access-key", CredentialsBody { jwt_file: Some("/t".into()), ..key() }, &["credentials.jwtFile"]),
        (
            "instance-profile",
            CredentialsBody { access_key_id: Some("AKIA".into()), region: None, ..given() },
            &["credentials.accessKeyId", "credentials.region"],
        ),
        ("web-identity", CredentialsBody { role_arn: Some("windlass".into()), ..given() }, &["credentials.roleArn"]),
        (
            "web-identity",
            CredentialsBody { role_arn: Some(ROLE.into()), jwt_file: Some("token".into()), ..given() },
            &["credentials.jwtFile"],
        ),
        (
            "instance-profile",
            CredentialsBody { external_id: Some("tenant".into()), ..given() },
            &["credentials.externalId"],
        ),
    ];
    for (method, given, fields) in cases {
        assert_eq!(made(method, &given).expect_err(method), fields, "{given:?}");
    }
}

#[test]
fn a_patch_changes_what_it_names_and_keeps_the_rest() {
    let token = Some(SecretValue::new("session"));
    let role = CredentialsBody { session_token: token, assume_role_arn: Some(ROLE.into()), ..key() };
    let old = made("access-key", &role).expect("a key");
    let none = CredentialsBody::default;
    // Another key is none that the token was issued for.
    let renewed = changed(&old, &CredentialsBody { secret_access_key: Some(SecretValue::new("key/two")), ..none() });
    let renewed = renewed.expect("renewed");
    let secret_key = SecretValue::new("key/two");
    let expected = Identity::AccessKey { key_id: "AKIAONE".into(), secret_key, session_token: None };
    assert_eq!((renewed.identity, renewed.assume), (expected, old.assume.clone()));
    let id_alone = CredentialsBody { access_key_id: Some("AKIATWO".into()), ..none() };
    assert_eq!(changed(&old, &id_alone).expect_err("its key"), ["credentials.secretAccessKey"]);
    let moved = changed(&old, &CredentialsBody { region: Some("eu-west-1".into()), ..none() }).expect("moved");
    assert_eq!((moved.region.as_str(), moved.identity), ("eu-west-1", old.identity.clone()));
    let alone = changed(&old, &CredentialsBody { assume_role_arn: Some(String::new()), ..none() }).expect("alone");
    assert_eq!(alone.assume, None);
    let pod = changed(&old, &CredentialsBody { role_arn: Some(ROLE.into()), ..none() }).expect("a pod");
    assert_eq!(pod.identity.method(), "web-identity");
    assert!(change(&mut Form::default(), &old, &none()).is_none());
}

#[test]
fn the_address_follows_the_region_unless_one_was_given() {
    let usual = |region| usual_url(region).expect("a region");
    assert_eq!(address(&given(), None), Some(usual("eu-central-1")));
    let old = made("access-key", &key()).expect("a key");
    let there = CredentialsBody { region: Some("eu-west-1".into()), ..CredentialsBody::default() };
    assert_eq!(address(&there, Some((&usual("eu-central-1"), &old))), Some(usual("eu-west-1")));
    let own: Origin = "http://127.0.0.1:4566".parse().expect("a URL");
    assert_eq!(address(&there, Some((&own, &old))), None);
    assert_eq!(address(&CredentialsBody::default(), Some((&own, &old))), None);
}
