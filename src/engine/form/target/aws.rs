//! Reading places at AWS.

use crate::core::target::Keys;
use crate::core::target::destination::{Destination, ParameterStore, SecretsManager};
use crate::engine::body::ConfigBody;
use crate::engine::form::Form;

const ELSEWHERE: &str = "another place is another target: make one, and remove this one";

/// A secret of Secrets Manager.
pub fn secret(form: &mut Form, body: &ConfigBody, known: Option<&SecretsManager>) -> Destination {
    let others = ConfigBody { secret_name: None, plain: None, kms_key_id: None, ..body.clone() };
    if others != ConfigBody::default() {
        form.fault("destinationConfig", "a secret of AWS has secretName, plain and kmsKeyId, and nothing else".into());
    }
    let name = body.secret_name.as_deref().map(str::trim).or(known.map(|known| known.secret_name.as_str()));
    let name = name.unwrap_or_default();
    let fits = |name: &str, more: &str| {
        name.chars().all(|c| c.is_ascii_alphanumeric() || "/_+=.@-".contains(c) || more.contains(c))
    };
    let is_arn = name.starts_with("arn:") && name.contains(":secretsmanager:") && fits(name, ":") && name.len() <= 2048;
    if known.is_some_and(|known| known.secret_name != name) {
        form.fault("destinationConfig.secretName", ELSEWHERE.into());
    } else if !(is_arn || (1..=512).contains(&name.len()) && fits(name, "")) {
        let message =
            "is a name of up to 512 of A-Z, a-z, 0-9 and / _ + = . @ -, such as apps/pay, or the whole ARN of a secret";
        form.fault("destinationConfig.secretName", message.into());
    }
    let plain = body.plain.unwrap_or_else(|| known.is_some_and(|known| known.plain));
    if known.is_some_and(|known| known.plain != plain) {
        form.fault("destinationConfig.plain", ELSEWHERE.into());
    }
    let kms_key_id = kms(form, body, known.and_then(|known| known.kms_key_id.as_ref()));
    Destination::AwsSecretsManager(SecretsManager { secret_name: name.to_owned(), plain, kms_key_id })
}

/// Parameters of Systems Manager.
pub fn parameters(form: &mut Form, body: &ConfigBody, known: Option<&ParameterStore>) -> Destination {
    let others = ConfigBody { path: None, kms_key_id: None, ..body.clone() };
    if others != ConfigBody::default() {
        form.fault("destinationConfig", "parameters of AWS have path and kmsKeyId, and nothing else".into());
    }
    let given = body.path.as_deref().map(|path| format!("/{}", path.trim().trim_matches('/')));
    let path = given.or_else(|| known.map(|known| known.path.clone())).unwrap_or_default();
    let words: Vec<&str> = path.split('/').skip(1).collect();
    let fits = |word: &&str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    let first = words.first().map(|word| word.to_ascii_lowercase()).unwrap_or_default();
    let message = if known.is_some_and(|known| known.path != path) {
        Some(ELSEWHERE)
    } else if !words.iter().all(fits) || words.is_empty() || words.len() > 14 || path.len() > 700 {
        Some("is up to 14 words of A-Z, a-z, 0-9 and _ . - with / between them, such as /apps/pay")
    } else if first.starts_with("aws") || first.starts_with("ssm") {
        Some("does not begin with aws or ssm: AWS keeps those for itself")
    } else {
        None
    };
    if let Some(message) = message {
        form.fault("destinationConfig.path", message.into());
    }
    let kms_key_id = kms(form, body, known.and_then(|known| known.kms_key_id.as_ref()));
    Destination::AwsParameterStore(ParameterStore { path, kms_key_id })
}

fn kms(form: &mut Form, body: &ConfigBody, known: Option<&String>) -> Option<String> {
    let Some(given) = &body.kms_key_id else { return known.cloned() };
    let given = given.trim();
    if given.len() > 2048 || !given.bytes().all(|byte| byte.is_ascii_graphic()) {
        form.fault("destinationConfig.kmsKeyId", "is a key's id, its ARN, or alias/NAME".into());
    }
    Some(given.to_owned()).filter(|given| !given.is_empty())
}

