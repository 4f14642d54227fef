//! What is read in the same way for several kinds of servers, and what was given and belongs to another.

use std::path::Path;

use crate::core::connection::App;
use crate::core::secret::SecretValue;
use crate::engine::body::CredentialsBody;
use crate::engine::form::Form;

/// Refuses what belongs to another kind of connection, or to another method.
pub fn only(form: &mut Form, given: &CredentialsBody, known: &[&str], app: App, method: &str) {
    for name in given.given().into_iter().filter(|name| !known.contains(name)) {
        let message = format!("does not belong to a connection to {} with the method {method}", app.as_str());
        form.fault(&format!("credentials.{name}"), message);
    }
}

/// A word that is sent as it stands.
pub fn read_word(form: &mut Form, field: &str, what: &str, given: Option<&str>) -> Option<String> {
    let text = given.unwrap_or_default().trim();
    let message = match text {
        "" => format!("{what} is empty"),
        _ if text.len() > LONGEST || !text.bytes().all(|byte| byte.is_ascii_graphic()) => {
            format!("{what} contains white space or characters that none has, or is too long")
        }
        _ => return Some(text.to_owned()),
    };
    form.fault(&format!("credentials.{field}"), message);
    None
}

/// The longest word.
const LONGEST: usize = 8192;

/// The same for one that is secret.
pub fn read_secret(form: &mut Form, field: &str, what: &str, given: Option<&SecretValue>) -> Option<SecretValue> {
    read_word(form, field, what, given.map(SecretValue::expose)).map(SecretValue::new)
}

/// Whether the file with a service account's token is named by its whole path.
pub fn is_plain(form: &mut Form, path: &Path) -> bool {
    let plain = path.is_absolute() && path.to_str().is_some_and(|path| !path.chars().any(char::is_control));
    if !plain {
        form.fault("credentials.jwtFile", "the file has an absolute path without control characters".into());
    }
    plain
}
