//! Rotations shown.

use super::attempt::no_connection;
use crate::engine::body::Reply;
use crate::engine::refusal::Refusal;
use crate::engine::state::Engine;
use crate::engine::view::OktaSecretView;

/// Shows all, by name.
pub fn list(engine: &Engine) -> Reply {
    let model = engine.model.borrow();
    let now = engine.clock.now();
    let mut rows: Vec<_> = model.saved().filter_map(|rotation| model.rotation_view(rotation, now)).collect();
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    Reply::Rotations { secret_rotations: rows }
}

/// Shows one.
pub fn show(engine: &Engine, id: &str) -> Result<Reply, Refusal> {
    let model = engine.model.borrow();
    let rotation = model.rotation(id)?;
    let view = model.rotation_view(rotation, engine.clock.now());
    let view = view.ok_or_else(no_connection)?;
    Ok(Reply::Rotation { secret_rotation: Box::new(view), plan: None })
}

/// Every Okta secret of a rotation, newest last, without values.
pub fn okta_secrets(engine: &Engine, id: &str) -> Result<Reply, Refusal> {
    let model = engine.model.borrow();
    let secrets = model.rotation_or_remains(id)?.secrets.iter().map(OktaSecretView::of).collect();
    Ok(Reply::OktaSecrets { secrets })
}
