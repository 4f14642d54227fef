use super::*;

fn units(text: &str) -> Units {
    text.parse().expect("units")
}

#[test]
fn a_pattern_has_the_units_that_it_describes_and_no_others() {
    for (pattern, has, has_not) in [
        ("pay.service", vec!["pay.service"], vec!["pay@1.service", "pay.socket", "xpay.service", "pay.services"]),
        (
            "pay@*.service",
            vec!["pay@3.service", "pay@a.b.service"],
            vec!["pay.service", "pay@3.socket", "xpay@3.service"],
        ),
        ("pay@?.service", vec!["pay@3.service"], vec!["pay@10.service", "pay@.service"]),
        (
            "*",
            vec!["pay.service", "backup.mount", "a\\x2db.service"],
            vec!["", "pay", ".service", "pay.timer", "../pay.service"],
        ),
        ("p*y*.service", vec!["pay.service", "py.service", "payday.service"], vec!["pa.service"]),
    ] {
        for unit in has {
            assert!(units(pattern).have(unit), "{pattern} {unit}");
        }
        for unit in has_not {
            assert!(!units(pattern).have(unit), "{pattern} {unit}");
        }
    }
}

#[test]
fn two_patterns_meet_where_a_unit_can_be_one_of_both() {
    for (a, b, meets) in [
        ("pay.service", "pay.service", true),
        ("pay.service", "hr.service", false),
        ("pay@*.service", "pay@3.service", true),
        ("pay*.service", "*ment.service", true),
        ("pay@*.service", "hr@*.service", false),
        ("pay-?.service", "pay-??.service", false),
        ("*", "pay.mount", true),
        ("*a*b*", "*b*a*", true),
        ("a*.service", "b*", false),
    ] {
        assert_eq!((units(a).meet(&units(b)), units(b).meet(&units(a))), (meets, meets), "{a} {b}");
    }
    // The worst that can be typed is no work either.
    let stars = format!("{}.service", "*".repeat(200));
    assert!(units(&stars).meet(&units(&stars)));
}

#[test]
fn what_can_be_no_unit_is_refused_with_what_would_do() {
    let long = format!("{}.service", "a".repeat(250));
    for bad in ["", "pay", "pay.timer", "pay service", "/etc/pay.service", "[ab].service", long.as_str()] {
        let error = bad.parse::<Units>().expect_err(bad).to_string();
        assert!(error.contains("as pay.service"), "{bad}: {error}");
    }
    assert!("pay".parse::<Units>().expect_err("no kind").to_string().contains("\"pay.service\" would do"));
}

#[test]
fn a_credentials_name_is_one_that_stands_in_a_units_file_as_it_is() {
    for good in ["OKTA_CLIENT_SECRET", "okta.secret", "a-b@c"] {
        assert!(is_credential(good), "{good}");
    }
    let long = "a".repeat(256);
    for bad in ["", ".", "..", ".secret", "a:b", "a/b", "a b", "a%n", "ä", "\"a\"", long.as_str()] {
        assert!(!is_credential(bad), "{bad}");
    }
}
