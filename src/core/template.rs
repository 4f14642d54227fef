//! Templates: a text with places for secrets. `{{ NAME }}` is a secret's value, `{{ NAME | json }}` the value as it has to
//! stand in JSON; `{{ '{{' }}` is two braces. There is nothing else: whatever cannot be understood is an error, and no
//! secret is ever left out silently.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

use super::format;

/// What a URL takes as it is (RFC 3986 §2.3, unreserved).
const IN_URL: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// As a string of JSON, with its quotes.
    Json,
    /// As a word of a POSIX shell, in single quotes.
    Shell,
    /// Percent-encoded, as a part of a URL.
    Url,
    /// In base64, with padding.
    Base64,
}

impl Filter {
    /// All of them, by name.
    pub const ALL: [(&str, Self); 4] =
        [("json", Self::Json), ("shell", Self::Shell), ("url", Self::Url), ("base64", Self::Base64)];

    fn apply(self, value: &str) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Json => format::json(value),
            Self::Shell => format::shell(value),
            Self::Url => utf8_percent_encode(value, &IN_URL).to_string(),
            Self::Base64 => STANDARD.encode(value),
        })
    }
}

/// A place for a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The secret's name.
    pub name: &'a str,
    /// What is done to its value, in order.
    pub filters: Vec<Filter>,
    /// The line on which it stands, from 1.
    pub line: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Secret(Place<'a>),
}

/// A template.
#[derive(Clone, Debug)]
pub struct Template<'a>(Vec<Piece<'a>>);

/// What cannot be understood, and on which line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip {
    /// The line, from 1.
    pub line: usize,
    /// What.
    pub what: SlipOf,
}

/// What cannot be understood in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlipOf {
    /// Braces that do not close on their line.
    Unclosed,
    /// No name between the braces, or more than one.
    NoName(String),
    /// A filter that there is not.
    NoFilter(String),
}

impl<'a> Template<'a> {
    /// Reads a template.
    pub fn parse(text: &'a str) -> Result<Self, Slip> {
        let (mut pieces, mut rest, mut line) = (Vec::new(), text, 1);
        while let Some((before, after)) = rest.split_once("{{") {
            line += before.matches('\n').count();
            pieces.push(Piece::Text(before));
            let slip = |what| Slip { line, what };
            // Two braces in quotes may stand between: their place ends behind the quotes.
            let (inner, behind) = match after.trim_start().strip_prefix("'{{'") {
                Some(quoted) => ("'{{'", quoted.trim_start().strip_prefix("}}").ok_or_else(|| slip(SlipOf::Unclosed))?),
                None => after.split_once("}}").ok_or_else(|| slip(SlipOf::Unclosed))?,
            };
            if inner.contains(['\n', '{']) && inner != "'{{'" {
                return Err(slip(SlipOf::Unclosed));
            }
            pieces.push(if inner == "'{{'" {
                Piece::Text("{{")
            } else {
                Piece::Secret(place(inner, line).map_err(slip)?)
            });
            rest = behind;
        }
        pieces.push(Piece::Text(rest));
        Ok(Self(pieces))
    }

    /// The places in it.
    pub fn places(&self) -> impl Iterator<Item = &Place<'a>> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Secret(place) => Some(place),
            Piece::Text(_) => None,
        })
    }

    /// The text with its secrets, or the place whose secret there is not.
    pub fn render<'v>(&self, value: impl Fn(&str) -> Option<&'v str>) -> Result<Zeroizing<String>, Place<'a>> {
        let mut text = Zeroizing::new(String::new());
        for piece in &self.0 {
            match piece {
                Piece::Text(words) => text.push_str(words),
                Piece::Secret(place) => {
                    let plain = Zeroizing::new(value(place.name).ok_or_else(|| place.clone())?.to_owned());
                    let written = place.filters.iter().fold(plain, |value, filter| filter.apply(&value));
                    // Writing to a string cannot fail.
                    let _ = write!(text, "{}", *written);
                }
            }
        }
        Ok(text)
    }
}

fn place(inner: &str, line: usize) -> Result<Place<'_>, SlipOf> {
    let mut parts = inner.split('|').map(str::trim);
    let name = parts.next().unwrap_or_default();
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == '\'' || c == '"') {
        return Err(SlipOf::NoName(inner.trim().to_owned()));
    }
    let filter = |wanted: &str| {
        let known = Filter::ALL.into_iter().find(|(name, _)| *name == wanted);
        known.map(|(_, filter)| filter).ok_or_else(|| SlipOf::NoFilter(wanted.to_owned()))
    };
    Ok(Place { name, filters: parts.map(filter).collect::<Result<_, _>>()?, line })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HARD: &str = "a'b\"c\\d $e é&/\n";

    fn rendered(template: &str) -> Result<String, String> {
        let template = Template::parse(template).map_err(|slip| format!("{}: {:?}", slip.line, slip.what))?;
        let value = |name: &str| [("ID", "0oa1"), ("SECRET", HARD)].into_iter().find(|it| it.0 == name).map(|it| it.1);
        template
            .render(value)
            .map(|text| text.to_string())
            .map_err(|place| format!("{}: no {}", place.line, place.name))
    }

    #[test]
    fn values_stand_as_their_place_wants_them() {
        for (template, wanted) in [
            ("", ""),
            ("id={{ ID }};{{ID}}", "id=0oa1;0oa1"),
            ("{{ SECRET }}", HARD),
            ("{{ SECRET | json }}", r#""a'b\"c\\d $e é&/\n""#),
            ("{{ SECRET | shell }}", "'a'\\''b\"c\\d $e é&/\n'"),
            ("{{ SECRET|url }}", "a%27b%22c%5Cd%20%24e%20%C3%A9%26%2F%0A"),
            ("{{ ID | base64 }}", "MG9hMQ=="),
            ("{{ ID | base64 | json }}", "\"MG9hMQ==\""),
            ("a {{ '{{' }} b }} {{'{{'}}", "a {{ b }} {{"),
            ("${ID} {ID} %s", "${ID} {ID} %s"),
        ] {
            assert_eq!(rendered(template).as_deref(), Ok(wanted), "{template}");
        }
    }

    #[test]
    fn whatever_cannot_be_understood_is_an_error_with_its_line() {
        for (template, wanted) in [
            ("a\nb {{ ID", "2: Unclosed"),
            ("{{ ID\n}}", "1: Unclosed"),
            ("{{ {{ ID }} }}", "1: Unclosed"),
            ("{{ }}", "1: NoName(\"\")"),
            ("\n\n{{ ID ID }}", "3: NoName(\"ID ID\")"),
            ("{{ 'ID' }}", "1: NoName(\"'ID'\")"),
            ("{{ ID | upper }}", "1: NoFilter(\"upper\")"),
            ("{{ ID | }}", "1: NoFilter(\"\")"),
            ("{{ '{{' ", "1: Unclosed"),
            ("x\n{{ OTHER }}", "2: no OTHER"),
            ("{{ for x in y }}", "1: NoName(\"for x in y\")"),
        ] {
            assert_eq!(rendered(template), Err(wanted.to_owned()), "{template}");
        }
    }
}
