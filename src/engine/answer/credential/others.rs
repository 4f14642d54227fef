//! What was given, and belongs to another kind of connection.

use crate::core::connection::App;
use crate::engine::body::CredentialsBody;
use crate::engine::form::Form;

/// Refuses what belongs to another kind of connection, or to another method.
pub fn only(form: &mut Form, given: &CredentialsBody, known: &[&str], app: App, method: &str) {
    for name in given.given().into_iter().filter(|name| !known.contains(name)) {
        let message = format!("does not belong to a connection to {} with the method {method}", app.as_str());
        form.fault(&format!("credentials.{name}"), message);
    }
}
