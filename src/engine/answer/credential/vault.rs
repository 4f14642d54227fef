//! What an operator gives to log in at HashiCorp Vault or OpenBao with.

use std::path::PathBuf;

use super::others::{is_plain, only, read_secret, read_word};
use crate::core::connection::vault::{Login, SERVICE_ACCOUNT};
use crate::core::connection::{App, Auth, Vault};
use crate::core::secret::SecretValue;
use crate::engine::body::CredentialsBody;
use crate::engine::form::Form;

/// A new connection's login.
pub fn read(form: &mut Form, method: &str, given: &CredentialsBody) -> Option<Auth> {
    let namespace = read_namespace(form, given.namespace.as_deref());
    let login = read_login(form, method, given, None)?;
    Some(Auth::HashicorpVault(Vault { namespace, login }))
}

/// What a patch makes of one. What is given for another method replaces the old one, whole.
pub fn change(form: &mut Form, old: &Vault, given: &CredentialsBody) -> Option<Auth> {
    if given.given().is_empty() {
        return None;
    }
    let namespace = match &given.namespace {
        Some(namespace) => read_namespace(form, Some(namespace)),
        None => old.namespace.clone(),
    };
    let method = if token(given).is_some() {
        "token"
    } else if given.role_id.is_some() || given.secret_id.is_some() {
        "app-role"
    } else if given.role.is_some() || given.jwt_file.is_some() {
        "kubernetes"
    } else {
        old.login.method()
    };
    let login = read_login(form, method, given, Some(&old.login).filter(|old| old.method() == method))?;
    Some(Auth::HashicorpVault(Vault { namespace, login }))
}

/// The login: what is not given is as it was in the old one of the same method.
fn read_login(form: &mut Form, method: &str, given: &CredentialsBody, old: Option<&Login>) -> Option<Login> {
    let known: &[&str] = match method {
        "token" => &["namespace", "accessToken", "apiToken"],
        "app-role" => &["namespace", "authMount", "roleId", "secretId"],
        _ => &["namespace", "authMount", "role", "jwtFile"],
    };
    only(form, given, known, App::HashicorpVault, method);
    let mount = |form: &mut Form, usual: &str| {
        let old = old.and_then(Login::mount).unwrap_or(usual);
        read_path(form, "authMount", given.auth_mount.as_deref().unwrap_or(old))
    };
    match method {
        "token" => {
            let old = if let Some(Login::Token { token }) = old { Some(token) } else { None };
            let token = read_secret(form, "accessToken", "the token", token(given).or(old))?;
            Some(Login::Token { token })
        }
        "app-role" => {
            let (old_id, old_secret) = match old {
                Some(Login::AppRole { role_id, secret_id, .. }) => (Some(role_id.as_str()), Some(secret_id)),
                _ => (None, None),
            };
            let mount = mount(form, "approle");
            let role_id = read_word(form, "roleId", "the role id", given.role_id.as_deref().or(old_id));
            let secret_id = read_secret(form, "secretId", "the secret id", given.secret_id.as_ref().or(old_secret));
            Some(Login::AppRole { mount: mount?, role_id: role_id?, secret_id: secret_id? })
        }
        _ => {
            let (old_role, old_file) = match old {
                Some(Login::Kubernetes { role, jwt_file, .. }) => (Some(role.as_str()), Some(jwt_file.clone())),
                _ => (None, None),
            };
            let mount = mount(form, "kubernetes");
            let role = read_word(form, "role", "the role", given.role.as_deref().or(old_role));
            let file = given.jwt_file.as_deref().map(PathBuf::from).or(old_file);
            let jwt_file = file.unwrap_or_else(|| SERVICE_ACCOUNT.into());
            is_plain(form, &jwt_file);
            Some(Login::Kubernetes { mount: mount?, role: role?, jwt_file })
        }
    }
}

/// The token. Whoever gives one to a connection that is there need not know what it leads to.
fn token(given: &CredentialsBody) -> Option<&SecretValue> {
    given.access_token.as_ref().or(given.api_token.as_ref())
}

/// A namespace as `team/pay`; none where it is empty.
fn read_namespace(form: &mut Form, given: Option<&str>) -> Option<String> {
    let given = given.filter(|given| !given.trim_matches(['/', ' ']).is_empty())?;
    read_path(form, "namespace", given)
}

