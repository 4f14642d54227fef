//! The acts as commands: their options from what is known of each, their terms from what is typed. None is named here that
//! needs nothing of its own.

use std::marker::PhantomData;

use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, Error, FromArgMatches, Subcommand, value_parser};
use serde_json::{Map, Value as Json};

use super::completions::{rotations, targets};
use super::context::Context;
use super::rotation::{deletion, show};
use super::target;
use super::values::{Span, When};
use super::{Failure, ask};
use crate::engine::act::{Asks, On, Opt, Spec, Value};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Act, ActKind, Mode, Reply};
use crate::words::sentence::say;

/// A group of commands, and what its acts are done to.
pub trait Group: Clone + Send + Sync + 'static {
    /// What.
    const ON: On;
    /// The word before theirs.
    const WORD: &'static str;
}

/// `windlass rotation …`.
#[derive(Clone, Debug)]
pub struct OfRotation;

impl Group for OfRotation {
    const ON: On = On::Rotation;
    const WORD: &'static str = "rotation ";
}

/// `windlass target …`.
#[derive(Clone, Debug)]
pub struct OfTarget;

impl Group for OfTarget {
    const ON: On = On::Target;
    const WORD: &'static str = "target ";
}

/// An act as it was typed.
#[derive(Clone, Debug)]
pub struct Typed<G> {
    group: PhantomData<G>,
    kind: ActKind,
    name: String,
    mode: Mode,
    terms: Map<String, Json>,
    /// Terms that become instants by the clock and the zone.
    instants: Vec<(&'static str, When)>,
}

/// The acts of a group.
fn acts<G: Group>() -> impl Iterator<Item = ActKind> {
    let in_group = |kind: &ActKind| kind.spec().on == G::ON && kind.spec().command.starts_with(G::WORD);
    ActKind::ALL.iter().copied().filter(in_group)
}

fn id(option: &'static str) -> &'static str {
    option.trim_start_matches("--")
}

fn command(spec: &'static Spec) -> Command {
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).help(help).action(ArgAction::SetTrue);
    let option = |opt: &'static Opt| {
        let arg = match opt.value {
            Value::Flag => flag(id(opt.name), opt.help),
            Value::Text(name) => Arg::new(id(opt.name)).long(id(opt.name)).help(opt.help).value_name(name),
            Value::When => {
                let arg = Arg::new(id(opt.name)).long(id(opt.name)).help(opt.help).value_name("WHEN");
                arg.value_parser(value_parser!(When))
            }
        };
        arg.conflicts_with_all(opt.not_with.iter().map(|other| id(other)))
    };
    let name = Arg::new("name").required(true).value_name("NAME");
    let name = match spec.on {
        On::Target => name.help("ROTATION/TARGET, or the target's name or id").add(targets()),
        _ => name.help("Name or id").add(rotations()),
    };
    let mut command = Command::new(spec.word()).about(spec.help).aliases(spec.formerly).arg(name);
    command = command.args(spec.options.iter().map(option));
    if spec.one_of {
        let all = spec.options.iter().map(|opt| id(opt.name));
        command = command.group(ArgGroup::new("what").required(true).args(all));
    }
    if spec.plans {
        command = command.arg(flag("dry-run", "Only say what would happen"));
    }
    if spec.waits {
        let wait = Arg::new("wait").long("wait").value_name("SPAN").value_parser(value_parser!(Span));
        let wait = wait.num_args(0..=1).require_equals(true).default_missing_value("90s");
        command = command.arg(wait.help("Wait for the end, at most that long [default: 90s]"));
        command = command.arg(flag("no-wait", "Return as soon as it has begun").conflicts_with("wait"));
    }
    if spec.asks != Asks::Never {
        command = command.arg(flag("yes", "Agree to the plan: do not ask"));
    }
    if !spec.examples.is_empty() {
        command = command.after_long_help(format!("Examples:\n  {}", spec.examples.join("\n  ")));
    }
    command
}

