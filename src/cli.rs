//! The commands: a frontend of [`crate::engine::Handle`] that reads options and prints.
//!
//! It decides nothing about rotations and knows nothing of the store but its lock: what a command does is a request, and
//! what it prints is the reply. Data goes to stdout, talk to stderr, and the exit status follows from the refusal.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand};

use crate::engine::refusal::{Kind, Refusal};

mod act;
mod ask;
mod attach;
mod background;
mod completions;
mod confirm;
mod connection;
mod context;
mod demo;
mod doctor;
#[cfg(test)]
mod doubles;
mod export;
mod fetch;
mod history;
mod input;
mod keys;
mod looks;
mod man;
mod notify;
mod output;
mod process;
mod retire_store;
mod rotation;
mod run;
mod sandbox;
mod secret;
mod serve;
mod settings;
mod status;
mod target;
mod template;
mod traces;
mod ui;
mod values;

use ask::Answers;
use context::Context;
use output::{Color, Output};
use process::Stops;
use settings::Settings;
use settings::layers::LeftOut;

pub use completions::answer;
pub use process::{Before, harden};

/// Rotates the client secrets of Okta applications, and never loses one
///
/// Without a command it opens the terminal UI.
#[derive(Clone, Debug, Parser)]
#[command(name = "windlass", version)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Options of all commands. Each of the first four has a variable; the option wins.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// Where the store is [env: WINDLASS_DATA_DIR] [default: $XDG_DATA_HOME/windlass]
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Config file [env: WINDLASS_CONFIG] [default: $XDG_CONFIG_HOME/windlass/config.toml]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The engine's socket [env: WINDLASS_SOCKET] [default: windlass.sock in the data directory]
    #[arg(long, global = true, value_name = "PATH")]
    socket: Option<PathBuf>,
    /// The sealing key [env: WINDLASS_KEY_FILE] [default: master.key beside the config file]
    #[arg(long, global = true, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Refuse any command that changes state
    #[arg(long, global = true)]
    read_only: bool,
    /// Begin a new, empty store where one was and is gone; counts once, and not where a store is
    #[arg(long, global = true)]
    new_store: bool,
    /// Print the API's objects, and errors as JSON on stderr
    #[arg(long, global = true)]
    json: bool,
    /// Colours
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t)]
    color: Color,
    /// Draw the terminal UI with ASCII signs, whatever the locale
    #[arg(long, global = true)]
    ascii: bool,
    /// Print only warnings and errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print more; twice for still more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

/// What can be done.
#[derive(Clone, Debug, Subcommand)]
enum Command {
    /// Manage connections to Okta orgs
    #[command(subcommand)]
    Connection(connection::Command),
    /// Create, rotate and manage rotations
    #[command(subcommand)]
    Rotation(rotation::Command),
    /// Deliver a rotation's credentials to files, commands and stores
    #[command(subcommand)]
    Target(target::Command),
    /// Show the rotation history
    History(history::History),
    /// Show problems, one per line, worst first; exit status 1 if there are any
    Status(status::Report),
    /// Check configuration and environment, and show every setting and its source
    Doctor(doctor::Doctor),
    /// Read the mapped secrets
    #[command(subcommand)]
    Secret(secret::Command),
    /// Run a program with a folder's secrets as environment variables
    Run(run::Run),
    /// Export a folder's secrets in a format that other programs read
    Export(export::Export),
    /// Fill a folder's secrets into a text of your own
    Template(template::FromTemplate),
    /// After the store was damaged or restored: compare each rotation with Okta, then resume
    Confirm(confirm::Confirm),
    /// Retire a store that was moved to another host: it becomes read-only and names the new host
    RetireStore(retire_store::RetireStore),
    /// Run the engine without the UI, for a service manager or cron
    Serve(serve::Serve),
    /// The keys of the terminal UI, and the names under which the config gives them others
    Keys(keys::Keys),
    /// The script that lets a shell complete commands, options, and the names of rotations and connections
    Completions(completions::Completions),
    /// The manual, windlass(1)
    Man(man::Manual),
    /// A stand-in for an Okta org, for trying things out
    Sandbox(sandbox::Sandbox),
    /// The terminal UI on stand-in orgs, with a script: a fortnight of rotations, faults and kills in minutes
    ///
    /// Nothing leaves this machine, and nothing is left behind. F injects a fault, K kills the engine, and . stops
    /// the clock.
    Demo,
}

