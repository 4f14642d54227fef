//! Reading where a Secret of Kubernetes is.

use crate::core::target::destination::Object;
use crate::core::target::workload::{Workload, is_name, is_namespace};
use crate::engine::body::ConfigBody;
use crate::engine::form::Form;

/// The most that is restarted for one target.
const MOST: usize = 16;

/// Reads a Secret's place, and what is restarted.
pub fn object(form: &mut Form, body: &ConfigBody, known: Option<&Object>) -> Option<Object> {
    let others = ConfigBody { namespace: None, name: None, restart: None, ..body.clone() };
    if others != ConfigBody::default() {
        form.fault("destinationConfig", "a Secret has namespace, name and restart, and nothing else".into());
    }
    let mut read = |field: &str, given: Option<&str>, known: Option<&String>, fits: fn(&str) -> bool| {
        let text = given.map(str::trim).or(known.map(String::as_str)).unwrap_or_default();
        let message = if known.is_some_and(|known| known != text) {
            "another place is another target: make one, and remove this one"
        } else if !fits(text) {
            "is a name as Kubernetes has them: a-z, 0-9 and hyphens, in the Secret's own also dots"
        } else {
            return Some(text.to_owned());
        };
        form.fault(&format!("destinationConfig.{field}"), message.into());
        None
    };
    let namespace = read("namespace", body.namespace.as_deref(), known.map(|known| &known.namespace), is_namespace);
    let name = read("name", body.name.as_deref(), known.map(|known| &known.name), is_name);
    let restart = match &body.restart {
        Some(given) => restart(form, given),
        None => Some(known.map(|known| known.restart.clone()).unwrap_or_default()),
    };
    Some(Object { namespace: namespace?, name: name?, restart: restart? })
}

fn restart(form: &mut Form, given: &[String]) -> Option<Vec<Workload>> {
    let read: Result<Vec<Workload>, String> = given.iter().map(|text| text.parse()).collect();
    let message = match read {
        Ok(read) if read.len() <= MOST => return Some(read),
        Ok(_) => format!("names {MOST} at the most"),
        Err(message) => message,
    };
    form.fault("destinationConfig.restart", message);
    None
}

/// Whether Kubernetes takes this for a key of a Secret.
pub fn is_key(key: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    key.len() <= 253 && key.bytes().all(inside) && !matches!(key, "." | "..") && !key.starts_with("..")
}
