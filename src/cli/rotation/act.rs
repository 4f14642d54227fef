//! The acts as commands: their options from what is known of each, their terms from what is typed. None is named here that
//! needs nothing of its own.

use clap::{Arg, ArgAction, ArgGroup, ArgMatches, Command, Error, FromArgMatches, Subcommand, value_parser};
use serde_json::{Map, Value as Json};

use super::{deletion, show};
use crate::cli::completions::rotations;
use crate::cli::context::Context;
use crate::cli::values::{Span, When};
use crate::cli::{Failure, ask};
use crate::engine::act::{Asks, On, Opt, Spec, Value};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::{Act, ActKind, Mode, Reply};
use crate::words::sentence::say;

/// An act as it was typed.
#[derive(Clone, Debug)]
pub struct Typed {
    kind: ActKind,
    name: String,
    mode: Mode,
    terms: Map<String, Json>,
    /// Terms that become instants by the clock and the zone.
    instants: Vec<(&'static str, When)>,
}

/// The acts on a rotation.
fn acts() -> impl Iterator<Item = ActKind> {
    let on_rotation = |kind: &ActKind| kind.spec().on == On::Rotation && kind.spec().command.starts_with("rotation ");
    ActKind::ALL.iter().copied().filter(on_rotation)
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
    let name = Arg::new("name").required(true).value_name("NAME").help("Name or id").add(rotations());
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

impl Subcommand for Typed {
    fn augment_subcommands(cmd: Command) -> Command {
        cmd.subcommands(acts().map(|kind| command(kind.spec())))
    }

    fn augment_subcommands_for_update(cmd: Command) -> Command {
        Self::augment_subcommands(cmd)
    }

    fn has_subcommand(name: &str) -> bool {
        acts().any(|kind| kind.spec().word() == name)
    }
}

impl FromArgMatches for Typed {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let found =
            matches.subcommand().and_then(|(name, typed)| Some((acts().find(|it| it.spec().word() == name)?, typed)));
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
        Ok(Self { kind, name, mode, terms, instants })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Does it. Where the engine says that something would be cut, the question is asked here.
pub async fn run(ctx: &Context, typed: Typed) -> Result<(), Failure> {
    let Typed { kind, name, mode, mut terms, instants } = typed;
    for (field, when) in instants {
        let at = when.ahead(ctx.settings.clock.now(), ctx.settings.zone);
        terms.insert(field.to_owned(), at.to_rfc3339().into());
    }
    // Nothing can be said of the end of what is not waited for.
    let begun = terms.get("waitSeconds").and_then(Json::as_u64) == Some(0);
    let act = kind.on_terms(Json::Object(terms)).expect("each option is a field of its act's terms");
    if let (Act::Delete(terms), Mode::Ask) = (&act, mode) {
        deletion::ask(ctx, &name, *terms).await?;
    }
    let reply = ask::act(ctx, &name, act.clone(), mode).await?;
    if let Reply::Plan { plan } = &reply {
        return show::planned(ctx, plan);
    }
    let attention = reply.rotation().and_then(|row| row.attention.clone()).filter(|_| kind == ActKind::Check);
    if !begun && attention.is_none() {
        ctx.output.talk(say!("{}: {}", &name, act.done(&name, &reply)));
    }
    match kind {
        ActKind::Delete if ctx.output.json => ctx.output.object(&reply)?,
        ActKind::Delete => {}
        _ => show::row(ctx, &reply)?,
    }
    match attention {
        Some(attention) => Err(Refusal::of(Kind::Conflict, attention.problem).into()),
        None => Ok(()),
    }
}
