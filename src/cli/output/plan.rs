//! A plan in sentences, the same on a terminal and in a log.

use super::text;
use crate::core::protocol::plan::{Cut, Plan, instant};

/// What is there, what would follow, and what stands in the way.
pub fn sentences(plan: &Plan) -> String {
    let mut lines = Vec::new();
    // The worst first.
    lines.extend(plan.unread().map(worst));
    if !plan.secrets.is_empty() {
        lines.push("at Okta now:".to_owned());
        for secret in &plan.secrets {
            let status = format!("{:?}", secret.status).to_uppercase();
            let made = secret.created_at.map(|at| format!(", made {}", instant(at))).unwrap_or_default();
            lines.push(format!("  {} {status}{made} ({})", secret.id, secret.whose));
        }
    }
    if !plan.steps.is_empty() {
        lines.push("what follows:".into());
        lines.extend(plan.steps.iter().enumerate().map(|(index, step)| format!("  {}. {step}", index + 1)));
    }
    if !plan.blockers.is_empty() {
        lines.push("in the way:".into());
        for blocker in &plan.blockers {
            lines.push(format!("  {}", blocker.message));
            lines.push(format!("    {}", blocker.hint));
        }
    }
    lines.push(String::new());
    let lines: Vec<String> = lines.iter().map(|line| text(line)).collect();
    lines.join("\n")
}

/// What is taken from whom.
fn worst(cut: &Cut) -> String {
    let does = if cut.deletes { "DELETES" } else { "switches OFF" };
    let back = if cut.deletes { "; this cannot be undone" } else { "" };
    let readers = cut.readers.as_ref().map(|known| format!(". {known}")).unwrap_or_default();
    let version = cut.unread.unwrap_or_default();
    format!("!! no consumer has fetched version {version}, and this {does} {}{back}{readers}", cut.secret_id)
}
