//! Which command is which call, and which option which field.

/// A command, the call that does the same, and whether its fields go into the query.
pub struct Command {
    /// The words it begins with.
    pub words: &'static str,
    /// Method and path; `{}` is the name.
    pub call: &'static str,
    /// Its fields are a query, not a body.
    pub query: bool,
}

const fn call(words: &'static str, call: &'static str) -> Command {
    Command { words, call, query: false }
}

const fn asks(words: &'static str, call: &'static str) -> Command {
    Command { words, call, query: true }
}

/// All commands that are calls.
pub const COMMANDS: &[Command] = &[
    asks("rotation list", "GET /api/v2/secret-rotations/okta-client-secret"),
    call("rotation create", "POST /api/v2/secret-rotations/okta-client-secret"),
    asks("rotation show", "GET /api/v2/secret-rotations/okta-client-secret/{}"),
    call("rotation update", "PATCH /api/v2/secret-rotations/okta-client-secret/{}"),
    asks("rotation delete", "DELETE /api/v2/secret-rotations/okta-client-secret/{}"),
    call("rotation rotate", "POST /api/v2/secret-rotations/okta-client-secret/{}/rotate-secrets"),
    call("rotation retire", "POST /api/v2/secret-rotations/okta-client-secret/{}/retire"),
    call("rotation rollback", "POST /api/v2/secret-rotations/okta-client-secret/{}/rollback"),
    call("rotation resolve", "POST /api/v2/secret-rotations/okta-client-secret/{}/resolve"),
    call("rotation pause", "POST /api/v2/secret-rotations/okta-client-secret/{}/pause"),
    call("rotation resume", "POST /api/v2/secret-rotations/okta-client-secret/{}/resume"),
    call("rotation skip", "POST /api/v2/secret-rotations/okta-client-secret/{}/skip"),
    call("rotation check", "POST /api/v2/secret-rotations/okta-client-secret/{}/check"),
    asks("rotation secrets", "GET /api/v2/secret-rotations/okta-client-secret/{}/secrets"),
    asks("rotation credentials", "GET /api/v2/secret-rotations/okta-client-secret/{}/generated-credentials"),
    asks("rotation upcoming", "GET /api/v1/upcoming"),
    asks("connection list", "GET /api/v1/app-connections/okta"),
    call("connection create", "POST /api/v1/app-connections/okta"),
    asks("connection show", "GET /api/v1/app-connections/okta/{}"),
    call("connection update", "PATCH /api/v1/app-connections/okta/{}"),
    asks("connection delete", "DELETE /api/v1/app-connections/okta/{}"),
    call("connection test", "POST /api/v1/app-connections/okta/{}/test"),
    asks("connection apps", "GET /api/v1/app-connections/okta/{}/apps"),
    asks("secret list", "GET /api/v1/secrets"),
    asks("secret get", "GET /api/v1/secrets/{}"),
    asks("secret delete", "DELETE /api/v1/secrets/{}"),
    asks("history", "GET /api/v1/history"),
    call("confirm", "POST /api/v1/engine/confirm"),
    call("retire-store", "POST /api/v1/engine/retire"),
];

/// Commands whose name is a field of its own.
pub const NAMED: &[(&str, &str)] =
    &[("rotation create", "name"), ("connection create", "name"), ("history", "rotation"), ("confirm", "rotation")];

/// What an option is in the API.
pub enum Field {
    /// A field that is true.
    Flag(&'static str),
    /// A field with a value.
    Value(&'static str),
}

/// All options that are fields.
pub const OPTIONS: &[(&str, Field)] = &[
    ("--yes", Field::Flag("yes")),
    ("--now", Field::Flag("now")),
    ("--hold", Field::Flag("hold")),
    ("--undo", Field::Flag("undo")),
    ("--force", Field::Flag("force")),
    ("--adopt", Field::Flag("adopt")),
    ("--withdraw", Field::Flag("withdraw")),
    ("--retire-now", Field::Flag("retireNow")),
    ("--after-previous", Field::Flag("afterPrevious")),
    ("--retire-unread", Field::Flag("retireUnread")),
    ("--publish-unverified", Field::Flag("publishUnverified")),
    ("--no-test", Field::Flag("noTest")),
    ("--dry-run", Field::Flag("dryRun")),
    ("--at", Field::Value("at")),
    ("--to", Field::Value("to")),
    ("--until", Field::Value("until")),
    ("--verify", Field::Value("verify")),
    ("--replace", Field::Value("replaceSecretId")),
    ("--adopt-secret", Field::Value("adoptSecretId")),
    ("--secret-stdin", Field::Value("adoptClientSecret")),
    ("--secret-file", Field::Value("adoptClientSecret")),
    ("--token-file", Field::Value("credentials.apiToken")),
    ("--token-stdin", Field::Value("credentials.apiToken")),
    ("--private-key-file", Field::Value("credentials.privateKey")),
    ("--key-id", Field::Value("credentials.keyId")),
    ("--url", Field::Value("credentials.instanceUrl")),
    ("--client-id", Field::Value("parameters.clientId")),
    ("--environment", Field::Value("environment")),
    ("--path", Field::Value("path")),
    ("--version", Field::Value("version")),
    ("--outcome", Field::Value("outcome")),
    ("--client-id-name", Field::Value("secretsMapping.clientId")),
    ("--client-secret-name", Field::Value("secretsMapping.clientSecret")),
];

/// Options of the program itself, which no call has. They stay: they are for whoever runs the engine.
#[cfg(test)]
pub const HERE: &[&str] =
    &["--data-dir", "--key-file", "--socket", "--config", "--read-only", "--new-store", "--once", "--cron", "--reveal"];
