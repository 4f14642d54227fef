//! Which command is which call, and which option which field. Those of the acts come from what is known of each.

use std::sync::LazyLock;

use crate::api::call::APP;
use crate::engine::act::{Spec, Value};
use crate::engine::request::ActKind;

/// A command, the call that does the same, and whether its fields go into the query.
pub struct Command {
    /// The words it begins with.
    pub words: &'static str,
    /// Method and path; `{}` is the name.
    pub call: String,
    /// Its fields are a query, not a body.
    pub query: bool,
}

fn call(words: &'static str, call: &'static str) -> Command {
    Command { words, call: call.to_owned(), query: false }
}

fn asks(words: &'static str, call: &'static str) -> Command {
    Command { query: true, ..self::call(words, call) }
}

fn specs() -> impl Iterator<Item = &'static Spec> {
    ActKind::ALL.iter().map(|kind| kind.spec())
}

/// All commands that are calls.
pub static COMMANDS: LazyLock<Vec<Command>> = LazyLock::new(|| {
    let acts = specs().map(|spec| Command {
        words: spec.command,
        call: format!("{} {}", spec.method, spec.paths[0].replace("{app}", APP).replace("{id}", "{}")),
        query: spec.in_query,
    });
    acts.chain(others()).collect()
});

fn others() -> [Command; 21] {
    [
        asks("rotation list", "GET /api/v2/secret-rotations/okta-client-secret"),
        call("rotation create", "POST /api/v2/secret-rotations/okta-client-secret"),
        asks("rotation show", "GET /api/v2/secret-rotations/okta-client-secret/{}"),
        call("rotation update", "PATCH /api/v2/secret-rotations/okta-client-secret/{}"),
        asks("rotation secrets", "GET /api/v2/secret-rotations/okta-client-secret/{}/secrets"),
        asks("rotation credentials", "GET /api/v2/secret-rotations/okta-client-secret/{}/generated-credentials"),
        asks("rotation upcoming", "GET /api/v1/upcoming"),
        asks("target list", "GET /api/v1/targets"),
        call("target create", "POST /api/v1/targets"),
        asks("target show", "GET /api/v1/targets/{}"),
        call("target update", "PATCH /api/v1/targets/{}"),
        asks("target plan", "GET /api/v1/targets/{}/plan"),
        asks("connection list", "GET /api/v1/app-connections"),
        call("connection create", "POST /api/v1/app-connections/okta"),
        asks("connection show", "GET /api/v1/app-connections/okta/{}"),
        call("connection update", "PATCH /api/v1/app-connections/okta/{}"),
        asks("connection apps", "GET /api/v1/app-connections/okta/{}/apps"),
        asks("secret list", "GET /api/v1/secrets"),
        asks("secret get", "GET /api/v1/secrets/{}"),
        asks("secret delete", "DELETE /api/v1/secrets/{}"),
        asks("history", "GET /api/v1/history"),
    ]
}

/// Commands whose name is a field of its own.
pub static NAMED: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let acts = specs().filter_map(|spec| Some((spec.command, spec.named_by?)));
    acts.chain([
        ("rotation create", "name"),
        ("connection create", "name"),
        ("target list", "rotation"),
        ("history", "rotation"),
    ])
    .collect()
});

/// What an option is in the API.
pub enum Field {
    /// A field that is true.
    Flag(&'static str),
    /// A field with a value.
    Value(&'static str),
}

/// All options that are fields.
pub static OPTIONS: LazyLock<Vec<(&str, Field)>> = LazyLock::new(|| {
    let acts = specs().flat_map(|spec| spec.options).map(|option| match option.value {
        Value::Flag => (option.name, Field::Flag(option.field)),
        Value::Text(_) | Value::When => (option.name, Field::Value(option.field)),
    });
    acts.chain([
        ("--yes", Field::Flag("yes")),
        ("--wait", Field::Value("waitSeconds")),
        ("--adopt", Field::Flag("adopt")),
        ("--retire-unread", Field::Flag("retireUnread")),
        ("--no-test", Field::Flag("noTest")),
        ("--dry-run", Field::Flag("dryRun")),
        ("--verify", Field::Value("verify")),
        ("--replace", Field::Value("replaceSecretId")),
        ("--adopt-secret", Field::Value("adoptSecretId")),
        ("--secret-stdin", Field::Value("adoptClientSecret")),
        ("--secret-file", Field::Value("adoptClientSecret")),
        ("--token-file", Field::Value("credentials.apiToken")),
        ("--token-stdin", Field::Value("credentials.apiToken")),
        ("--private-key-file", Field::Value("credentials.privateKey")),
        ("--key-id", Field::Value("credentials.keyId")),
        ("--namespace", Field::Value("credentials.namespace")),
        ("--auth-mount", Field::Value("credentials.authMount")),
        ("--role-id", Field::Value("credentials.roleId")),
        ("--secret-id-file", Field::Value("credentials.secretId")),
        ("--role", Field::Value("credentials.role")),
        ("--jwt-file", Field::Value("credentials.jwtFile")),
        ("--client-secret-file", Field::Value("credentials.clientSecret")),
        ("--ca-file", Field::Value("credentials.caCertificate")),
        ("--certificate-file", Field::Value("credentials.clientCertificate")),
        ("--restart", Field::Value("destinationConfig.restart")),
        ("--access-key-id", Field::Value("credentials.accessKeyId")),
        ("--secret-key-file", Field::Value("credentials.secretAccessKey")),
        ("--url", Field::Value("credentials.instanceUrl")),
        ("--client-id", Field::Value("parameters.clientId")),
        ("--gate", Field::Value("gates")),
        ("--unit", Field::Value("destinationConfig.unit")),
        ("--format", Field::Value("destinationConfig.format")),
        ("--environment", Field::Value("environment")),
        ("--path", Field::Value("path")),
        ("--version", Field::Value("version")),
        ("--outcome", Field::Value("outcome")),
        ("--client-id-name", Field::Value("secretsMapping.clientId")),
        ("--client-secret-name", Field::Value("secretsMapping.clientSecret")),
    ])
    .collect()
});

/// Options of the program itself, which no call has. They stay: they are for whoever runs the engine.
#[cfg(test)]
pub const HERE: &[&str] =
    &["--data-dir", "--key-file", "--socket", "--config", "--read-only", "--new-store", "--once", "--cron", "--reveal"];
