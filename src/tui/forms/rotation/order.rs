//! What is to be made: the requests, what each would do, and what became of it.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::core::protocol::plan::Plan;
use crate::core::secret::SecretValue;
use crate::engine::events::Level;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{MappingBody, Parameters, Reply, Request, RotateAt, RotationBody};
use crate::engine::view::RotationView;
use crate::text::typed::Span;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::rotation;
use crate::tui::forms::rotation::apps;
use crate::tui::forms::rotation::apps::Take;
use crate::tui::forms::rotation::{REVIEW, Stage, Wanted, Wizard, check, fields, keys, many};
use crate::tui::model::Model;
use crate::tui::msg::{Ask, Effect, Purpose, Tone};
use crate::tui::overlays::Overlay;

/// So many are asked about, or made, at the same time. Okta's limits are the engine's to keep; more would only wait.
const MAX_CONCURRENT: usize = 4;

/// Okta's code for a limit that is used up.
const LIMIT: &str = "E0000047";

/// How often one of several is asked for again where a limit is used up: for about a quarter of an hour.
const TRIES: u32 = 18;

/// The longest pause between two tries, in seconds.
const PAUSE: u64 = 60;

/// One rotation that is to be made.
#[derive(Clone, Debug)]
pub struct Order {
    /// The request.
    pub body: RotationBody,
    /// The app's label, or what was typed for it.
    pub label: String,
    /// When it rotates for the first time.
    pub first: Option<DateTime<Utc>>,
    /// What it would do.
    pub plan: Option<Result<Plan, Refusal>>,
    /// What became of it.
    pub outcome: Option<Result<Box<RotationView>, Refusal>>,
    /// The steps that the engine told of.
    pub steps: Vec<(Level, String)>,
    /// It was asked for.
    asked: bool,
    /// How often it was asked for again.
    tries: u32,
}

impl Order {
    /// Not asked about yet.
    pub fn new(body: RotationBody, label: String, first: Option<DateTime<Utc>>) -> Self {
        Self { body, label, first, plan: None, outcome: None, steps: Vec::new(), asked: false, tries: 0 }
    }

    /// Whether it is being made.
    pub fn is_under_way(&self) -> bool {
        self.asked && self.outcome.is_none()
    }

    /// Whether it is to be made yet.
    pub fn is_open(&self) -> bool {
        self.outcome.is_none() && !self.is_blocked()
    }

    /// The rotation, once it is made.
    pub fn made(&self) -> Option<&RotationView> {
        self.outcome.as_ref()?.as_ref().ok().map(AsRef::as_ref)
    }

    /// Why it was not made.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.outcome.as_ref()?.as_ref().err()
    }

    /// Whether something is known to be in its way.
    pub fn is_blocked(&self) -> bool {
        match &self.plan {
            Some(Ok(plan)) => !plan.blockers.is_empty(),
            Some(Err(_)) => true,
            None => false,
        }
    }
}

/// The request for an app, as everything was typed. Where several are made, name, folder and first date are each one's own.
pub fn body(wizard: &Wizard, app: &str) -> RotationBody {
    let form = &wizard.form;
    let text = |name: &str| Some(form.typed(name).to_owned());
    let seconds = |name: &str| form.typed(name).parse::<Span>().ok().map(|span| span.0);
    let (hours, minutes) = check::time(wizard).unwrap_or_default();
    let take = apps::take(wizard);
    let meant = |name: &str| apps::meant(wizard, name).map(|secret| secret.id.clone());
    RotationBody {
        name: form.typed("name").to_owned(),
        description: text("description").filter(|text| !text.is_empty()),
        connection_id: form.typed("connectionId").to_owned(),
        environment: text("environment"),
        secret_path: text("secretPath"),
        is_auto_rotation_enabled: Some(form.is_on("isAutoRotationEnabled")),
        rotation_interval: check::days(wizard).map(Into::into),
        rotate_at_utc: None,
        first_rotation_at: None,
        rotate_at: Some(RotateAt { hours, minutes, time_zone: text("rotateAt.timeZone") }),
        parameters: Parameters::with(app, own_client_id(wizard)),
        secrets_mapping: Some(mapping(wizard)),
        overlap_seconds: seconds("overlapSeconds"),
        soak_seconds: seconds("soakSeconds"),
        retire_unread: Some(form.is_on("retireUnread")),
        replace_secret_id: (take == Take::Replace).then(|| meant("replaceSecretId")).flatten(),
        verify: Some(fields::way_of(wizard, app).into()),
        adopt: take == Take::Adopt,
        adopt_secret_id: form.get("adoptSecretId").and_then(|_| meant("adoptSecretId")),
        adopt_client_secret: secret(wizard, "adoptClientSecret"),
        dry_run: false,
        wait_seconds: None,
    }
}

