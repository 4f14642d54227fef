//! Reading what a target is made of.

pub mod asked;
mod infisical;
mod kubernetes;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use super::Form;
use crate::core::name::SecretName;
use crate::core::secret::Credential;
use crate::core::target::destination::{File, Format, Kv};
use crate::core::target::document::{BadTemplate, NAMES, check};
use crate::core::target::unit::{Units, is_credential};
use crate::core::target::{Destination, Keys};
use crate::core::template::SlipOf;
use crate::engine::body::ConfigBody;

mod aws;

/// The kinds of places.
pub const KINDS: [&str; 8] = [
    "file",
    "command",
    "credential",
    "hashicorp-vault",
    "kubernetes",
    "aws-secrets-manager",
    "aws-parameter-store",
    "infisical",
];

/// A command has at most so many words, each of at most so many bytes.
const WORDS: (usize, usize) = (64, 4096);

/// Reads a place. Of one that is known the rest stays; what it is, and where, does too.
pub fn destination(form: &mut Form, kind: &str, body: &ConfigBody, known: Option<&Destination>) -> Option<Destination> {
    match (kind, known) {
        ("file", Some(Destination::File(known))) => file(form, body, Some(known)).map(Destination::File),
        ("file", _) => file(form, body, None).map(Destination::File),
        ("hashicorp-vault", Some(Destination::HashicorpVault(known))) => vault(form, body, Some(known)),
        ("hashicorp-vault", _) => vault(form, body, None),
        ("infisical", Some(Destination::Infisical(known))) => {
            infisical::folder(form, body, Some(known)).map(Destination::Infisical)
        }
        ("infisical", _) => infisical::folder(form, body, None).map(Destination::Infisical),
        ("kubernetes", Some(Destination::Kubernetes(known))) => {
            kubernetes::object(form, body, Some(known)).map(Destination::Kubernetes)
        }
        ("kubernetes", _) => kubernetes::object(form, body, None).map(Destination::Kubernetes),
        ("credential", _) => units(form, body, known).map(|unit| Destination::Credential { unit }),
        ("aws-secrets-manager", Some(Destination::AwsSecretsManager(known))) => {
            Some(aws::secret(form, body, Some(known)))
        }
        ("aws-secrets-manager", _) => Some(aws::secret(form, body, None)),
        ("aws-parameter-store", Some(Destination::AwsParameterStore(known))) => {
            Some(aws::parameters(form, body, Some(known)))
        }
        ("aws-parameter-store", _) => Some(aws::parameters(form, body, None)),
        ("command", _) => argv(form, body, known).map(|argv| Destination::Command { argv }),
        _ => {
            form.fault("destination", format!("there is no destination {kind:?}; it is one of {}", KINDS.join(", ")));
            None
        }
    }
}

fn vault(form: &mut Form, body: &ConfigBody, known: Option<&Kv>) -> Option<Destination> {
    let others = ConfigBody { path: None, mount: None, ..body.clone() };
    if others != ConfigBody::default() {
        form.fault("destinationConfig", "a secret of Vault has mount and path, and nothing else".into());
    }
    let mut read = |field: &str, given: Option<&str>, known: Option<&String>| {
        let given = given.map(|given| given.trim().trim_matches('/'));
        let path = given.or(known.map(String::as_str)).unwrap_or_default();
        let fits = |word: &str| !matches!(word, "" | "." | "..") && !word.contains(char::is_control);
        let message = if known.is_some_and(|known| known != path) {
            "another place is another target: make one, and remove this one"
        } else if path.len() > 500 || !path.split('/').all(fits) {
            "is words with / between them, such as apps/pay"
        } else {
            return Some(path.to_owned());
        };
        form.fault(&format!("destinationConfig.{field}"), message.into());
        None
    };
    let mount = read("mount", body.mount.as_deref(), known.map(|known| &known.mount));
    let path = read("path", body.path.as_deref(), known.map(|known| &known.path));
    Some(Destination::HashicorpVault(Kv { mount: mount?, path: path? }))
}

fn units(form: &mut Form, body: &ConfigBody, known: Option<&Destination>) -> Option<Units> {
    let others = ConfigBody { unit: None, ..body.clone() };
    if others != ConfigBody::default() {
        form.fault("destinationConfig", "a credential has unit, and nothing else".into());
    }
    match (&body.unit, known.and_then(Destination::units)) {
        (Some(unit), _) => form.read("destinationConfig.unit", unit.trim()),
        (None, Some(units)) => Some(units.clone()),
        (None, None) => {
            form.fault("destinationConfig.unit", "name the units that get it, such as pay@*.service".into());
            None
        }
    }
}