/// How a command ends where it does not end well.
#[derive(Clone, Debug)]
pub enum Failure {
    /// With an error, which decides the exit status.
    Refused(Refusal),
    /// With this status, and an error where there is one to report.
    Status(u8, Option<Refusal>),
}

impl Failure {
    /// The exit status.
    pub fn status(&self) -> u8 {
        match self {
            Self::Refused(refusal) => refusal.error.exit_status(),
            Self::Status(status, _) => *status,
        }
    }

    fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) | Self::Status(_, Some(refusal)) => Some(refusal),
            Self::Status(_, None) => None,
        }
    }

    /// Stdout took no more. A reader that has read enough is no error.
    fn stdout(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Status(0, None);
        }
        let hint = "what was asked for is done all the same; look at it with a reading command";
        Refusal::new(Kind::Failed, format!("stdout cannot be written: {error}"), hint).into()
    }

    /// A signal came.
    fn interrupted() -> Self {
        let hint = "operations in progress are on disk and resume when an engine runs";
        Refusal::new(Kind::Interrupted, "interrupted", hint).into()
    }

    /// A reply of another kind than was asked for.
    fn odd_reply() -> Self {
        let hint = "the engine may be another version of windlass; restart it, and report this if it stays";
        Refusal::new(Kind::Failed, "the engine's reply is not what was asked for", hint).into()
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Reads a command line. Help goes to stdout; a mistake is reported on stderr.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, Failure> {
    let args: Vec<OsString> = args.into_iter().collect();
    let error = match Cli::try_parse_from(&args) {
        Ok(cli) => return Ok(cli),
        Err(error) => error,
    };
    let json = args.iter().take_while(|arg| *arg != "--").any(|arg| arg == "--json");
    if json && error.use_stderr() && error.kind() != ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        Output::standard(true, true, Color::Never).error(&mistake(&error));
    } else {
        // With stdout or stderr closed there is nowhere to report it.
        let _ = error.print();
    }
    Err(Failure::Status(u8::try_from(error.exit_code()).unwrap_or(2), None))
}

/// A mistake on the command line as a refusal: what is wrong, then what clap says about it.
fn mistake(error: &clap::Error) -> Refusal {
    let text = error.render().to_string();
    let (message, rest) = text.split_once("\n\n").unwrap_or((&text, ""));
    let lines = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    Refusal::new(Kind::Invalid, lines(message.trim_start_matches("error: ")), lines(rest))
}