/// Words with slashes between them, without any at the ends.
fn read_path(form: &mut Form, field: &str, given: &str) -> Option<String> {
    let path = given.trim().trim_matches('/');
    let fits = |word: &str| !matches!(word, "" | "." | "..") && word.bytes().all(|byte| byte.is_ascii_graphic());
    if path.split('/').all(fits) {
        return Some(path.to_owned());
    }
    form.fault(&format!("credentials.{field}"), "is words with / between them, such as team/pay".into());
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given() -> CredentialsBody {
        CredentialsBody::default()
    }

    fn secret(text: &str) -> SecretValue {
        SecretValue::new(text)
    }

    fn made(method: &str, given: &CredentialsBody) -> Result<Vault, Vec<String>> {
        let mut form = Form::default();
        let auth = read(&mut form, method, given);
        of(form, auth)
    }

    fn changed(old: &Vault, given: &CredentialsBody) -> Result<Vault, Vec<String>> {
        let mut form = Form::default();
        let auth = change(&mut form, old, given);
        of(form, auth)
    }

    fn of(form: Form, auth: Option<Auth>) -> Result<Vault, Vec<String>> {
        form.done().map_err(|refusal| refusal.fields.into_iter().map(|fault| fault.field).collect::<Vec<_>>())?;
        let Some(Auth::HashicorpVault(vault)) = auth else { panic!("no login") };
        Ok(vault)
    }

    #[test]
    fn each_method_takes_what_it_needs_and_has_its_usual_mount() {
        let token =
            made("token", &CredentialsBody { access_token: Some(secret(" hvs.x\n")), ..given() }).expect("a token");
        assert_eq!(token.login, Login::Token { token: SecretValue::new("hvs.x") });
        let role = CredentialsBody {
            namespace: Some("/team/pay/".into()),
            role_id: Some("role".into()),
            secret_id: Some(secret("sid")),
            ..given()
        };
        let role = made("app-role", &role).expect("a role");
        assert_eq!((role.namespace.as_deref(), role.login.mount()), (Some("team/pay"), Some("approle")));
        let pod = CredentialsBody { role: Some("windlass".into()), auth_mount: Some("k8s/".into()), ..given() };
        let pod = made("kubernetes", &pod).expect("a pod");
        let file = SERVICE_ACCOUNT.into();
        assert_eq!(pod.login, Login::Kubernetes { mount: "k8s".into(), role: "windlass".into(), jwt_file: file });
    }

    #[test]
    fn what_is_missing_or_belongs_elsewhere_is_named() {
        let cases: [(&str, CredentialsBody, &[&str]); 6] = [
            ("token", given(), &["credentials.accessToken"]),
            ("token", CredentialsBody { access_token: Some(secret("a b")), ..given() }, &["credentials.accessToken"]),
            ("app-role", given(), &["credentials.roleId", "credentials.secretId"]),
            (
                "token",
                CredentialsBody { access_token: Some(secret("x")), key_id: Some("kid".into()), ..given() },
                &["credentials.keyId"],
            ),
            (
                "kubernetes",
                CredentialsBody { auth_mount: Some("a/../b".into()), ..given() },
                &["credentials.authMount", "credentials.role"],
            ),
            (
                "kubernetes",
                CredentialsBody { role: Some("r".into()), jwt_file: Some("token".into()), ..given() },
                &["credentials.jwtFile"],
            ),
        ];
        for (method, given, fields) in cases {
            assert_eq!(made(method, &given).expect_err(method), fields, "{given:?}");
        }
    }

    #[test]
    fn a_patch_changes_what_it_names_and_keeps_the_rest() {
        let role = CredentialsBody { role_id: Some("role".into()), secret_id: Some(secret("old")), ..given() };
        let old = made("app-role", &role).expect("a role");
        let renewed = changed(&old, &CredentialsBody { secret_id: Some(secret("new")), ..given() }).expect("renewed");
        let expected =
            Login::AppRole { mount: "approle".into(), role_id: "role".into(), secret_id: SecretValue::new("new") };
        assert_eq!(renewed.login, expected);
        let moved = changed(&old, &CredentialsBody { namespace: Some("team".into()), ..given() }).expect("moved");
        assert_eq!((moved.namespace.as_deref(), moved.login == old.login), (Some("team"), true));
        let back = changed(&moved, &CredentialsBody { namespace: Some(String::new()), ..given() }).expect("back");
        assert_eq!(back.namespace, None);
        let token = changed(&old, &CredentialsBody { api_token: Some(secret("x")), ..given() }).expect("a token");
        assert_eq!(token.login.method(), "token");
        let both = CredentialsBody { access_token: Some(secret("x")), role_id: Some("r".into()), ..given() };
        assert_eq!(changed(&old, &both).expect_err("both"), ["credentials.roleId"]);
        assert!(change(&mut Form::default(), &old, &given()).is_none());
    }
}
