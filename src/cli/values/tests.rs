use super::*;

fn refused<T: FromStr<Err = String>>(text: &str) -> String {
    text.parse::<T>().err().unwrap_or_else(|| panic!("{text:?} was taken"))
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
