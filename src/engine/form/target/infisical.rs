//! Reading where a folder of Infisical is.

use crate::core::target::destination::Folder;
use crate::engine::body::ConfigBody;
use crate::engine::form::Form;

/// Reads a folder's place.
pub fn folder(form: &mut Form, body: &ConfigBody, known: Option<&Folder>) -> Option<Folder> {
    let others = ConfigBody { project: None, environment: None, path: None, ..body.clone() };
    if others != ConfigBody::default() {
        form.fault("destinationConfig", "a folder has project, environment and path, and nothing else".into());
    }
    let mut read = |field: &str, given: Option<String>, known: Option<&String>, says: &str| {
        let text = given.or(known.cloned()).unwrap_or_default();
        let fits = |word: &str| {
            !matches!(word, "." | "..")
                && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        let folders = text.strip_prefix('/').unwrap_or(&text);
        let words = || folders.split('/').all(|word| !word.is_empty() && fits(word));
        let fits = text == "/" && field == "path" || words() && (field == "path") == text.starts_with('/');
        let message = if known.is_some_and(|known| *known != text) {
            "another place is another target: make one, and remove this one"
        } else if !fits || text.len() > 500 || field != "path" && text.contains('/') {
            says
        } else {
            return Some(text);
        };
        form.fault(&format!("destinationConfig.{field}"), message.into());
        None
    };
    let typed = |text: &Option<String>| text.as_ref().map(|text| text.trim().to_owned());
    let project = read(
        "project",
        typed(&body.project),
        known.map(|known| &known.project),
        "is the project's id, as its settings show it",
    );
    let environment = read(
        "environment",
        typed(&body.environment),
        known.map(|known| &known.environment),
        "is the environment's slug, such as prod",
    );
    let path = typed(&body.path).map(|path| format!("/{}", path.trim_matches('/')));
    let path = path.or_else(|| known.is_none().then(|| "/".to_owned()));
    let path = read("path", path, known.map(|known| &known.path), "is a folder, such as /apps/pay");
    Some(Folder { project: project?, environment: environment?, path: path? })
}