impl<G: Group> Subcommand for Typed<G> {
    fn augment_subcommands(cmd: Command) -> Command {
        cmd.subcommands(acts::<G>().map(|kind| command(kind.spec())))
    }

    fn augment_subcommands_for_update(cmd: Command) -> Command {
        Self::augment_subcommands(cmd)
    }

    fn has_subcommand(name: &str) -> bool {
        acts::<G>().any(|kind| kind.spec().word() == name)
    }
}

impl<G: Group> FromArgMatches for Typed<G> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let found = matches
            .subcommand()
            .and_then(|(name, typed)| Some((acts::<G>().find(|it| it.spec().word() == name)?, typed)));
        let (kind, typed) = found.ok_or_else(|| Error::new(clap::error::ErrorKind::InvalidSubcommand))?;
        let spec = kind.spec();
        let is_set = |name: &str| typed.try_get_one::<bool>(name).ok().flatten().is_some_and(|set| *set);
        let (mut terms, mut instants) = (Map::new(), Vec::new());
        for opt in spec.options {
            match opt.value {
                Value::Flag => drop(terms.insert(opt.field.into(), is_set(id(opt.name)).into())),
                Value::Text(_) => {
                    let text = typed.get_one::<String>(id(opt.name)).cloned();
                    terms.extend(text.map(|text| (opt.field.to_owned(), text.into())));
                }
                Value::When => instants.extend(typed.get_one::<When>(id(opt.name)).map(|at| (opt.field, *at))),
            }
        }
        if spec.waits {
            let span = typed.get_one::<Span>("wait").map(|span| span.0);
            let seconds = if is_set("no-wait") { Some(0) } else { span };
            terms.insert("waitSeconds".into(), seconds.into());
        }
        let mode = match () {
            () if is_set("dry-run") => Mode::Plan,
            () if is_set("yes") => Mode::Agreed,
            () => Mode::Ask,
        };
        let name = typed.get_one::<String>("name").cloned().unwrap_or_default();
        Ok(Self { group: PhantomData, kind, name, mode, terms, instants })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Does it. Where the engine says that something would be cut, the question is asked here.
pub async fn run<G: Group>(ctx: &Context, typed: Typed<G>) -> Result<(), Failure> {
    let Typed { kind, name, mode, mut terms, instants, .. } = typed;
    for (field, when) in instants {
        let at = when.ahead(ctx.settings.clock.now(), ctx.settings.zone);
        terms.insert(field.to_owned(), at.to_rfc3339().into());
    }
    // Nothing can be said of the end of what is not waited for.
    let begun = terms.get("waitSeconds").and_then(Json::as_u64) == Some(0);
    let act = kind.on_terms(Json::Object(terms)).expect("each option is a field of its act's terms");
    let act = match (act, mode) {
        (Act::Delete(terms), Mode::Ask) => {
            deletion::ask(ctx, &name, terms).await?;
            terms.into()
        }
        (act, Mode::Ask) if G::ON == On::Target => target::ask(ctx, &name, act).await?,
        (act, _) => act,
    };
    let reply = ask::act(ctx, &name, act.clone(), mode).await?;
    if let Reply::Plan { plan } = &reply {
        return show::planned(ctx, plan);
    }
    let attention = reply.rotation().and_then(|row| row.attention.clone()).filter(|_| kind == ActKind::Check);
    if !begun && attention.is_none() {
        ctx.output.talk(say!("{}: {}", &name, act.done(&name, &reply)));
    }
    match kind {
        ActKind::Delete | ActKind::DeleteTarget if ctx.output.json => ctx.output.object(&reply)?,
        ActKind::Delete | ActKind::DeleteTarget => {}
        _ if G::ON == On::Target => target::show::one(ctx, &reply).await?,
        _ => show::row(ctx, &reply)?,
    }
    match attention {
        Some(attention) => Err(Refusal::of(Kind::Conflict, attention.problem).into()),
        None => Ok(()),
    }
}
