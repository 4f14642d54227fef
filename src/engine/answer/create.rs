//! Creating a rotation: everything is tested first, then the first secret is issued.
//!
//! Until the intent is on disk the rotation stands among the drafts, and a fault leaves no trace of it. After that it
//! exists, and the same request again joins it.

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::attempt::{blocked, shown, wait};
use super::names::{read_mapping, taken_name};
use super::okta;
use super::place;
use super::unread;
use crate::core::cause::{RequestCause, Thing};
use crate::core::history::{Actor, Trigger};
use crate::core::name::Slug;
use crate::core::protocol::call::SeenApp;
use crate::core::protocol::open::{Ask, open};
use crate::core::protocol::plan::make::plan;
use crate::core::protocol::usable::secretless;
use crate::core::remedy::{Automatic, InRequest, OnRotation};
use crate::core::rotation::{App, AuthMethod, Consent, Kind as Operation, OktaSecret, Origin, Rotation, Status};
use crate::core::schedule::Schedule;
use crate::core::secret::SecretValue;
use crate::engine::body::{Parameters, Reply, RotationBody};
use crate::engine::form::Form;
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::state::Engine;
use crate::engine::state::records::Model;
use crate::engine::work::driver;

/// Creates a rotation, or says what would happen.
pub async fn create(engine: &Engine, body: RotationBody, actor: Actor) -> Result<Reply, Refusal> {
    engine.may_act()?;
    let mut draft = read(engine, &body)?;
    match known(engine, &draft, &body)? {
        Known::Not => {}
        Known::Made(id) => return shown(engine, id, None),
        Known::UnderWay(id, attempt) => {
            driver::drive(engine, id);
            return wait(engine, id, attempt, body.wait_seconds, None).await;
        }
    }
    vacant(&engine.model.borrow(), &draft, &body)?;
    let client = engine.client(draft.connection_id).map_err(|fault| Refusal::from_fault(&fault))?;
    let unsaved = |mut refusal: Refusal| {
        refusal.problem.remedies.push(Automatic::NothingSaved.into());
        refusal
    };
    let typed = body.parameters.app();
    let app = okta::patiently(engine, async || client.find_app(typed).await).await.map_err(unsaved)?;
    // The secrets of an app that can have none are not asked for: Okta's refusal would say less than the app itself
    // does.
    let mut seen = Vec::new();
    if secretless(&app).is_none() {
        seen = okta::secrets(&client, &app.id).await.map_err(unsaved)?;
        okta::has_named(&seen, body.replace_secret_id.as_deref())?;
    }
    draft.app = App {
        id: app.id.clone(),
        label: app.label.clone(),
        client_id: own_client_id(&app, body.parameters.given_client_id())?,
        client_id_hidden: app.client_id_hidden,
        auth_method: app.auth_method,
        redirect_uri: app.redirect_uri.clone(),
    };
    // The answer took its time: someone may have taken the names meanwhile. From here to `begin` nothing waits.
    vacant(&engine.model.borrow(), &draft, &body)?;
    engine.model.borrow().connection(body.connection_id.trim())?;
    one_per_app(&engine.model.borrow(), &draft, &app)?;
    let now = engine.clock.now();
    let ask = Ask { consent: consent(&draft, &body), ..Ask::new(Trigger::Create, actor) };
    let kind = if body.adopt { Operation::Adopt } else { Operation::Rotate };
    draft.secrets.extend(body.adopt_client_secret.clone().map(|value| given(value, now)));
    let mut terms = plan(&open(&draft, kind, ask.clone(), now), app, &seen, true, now);
    unread::mark(engine, &draft, &mut terms);
    if body.dry_run {
        return Ok(Reply::Plan { plan: terms });
    }
    if !terms.blockers.is_empty() {
        return Err(blocked(terms));
    }
    let id = draft.id;
    {
        let mut model = engine.model.borrow_mut();
        model.drafts.insert(id);
        model.rotations.insert(id, draft.clone());
    }
    engine.named.borrow_mut().insert(id);
    let attempt = driver::begin(engine, &draft, kind, ask);
    wait(engine, id, attempt, body.wait_seconds, Some(terms)).await
}

/// What becomes of the app's original secret, and of one to be replaced.
pub fn consent(draft: &Rotation, body: &RotationBody) -> Consent {
    // Its consumers know nothing of us: the longest overlap that fits before the first due time, and where next to none
    // fits the regular one, for which that due time then waits.
    let seconds = |seconds: u64| Duration::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1000));
    let longest = draft.schedule.due() - Duration::hours(1) - seconds(draft.soak);
    Consent {
        replace: body.replace_secret_id.clone(),
        adopt: body.adopt_secret_id.clone(),
        original_off_at: (draft.auto && !body.adopt).then(|| longest.max(draft.created_at + seconds(draft.overlap))),
        ..Consent::default()
    }
}