/// The client id that was typed, where it is another than the one that is taken for the app's.
fn own_client_id(wizard: &Wizard) -> Option<String> {
    let app = wizard.app().filter(|_| wizard.form.get(apps::CLIENT_ID).is_some())?;
    Some(wizard.form.typed(apps::CLIENT_ID).to_owned()).filter(|typed| *typed != app.client_id)
}

fn secret(wizard: &Wizard, name: &str) -> Option<SecretValue> {
    match &wizard.form.get(name)?.input {
        Input::Secret(secret) => secret.value(),
        _ => None,
    }
}

/// The two names as they were typed.
pub fn mapping(wizard: &Wizard) -> MappingBody {
    MappingBody {
        client_id: wizard.form.typed("secretsMapping.clientId").into(),
        client_secret: wizard.form.typed("secretsMapping.clientSecret").into(),
    }
}

/// Puts the orders down for the review, and asks what they would do.
pub fn review(wizard: &mut Wizard, model: &Model) -> Vec<Effect> {
    (wizard.scroll, wizard.read) = (0, false);
    wizard.refusal = None;
    wizard.round += 1;
    if wizard.edits.is_some() {
        return Vec::new();
    }
    wizard.orders = if wizard.is_many() {
        many::orders(wizard, model)
    } else {
        let apps = wizard.apps();
        apps.iter().map(|app| Order::new(body(wizard, app), wizard.label(), None)).collect()
    };
    (0..wizard.orders.len().min(MAX_CONCURRENT)).filter_map(|at| plan(wizard, at)).collect()
}

fn plan(wizard: &Wizard, at: usize) -> Option<Effect> {
    let order = wizard.orders.get(at)?;
    let body = RotationBody { dry_run: true, ..order.body.clone() };
    Some(wizard.call(Wanted::Plan(wizard.round, at), Request::RotationCreate(Box::new(body))))
}

/// Makes what the review shows. What is known to be in the way of one is not tried.
pub fn make(wizard: &mut Wizard, now: DateTime<Utc>) -> Vec<Effect> {
    (wizard.stage, wizard.began) = (Stage::Working, now);
    wizard.scroll = 0;
    for order in &mut wizard.orders {
        if order.made().is_none() {
            (order.asked, order.outcome, order.tries) = (false, None, 0);
            order.steps.clear();
        }
    }
    let effects: Vec<Effect> = (0..MAX_CONCURRENT).filter_map(|_| make_next(wizard)).collect();
    if effects.is_empty() {
        wizard.stage = Stage::Done;
    }
    effects
}

fn make_next(wizard: &mut Wizard) -> Option<Effect> {
    let at = wizard.orders.iter().position(|order| !order.asked && order.outcome.is_none() && !order.is_blocked())?;
    wizard.orders[at].asked = true;
    let body = wizard.orders[at].body.clone();
    Some(wizard.call(Wanted::Make(at), Request::RotationCreate(Box::new(body))))
}

/// An answer for a wizard. One that is no longer there is told of by what is left of it: a sentence.
pub fn answered(model: &mut Model, number: u64, wanted: Wanted, result: Result<Reply, Refusal>) -> Vec<Effect> {
    let mine = |overlay: &Overlay| matches!(overlay, Overlay::Wizard(wizard) if wizard.number == number);
    let Some(at) = model.overlays.iter().position(mine) else { return left_alone(model, &wanted, &result) };
    let Overlay::Wizard(mut wizard) = model.overlays.remove(at) else { return Vec::new() };
    let mut gone = false;
    let effects = match wanted {
        Wanted::Apps(id) => apps::came(&mut wizard, model, id, result),
        Wanted::App(app) => {
            apps::looked(&mut wizard, model.now, app, result);
            keys::looked(&mut wizard, model)
        }
        Wanted::Plan(round, at) if round == wizard.round => {
            if let Some(later) = again(&mut wizard, model, at, true, &result) {
                vec![later]
            } else {
                wizard.read = false;
                planned(&mut wizard, at, result)
            }
        }
        Wanted::Plan(..) => Vec::new(),
        Wanted::Make(at) => match again(&mut wizard, model, at, false, &result) {
            Some(later) => vec![later],
            None => made(&mut wizard, at, result),
        },
        Wanted::Ahead(number) => {
            wizard.ahead.answered(number, result);
            Vec::new()
        }
        Wanted::Save => match rotation::edit::saved(&mut wizard, model, result) {
            Some(effects) => {
                gone = true;
                effects
            }
            None => Vec::new(),
        },
    };
    if !gone {
        model.overlays.insert(at, Overlay::Wizard(wizard));
    }
    effects
}