fn argv(form: &mut Form, body: &ConfigBody, known: Option<&Destination>) -> Option<Vec<String>> {
    let others = ConfigBody { argv: None, ..body.clone() };
    if others != ConfigBody::default() {
        form.fault("destinationConfig", "a command has argv, and nothing else".into());
    }
    match (&body.argv, known) {
        (Some(argv), _) if !argv.is_empty() => command(form, "destinationConfig.argv", argv).then(|| argv.clone()),
        (None, Some(Destination::Command { argv })) => Some(argv.clone()),
        _ => {
            form.fault("destinationConfig.argv", "name the program, and its arguments".into());
            None
        }
    }
}

/// Checks a command: its words.
pub fn command(form: &mut Form, field: &str, argv: &[String]) -> bool {
    let (most, longest) = WORDS;
    let fits = argv.len() <= most && argv.iter().all(|word| word.len() <= longest && !word.contains('\0'));
    let named = argv.first().is_none_or(|program| !program.trim().is_empty());
    if !(fits && named) {
        form.fault(field, format!("is a program and its arguments, {most} words of {longest} bytes at the most"));
    }
    fits && named
}

fn file(form: &mut Form, body: &ConfigBody, known: Option<&File>) -> Option<File> {
    let elsewhere = [
        ("mount", body.mount.is_some()),
        ("namespace", body.namespace.is_some()),
        ("name", body.name.is_some()),
        ("restart", body.restart.is_some()),
        ("secretName", body.secret_name.is_some()),
        ("plain", body.plain.is_some()),
        ("kmsKeyId", body.kms_key_id.is_some()),
        ("project", body.project.is_some()),
        ("environment", body.environment.is_some()),
    ];
    for (field, _) in elsewhere.into_iter().filter(|(_, given)| *given) {
        form.fault(&format!("destinationConfig.{field}"), "a file has none".into());
    }
    if body.unit.is_some() {
        form.fault("destinationConfig.unit", "a file has none".into());
    }
    if body.argv.is_some() {
        form.fault(
            "destinationConfig.argv",
            "a file has none; the command that runs after a delivery is `after`".into(),
        );
    }
    let path = path(form, body.path.as_deref(), known);
    let format = format(form, body, known);
    let template = body.template.clone().or_else(|| known.and_then(|known| known.template.clone()));
    let template = template.filter(|_| format == Some(Format::Template));
    if format == Some(Format::Template) {
        fits(form, template.as_deref());
    }
    let kept = |given: &Option<String>, known: Option<&String>| {
        let given = given.clone().or_else(|| known.cloned());
        given.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty())
    };
    let mode = match &body.mode {
        Some(text) if text.trim().is_empty() => Some(0o600),
        Some(text) => mode(form, text),
        None => Some(known.map_or(0o600, |known| known.mode)),
    };
    Some(File {
        path: path?,
        format: format?,
        template,
        owner: kept(&body.owner, known.and_then(|known| known.owner.as_ref())),
        group: kept(&body.group, known.and_then(|known| known.group.as_ref())),
        mode: mode?,
        in_place: body.in_place.unwrap_or_else(|| known.is_some_and(|known| known.in_place)),
    })
}

fn path(form: &mut Form, given: Option<&str>, known: Option<&File>) -> Option<PathBuf> {
    const FIELD: &str = "destinationConfig.path";
    match (given, known) {
        (Some(given), Some(known)) if Path::new(given) != known.path => {
            form.fault(FIELD, "another place is another target: make one, and remove this one".into());
            None
        }
        (_, Some(known)) => Some(known.path.clone()),
        (Some(given), None) => {
            let path = Path::new(given);
            let plain = path.components().all(|part| matches!(part, Component::RootDir | Component::Normal(_)));
            let is_file = path.is_absolute() && path.file_name().is_some() && !given.ends_with('/');
            if !(plain && is_file && given.len() <= 4096 && !given.contains(char::is_control)) {
                form.fault(FIELD, "is the absolute path of a file, without .. in it".into());
                return None;
            }
            Some(path.components().collect())
        }
        (None, None) => {
            form.fault(FIELD, "name the file".into());
            None
        }
    }
}

