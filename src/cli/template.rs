//! `windlass template`: a text of your own with the secrets of a folder in it.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use super::completions::{environments, paths};
use super::context::Context;
use super::export::{destination, hand_over};
use super::fetch::Fetch;
use super::run::fetch;
use super::secret::{never_on_a_terminal, ways};
use crate::core::template::{Filter, Slip, SlipOf, Template};
use crate::engine::refusal::{Kind, Refusal};
use crate::text::sanitize;

/// A template is a config file, and no more.
const LONGEST: u64 = 1 << 20;

/// Which template, which secrets, and where to.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Examples:
  windlass template app.conf.tmpl --environment prod --output /run/app/app.conf
  printf 'machine okta login {{ OKTA_CLIENT_ID }} password {{ OKTA_CLIENT_SECRET }}\\n' | windlass template - | ./app

{{ NAME }} is the value of a secret of the folder. {{ NAME | json }} writes it as a string of JSON, with its quotes; so do
shell (a word in quotes), url (percent-encoded) and base64, and several in a row. {{ '{{' }} is two braces. Anything else in
braces is an error, and nothing is written then. What was written counts as fetched, but not with --reveal.")]
pub struct FromTemplate {
    /// The template; - reads it from stdin
    file: PathBuf,
    /// Environment [default: prod]
    #[arg(long, add = environments())]
    environment: Option<String>,
    /// Folder
    #[arg(long, default_value = "/", add = paths())]
    path: String,
    /// Write a private file (0600), whole or not at all
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print it on a terminal too: whoever records the session records the values
    #[arg(long, conflicts_with = "reader")]
    reveal: bool,
    #[command(flatten)]
    fetch: Fetch,
}

/// Fills it in.
pub async fn run(ctx: &Context, args: FromTemplate) -> Result<(), Failure> {
    let FromTemplate { file, environment, path, output, reveal, fetch: counts } = args;
    match &output {
        Some(file) => destination(file, "--output")?,
        None => never_on_a_terminal(ctx, reveal, &ways(environment.as_deref(), &path))?,
    }
    let name = if file.as_os_str() == "-" { "the template".to_owned() } else { file.display().to_string() };
    let text = read(&file).map_err(|error| bad(format!("{name}: {error}"), "name a template of at most 1 MiB"))?;
    let template = Template::parse(&text).map_err(|slip| misread(&name, &slip))?;
    let secrets = fetch(ctx, environment, path).await?;
    let value = |name: &str| secrets.iter().find(|secret| secret.name == name).map(|secret| secret.value.expose());
    let filled = template.render(value).map_err(|place| {
        let known: Vec<&str> = secrets.iter().map(|secret| secret.name.as_str()).collect();
        let message =
            format!("{name}, line {}: there is no secret {} in that folder", place.line, sanitize(place.name, 64));
        bad(message, &format!("the folder has {}", known.join(", ")))
    })?;
    // Only those that stand in it reached anyone.
    let used: Vec<_> =
        secrets.iter().filter(|secret| template.places().any(|it| it.name == secret.name)).cloned().collect();
    hand_over(ctx, filled.as_bytes(), output, reveal, (&used, &counts)).await
}

fn read(file: &PathBuf) -> Result<String, String> {
    let bytes = if file.as_os_str() == "-" {
        use std::io::Read as _;
        let mut bytes = Vec::new();
        std::io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        bytes
    } else {
        fs::read(file).map_err(|error| error.to_string())?
    };
    if bytes.len() as u64 > LONGEST {
        return Err("it is larger than 1 MiB".into());
    }
    String::from_utf8(bytes).map_err(|_| "it is not UTF-8".into())
}

fn misread(name: &str, slip: &Slip) -> Failure {
    let filters = Filter::ALL.map(|(name, _)| name).join(", ");
    let (what, hint) = match &slip.what {
        SlipOf::Unclosed => {
            ("{{ has no }} on its line".to_owned(), "two braces that are meant as such: {{ '{{' }}".to_owned())
        }
        SlipOf::NoName(inner) => {
            let hint = "between the braces stands one name, such as {{ OKTA_CLIENT_SECRET }} or {{ OKTA_CLIENT_SECRET | json }}";
            (format!("{{{{ {} }}}} is no name of a secret", sanitize(inner, 64)), hint.to_owned())
        }
        SlipOf::NoFilter(filter) => {
            (format!("there is no filter {:?}", sanitize(filter, 32)), format!("the filters are {filters}"))
        }
    };
    bad(format!("{name}, line {}: {what}", slip.line), &hint)
}

fn bad(message: String, hint: &str) -> Failure {
    Refusal::new(Kind::Invalid, message, format!("{hint}; nothing was written")).into()
}

#[cfg(test)]
mod tests;
