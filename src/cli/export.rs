//! `windlass export`: the secrets of a folder in a format that other programs read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use zeroize::Zeroizing;

use super::Failure;
use super::completions::{environments, paths};
use super::context::Context;
use super::fetch::Fetch;
use super::run::{fetch, steering, variables};
use super::secret::{never_on_a_terminal, ways};
use crate::core::format::{Format, Obstacle};
use crate::engine::refusal::{Kind, Refusal};
use crate::engine::request::Reply;
use crate::engine::view::SecretView;
use crate::text::shell_word;

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.name()).help(match self {
            Self::Dotenv => "NAME=value, quoted where it has to be: for dotenv libraries and compose",
            Self::Docker => "NAME=value as it is: for docker run --env-file",
            Self::Shell => "export NAME='value', for eval in a POSIX shell",
            Self::Json => "One object",
            Self::Yaml => "One mapping",
            Self::Systemd => "NAME=\"value\": for EnvironmentFile= of a systemd unit",
        }))
    }
}

/// Which secrets, how, and where to.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Examples:
  windlass export --environment prod --format dotenv --output .env
  windlass export --environment prod --format systemd --output /run/payments.env
  eval \"$(windlass export --environment prod --format shell)\"

Every value comes back from the format's reader byte by byte. One that the format cannot hold is refused, and then nothing is
written; json and yaml hold every value. What was written counts as fetched, but not with --reveal.")]
pub struct Export {
    /// Environment [default: prod]
    #[arg(long, add = environments())]
    environment: Option<String>,
    /// Folder
    #[arg(long, default_value = "/", add = paths())]
    path: String,
    /// How values are written
    #[arg(long, required_unless_present = "json")]
    format: Option<Format>,
    /// Write a private file (0600), whole or not at all
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write this name although it steers what reads the file, as PATH or LD_PRELOAD would
    #[arg(long, value_name = "NAME")]
    allow_name: Vec<String>,
    /// Print the values on a terminal too: whoever records the session records them
    #[arg(long, conflicts_with = "reader")]
    reveal: bool,
    #[command(flatten)]
    fetch: Fetch,
}

/// Writes them.
pub async fn run(ctx: &Context, args: Export) -> Result<(), Failure> {
    let Export { environment, path, format, output, allow_name, reveal, fetch: counts } = args;
    match &output {
        Some(file) => destination(file, "--output")?,
        None => never_on_a_terminal(ctx, reveal, &ways(environment.as_deref(), &path))?,
    }
    let secrets = fetch(ctx, environment, path).await?;
    let text = if let Some(format) = format {
        render(format, &secrets, &allow_name)?
    } else {
        let text = serde_json::to_string(&Reply::Export { export: secrets.clone() });
        Zeroizing::new(text.map_err(|_| Failure::odd_reply())? + "\n")
    };
    hand_over(ctx, text.as_bytes(), output, reveal, (&secrets, &counts)).await
}

/// Writes what was made of secrets into a file, or on stdout; they count as fetched then, where they are not just shown.
pub async fn hand_over(
    ctx: &Context,
    text: &[u8],
    output: Option<PathBuf>,
    reveal: bool,
    (secrets, counts): (&[SecretView], &Fetch),
) -> Result<(), Failure> {
    if let Some(path) = &output {
        write_private(path, text).map_err(|error| unwritten(path, "--output", &error))?;
        ctx.output.talk(format!("wrote {} secrets to {}", secrets.len(), path.display()));
    } else {
        ctx.output.data(text)?;
    }
    let reaches = output.is_some() || !ctx.output.out_is_null;
    if reaches && !reveal {
        counts.delivered(ctx, secrets).await;
    }
    Ok(())
}

fn render(format: Format, secrets: &[SecretView], allowed: &[String]) -> Result<Zeroizing<String>, Failure> {
    if format.is_environment() {
        variables(secrets)?;
        steering(secrets, allowed)?;
    }
    let pairs: Vec<(&str, &str)> = secrets.iter().map(|secret| (secret.name.as_str(), secret.value.expose())).collect();
    format.write(&pairs).map_err(|unwritable| inexpressible(format, &unwritable))
}

