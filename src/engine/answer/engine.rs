//! The engine itself, and everything at once.

use serde_json::json;

use super::{connections, rotations};
use crate::engine::body::Reply;
use crate::engine::state::Engine;
use crate::engine::view::{EngineView, RotationOption, View};

/// The one kind of rotation that there is, as the peer's clients ask for it.
pub fn options() -> Reply {
    let template = json!({"secretsMapping": {"clientId": "OKTA_CLIENT_ID", "clientSecret": "OKTA_CLIENT_SECRET"}});
    Reply::Options {
        secret_rotation_options: vec![RotationOption {
            name: "Okta Client Secret".into(),
            kind: "okta-client-secret".into(),
            connection: "okta".into(),
            template,
        }],
    }
}

/// Everything, with the cursor that the live log continues from.
pub fn view(engine: &Engine) -> Reply {
    // Events that came after the cursor are folded in again by the frontend, which does no harm.
    let cursor = engine.events.cursor();
    let (Reply::Connections { app_connections }, Reply::Rotations { secret_rotations }) =
        (connections::list(engine, ""), rotations::list(engine))
    else {
        unreachable!("each list is answered as itself")
    };
    let view = View { engine: engine_view(engine), app_connections, secret_rotations };
    Reply::View { cursor, view: Box::new(view) }
}

/// The engine itself.
pub fn engine_view(engine: &Engine) -> EngineView {
    let model = engine.model.borrow();
    let user = nix::unistd::User::from_uid(nix::unistd::geteuid()).ok().flatten().map(|user| user.name);
    let host = nix::unistd::gethostname().ok().map(|host| host.to_string_lossy().into_owned());
    EngineView {
        version: env!("CARGO_PKG_VERSION").into(),
        pid: std::process::id(),
        user: user.unwrap_or_else(|| nix::unistd::geteuid().to_string()),
        host: host.unwrap_or_default(),
        role: engine.role.word().into(),
        started_at: engine.started_at,
        now: engine.clock.now(),
        schedules: engine.schedules() && model.trouble.is_none(),
        read_only: engine.read_only,
        trouble: model.trouble.clone(),
        recovered: engine.recovered(),
        retired: model.retired.clone(),
        connections: model.connections.len(),
        rotations: model.saved().count(),
        credential_socket: engine.credential_socket.display().to_string(),
    }
}
