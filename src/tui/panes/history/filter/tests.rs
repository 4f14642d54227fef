use super::*;

const ZONE: Tz = chrono_tz::Europe::Berlin;

fn utc(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).expect("valid").to_utc()
}

fn parse(text: &str) -> Result<Filter, String> {
    Filter::parse(text, utc("2026-11-25T12:00:00Z"), ZONE)
}

#[test]
fn words_become_a_query() {
    let filter = parse("hr-sync outcome:failed by:mira since:7d until:2026-11-25T08:30").expect("sound");
    let query = filter.query(None, 50);
    assert_eq!(query.rotation.as_deref(), Some("hr-sync"));
    assert_eq!(query.actor.as_deref(), Some("mira"));
    assert_eq!((query.outcome, query.limit), (Some(Outcome::Failed), Some(50)));
    assert_eq!(query.since, Some(utc("2026-11-18T12:00:00Z")));
    assert_eq!(query.until, Some(utc("2026-11-25T07:30:00Z")));
    assert!(parse("  ").expect("empty").is_empty());
}

#[test]
fn what_is_said_can_be_typed_again() {
    let filter = parse("rotation:hr-sync outcome:attention since:2026-11-01").expect("sound");
    assert_eq!(filter.words(ZONE), "rotation:hr-sync outcome:attention since:2026-11-01T00:00");
    assert_eq!(parse(&filter.words(ZONE)), Ok(filter));
}

#[test]
fn a_time_that_the_clocks_skip_is_the_first_that_they_show() {
    let filter = parse("since:2026-03-29T02:30").expect("sound");
    assert_eq!(filter.since, Some(utc("2026-03-29T01:00:00Z")));
}

#[test]
fn what_cannot_be_read_is_said_with_what_can() {
    assert_eq!(parse("state:x"), Err("\"state\" is none of rotation: outcome: by: since: until:".into()));
    assert_eq!(parse("outcome:good"), Err("\"good\" is none of success, failed, running, attention".into()));
    assert_eq!(parse("by:"), Err("by: needs a value".into()));
    for text in
        ["since:yesterday", "since:9999999d", "since:2026-13-01", "since:-3d", "until:é", "since:2026-11-25T25:00"]
    {
        assert!(parse(text).is_err(), "{text}");
    }
}