/// Checks the names at the place: they stand in tags, and in names of parameters.
pub fn keys(form: &mut Form, place: Option<&Destination>, keys: &Keys) {
    let known = |more: &'static str| {
        move |key: &String| key.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c) || more.contains(c))
    };
    match place {
        Some(Destination::AwsSecretsManager(secret)) => {
            let marked: usize = keys.keys().map(|key| key.len() + 1).sum();
            if marked > 256 || !keys.keys().all(known("+@")) {
                let message = "have 255 characters together, of A-Z, a-z, 0-9 and _ . - + @: they stand in a tag";
                form.fault("keys", message.into());
            }
            if secret.plain && keys.len() != 1 {
                form.fault("keys", "a secret with one value has one key".into());
            }
        }
        Some(Destination::AwsParameterStore(_)) if !keys.keys().all(known("")) => {
            form.fault("keys", "are names of parameters: A-Z, a-z, 0-9 and _ . -".into());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(read: impl FnOnce(&mut Form) -> Destination) -> Result<Destination, Vec<String>> {
        let mut form = Form::default();
        let read = read(&mut form);
        form.done().map_err(|refusal| refusal.fields.into_iter().map(|fault| fault.field).collect::<Vec<_>>())?;
        Ok(read)
    }

    #[test]
    fn a_secret_has_a_name_that_aws_takes_or_an_arn() {
        let named = |name: &str| ConfigBody { secret_name: Some(name.into()), ..ConfigBody::default() };
        let arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:apps/pay-AbCdEf";
        for name in ["apps/pay", "A_b+c=d.e@f-1", arn] {
            let place = faults(|form| secret(form, &named(name), None)).expect(name);
            assert_eq!((place.place().as_str(), place.kind()), (name, "aws-secrets-manager"));
        }
        for name in ["", "a b", "a:b", "a`b", "arn:aws:s3:::x", &"x".repeat(513)] {
            let found = faults(|form| secret(form, &named(name), None)).expect_err(name);
            assert_eq!(found, ["destinationConfig.secretName"], "{name}");
        }
        let known = SecretsManager { secret_name: "apps/pay".into(), plain: false, kms_key_id: None };
        let moved = ConfigBody { plain: Some(true), ..named("apps/other") };
        let found = faults(|form| secret(form, &moved, Some(&known))).expect_err("moved");
        assert_eq!(found, ["destinationConfig.secretName", "destinationConfig.plain"]);
        let kms = ConfigBody { kms_key_id: Some(" alias/pay ".into()), ..ConfigBody::default() };
        let kept = faults(|form| secret(form, &kms, Some(&known))).expect("kept");
        let expected = SecretsManager { kms_key_id: Some("alias/pay".into()), ..known };
        assert_eq!(kept, Destination::AwsSecretsManager(expected));
    }

    #[test]
    fn parameters_are_below_a_path_that_aws_takes() {
        let at = |path: &str| ConfigBody { path: Some(path.into()), ..ConfigBody::default() };
        for (given, path) in [("apps/pay/", "/apps/pay"), ("/x", "/x")] {
            assert_eq!(faults(|form| parameters(form, &at(given), None)).expect(given).place(), path);
        }
        for path in ["", "/", "a//b", "a b", "/aws/x", "SSMx", &"a/".repeat(15), "a=b"] {
            let found = faults(|form| parameters(form, &at(path), None)).expect_err(path);
            assert_eq!(found, ["destinationConfig.path"], "{path}");
        }
        let other = ConfigBody { mount: Some("kv".into()), ..at("x") };
        assert_eq!(faults(|form| parameters(form, &other, None)).expect_err("a mount"), ["destinationConfig"]);
    }
}
