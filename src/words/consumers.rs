//! Who has the current secret, and who has not, in words.

use chrono::{DateTime, Utc};

use super::sentence::{Sentence, say};
use crate::engine::view::{ConsumerView, ReachView};
use crate::text::when::relative;

/// So many that are missing are named; of the others their number is said.
const NAMED: usize = 3;

impl ReachView {
    /// `2 of 3 have version 13; payroll.service reads 12, last 3 h ago`. Nothing where no consumer is known by name.
    pub fn say(&self, version: u32, now: DateTime<Utc>) -> Sentence {
        let have = match (self.have, self.of) {
            (_, 0) => return Sentence::default(),
            (1, 1) => say!("its consumer has version {}", version),
            (0, 1) => say!("its consumer does not have version {} yet", version),
            (have, of) if have == of => say!("all {} have version {}", of, version),
            (0, of) => say!("none of {} has version {}", of, version),
            (have, of) => say!("{} of {} have version {}", have, of, version),
        };
        let missing = self.missing.iter().take(NAMED).map(|consumer| consumer.reads(now));
        let others = match self.missing.len().saturating_sub(NAMED) {
            0 => None,
            1 => Some(say!("one more is missing")),
            others => Some(say!("{} more are missing", others)),
        };
        Sentence::join([have].into_iter().chain(missing).chain(others), "; ")
    }
}

impl ConsumerView {
    /// `payroll.service reads 12, last 3 h ago`.
    fn reads(&self, now: DateTime<Utc>) -> Sentence {
        say!("{} reads {}, last {}", &self.consumer, self.version, relative(self.last_fetched_at, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::reach::Stands;

    fn reach(have: usize, missing: &[&str]) -> String {
        let now: DateTime<Utc> = "2026-12-01T12:00:00Z".parse().expect("valid");
        let missing = missing.iter().map(|consumer| ConsumerView {
            consumer: (*consumer).into(),
            claimed: false,
            uid: 0,
            user: "root".into(),
            unit: None,
            parent: None,
            version: 12,
            first_fetched_at: now,
            last_fetched_at: now - chrono::TimeDelta::hours(3),
            fetches: 1,
            stands: Stands::Missing,
        });
        let missing: Vec<_> = missing.collect();
        ReachView { have, of: have + missing.len(), reached: false, missing }.say(13, now).to_string()
    }

    #[test]
    fn who_is_missing_is_named() {
        assert_eq!(reach(2, &["payroll.service"]), "2 of 3 have version 13; payroll.service reads 12, last 3h ago");
        assert_eq!(reach(3, &[]), "all 3 have version 13");
        assert_eq!(reach(1, &[]), "its consumer has version 13");
        assert_eq!(reach(0, &["a"]), "its consumer does not have version 13 yet; a reads 12, last 3h ago");
        assert_eq!(reach(0, &[]), "");
        let many = reach(0, &["a", "b", "c", "d", "e"]);
        assert!(
            many.starts_with("none of 5 has version 13; a reads 12") && many.ends_with("; 2 more are missing"),
            "{many}"
        );
    }
}
