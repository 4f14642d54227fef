use super::*;

#[test]
fn an_offset_is_read_with_the_sign_that_people_give_it() {
    let read = [
        ("GMT+2", 120),
        ("gmt +2", 120),
        ("UTC+2", 120),
        ("UTC+02:00", 120),
        ("+02:00", 120),
        ("+0200", 120),
        ("+2", 120),
        ("GMT-3", -180),
        ("UTC\u{2212}3:30", -210),
        ("-0330", -210),
        ("UTC+05:30", 330),
        ("+05:45", 345),
        ("Z+1", 60),
        ("UTC0", 0),
        ("+00:00", 0),
        ("UTC2", 120),
        ("+14", 840),
        // POSIX: what is added to the local time to have UTC.
        ("CET-1", 60),
        ("EST5", -300),
        ("MSK-3", 180),
        ("Etc/GMT+02", -120),
        ("IST-5:30", 330),
    ];
    for (text, minutes) in read {
        assert_eq!(offset(text), Some(minutes), "{text}");
    }
    for text in
        ["Europe/Berlin", "", "2", "UTC", "+", "UTC+x", "+25", "GMT+2:75", "CET-1CEST", "Etc/Foo+2", "+123", "a+1"]
    {
        assert_eq!(offset(text), None, "{text}");
    }
}

#[test]
fn what_is_offered_for_an_offset_has_that_offset() {
    for hours in -12..=14 {
        let typed = format!("GMT{hours:+03}");
        let Err(said) = named(&typed) else { panic!("{typed} is no name") };
        let zone = fixed(hours * 60).expect("there is one for each whole hour");
        let offset = DateTime::<Utc>::UNIX_EPOCH.with_timezone(&zone).offset().fix().local_minus_utc();
        assert_eq!(offset, hours * 3_600, "{}", zone.name());
        assert!(said.contains(&format!("{} is ", zone.name())), "{said}");
        assert_eq!(offset == 0, said.contains("UTC is UTC"), "{said}");
    }
}

#[test]
fn an_offset_is_answered_with_cities_and_never_with_the_name_that_looks_alike() {
    for typed in ["GMT+2", "UTC+2", "+02:00", "utc +02"] {
        let said = named(typed).expect_err("no name");
        assert!(said.contains("Europe/Berlin (in July), Europe/Athens (from January on)"), "{said}");
        assert!(said.contains("Etc/GMT-2 is UTC+2 all year") && !said.contains("Etc/GMT+2"), "{said}");
    }
    let half = named("UTC+05:30").expect_err("no name");
    assert!(half.contains("Asia/Kolkata") && !half.contains("Etc/"), "{half}");
    let behind = named("UTC-5").expect_err("no name");
    assert!(behind.contains("America/New_York") && behind.contains("Etc/GMT+5 is UTC-5 all year"), "{behind}");
    assert!(surprise("etc/gmt+2").is_some_and(|said| said.starts_with("Etc/GMT+2 is UTC-2, all year")));
    assert_eq!((surprise("Europe/Berlin"), surprise("Etc/GMT-0"), surprise("GMT+2")), (None, None, None));
    assert!(named("CET-1").expect_err("POSIX").contains("UTC+1, and not a time zone"));
}

#[test]
fn names_are_known_whatever_their_case_and_others_are_answered_with_the_nearest() {
    assert_eq!(named(" europe/berlin "), Ok(Tz::Europe__Berlin));
    assert_eq!(named("Etc/GMT+2"), Ok(Tz::Etc__GMTPlus2));
    assert!(named("Europe/Berln").expect_err("misspelt").ends_with("did you mean Europe/Berlin?"));
    assert!(named("PST").expect_err("a clock").contains("America/Los_Angeles"));
    assert!(named("cest").expect_err("a clock").contains("Europe/Berlin"));
}
