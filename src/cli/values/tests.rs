use super::*;

fn refused<T: FromStr<Err = String>>(text: &str) -> String {
    text.parse::<T>().err().unwrap_or_else(|| panic!("{text:?} was taken"))
}

#[test]
fn spans_are_whole_numbers_with_a_unit() {
    for (text, seconds) in [("7d", 604_800), ("24h", 86_400), ("30m", 1_800), ("90s", 90), ("0s", 0), (" 1d ", 86_400)]
    {
        assert_eq!(text.parse(), Ok(Span(seconds)), "{text}");
    }
    for text in ["", "d", "1.5d", "-1d", "1w", "7 d", "d7", "7dd", "+7d", "１d"] {
        assert!(refused::<Span>(text).contains("whole number"), "{text}");
    }
    assert!(refused::<Span>("7").contains("did you mean 7d?"));
    assert!(refused::<Span>("99999999999999999999d").contains("at most"));
    assert!(refused::<Span>("36526d").contains("at most"));
}

#[test]
fn every_number_is_passed_on_and_nothing_else() {
    assert_eq!("30".parse(), Ok(Every(30.into())));
    assert_eq!("030".parse(), Ok(Every(30.into())));
    assert_eq!("0".parse(), Ok(Every(0.into())));
    assert_eq!("-3".parse(), Ok(Every((-3).into())));
    assert_eq!("1.5".parse::<Every>().expect("a number").0.as_f64(), Some(1.5));
    for text in ["", "monthly", "30d", "1,5", "NaN", "inf", "null", "\"30\""] {
        assert!(refused::<Every>(text).contains("whole number of days"), "{text}");
    }
}

#[test]
fn a_time_of_day_has_two_numbers() {
    assert_eq!("02:30".parse(), Ok(At { hours: 2, minutes: 30 }));
    assert_eq!("2:5".parse(), Ok(At { hours: 2, minutes: 5 }));
    assert_eq!("25:00".parse(), Ok(At { hours: 25, minutes: 0 }), "which the engine refuses by name");
    for text in ["", "02", "02:30:00", "2.30", "noon", "-1:00", "002:30"] {
        assert!(refused::<At>(text).contains("HH:MM"), "{text}");
    }
}

#[test]
fn instants_dates_and_spans() {
    let now = DateTime::parse_from_rfc3339("2026-11-25T12:00:00Z").expect("valid").to_utc();
    let berlin = chrono_tz::Europe::Berlin;
    let back = |text: &str| text.parse::<When>().expect("valid").back(now, berlin).to_rfc3339();
    assert_eq!(back("2026-11-01T00:00:00+02:00"), "2026-10-31T22:00:00+00:00");
    assert_eq!(back("2026-07-01"), "2026-06-30T22:00:00+00:00");
    assert_eq!(back("7d"), "2026-11-18T12:00:00+00:00");
    assert_eq!("24h".parse::<When>().expect("valid").ahead(now, berlin).to_rfc3339(), "2026-11-26T12:00:00+00:00");
    for text in ["", "yesterday", "2026-13-01", "2026-11-25 12:00", "7"] {
        assert!(refused::<When>(text).contains("2026-11-25T14:00:00Z"), "{text}");
    }
}
