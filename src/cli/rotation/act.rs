//! Rotating, pausing, resuming and deleting.

use clap::Args;

use super::{Wait, show};
use crate::cli::Failure;
use crate::cli::ask::agreement;
use crate::cli::completions::rotations;
use crate::cli::context::Context;
use crate::cli::output::when;
use crate::cli::values::When;
use crate::core::protocol::plan::{Cut, Plan};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{DeleteTerms, PauseTerms, Reply, Request, ResumeTerms, RotateTerms, SkipTerms};
use crate::engine::view::RotationView;

/// A new secret now.
#[derive(Clone, Debug, Args)]
pub struct Rotate {
    /// Name or id
    #[arg(add = rotations())]
    name: String,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    wait: Wait,
    /// Okta's id of a secret that may be deleted to make room
    #[arg(long, value_name = "SECRET_ID")]
    replace: Option<String>,
    /// After a leak: switch the secret that is current until then off as soon as the new one is published
    #[arg(long)]
    retire_now: bool,
    /// Not now, but once the previous secret has gone by itself: nothing is cut short
    #[arg(long, conflicts_with_all = ["dry_run", "replace", "retire_now", "yes"])]
    after_previous: bool,
    /// Do not ask where the previous secret would have to go early
    #[arg(long)]
    yes: bool,
}