/// Reads the body. All faults at once.
fn read(engine: &Engine, body: &RotationBody) -> Result<Rotation, Refusal> {
    let draft = typed(body, engine.zone, engine.clock.now())?;
    let connection_id = engine.model.borrow().connection(body.connection_id.trim())?.id;
    Ok(Rotation { connection_id, ..draft })
}

/// What the body says by itself: a rotation without a connection and an app.
pub fn typed(body: &RotationBody, zone: Tz, now: DateTime<Utc>) -> Result<Rotation, Refusal> {
    let mut form = Form::default();
    let name: Option<Slug> = form.read("name", &body.name);
    let description = form.read("description", body.description.as_deref().unwrap_or_default());
    let environment = form.read("environment", body.environment.as_deref().unwrap_or("prod"));
    let path = form.read("secretPath", body.secret_path.as_deref().unwrap_or("/"));
    let mapping = read_mapping(&mut form, body.secrets_mapping.as_ref(), None);
    let thirty = serde_json::Number::from(30);
    let days = form.interval("rotationInterval", body.rotation_interval.as_ref().unwrap_or(&thirty));
    let at = form.rotate_at(body.rotate_at.as_ref(), body.rotate_at_utc, zone);
    let schedule = days.zip(at).and_then(|(days, (at, zone))| {
        let anchor = now.with_timezone(&zone).date_naive();
        let schedule = Schedule { interval_days: days, at, zone, anchor, skipped: 0 };
        form.first("firstRotationAt", body.first_rotation_at.as_deref(), schedule, now)
    });
    let (overlap, soak) = match days {
        Some(days) => form.spans(days, body.overlap_seconds, body.soak_seconds),
        None => (0, 0),
    };
    if body.parameters.app().is_empty() {
        form.fault("parameters.clientId", "name the app: its id, its client id or its exact label".into());
    }
    if let Some(client_id) = body.parameters.given_client_id() {
        form.client_id("parameters.clientId", client_id);
    }
    let verify = form.read("verify", body.verify.as_deref().unwrap_or("introspect"));
    adopting(&mut form, body);
    if body.connection_id.trim().is_empty() {
        form.fault("connectionId", "name the connection".into());
    }
    form.done()?;
    let (Some(name), Some(description), Some(environment), Some(path)) = (name, description, environment, path) else {
        return Err(Refusal::invalid(Vec::new()));
    };
    let (Some(mapping), Some(schedule), Some(verify)) = (mapping, schedule, verify) else {
        return Err(Refusal::invalid(Vec::new()));
    };
    Ok(Rotation {
        id: Uuid::new_v4(),
        name,
        description,
        connection_id: Uuid::nil(),
        app: App {
            id: String::new(),
            label: String::new(),
            client_id: String::new(),
            client_id_hidden: false,
            auth_method: AuthMethod::Unknown,
            redirect_uri: None,
        },
        environment,
        path,
        mapping,
        schedule,
        auto: body.is_auto_rotation_enabled.unwrap_or(true),
        paused_until: None,
        pause: None,
        overlap,
        soak,
        retire_unread: body.retire_unread.unwrap_or(false),
        verify,
        secrets: Vec::new(),
        current: None,
        previous: None,
        operation: None,
        attention: None,
        last: None,
        last_rotated_at: None,
        targets: Vec::new(),
        leaving: None,
        created_at: now,
        updated_at: now,
        version: 1,
    })
}

/// The client id that is published: what Okta shows, or what was given where it shows none.
fn own_client_id(app: &SeenApp, given: Option<&str>) -> Result<String, Refusal> {
    match given.filter(|given| *given != app.client_id) {
        Some(given) if app.client_id_hidden => Ok(given.to_owned()),
        Some(given) => Err(not_its_client_id(&app.label, &app.client_id, given)),
        None => Ok(app.client_id.clone()),
    }
}

/// A client id was given for an app whose own Okta shows.
pub fn not_its_client_id(label: &str, shown: &str, given: &str) -> Refusal {
    let cause =
        RequestCause::OtherClientId { label: label.to_owned(), shown: shown.to_owned(), given: given.to_owned() };
    Refusal::because(Kind::Conflict, cause).and(InRequest::LeaveClientIdOut).and(Automatic::NothingChanged)
}

