use super::*;
use crate::engine::request::Reply;
use crate::tui::fixture::{model, now, send};
use crate::tui::keys::key::Key;
use crate::tui::msg::Msg;
use crate::tui::picture::picture;

#[test]
fn a_value_is_shown_only_where_it_was_asked_for() {
    let mut model = model(80, 24);
    let secret = SecretView {
        name: "OKTA_CLIENT_SECRET".into(),
        environment: "prod".into(),
        path: "/".into(),
        version: 7,
        created_at: now(),
        value: SecretValue::new("s3cret-value"),
    };
    let reply = Ok(Reply::Secret { secret: Box::new(secret) });
    send(&mut model, Msg::Replied(Purpose::CopyValue("hr-sync".into()), reply.clone()));
    assert!(!picture(&model).contains("s3cret"));
    send(&mut model, Msg::Replied(Purpose::Reveal("hr-sync".into()), reply));
    let shown = picture(&model);
    assert!(shown.contains("s3cret-value"));
    insta::assert_snapshot!("reveal", shown);
    send(&mut model, Msg::Key(Key::char('j')));
    assert!(!picture(&model).contains("s3cret"));
}
