use super::*;

#[test]
fn a_list_of_apps_that_was_seen_is_shown_again_with_its_age_and_asked_for_again_on_demand() {
    let mut model = at_apps(vec![app(1, "Orders", 0)]);
    press(&mut model, "⎋n");
    let effects = key(&mut model, Code::PageDown);
    assert!(calls(effects).is_empty(), "it is not old");
    let pick = wizard(&model).form.pick(field::APP).expect("it is one");
    assert_eq!((pick.rows().len(), pick.as_of.as_str()), (1, ", as of 21:15"));
    let effects = send(&mut model, Msg::Key(Key::ctrl('r')));
    assert_eq!(calls(effects).len(), 1);
}

#[test]
fn one_app_is_named_as_one_of_several_would_be() {
    let mut model = at_apps(vec![app(1, "Zürich Büro", 0)]);
    choose(&mut model, "büro", app(1, "Zürich Büro", 1));
    let (_, body) = to_review(&mut model);
    assert_eq!(body.name, "zurich-buro");
}
