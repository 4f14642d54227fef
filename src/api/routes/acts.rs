//! The calls of the acts, from what is known of each: its path, its terms, and how far it goes.

use hyper::Method;
use serde::Deserialize;

use super::{Route, Serves};
use crate::api::call::{Call, Outgoing};
use crate::engine::act::{Asks, Spec, Terms};
use crate::engine::refusal::Refusal;
use crate::engine::request::{Act, ActKind, Mode, Request, Visit};

/// A row for each call of each act.
pub fn rows() -> Vec<Route> {
    let mut rows = Rows(Vec::new());
    ActKind::each(&mut rows);
    rows.0
}

struct Rows(Vec<Route>);

impl Visit for Rows {
    fn act<T: Terms + Into<Act>>(&mut self, _: ActKind) {
        let spec = const { &T::SPEC };
        self.0.push(Route { method: method(spec), paths: spec.paths, serves: Serves::Request(read::<T>) });
        if !spec.plan_path.is_empty() {
            self.0.push(Route { method: method(spec), paths: spec.plan_path, serves: Serves::Request(plan::<T>) });
        }
    }
}

fn method(spec: &Spec) -> Method {
    spec.method.parse().expect("a method")
}

/// What stands beside the terms.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Beside {
    yes: bool,
    dry_run: bool,
    /// What it is done to, where that is not in the path.
    rotation: Option<String>,
}

/// The names of those fields that an act has.
fn beside(spec: &'static Spec) -> impl Iterator<Item = &'static str> {
    let yes = (spec.asks == Asks::Engine).then_some("yes");
    yes.into_iter().chain(spec.plans.then_some("dryRun")).chain(spec.named_by)
}

fn read<T: Terms + Into<Act>>(call: &Call) -> Result<Request, Refusal> {
    let spec = const { &T::SPEC };
    let mut known: Vec<String> = Into::<Act>::into(T::default()).terms().into_iter().map(|(name, _)| name).collect();
    known.extend(beside(spec).map(str::to_owned));
    let (terms, beside): (T, Beside) = match (spec.in_query, known.is_empty()) {
        (true, _) => (call.query()?, Beside::default()),
        (false, true) => (T::default(), Beside::default()),
        (false, false) => {
            if spec.strict {
                call.has_only(&known)?;
            }
            (call.terms()?, call.terms()?)
        }
    };
    let mode = match () {
        () if beside.dry_run && spec.plans => Mode::Plan,
        () if beside.yes && spec.asks == Asks::Engine => Mode::Agreed,
        () => Mode::Ask,
    };
    let id = if spec.named_by.is_some() { beside.rotation.unwrap_or_default() } else { call.name()? };
    Ok(Request::act(id, terms, mode))
}

fn plan<T: Terms + Into<Act>>(call: &Call) -> Result<Request, Refusal> {
    read::<T>(call).map(|request| match request {
        Request::Act { id, act, .. } => Request::Act { id, act, mode: Mode::Plan },
        other => other,
    })
}

/// The call that an act is.
pub fn written(id: &str, act: &Act, mode: Mode) -> Outgoing {
    let spec = act.kind().spec();
    let apart = spec.plan_path.first().filter(|_| mode == Mode::Plan);
    let call = Outgoing::new(method(spec), apart.unwrap_or(&spec.paths[0])).name(id);
    let mut terms = act.terms();
    if spec.in_query {
        return call.query(&terms);
    }
    for name in beside(spec) {
        let value = match name {
            "yes" => (mode == Mode::Agreed).into(),
            "dryRun" => (mode == Mode::Plan).into(),
            _ => Some(id).filter(|id| !id.is_empty()).into(),
        };
        terms.insert(name.to_owned(), value);
    }
    if terms.is_empty() { call } else { call.terms(&terms) }
}
