use serde_json::json;

use super::*;
use crate::tui::fixture;
use crate::tui::theme::Look;
use crate::tui::theme::{Depth, Glyphs, TerminalCaps, Themes};

fn reported(row: &ConnectionView) -> Vec<(String, String)> {
    let caps = TerminalCaps { depth: Depth::Sixteen, glyphs: Glyphs::Unicode };
    let look = Look::new(Themes::built_in().get(caps.theme()).expect("built in"), caps);
    let text = |line: ratatui::text::Line<'static>| line.spans.into_iter().map(|span| span.content).collect();
    connection(&fixture::model(80, 24).scene(&look), row)
        .into_iter()
        .map(|(label, line)| (label.into(), text(line)))
        .collect()
}

#[test]
fn a_service_app_shows_its_key_and_a_token_shows_none() {
    let plain = fixture::connection(1, "acme", None);
    assert!(!reported(&plain).iter().any(|(label, _)| label == "key" || label == "thumbprint" || label == "client id"));
    let mut value = serde_json::to_value(&plain).expect("a row");
    value["credentials"]["clientId"] = json!("0oaservice");
    value["key"] = json!({"keyId": "kid-1", "algorithm": "ES256", "thumbprint": "NzbLsXh8",
        "since": fixture::now() - chrono::Duration::days(3)});
    let facts = reported(&serde_json::from_value(value).expect("a row"));
    let of = |name: &str| facts.iter().find(|(label, _)| label == name).map(|(_, text)| text.as_str());
    assert_eq!((of("client id"), of("thumbprint")), (Some("0oaservice"), Some("NzbLsXh8")));
    assert_eq!(of("key"), Some("kid-1  ES256, given 3d ago"));
}
