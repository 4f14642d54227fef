//! What an answer of the engine changes. One that nothing waits for any more changes nothing.

use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::Reply;
use crate::tui::acts::batch::Standing;
use crate::tui::acts::copy;
use crate::tui::filling;
use crate::tui::model::Model;
use crate::tui::msg::{Effect, Purpose};
use crate::tui::overlays::Overlay;
use crate::tui::session::Session;
use crate::tui::theme::Tone;
use crate::tui::{target_acts, target_filling};
use crate::words::sentence::say;

/// Takes an answer.
pub fn take(model: &mut Model, purpose: Purpose, result: Result<Reply, Refusal>) -> Vec<Effect> {
    match (purpose, result) {
        (Purpose::Act { batch, id }, result) => acted(model, batch, id, &result),
        (Purpose::Plan { number, id }, result) => {
            let plan = match result {
                Ok(Reply::Plan { plan }) => Ok(plan),
                Ok(_) => return Vec::new(),
                // The question that an act asks is its plan.
                Err(mut refusal) => match refusal.plan.take() {
                    Some(plan) if refusal.error == Kind::NeedsConsent => Ok(*plan),
                    plan => Err(Refusal { plan, ..refusal }),
                },
            };
            for overlay in &mut model.overlays {
                if let Overlay::Plan(shown) = overlay
                    && shown.number == number
                {
                    shown.plans.insert(id, plan.clone());
                    shown.read = false;
                }
            }
            Vec::new()
        }
        (Purpose::Wizard(number, wanted), result) => filling::rotation_answered(model, number, wanted, result),
        (Purpose::Connect(number), result) => filling::connection_answered(model, number, result),
        (Purpose::Target(number), result) => target_filling::answered(model, number, result),
        (Purpose::TargetPlan(id), result) => target_acts::planned(model, id, result),
        (Purpose::TargetSaved(name), Ok(reply)) => target_acts::saved(&mut model.session, &name, &reply),
        (Purpose::Upcoming, Ok(Reply::Upcoming { events, .. })) => {
            if let Some(Overlay::Upcoming { rows, .. }) = model.overlays.last_mut() {
                *rows = Some(events);
            }
            Vec::new()
        }
        (Purpose::OktaSecrets(id), Ok(Reply::OktaSecrets { secrets })) => {
            model.detail.secrets = Some((id, secrets));
            Vec::new()
        }
        (Purpose::Reveal(name), Ok(Reply::Secret { secret })) => {
            let (reveal, hides) = copy::show(&mut model.session, name, &secret);
            model.overlays.push(Overlay::Reveal(reveal));
            vec![hides]
        }
        (Purpose::CopyValue(_), Ok(Reply::Secret { secret })) => copy::put(&mut model.session, secret.value),
        (Purpose::SaveValue(name), Ok(Reply::Secret { secret })) => {
            vec![Effect::SaveSecret(format!("{name}.secret"), secret.value)]
        }
        (Purpose::History(ticket), result) => model.history.page(ticket, result),
        (Purpose::Past, result) => {
            let past = match result {
                Ok(Reply::History { history, .. }) => history,
                // The log begins with what comes, then.
                _ => Vec::new(),
            };
            model.log.lines.seed(&past, model.session.linked_at);
            Vec::new()
        }
        (Purpose::Upcoming, Err(refusal)) => {
            model.overlays.retain(|overlay| !matches!(overlay, Overlay::Upcoming { rows: None, .. }));
            vec![refused(&mut model.session, "", &refusal)]
        }
        (
            Purpose::Reveal(name) | Purpose::CopyValue(name) | Purpose::SaveValue(name) | Purpose::TargetSaved(name),
            Err(refusal),
        ) => {
            vec![refused(&mut model.session, &name, &refusal)]
        }
        // A reply of another kind; or a rotation that is gone by now, which its row says.
        (_, Ok(_)) | (Purpose::OktaSecrets(_), Err(_)) => Vec::new(),
    }
}

fn acted(model: &mut Model, number: u64, id: uuid::Uuid, result: &Result<Reply, Refusal>) -> Vec<Effect> {
    let Some(batch) = model.batches.get_mut(&number) else { return Vec::new() };
    let Some(item) = batch.note(id, result) else { return Vec::new() };
    let item = item.clone();
    let (done, refused, open) = batch.counts();
    let shown = model.overlays.iter().any(|it| matches!(it, Overlay::Batch { number: it, .. } if *it == number));
    if open == 0 && !shown {
        let many = batch.items.len() > 1;
        let why = batch.items.iter().find_map(|item| match &item.standing {
            Standing::Refused(problem) => Some(say!("; {}: {}", &item.task.target.name, problem.whole())),
            _ => None,
        });
        let why = why.unwrap_or_default();
        model.batches.remove(&number);
        if many {
            let tone = if refused == 0 { Tone::Good } else { Tone::Bad };
            return vec![model.session.toast(tone, say!("{} done, {} refused{}", done, refused, why))];
        }
    }
    if shown || open > 0 {
        return Vec::new();
    }
    let name = item.task.target.name;
    vec![match item.standing {
        Standing::Done(text) => model.session.toast(Tone::Good, say!("{}: {}", name, text)),
        Standing::Refused(problem) => model.session.refused(&name, &problem),
        Standing::Open => return Vec::new(),
    }]
}

fn refused(session: &mut Session, name: &str, refusal: &Refusal) -> Effect {
    session.refused(name, &refusal.problem)
}
