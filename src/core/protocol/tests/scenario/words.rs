//! The words of the files: times, and what can happen to a call.

use chrono::{DateTime, Duration, NaiveTime, Utc};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

use crate::core::cause::Cause;
use crate::core::fault::{Code, Fault};
use crate::core::protocol::tests::model::Way;
use crate::core::protocol::tests::{days, start};
use crate::core::remedy::OnMachine;

/// `day 32`, at half past nine like the first; `day 32 03:00`.
pub fn instant(text: &str) -> DateTime<Utc> {
    let mut words = text.strip_prefix("day ").unwrap_or_else(|| panic!("{text:?} is no time")).split(' ');
    let day = words.next().and_then(|day| day.parse().ok()).unwrap_or_else(|| panic!("{text:?} has no day"));
    let at = start() + days(day);
    match words.next() {
        None => at,
        Some(time) => {
            let time = NaiveTime::parse_from_str(time, "%H:%M").unwrap_or_else(|error| panic!("{text:?}: {error}"));
            at.date_naive().and_time(time).and_utc()
        }
    }
}

/// How an instant is compared: by its day.
pub fn day(at: DateTime<Utc>) -> String {
    format!("day {}", (at.date_naive() - start().date_naive()).num_days())
}

/// `20 seconds`, `1 minute`, `-2 hours`, `365 days`.
pub fn span(text: &str) -> Duration {
    let (count, unit) = text.split_once(' ').unwrap_or_else(|| panic!("{text:?} is no span of time"));
    let count: i64 = count.parse().unwrap_or_else(|_| panic!("{text:?} has no number"));
    match unit.trim_end_matches('s') {
        "second" => Duration::seconds(count),
        "minute" => Duration::minutes(count),
        "hour" => Duration::hours(count),
        "day" => Duration::days(count),
        other => panic!("{other:?} is no unit of time"),
    }
}

/// `create: the answer is lost`, also `verify: refused (6 times)`: the step, what happens to it, how often.
pub fn fate(text: &str) -> (String, Way, Option<Fault>, u32) {
    let (step, what) = text.split_once(": ").unwrap_or_else(|| panic!("{text:?} is no call and its fate"));
    let (what, times) = match what.strip_suffix(" times)").and_then(|what| what.split_once(" (")) {
        Some((what, times)) => (what, times.parse().unwrap_or_else(|_| panic!("{text:?} has no number"))),
        None => (what, 1),
    };
    let (way, says) = way(what);
    (step.to_owned(), way, says, times)
}

fn way(what: &str) -> (Way, Option<Fault>) {
    let says = |code: Code| (Way::Says, Some(Fault::new(code, Cause::Words(what.to_owned())).and(OnMachine::TryAgain)));
    match what {
        "answered" => (Way::Clear, None),
        "lost" => (Way::LostBefore, None),
        "the answer is lost" => (Way::LostAfter, None),
        "arrives late, unanswered" => (Way::Late, None),
        "arrives a minute late, unanswered" => (Way::Later, None),
        "500, without effect" => (Way::Fails, None),
        "500, with effect" => (Way::FailsAfter, None),
        "the answer is garbage" => (Way::GarbledAfter, None),
        "429" => (Way::Limited, None),
        "refused" => (Way::Refused, None),
        "the org cannot be reached" => says(Code::Unreachable),
        "the certificate is not trusted" => says(Code::Untrusted),
        status => (Way::Says, Some(refusal(status))),
    }
}

/// `400 E0000001 You can't do that.`, distinguished by the code that tells real answers apart.
fn refusal(text: &str) -> Fault {
    let mut words = text.splitn(3, ' ');
    let status = words.next().and_then(|word| StatusCode::from_bytes(word.as_bytes()).ok());
    let status = status.unwrap_or_else(|| panic!("nothing that can happen to a call: {text:?}"));
    let (code, said) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let body = if code.starts_with('E') {
        let causes = serde_json::json!([{ "errorSummary": said }]);
        serde_json::json!({ "errorCode": code, "errorSummary": "Api validation failed", "errorCauses": causes })
    } else {
        serde_json::json!({ "error": code, "error_description": said })
    };
    crate::okta::error::fault(status, &HeaderMap::new(), body.to_string().as_bytes())
}