/// What belongs to adopting, and only to that.
fn adopting(form: &mut Form, body: &RotationBody) {
    if !body.adopt {
        for (given, field) in [
            (body.adopt_secret_id.is_some(), "adoptSecretId"),
            (body.adopt_client_secret.is_some(), "adoptClientSecret"),
        ] {
            if given {
                form.fault(field, "goes with adopt only".into());
            }
        }
        return;
    }
    if body.replace_secret_id.is_some() {
        form.fault(
            "replaceSecretId",
            "adopting changes nothing at Okta, so it replaces nothing; leave one of the two out".into(),
        );
    }
    let length = body.adopt_client_secret.as_ref().map(|value| value.expose().len());
    if length.is_some_and(|length| !(1..=512).contains(&length)) {
        form.fault("adoptClientSecret", "is empty, or too long to be a client secret".into());
    }
}

/// A secret that someone gave the value of; which one it is at Okta, a list tells.
fn given(value: SecretValue, now: DateTime<Utc>) -> OktaSecret {
    OktaSecret {
        key: Uuid::now_v7(),
        hash: Some(value.okta_hash()),
        value: Some(value),
        okta_id: None,
        origin: Origin::Original,
        status: Status::Intended,
        created_at: now,
        published: None,
        deactivated_at: None,
        deleted_at: None,
        retired_by: None,
        request_ids: Vec::new(),
        cut_out: None,
    }
}

/// What is known of a create.
enum Known {
    /// Its name is free.
    Not,
    /// The same was asked for before, and is under way.
    UnderWay(Uuid, Uuid),
    /// The same was asked for before, and is done: its answer may have been lost.
    Made(Uuid),
}

/// Whether the same create was asked for before. Another one under its name is refused.
fn known(engine: &Engine, draft: &Rotation, body: &RotationBody) -> Result<Known, Refusal> {
    let model = engine.model.borrow();
    let Some(known) = model.rotations.values().find(|known| known.name == draft.name) else { return Ok(Known::Not) };
    let creating = known.operation.as_ref().filter(|operation| operation.trigger == Trigger::Create);
    if !same(known, draft, &body.parameters) {
        return Err(taken_name(Thing::Rotation, &draft.name));
    }
    engine.named.borrow_mut().insert(known.id);
    match creating {
        // A dry run drives nothing on.
        _ if body.dry_run => Err(taken_name(Thing::Rotation, &draft.name)),
        Some(operation) => Ok(Known::UnderWay(known.id, operation.attempt)),
        None if known.current.is_some() && known.leaving.is_none() => Ok(Known::Made(known.id)),
        None => Err(taken_name(Thing::Rotation, &draft.name)),
    }
}

fn same(known: &Rotation, draft: &Rotation, parameters: &Parameters) -> bool {
    let app = parameters.app();
    let schedule =
        |rotation: &Rotation| (rotation.schedule.interval_days, rotation.schedule.at, rotation.schedule.zone);
    known.connection_id == draft.connection_id
        && [&known.app.id, &known.app.client_id, &known.app.label].into_iter().any(|name| name == app)
        && parameters.given_client_id().is_none_or(|given| given == known.app.client_id)
        && known.environment == draft.environment
        && known.path == draft.path
        && known.mapping == draft.mapping
        && schedule(known) == schedule(draft)
        && (known.auto, known.overlap, known.soak, known.verify)
            == (draft.auto, draft.overlap, draft.soak, draft.verify)
}

/// Whether the name and both places are free.
fn vacant(model: &Model, draft: &Rotation, body: &RotationBody) -> Result<(), Refusal> {
    if model.rotations.values().any(|known| known.name == draft.name) {
        return Err(taken_name(Thing::Rotation, &draft.name));
    }
    match place::taken(model, draft).as_slice() {
        [] => Ok(()),
        taken => Err(place::clash(model, taken, draft, body)),
    }
}

/// More places for one secret are no second rotation.
fn one_per_app(model: &Model, draft: &Rotation, app: &SeenApp) -> Result<(), Refusal> {
    let known = model.rotations.values().find(|known| known.app.id == app.id && known.id != draft.id);
    match known {
        None => Ok(()),
        Some(known) => {
            let (label, id) = (app.label.clone(), app.id.clone());
            let cause = RequestCause::AppTaken { label, id, rotation: known.name.to_string() };
            let refusal = Refusal::because(Kind::Conflict, cause).and(OnRotation::ShowAppsRotation);
            Err(refusal.and(Automatic::NothingChanged).of_rotation(&known.name))
        }
    }
}