fn format(form: &mut Form, body: &ConfigBody, known: Option<&File>) -> Option<Format> {
    let Some(given) = &body.format else {
        let made = if body.template.is_some() { Format::Template } else { Format::default() };
        return Some(known.filter(|_| body.template.is_none()).map_or(made, |known| known.format));
    };
    let found = Format::named(given);
    if found.is_none() {
        let names: Vec<&str> = Format::all().map(Format::name).collect();
        form.fault("destinationConfig.format", format!("is one of {}, not {given:?}", names.join(", ")));
    }
    found
}

fn fits(form: &mut Form, template: Option<&str>) {
    const FIELD: &str = "destinationConfig.template";
    let Some(text) = template else { return form.fault(FIELD, "give the template's text".into()) };
    if text.len() > 256 << 10 {
        return form.fault(FIELD, "has 256 KiB at the most".into());
    }
    let names = NAMES.join(", ");
    match check(text) {
        Ok(()) => {}
        Err(BadTemplate::Unknown { name, line }) => {
            form.fault(FIELD, format!("line {line}: there is no {name}; a template has {names}"));
        }
        Err(BadTemplate::Slip(slip)) => {
            let what = match slip.what {
                SlipOf::Unclosed => "{{ has no }} on its line".to_owned(),
                SlipOf::NoName(inner) => format!("{inner:?} is no name; a template has {names}"),
                SlipOf::NoFilter(filter) => format!("there is no filter {filter:?}; they are json, shell, url, base64"),
            };
            form.fault(FIELD, format!("line {}: {what}", slip.line));
        }
    }
}

fn mode(form: &mut Form, text: &str) -> Option<u32> {
    let digits = text.trim().trim_start_matches("0o");
    let mode = u32::from_str_radix(digits, 8).ok().filter(|mode| *mode <= 0o777 && mode & 0o400 != 0);
    let safe = mode.filter(|mode| mode & 0o022 == 0);
    if safe.is_none() {
        form.fault(
            "destinationConfig.mode",
            format!("is octal, as 0640: the owner reads it, and neither group nor others write it; not {text:?}"),
        );
    }
    safe
}

/// Reads the names at the place.
pub fn keys(
    form: &mut Form,
    given: Option<&BTreeMap<String, Credential>>,
    place: Option<&Destination>,
    otherwise: impl FnOnce() -> Keys,
) -> Option<Keys> {
    let format = match place {
        Some(Destination::File(file)) => Some(file.format),
        _ => None,
    };
    let plain = matches!(place, Some(Destination::AwsSecretsManager(secret)) if secret.plain);
    let keys = match given {
        Some(given) => given.clone(),
        // One value alone is the secret, where nothing else is said.
        None if plain || format == Some(Format::Value) => {
            otherwise().into_iter().filter(|(_, holds)| *holds == Credential::ClientSecret).collect()
        }
        None => otherwise(),
    };
    if keys.is_empty() {
        form.fault("keys", "name at least one key, and what it holds".into());
        return None;
    }
    if format == Some(Format::Value) && keys.len() != 1 {
        form.fault("keys", "a file with one value has one key".into());
    }
    aws::keys(form, place, &keys);
    // The keys stand in the mark, which has a limit there.
    let marked: usize = keys.keys().map(|key| key.len() + 1).sum();
    if matches!(place, Some(Destination::HashicorpVault(_)))
        && (marked > 500 || keys.keys().any(|key| key.contains(',')))
    {
        form.fault("keys", "have 500 characters together, and no comma in them".into());
    }
    if matches!(place, Some(Destination::Kubernetes(_))) && !keys.keys().all(|key| kubernetes::is_key(key)) {
        form.fault("keys", "of a Secret are letters, digits, hyphens, dots and underscores, 253 at the most".into());
    }
    let variables = matches!(format, Some(Format::Pairs(format)) if format.is_environment());
    let offered = place.is_some_and(|place| place.units().is_some());
    for key in keys.keys() {
        if offered && !is_credential(key) {
            let rule = "is no name of a credential: A-Z, a-z, 0-9, _ - + @ and ., and no . first";
            form.fault("keys", format!("{key} {rule}"));
        }
        let name: Option<SecretName> = form.read("keys", key);
        if variables && name.is_some_and(|name| !name.is_variable()) {
            form.fault("keys", format!("{key} is no name of a variable: A-Z, a-z, 0-9 and _, and no digit first"));
        }
    }
    Some(keys)
}