/// Values that a format cannot hold, each by its name.
fn inexpressible(format: Format, unwritable: &[(&str, Obstacle)]) -> Failure {
    let why = |obstacle: &Obstacle| match obstacle {
        Obstacle::Nul => "it has a zero byte".to_owned(),
        Obstacle::Long(most) => format!("with its name it is longer than {} KiB", most / 1024),
        Obstacle::LineBreak => "it has a line break".to_owned(),
        Obstacle::Quote => "it begins with a quote, which some readers take off".to_owned(),
        Obstacle::Control => "it has a control character, for which some releases drop it".to_owned(),
        Obstacle::NoCharacter => "it has a code point that is no character, for which systemd drops it".to_owned(),
        Obstacle::Quoting => {
            "no quotes hold it for all readers: it has quotes, backslashes, ${ or a line break".to_owned()
        }
    };
    let each: Vec<_> = unwritable.iter().map(|(name, obstacle)| format!("{name} ({})", why(obstacle))).collect();
    let message = format!("{} cannot hold the value of {}", format.name(), each.join(", "));
    let instead = match (format, unwritable) {
        (Format::Docker, [(name, _), ..]) => format!("`windlass run -- docker run --env {name} …` passes it as it is"),
        (Format::Systemd, _) => "start the service through `windlass run`".to_owned(),
        _ => "use --format json, or `windlass run`".to_owned(),
    };
    Refusal::new(Kind::Invalid, message, format!("{instead}; nothing was written")).into()
}

/// Refuses a place for a private file in which it cannot be, before anything is read for it. No directory is made:
/// where one is missing, what is usually there may not be mounted, and the values would go onto another disk.
pub fn destination(path: &Path, option: &str) -> Result<(), Refusal> {
    let dir = directory(path);
    let shown = dir.display();
    let refused = |message: String, hint: String| {
        let hint = format!("{hint}; nothing was read or written");
        Err(Refusal::new(Kind::Failed, message, hint))
    };
    match fs::metadata(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let make = format!("make it with `mkdir -p -m 700 {}`", shell_word(&shown.to_string()));
            return refused(format!("the directory {shown} is not there"), make);
        }
        Ok(meta) if !meta.is_dir() => {
            return refused(format!("{shown} is not a directory"), format!("name another file with {option}"));
        }
        // What else is wrong with it is said where it is written.
        _ => {}
    }
    match in_the_way(path) {
        Some(what) => {
            refused(format!("{} cannot be written: {what}", path.display()), format!("name another file with {option}"))
        }
        None => Ok(()),
    }
}

/// A private file was not written.
pub fn unwritten(path: &Path, option: &str, error: &io::Error) -> Refusal {
    let message = format!("{} cannot be written: {error}", path.display());
    Refusal::new(Kind::Failed, message, format!("name another file with {option}; what was there is as it was"))
}

fn directory(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What lies in a file's place and is not a file.
fn in_the_way(path: &Path) -> Option<&'static str> {
    let meta = fs::symlink_metadata(path).ok().filter(|meta| !meta.is_file())?;
    Some(match meta.file_type() {
        kind if kind.is_symlink() => "it is a symbolic link",
        kind if kind.is_dir() => "it is a directory",
        _ => "it is not a plain file",
    })
}

/// Writes a whole file that only its owner reads: beside it, synced, renamed over it. A symbolic link in its place is
/// refused, not followed, and so is anything else that is no file.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(what) = in_the_way(path) {
        return Err(io::Error::other(what));
    }
    let name = path.file_name().ok_or_else(|| io::Error::other("it has no file name"))?;
    let dir = directory(path);
    let beside = dir.join(format!(".{}.{}", name.display(), uuid::Uuid::new_v4().simple()));
    let written = write_new(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // It may hold values; where even that fails, the error is reported anyway.
        let _ = fs::remove_file(&beside);
    }
    written?;
    File::open(dir)?.sync_all()
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests;
