//! The step that asks for a target: what is made once the rotation is, whatever becomes of the wizard meanwhile.

use super::*;
use crate::core::secret::SecretValue;
use crate::engine::request::TargetBody;
use crate::tui::fixture::with_targets;
use crate::tui::forms::rotation::delivery::Delivery;
use crate::tui::forms::rotation::wizard::DELIVER;
use crate::tui::forms::target::{TargetForm, field as at};
use crate::tui::msg::{Effect, Purpose};
use crate::tui::picture::picture;

/// The wizard at the step, with one app.
fn at_step() -> Model {
    let mut model = at_apps(vec![app(1, "Orders", 0)]);
    choose(&mut model, "ord", app(1, "Orders", 1));
    org::go_to(&mut model, DELIVER);
    model
}

/// Agrees to the review; what that asks for.
fn agree(model: &mut Model) -> (Purpose, Request) {
    let (plan, _) = to_review(model);
    answer(model, plan, Reply::Plan { plan: Plan::default() });
    only(press(model, "⇥⏎"))
}

fn made(model: &mut Model, purpose: Purpose) -> Vec<Effect> {
    let row = rotation(9, "orders", "Orders", "OK", 30, 0);
    answer(model, purpose, Reply::Rotation { secret_rotation: Box::new(row), plan: None })
}

fn target(request: Request) -> TargetBody {
    match request {
        Request::TargetCreate(body) => *body,
        other => panic!("{other:?}"),
    }
}

fn form(model: &Model) -> Option<&TargetForm> {
    match model.overlays.last()? {
        Overlay::TargetForm(form) => Some(form),
        _ => None,
    }
}

#[test]
fn none_is_needed_and_then_none_is_made() {
    let mut model = at_step();
    let (purpose, _) = agree(&mut model);
    assert_eq!(made(&mut model, purpose), []);
    assert_eq!(wizard(&model).stage, Stage::Done);
    assert!(picture(&model).contains("D deliver it"));
}

#[test]
fn a_target_is_read_before_it_is_agreed_to_and_made_once_the_rotation_is() {
    let mut model = at_step();
    press(&mut model, " ⇥⇥run/pay/okta.env");
    key(&mut model, Code::PageDown);
    assert_eq!(wizard(&model).form.page, DELIVER, "a file has an absolute path");
    key(&mut model, Code::Home);
    press(&mut model, "/");
    let (plan, body) = to_review(&mut model);
    assert_eq!(body.name, "orders");
    answer(&mut model, plan, Reply::Plan { plan: Plan::default() });
    press(&mut model, "G");
    let shown = picture(&model);
    assert!(shown.contains("windlass target create orders file --path /run/pay/okta.env"), "{shown}");
    let (purpose, request) = only(press(&mut model, "⇥⏎"));
    assert!(matches!(request, Request::RotationCreate(_)));
    let (purpose, request) = only(made(&mut model, purpose));
    let body = target(request);
    assert_eq!((body.rotation.as_str(), body.destination.as_str()), ("orders", "file"));
    assert_eq!((body.destination_config.path.as_deref(), body.keys), (Some("/run/pay/okta.env"), None));
    assert_eq!(wizard(&model).stage, Stage::Working);
    let row = with_targets(&rotation(9, "orders", "Orders", "OK", 30, 0)).targets.list.remove(0);
    answer(&mut model, purpose, Reply::Target { secret_sync: Box::new(row) });
    assert_eq!(wizard(&model).stage, Stage::Done);
    let shown = picture(&model);
    assert!(shown.contains("It is delivered to ") && shown.contains("D its targets"), "{shown}");
    press(&mut model, "D");
    assert!(matches!(model.overlays.last(), Some(Overlay::Targets(_))), "nothing is asked for twice");
}