fn planned(wizard: &mut Wizard, at: usize, result: Result<Reply, Refusal>) -> Vec<Effect> {
    let plan_of = match result {
        Ok(Reply::Plan { plan }) => Ok(plan),
        // Made meanwhile, by this very request.
        Ok(_) => return Vec::new(),
        Err(refusal) => Err(refusal),
    };
    let next = Some(at + MAX_CONCURRENT).filter(|next| *next < wizard.orders.len());
    if let Some(order) = wizard.orders.get_mut(at) {
        order.first = plan_of.as_ref().map_or(order.first, |plan| plan.next_rotation_at);
        order.plan = Some(plan_of);
    }
    if !wizard.is_many() && wizard.form.page == REVIEW {
        let refusal = wizard.orders.first().and_then(|order| order.plan.as_ref()?.as_ref().err().cloned());
        if let Some(refusal) = refusal {
            send_home(wizard, &refusal);
        }
    }
    next.and_then(|next| plan(wizard, next)).into_iter().collect()
}

/// Faults that have a field are shown beside it; everything typed is kept. Whether one had.
fn send_home(wizard: &mut Wizard, refusal: &Refusal) -> bool {
    let faults: Vec<_> = refusal.fields.iter().map(|fault| (fault.field.clone(), fault.message.clone())).collect();
    let given = faults.len();
    let unmatched = wizard.form.show_errors(faults).len();
    if unmatched < given {
        wizard.stage = Stage::Filling;
        return true;
    }
    // An app that is not there has no field in the answer, and one in the form.
    if refusal.error == Kind::Unknown {
        wizard.form.show_errors(vec![(apps::APP.into(), format!("{}; {}", refusal.message, refusal.hint))]);
        wizard.stage = Stage::Filling;
        return true;
    }
    false
}

/// One of several that meets a used-up limit is not given up for that: it is over within a minute. Anything else is told, for
/// somebody watches; and what is begun goes on by itself.
fn again(
    wizard: &mut Wizard,
    model: &Model,
    at: usize,
    dry_run: bool,
    result: &Result<Reply, Refusal>,
) -> Option<Effect> {
    let limited = |refusal: &&Refusal| refusal.okta_error_code.as_deref() == Some(LIMIT);
    let refusal = result.as_ref().err().filter(limited)?;
    let many = wizard.is_many();
    let order = wizard.orders.get_mut(at).filter(|order| many && order.tries < TRIES)?;
    if model.rows.rotations.values().any(|row| row.name == order.body.name) {
        return None;
    }
    order.tries += 1;
    let pause = 2_u64.saturating_pow(order.tries).min(PAUSE);
    order.steps.push((Level::Warn, format!("{}; tried again in {pause} s", refusal.message)));
    let request = Request::RotationCreate(Box::new(RotationBody { dry_run, ..order.body.clone() }));
    let wanted = if dry_run { Wanted::Plan(wizard.round, at) } else { Wanted::Make(at) };
    Some(Effect::CallLater(Duration::from_secs(pause), Purpose::Wizard(wizard.number, wanted), Ask(request)))
}

fn made(wizard: &mut Wizard, at: usize, result: Result<Reply, Refusal>) -> Vec<Effect> {
    let outcome = match result {
        Ok(Reply::Rotation { secret_rotation, .. }) => Ok(secret_rotation),
        Ok(_) => Err(Refusal::new(Kind::Failed, "the answer is another one", "look at the list of rotations")),
        Err(refusal) => Err(refusal),
    };
    if let Some(order) = wizard.orders.get_mut(at) {
        order.outcome = Some(outcome);
    }
    let more: Vec<Effect> = make_next(wizard).into_iter().collect();
    if more.is_empty() && !wizard.orders.iter().any(Order::is_under_way) {
        wizard.stage = Stage::Done;
        if let [order] = wizard.orders.as_slice()
            && let Some(refusal) = order.refusal().cloned()
        {
            send_home(wizard, &refusal);
        }
    }
    more
}

fn left_alone(model: &mut Model, wanted: &Wanted, result: &Result<Reply, Refusal>) -> Vec<Effect> {
    let told = match (wanted, result) {
        (Wanted::Make(_), Ok(Reply::Rotation { secret_rotation, .. })) => {
            (Tone::Good, format!("{} was created", secret_rotation.name))
        }
        (Wanted::Make(_) | Wanted::Save, Err(refusal)) => (Tone::Bad, format!("{}; {}", refusal.message, refusal.hint)),
        _ => return Vec::new(),
    };
    vec![model.toast(told.0, told.1)]
}
