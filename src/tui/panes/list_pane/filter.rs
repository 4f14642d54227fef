//! What a list is narrowed to: words, and terms such as `state:attention app:hr`.

use crate::core::state::State;
use crate::engine::view::{ConnectionView, RotationView};

/// A filter as typed, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    /// The field that was named; any of them where none was.
    field: Option<Field>,
    /// In lower case.
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    State,
    App,
    Connection,
    Environment,
    Name,
}

impl Filter {
    /// Reads a filter. What names no known field is a word like any other.
    pub fn read(text: &str) -> Self {
        let terms = text.split_whitespace().map(|word| {
            let named = word.split_once(':').and_then(|(field, text)| Some((field_named(field)?, text)));
            match named {
                Some((field, text)) => Term { field: Some(field), text: text.to_lowercase() },
                None => Term { field: None, text: word.to_lowercase() },
            }
        });
        Self { terms: terms.filter(|term| !term.text.is_empty()).collect() }
    }

    /// Whether everything passes.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether a rotation passes; `state` is the one that is shown.
    pub fn wants(&self, row: &RotationView, state: State) -> bool {
        self.terms.iter().all(|term| match term.field {
            Some(Field::State) => has(state.word(), &term.text),
            Some(Field::App) => app(row, &term.text),
            Some(Field::Connection) => has(&row.connection.name, &term.text),
            Some(Field::Environment) => has(&row.environment.slug, &term.text),
            Some(Field::Name) => has(&row.name, &term.text),
            None => {
                app(row, &term.text)
                    || has(&row.name, &term.text)
                    || has(&row.description, &term.text)
                    || has(&row.connection.name, &term.text)
                    || has(state.word(), &term.text)
            }
        })
    }

    /// Whether a connection passes.
    pub fn wants_connection(&self, row: &ConnectionView) -> bool {
        self.terms.iter().all(|term| match term.field {
            Some(Field::State) => has(&row.status, &term.text),
            Some(Field::App | Field::Environment) => false,
            Some(Field::Connection | Field::Name) => has(&row.name, &term.text),
            None => {
                let texts = [&row.name, &row.credentials.instance_url, &row.description, &row.status];
                texts.iter().any(|text| has(text, &term.text))
            }
        })
    }
}

fn field_named(name: &str) -> Option<Field> {
    Some(match name {
        "state" => Field::State,
        "app" => Field::App,
        "connection" | "conn" => Field::Connection,
        "environment" | "env" => Field::Environment,
        "name" => Field::Name,
        _ => return None,
    })
}

fn app(row: &RotationView, text: &str) -> bool {
    let app = &row.parameters;
    has(&app.app_label, text) || has(&app.app_id, text) || has(&app.client_id, text)
}

/// Whether a text has this part, which is in lower case.
fn has(text: &str, part: &str) -> bool {
    if text.is_ascii() {
        // Without a copy: it is asked of every row with every letter that is typed.
        let mut windows = text.as_bytes().windows(part.len().max(1));
        return part.is_empty() || windows.any(|window| window.eq_ignore_ascii_case(part.as_bytes()));
    }
    text.to_lowercase().contains(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_match_in_either_case_in_any_script() {
        for (text, part, expected) in [
            ("HR-Sync", "r-s", true),
            ("HR-Sync", "sync", true),
            ("HR-Sync", "syncs", false),
            ("Öffnung", "öff", true),
            ("Payments", "ö", false),
            ("", "a", false),
        ] {
            assert_eq!(has(text, part), expected, "{part:?} in {text:?}");
        }
    }
}