#[test]
fn a_target_that_is_refused_leaves_the_rotation_and_shows_what_was_typed_to_be_mended() {
    let mut model = at_step();
    press(&mut model, " ⇥⇥/run/pay/okta.env");
    let (purpose, _) = agree(&mut model);
    let (purpose, _) = only(made(&mut model, purpose));
    let taken = FieldFault { field: "destinationConfig.path".into(), message: "payments delivers there".into() };
    let refusal = Refusal { fields: vec![taken], ..Refusal::new(Kind::Conflict, "taken", "choose another") };
    send(&mut model, Msg::Replied(purpose, Err(refusal)));
    let shown = form(&model).expect("its form");
    assert_eq!((shown.rotation.as_str(), shown.form.typed(at::PATH)), ("orders", "/run/pay/okta.env"));
    assert_eq!(shown.form.field().and_then(|it| it.fault.as_deref()), Some("payments delivers there"));
    assert!(shown.form.get(at::WANTED).is_none());
    // Left, it can be had again.
    key(&mut model, Code::Esc);
    assert!(matches!(wizard(&model).delivery, Delivery::Refused(_)));
    assert!(picture(&model).contains("Its target was not made"));
    press(&mut model, "D");
    assert_eq!(form(&model).expect("its form").form.typed(at::PATH), "/run/pay/okta.env");
    press(&mut model, "2");
    let (_, request) = only(key(&mut model, Code::PageDown));
    assert_eq!(target(request).destination_config.path.as_deref(), Some("/run/pay/okta.env2"));
}

#[test]
fn what_was_agreed_to_is_made_though_the_wizard_is_left() {
    let mut model = at_step();
    press(&mut model, " ⇥⇥/run/pay/okta.env");
    let (purpose, _) = agree(&mut model);
    key(&mut model, Code::Esc);
    assert!(model.overlays.is_empty());
    let (purpose, request) = only(made(&mut model, purpose));
    assert_eq!(target(request).rotation, "orders");
    send(&mut model, Msg::Replied(purpose, Err(Refusal::new(Kind::Conflict, "the place is taken", "choose another"))));
    assert!(picture(&model).contains("the place is taken"));
}

#[test]
fn a_template_is_read_at_its_step_and_what_cannot_be_read_stays_there() {
    let mut model = at_step();
    press(&mut model, " ⇥⇥/run/pay/okta.conf⇥→→→→→→→⇥pay.tmpl");
    let read = |effects: Vec<Effect>| match effects.as_slice() {
        [Effect::ReadFile { number, path, .. }] if path == "pay.tmpl" => *number,
        other => panic!("{other:?}"),
    };
    let number = read(key(&mut model, Code::PageDown));
    send(&mut model, Msg::FileRead { number, untested: false, result: Err("there is no such file".into()) });
    assert!(wizard(&model).form.page == DELIVER && picture(&model).contains("there is no such file"));
    let number = read(key(&mut model, Code::PageDown));
    let text = SecretValue::new("secret = {{ clientSecret }}");
    let effects = send(&mut model, Msg::FileRead { number, untested: false, result: Ok(text) });
    assert_eq!(wizard(&model).form.page, REVIEW);
    let (plan, _) = only(effects);
    answer(&mut model, plan, Reply::Plan { plan: Plan::default() });
    let (purpose, _) = only(press(&mut model, "⇥⏎"));
    let (_, request) = only(made(&mut model, purpose));
    assert_eq!(target(request).destination_config.template.as_deref(), Some("secret = {{ clientSecret }}"));
}

#[test]
fn several_and_changes_pass_it_by() {
    let mut model = at_apps(vec![app(1, "Orders", 0), app(2, "Stock", 0)]);
    press(&mut model, "  ");
    org::go_to(&mut model, DETAILS);
    key(&mut model, Code::PageDown);
    assert_eq!(wizard(&model).form.page, REVIEW);
    key(&mut model, Code::PageUp);
    assert_eq!(wizard(&model).form.page, DETAILS);
    let mut model = org::well(80, 24);
    press(&mut model, "e");
    org::go_to(&mut model, DETAILS);
    key(&mut model, Code::PageDown);
    assert_eq!(wizard(&model).form.page, REVIEW);
}
