//! The status in words, for whichever frontend shows it. Short enough for 80 columns.

use chrono::TimeDelta;
use chrono_tz::Tz;

use super::status::{EngineState, Slot, Slots, Status};

impl Status {
    /// For the header: the consumer, whose zero is the argument. `dot` stands between the two numbers.
    pub fn headline(&self, dot: &str) -> String {
        format!("consumer {} logins {dot} {} refused", grouped(self.logins), grouped(self.refused))
    }

    /// The demo's time in the reader's zone, and what happened last.
    pub fn news(&self, zone: Tz) -> String {
        let time = self.now.with_timezone(&zone).format("%a %-d %b %H:%M");
        let stands = if self.paused { ", stopped" } else { "" };
        let said = match &self.engine {
            EngineState::Down(why) => format!("the engine does not start any more: {why}"),
            EngineState::Starting | EngineState::Running => self.said.clone(),
        };
        format!("{time}{stands}  {said}")
    }

    /// An app's two places for secrets, as its org holds them now: since when there is a secret, or it is off.
    pub fn slots(&self, app: &Slots) -> String {
        let slot = |index: usize| match app.secrets.get(index) {
            Some(secret) => format!("[{}]", self.slot(secret)),
            None => "[empty]".into(),
        };
        format!("{} at its org  {}  {}", app.rotation, slot(0), slot(1))
    }

    fn slot(&self, secret: &Slot) -> String {
        let id: String = secret.id.chars().take(8).collect();
        if secret.active {
            format!("{id} ACTIVE {}", span(self.now - secret.created))
        } else {
            format!("{id} INACTIVE {}", span(self.now - secret.switched))
        }
    }
}

/// Days, hours or minutes, whichever is the largest.
fn span(passed: TimeDelta) -> String {
    match (passed.num_days(), passed.num_hours(), passed.num_minutes()) {
        (days @ 2.., _, _) => format!("{days}d"),
        (_, hours @ 1.., _) => format!("{hours}h"),
        (_, _, minutes) => format!("{}m", minutes.max(0)),
    }
}

/// With a comma between thousands.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};

    use super::*;

    #[test]
    fn numbers_ages_and_places_are_reported_in_words() {
        let now = DateTime::<Utc>::from_timestamp(1_772_418_600, 0).expect("valid");
        let secret = |id: &str, active, hours| Slot {
            id: id.into(),
            active,
            created: now - TimeDelta::hours(60),
            switched: now - TimeDelta::hours(hours),
        };
        let secrets = vec![secret("ocs1234567890", true, 60), secret("ocsabcdefghi", false, 2)];
        let app =
            |secrets| Slots { rotation: "payments".into(), app_id: "0oa".into(), label: "Payments".into(), secrets };
        let status = Status { logins: 1_234_567, said: "it rotated".into(), ..Status::new(now) };
        assert_eq!(status.headline("·"), "consumer 1,234,567 logins · 0 refused");
        assert_eq!(status.news(Tz::Europe__Zurich), "Mon 2 Mar 03:30  it rotated");
        assert_eq!(status.slots(&app(secrets)), "payments at its org  [ocs12345 ACTIVE 2d]  [ocsabcde INACTIVE 2h]");
        assert_eq!(status.slots(&app(Vec::new())), "payments at its org  [empty]  [empty]");
        let down = Status { paused: true, engine: EngineState::Down("no disk".into()), ..status };
        assert_eq!(down.news(Tz::UTC), "Mon 2 Mar 02:30, stopped  the engine does not start any more: no disk");
        assert_eq!((grouped(0), grouped(999), grouped(1_000)), ("0".into(), "999".into(), "1,000".into()));
        assert_eq!((span(TimeDelta::hours(47)), span(TimeDelta::minutes(-1))), ("47h".into(), "0m".into()));
    }
}
