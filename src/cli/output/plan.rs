//! A plan on a terminal, and in a log.

use chrono_tz::Tz;

use super::text;
use crate::core::protocol::plan::{Cut, Plan};
use crate::text::when;
use crate::words::sentence::{Sentence, say};
use crate::words::voice::Page;

/// What is there, what would follow, and what stands in the way.
pub fn sentences(plan: &Plan, zone: Tz) -> String {
    let mut lines = Vec::new();
    // The worst first.
    lines.extend(plan.unread().map(|cut| worst(cut).by(&Page(zone))));
    if !plan.secrets.is_empty() {
        lines.push("at Okta now:".to_owned());
        for secret in &plan.secrets {
            let status = format!("{:?}", secret.status).to_uppercase();
            let made = secret.created_at.map(|at| format!(", made {}", when::local(at, zone))).unwrap_or_default();
            lines.push(format!("  {} {status}{made} ({})", secret.id, secret.whose));
        }
    }
    if !plan.steps.is_empty() {
        lines.push("what follows:".into());
        let steps = plan.sentences(&Page(zone));
        lines.extend(steps.iter().enumerate().map(|(index, step)| format!("  {}. {step}", index + 1)));
    }
    if !plan.blockers.is_empty() {
        lines.push("in the way:".into());
        for blocker in &plan.blockers {
            lines.push(format!("  {}", blocker.what().by(&Page(zone))));
            lines.push(format!("    {}", blocker.todo().by(&Page(zone))));
        }
    }
    let lines: Vec<String> = lines.iter().map(|line| text(line)).collect();
    lines.join("\n")
}

/// What is taken from whom.
fn worst(cut: &Cut) -> Sentence {
    let does = if cut.deletes { "DELETES" } else { "switches OFF" };
    let back = if cut.deletes { "; this cannot be undone" } else { "" };
    let readers = cut.readers().map_or_else(Sentence::default, |known| say!(". {}", known));
    say!("!! {}, and this {} {}{}{}", cut.not_fetched(), does, &cut.secret_id, back, readers)
}