/// Does what the command line says, reports the error, and returns it for its exit status.
pub fn run(cli: Cli, before: Before) -> Result<(), Failure> {
    let Cli { global, command } = cli;
    let mut output = Output::standard(global.json, global.quiet, global.color);
    output.verbose = global.verbose > 0;
    // What is traced would be written over the screen.
    let draws = matches!(command, None | Some(Command::Demo));
    traces::listen(&global, !draws || !output.err_is_terminal);
    // Whoever started an engine in the background reads why it ended.
    let reports = matches!(&command, Some(Command::Serve(args)) if args.background);
    let reported = |output: &Output, done: Result<(), Failure>| {
        if let Err(failure) = &done
            && let Some(refusal) = failure.refusal()
        {
            output.error(refusal);
            if reports {
                background::report(refusal);
            }
        }
        output.say_notes();
        done
    };
    tracing::trace!(name: "arguments read", target: "start", "");
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let refusal = Refusal::new(Kind::Failed, format!("the runtime cannot start: {error}"), "try again");
            return reported(&output, Err(refusal.into()));
        }
    };
    let done = runtime.block_on(async {
        process::survive_file_size_limit();
        // These need no settings, and so work where they are wrong.
        match command {
            Some(Command::Sandbox(args)) => return reported(&output, sandbox::run(&output, args).await),
            Some(Command::Completions(args)) => return reported(&output, completions::run(&output, &args)),
            Some(Command::Man(args)) => return reported(&output, man::run(&output, &args)),
            _ => {}
        }
        let env = |name: &str| std::env::var_os(name);
        // A command that shows what is wrong runs although the config is wrong, and no consumer stops for a file that
        // says nothing about what it reads.
        let looks = matches!(command, Some(Command::Status(_) | Command::Doctor(_) | Command::History(_)));
        let reads =
            matches!(command, Some(Command::Secret(_) | Command::Run(_) | Command::Export(_) | Command::Template(_)));
        let settings = match Settings::look(&global, &env) {
            Ok((settings, None)) => settings,
            Ok((settings, Some(file))) if looks || (reads && !file.environment) => {
                output.warn(file.why.problem.whole());
                settings
            }
            Ok((_, Some(LeftOut { why, .. }))) | Err(why) => return reported(&output, Err(why.into())),
        };
        let mut output = output;
        output.zone = settings.zone;
        let ctx = Context::new(settings, output, Answers::Terminal, Some(before));
        let done = Box::pin(to_the_end(&ctx, command)).await;
        reported(&ctx.output, done)
    });
    // Whoever still reads stdin is not waited for.
    runtime.shutdown_background();
    done
}

/// Runs a command until it ends or a signal comes, then lets the call in flight of our own engine finish.
async fn to_the_end(ctx: &Context, command: Option<Command>) -> Result<(), Failure> {
    let command = match command {
        // Both listen to signals themselves.
        None => return ui::run(ctx).await,
        Some(Command::Demo) => return demo::run(ctx).await,
        Some(Command::Serve(args)) => return serve::run(ctx, args).await,
        Some(command) => command,
    };
    let mut stops = Stops::listen();
    // Nothing is under way that an operator should hear about, and Ctrl-C is how following ends.
    let reads = matches!(command, Command::History(_) | Command::Status(_));
    let passes_on = matches!(&command, Command::Run(run) if run.stays());
    let done = tokio::select! {
        done = dispatch(ctx, command) => done,
        _ = stops.next(), if !passes_on => Err(if reads {
            Failure::Status(130, None)
        } else if ctx.asking.get() {
            ctx.output.say("");
            Refusal::new(Kind::Interrupted, "not agreed to", "nothing was changed").into()
        } else {
            Failure::interrupted()
        }),
    };
    if let Some(engine) = ctx.let_go() {
        serve::wind_down(engine, &mut stops).await;
    }
    done
}

async fn dispatch(ctx: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Connection(command) => connection::run(ctx, command).await,
        Command::Rotation(command) => rotation::run(ctx, command).await,
        Command::Target(command) => target::run(ctx, command).await,
        Command::History(args) => history::run(ctx, args).await,
        Command::Status(args) => status::run(ctx, args).await,
        Command::Doctor(args) => doctor::run(ctx, args).await,
        Command::Secret(command) => secret::run(ctx, command).await,
        Command::Run(args) => run::run(ctx, args).await,
        Command::Export(args) => export::run(ctx, args).await,
        Command::Template(args) => template::run(ctx, args).await,
        Command::Confirm(args) => confirm::run(ctx, args).await,
        Command::RetireStore(args) => retire_store::run(ctx, args).await,
        Command::Serve(args) => serve::run(ctx, args).await,
        Command::Keys(args) => keys::run(ctx, &args),
        Command::Completions(args) => completions::run(&ctx.output, &args),
        Command::Man(args) => man::run(&ctx.output, &args),
        Command::Sandbox(args) => sandbox::run(&ctx.output, args).await,
        Command::Demo => demo::run(ctx).await,
    }
}

#[cfg(test)]
mod tests;