/// No more rotations.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_field_names, reason = "named as the options are")]
pub struct Delete {
    /// Name or id
    #[arg(add = rotations())]
    name: String,
    /// The mapped secrets go too
    #[arg(long)]
    delete_secrets: bool,
    /// Our secrets at Okta go too, except a last active one; implies --delete-secrets
    #[arg(long)]
    revoke_credentials: bool,
    /// Settle nothing at Okta, where it is out of reach; the values are kept for 90 days
    #[arg(long, conflicts_with = "revoke_credentials")]
    force: bool,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Rotates now. The engine says where something would be cut; then a person is asked.
pub async fn rotate(ctx: &Context, args: Rotate) -> Result<(), Failure> {
    let Rotate { name, dry_run, wait, replace, retire_now, after_previous, yes } = args;
    let wait_seconds = wait.seconds();
    let mut terms = RotateTerms { yes, replace_secret_id: replace, retire_now, after_previous, wait_seconds };
    if dry_run {
        let Reply::Plan { plan } = ctx.call(Request::Plan { id: name, terms }).await? else {
            return Err(Failure::odd_reply());
        };
        return show::planned(ctx, &plan);
    }
    let request = |terms: &RotateTerms| Request::Rotate { id: name.clone(), terms: terms.clone() };
    let reply = match ctx.watch(request(&terms), Some(&name)).await {
        Err(Failure::Refused(mut refusal)) if refusal.error == Kind::NeedsConsent && !yes => {
            let plan = refusal.plan.take().unwrap_or_default();
            agreement(ctx, &plan, &name, "Go on?").await?;
            terms.yes = true;
            ctx.watch(request(&terms), Some(&name)).await?
        }
        reply => reply?,
    };
    if let Reply::Rotation { secret_rotation, .. } = &reply
        && after_previous
        && let Some(next) = secret_rotation.next_rotation_at
    {
        let at = when::local(next, ctx.settings.zone);
        ctx.output.talk(&format!("{name} rotates at {at}, once the previous secret has gone by itself"));
    }
    // Its attempt is done: what the row shows may be the next one's already.
    show::row(ctx, &reply)
}

/// Holds starts and retirements.
pub async fn pause(ctx: &Context, name: String, until: Option<When>) -> Result<(), Failure> {
    let until = until.map(|until| until.ahead(ctx.settings.clock.now(), ctx.settings.zone));
    let reply = ctx.call(Request::Pause { id: name, terms: PauseTerms { until } }).await?;
    if let Reply::Rotation { secret_rotation, .. } = &reply {
        let id = secret_rotation.previous.as_ref().and_then(|previous| previous.secret_id.as_deref());
        if let Some(id) = id {
            let end = secret_rotation.paused_until.map_or_else(
                || "you resume".to_owned(),
                |until| format!("{}, or until you resume", when::local(until, ctx.settings.zone)),
            );
            ctx.output.talk(&format!("the previous secret {id} stays as it is until {end}"));
        }
    }
    show::row(ctx, &reply)
}

/// Ends a pause.
pub async fn resume(ctx: &Context, name: String, now: bool) -> Result<(), Failure> {
    let reply = ctx.call(Request::Resume { id: name, terms: ResumeTerms { now } }).await?;
    if let Reply::Rotation { secret_rotation, .. } = &reply {
        ctx.output.talk(&show::next_in_words(ctx, secret_rotation));
    }
    show::row(ctx, &reply)
}

/// Checks for drift.
pub async fn check(ctx: &Context, name: String) -> Result<(), Failure> {
    let reply = ctx.call(Request::Check { id: name }).await?;
    show::row(ctx, &reply)?;
    let Reply::Rotation { secret_rotation, .. } = reply else { return Err(Failure::odd_reply()) };
    match secret_rotation.attention {
        None => {
            ctx.output.talk("no drift: Okta has what it should have");
            Ok(())
        }
        Some(attention) => Err(Refusal::of(Kind::Conflict, attention.problem).into()),
    }
}

/// Drops the next due time, or brings one back.
pub async fn skip(ctx: &Context, name: String, undo: bool) -> Result<(), Failure> {
    let reply = ctx.call(Request::Skip { id: name.clone(), terms: SkipTerms { undo } }).await?;
    if let Reply::Rotation { secret_rotation, .. } = &reply {
        let how = format!("; `windlass rotation skip {name} --undo` brings the skipped one back");
        let how = if undo { "" } else { &how };
        ctx.output.talk(&format!("{name}: {}{how}", show::next_in_words(ctx, secret_rotation)));
    }
    show::row(ctx, &reply)
}

/// Deletes a rotation, on terms.
pub async fn delete(ctx: &Context, args: Delete) -> Result<(), Failure> {
    let Delete { name, delete_secrets, revoke_credentials, force, yes } = args;
    let terms = DeleteTerms {
        delete_secrets: delete_secrets || revoke_credentials,
        revoke_generated_credentials: revoke_credentials,
        force,
    };
    if !yes {
        let reply = ctx.call(Request::RotationShow { id: name.clone() }).await?;
        let Reply::Rotation { secret_rotation, .. } = reply else { return Err(Failure::odd_reply()) };
        agreement(ctx, &farewell(&secret_rotation, terms), &name, "Delete this rotation?").await?;
    }
    let reply = ctx.call(Request::RotationDelete { id: name.clone(), terms }).await?;
    if ctx.output.json {
        return ctx.output.object(&reply);
    }
    let left = match &reply {
        Reply::Rotation { secret_rotation, .. } if secret_rotation.deleting_since.is_some() => {
            format!(
                "is being deleted: it goes once its previous secret is retired; `windlass rotation show {name}` tells when"
            )
        }
        _ => "is deleted; `windlass history` shows what became of its secrets".to_owned(),
    };
    ctx.output.talk(&format!("rotation {name} {left}"));
    Ok(())
}

/// What deleting does, in sentences.
fn farewell(rotation: &RotationView, terms: DeleteTerms) -> Plan {
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
            format!("leave the previous secret {id} as it is at Okta: it has no date to go on")
        });
    }
    steps.push(if terms.delete_secrets {
        format!("delete {names}, all versions: whoever reads them gets nothing from then on")
    } else {
        format!("keep {names} as plain secrets, which nothing renews any more")
    });
    let mut plan = Plan::question(steps);
    let unread = rotation.current.as_ref().filter(|current| current.fetched_at.is_none());
    let old = rotation.previous.as_ref().and_then(|previous| previous.secret_id.clone());
    if let (true, Some(current), Some(secret_id)) = (terms.revoke_generated_credentials, unread, old) {
        plan.cuts.push(Cut { secret_id, deletes: true, unread: Some(current.version), ..Cut::default() });
    }
    plan
}
