//! What deleting a rotation does, shown before it is asked for.

use crate::cli::Failure;
use crate::cli::ask::agreement;
use crate::cli::context::Context;
use crate::core::protocol::plan::{Cut, Plan};
use crate::engine::request::{DeleteTerms, Reply, Request};
use crate::engine::view::RotationView;

/// Shows it, and asks.
pub async fn ask(ctx: &Context, name: &str, terms: DeleteTerms) -> Result<(), Failure> {
    let reply = ctx.call(Request::RotationShow { id: name.to_owned() }).await?;
    let Reply::Rotation { secret_rotation, .. } = reply else { return Err(Failure::odd_reply()) };
    agreement(ctx, &plan(&secret_rotation, terms), name, "Delete this rotation?").await
}

/// What deleting does, in sentences.
fn plan(rotation: &RotationView, terms: DeleteTerms) -> Plan {
    let mapping = &rotation.secrets_mapping;
    let place = format!("{}:{}", rotation.environment.slug, rotation.secret_path);
    let names = format!("{} and {} in {place}", mapping.client_id, mapping.client_secret);
    let mut steps = vec![format!("start no more rotations of {} ({})", rotation.name, rotation.parameters.app_label)];
    if terms.revoke_generated_credentials {
        steps.push(
            "switch off and delete our secrets of the app at Okta now, except a last active one: this cannot be undone"
                .into(),
        );
    } else if terms.force {
        steps.push(format!(
            "leave its secrets at Okta as they are, and delete the record now: the history lists their ids, and the values \
             can be had for 90 days with `windlass rotation credentials {} --reveal`",
            rotation.name
        ));
    } else if let Some(previous) = &rotation.previous {
        let id = previous.secret_id.as_deref().unwrap_or("without an id");
        steps.push(if previous.deactivate_at.is_some() || previous.delete_at.is_some() {
            format!("retire the previous secret {id} on its dates")
        } else {
            format!("leave the previous secret {id} as it is at Okta: it has no retirement date")
        });
    }
    steps.push(if terms.delete_secrets || terms.revoke_generated_credentials {
        format!("delete {names}, all versions: whoever reads them gets nothing from then on")
    } else {
        format!("keep {names} as plain secrets, which nothing renews any more")
    });
    let targets: Vec<String> = rotation.targets.list.iter().map(|it| format!("{} ({})", it.name, it.place)).collect();
    if !targets.is_empty() {
        let what = if terms.force {
            "leave what is there"
        } else if terms.delete_secrets || terms.revoke_generated_credentials {
            "delete what is ours there, once the old secret is gone"
        } else {
            "deliver there until the old secret is gone, and leave what is there then"
        };
        steps.push(format!("at its targets {}: {what}", targets.join(", ")));
    }
    let mut plan = Plan::question(steps);
    let unread = rotation.current.as_ref().filter(|_| !rotation.is_reached());
    let old = rotation.previous.as_ref().and_then(|previous| previous.secret_id.clone());
    if let (true, Some(current), Some(secret_id)) = (terms.revoke_generated_credentials, unread, old) {
        let missing = rotation.consumers.missing.iter().map(|it| it.consumer.clone()).collect();
        plan.cuts.push(Cut { secret_id, deletes: true, unread: Some(current.version), missing, ..Cut::default() });
    }
    plan
}
