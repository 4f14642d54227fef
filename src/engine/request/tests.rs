use super::*;
use crate::engine::act::On;
use crate::engine::patience::deletion;

#[test]
fn whoever_waits_for_an_attempt_has_more_patience_than_the_engine() {
    for seconds in [None, Some(0), Some(1), Some(3600), Some(u64::MAX)] {
        for kind in ActKind::ALL.iter().filter(|kind| kind.spec().waits) {
            let act = kind.on_terms(serde_json::json!({"waitSeconds": seconds})).expect("terms");
            let asked = |mode| Request::act("payments", act.clone(), mode).patience();
            assert_eq!(asked(Mode::Agreed), wait(seconds) + WITH_OKTA, "{kind}");
            assert_eq!(asked(Mode::Plan), WITH_OKTA, "{kind}: a plan waits for the end of nothing");
        }
    }
    assert_eq!(wait(None), Duration::from_secs(90));
    assert_eq!(wait(Some(u64::MAX)), Duration::from_hours(1));
}

#[test]
fn what_asks_okta_is_not_cut_off_while_a_limit_holds_it_up() {
    for kind in [ActKind::Check, ActKind::TestConnection] {
        assert_eq!(Request::act("x", kind.plain(), Mode::Ask).patience(), WITH_OKTA, "{kind}");
    }
    assert!(Request::act("x", DeleteTerms::default(), Mode::Ask).patience() > deletion());
    assert_eq!(Request::View.patience(), AT_HAND);
}

#[test]
fn a_plan_changes_nothing() {
    for kind in ActKind::ALL.iter().filter(|kind| kind.spec().plans) {
        assert!(!Request::act("x", kind.plain(), Mode::Plan).changes(), "{kind}");
        assert!(Request::act("x", kind.plain(), Mode::Agreed).changes(), "{kind}");
    }
}

#[test]
fn what_is_known_of_an_act_fits_together() {
    for kind in ActKind::ALL {
        let (spec, terms) = (kind.spec(), kind.plain().terms());
        assert!(!kind.plain().doing().is_empty(), "{kind}: what is being done has no words");
        assert_eq!(spec.waits, terms.contains_key("waitSeconds"), "{kind}");
        for option in spec.options {
            assert!(terms.contains_key(option.field), "{kind}: {} is no field of its terms", option.field);
        }
        let others = terms.len() - usize::from(spec.waits);
        let by_key_alone = *kind == ActKind::TestConnection;
        assert!(by_key_alone || others == spec.options.len(), "{kind}: each term has its option");
        assert!(
            spec.paths.iter().all(|path| path.contains("{id}") == (spec.named_by.is_none() && spec.on != On::Store))
        );
        let same = |other: &&ActKind| other.spec().command == spec.command;
        assert_eq!(ActKind::ALL.iter().filter(same).count(), 1, "{kind}: its command is its own");
    }
}
