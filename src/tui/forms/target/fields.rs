//! The fields of a target, and the request that is made of them.

use super::{TargetForm, aws, field};
use crate::core::connection::App;
use crate::core::schedule::typed::Span;
use crate::core::secret::Credential;
use crate::core::target::destination::{File, Folder, Format, Object};
use crate::core::target::unit::Units;
use crate::core::target::{Destination, Drift, Keys};
use crate::engine::request::{ConfigBody, Request, TargetBody, TargetPatch};
use crate::engine::view::TargetView;
use crate::text::argv;
use crate::text::when::span;
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::{Field, FieldKey, Form, Page};
use crate::tui::widgets::text_input::TextInput;

/// The kinds of places, as they are chosen.
const KINDS: [&str; 8] = ["file", "command", "credential", VAULT, KUBERNETES, aws::SECRET, aws::PARAMETERS, INFISICAL];

/// As the API calls them.
const VAULT: &str = "hashicorp-vault";
const KUBERNETES: &str = "kubernetes";
const INFISICAL: &str = "infisical";

/// What the fields depend on: the kind of place, by its number, and whether a file is filled in from a template.
pub type Shape = (usize, bool);

/// What is chosen.
pub fn shape(form: &Form) -> Shape {
    (form.choice(field::KIND), form.typed(field::FORMAT) == Format::Template.name())
}

/// What is chosen before anything was.
pub fn first(edits: Option<&TargetView>) -> Shape {
    let template = |row: &TargetView| matches!(&row.destination_config, Destination::File(file) if file.format == Format::Template);
    let kind = edits.and_then(|row| KINDS.iter().position(|kind| *kind == row.destination));
    (kind.unwrap_or(0), edits.is_some_and(template))
}

/// The page; of a target that is there its place is shown only: another place is another target.
pub fn page(edits: Option<&TargetView>, connections: &[(String, String)], (at, template): Shape) -> Page {
    let fixed = |field: Field| if edits.is_some() { field.locked("another place is another target") } else { field };
    let known = |text: fn(&TargetView) -> &str| Input::text(edits.map_or("", text));
    let kind = "A file, a command that takes the credentials on stdin as JSON, systemd units, a secret of Vault, OpenBao, Kubernetes, AWS or \
                Infisical, or parameters of AWS.";
    let mut items = vec![fixed(Field::new(field::KIND, kind, Input::choice(&KINDS, at)))];
    let config = edits.map(|row| &row.destination_config);
    match KINDS.get(at) {
        Some(&"file") => items.extend(of_file(edits, template)),
        Some(&VAULT) => items.extend(of_vault(edits, connections).into_iter().map(fixed)),
        Some(&KUBERNETES) => items.extend(of_kubernetes(edits, connections)),
        Some(&INFISICAL) => items.extend(of_infisical(edits, connections).into_iter().map(fixed)),
        Some(&"credential") => {
            let units = config.and_then(Destination::units).map_or("", Units::as_str);
            let help = "The units that get it at their start, such as pay.service; * and ? stand for others, as in pay@*.service.";
            items.push(Field::new(field::UNIT, help, Input::text(units)));
        }
        Some(&aws::SECRET) => {
            items.extend(through(App::Aws.as_str(), edits, connections));
            items.extend(aws::secret(edits));
        }
        Some(&aws::PARAMETERS) => {
            items.extend(through(App::Aws.as_str(), edits, connections));
            items.extend(aws::parameters(edits));
        }
        _ => {
            let command = match config {
                Some(Destination::Command { argv: words }) => argv::join(words),
                _ => String::new(),
            };
            let help = "The program by its absolute path, and its arguments. No shell reads it.";
            items.push(Field::new(field::ARGV, help, Input::text(&command)));
        }
    }
    items.push(Field::new(
        field::NAME,
        "The target's name: 1 to 64 of a-z, 0-9 and hyphens. Empty: the kind of place.",
        known(|row| &row.name),
    ));
    let keys = edits.map(|row| written(&row.keys)).unwrap_or_default();
    let help = "The names at the place: NAME=client-id NAME=client-secret. Empty: those that it is published under.";
    items.push(Field::new(field::KEYS, help, Input::text(&keys)));
    if KINDS.get(at) != Some(&"command") {
        let help =
            "A command that runs after each delivery, such as systemctl restart pay. No shell reads it. Optional.";
        items.push(Field::new(
            field::AFTER,
            help,
            Input::text(&edits.map_or_else(String::new, |row| argv::join(&row.after))),
        ));
    }
    let gates = edits.is_none_or(|row| row.gates);
    let help = "The old secret keeps working until this target has the new one.";
    items.push(Field::new(field::GATES, help, Input::Toggle(gates)));
    let settle = edits.map(|row| span(row.settle_seconds)).unwrap_or_default();
    let help = "How much longer it waits then, for programs that look only now and then: such as 1h, at most 90 days. Empty: \
                an hour where programs ask a server, else not at all.";
    items.push(Field::new(field::SETTLE, help, Input::Span(TextInput::of(&settle))));
    let drift = edits.is_some_and(|row| row.drift == Drift::Attend);
    let help = "Where others change what was delivered: deliver it again, once a day at most, or leave it and ask.";
    items.push(Field::new(field::DRIFT, help, Input::choice(&["restore", "attend"], usize::from(drift))));
    Page { title: "Target", fields: items, next: "Save" }
}

/// The connection that it goes through, of those to an app; of a target that is there it stands with the target.
fn through(app: &str, edits: Option<&TargetView>, connections: &[(String, String)]) -> Option<Field> {
    let names: Vec<&str> = connections.iter().filter(|(to, _)| to == app).map(|(_, name)| name.as_str()).collect();
    let help = format!("The connection to the server. windlass connection create NAME --app {app} makes one.");
    let field = Field::new(field::CONNECTION, help, Input::choice(&names, 0));
    let field = if names.is_empty() { field.locked("there is no connection to such a server yet") } else { field };
    edits.is_none().then_some(field)
}

fn of_kubernetes(edits: Option<&TargetView>, connections: &[(String, String)]) -> Vec<Field> {
    let known = edits.and_then(|row| match &row.destination_config {
        Destination::Kubernetes(object) => Some(object),
        _ => None,
    });
    let fixed = |field: Field| if edits.is_some() { field.locked("another place is another target") } else { field };
    let text = |text: fn(&Object) -> &str| Input::text(known.map_or("", text));
    let restart = known.map(|it| it.restart.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
    let help = "The Secret's name. It is made where it is not there, and what others have in it stays.";
    let name = fixed(Field::new(field::OBJECT, help, text(|it| &it.name)));
    let namespace = fixed(Field::new(field::NAMESPACE, "The Secret's namespace.", text(|it| &it.namespace)));
    let help = "What is restarted there once it has a new version: deployment/pay statefulset/db. Optional.";
    let restart = Field::new(field::RESTART, help, Input::text(&restart.unwrap_or_default()));
    through(KUBERNETES, edits, connections).into_iter().chain([namespace, name, restart]).collect()
}

fn of_infisical(edits: Option<&TargetView>, connections: &[(String, String)]) -> Vec<Field> {
    let known = edits.and_then(|row| match &row.destination_config {
        Destination::Infisical(folder) => Some(folder),
        _ => None,
    });
    let text = |text: fn(&Folder) -> &str| Input::text(known.map_or("", text));
    let items = [
        Field::new(field::PROJECT, "The project's id, as its settings show it.", text(|it| &it.project)),
        Field::new(field::ENVIRONMENT, "The environment's slug, such as prod.", text(|it| &it.environment)),
        Field::new(field::FOLDER, "The folder, such as /apps/pay. Empty: the root.", text(|it| &it.path)),
    ];
    through(INFISICAL, edits, connections).into_iter().chain(items).collect()
}

fn of_vault(edits: Option<&TargetView>, connections: &[(String, String)]) -> Vec<Field> {
    let (mount, path) = match edits.map(|row| &row.destination_config) {
        Some(Destination::HashicorpVault(kv)) => (kv.mount.as_str(), kv.path.as_str()),
        _ => ("", ""),
    };
    let mount = Field::new(field::MOUNT, "Where the KV version 2 engine is mounted, such as kv.", Input::text(mount));
    let path = Field::new(field::SECRET, "The secret's path in it, such as apps/pay.", Input::text(path));
    through(VAULT, edits, connections).into_iter().chain([mount, path]).collect()
}

fn of_file(edits: Option<&TargetView>, template: bool) -> Vec<Field> {
    let file = edits.and_then(|row| match &row.destination_config {
        Destination::File(file) => Some(file),
        _ => None,
    });
    let known = |text: fn(&File) -> Option<String>| Input::text(&file.and_then(text).unwrap_or_default());
    let path = Field::new(
        field::PATH,
        "Its absolute path on the engine's machine. The directory has to be there.",
        known(|file| Some(file.path.display().to_string())),
    );
    let path = if edits.is_some() { path.locked("another place is another target") } else { path };
    let formats: Vec<&str> = Format::all().map(Format::name).collect();
    let at = file.and_then(|file| formats.iter().position(|name| *name == file.format.name())).unwrap_or(0);
    let help = "How the credentials are written into it. A template is a text of your own.";
    let mut items = vec![path, Field::new(field::FORMAT, help, Input::choice(&formats, at))];
    if template {
        let help = "A file on this machine with {{ clientId }} and {{ clientSecret }} in it, of at most 16 KiB. It is read once.";
        items.push(Field::new(field::TEMPLATE, help, Input::Path(TextInput::default())));
    }
    items.push(Field::new(
        field::OWNER,
        "Who owns it, by name or number. Empty: the engine's user.",
        known(|file| file.owner.clone()),
    ));
    items.push(Field::new(field::GROUP, "Its group, by name or number. Optional.", known(|file| file.group.clone())));
    items.push(Field::new(
        field::MODE,
        "Its mode in octal, such as 0640. Empty: 0600, for its owner alone.",
        known(|file| Some(format!("{:04o}", file.mode))),
    ));
    let help = "Write it where it lies instead of replacing it: for a file that is mounted into a container by itself.";
    items.push(Field::new(field::IN_PLACE, help, Input::Toggle(file.is_some_and(|file| file.in_place))));
    items
}

fn written(keys: &Keys) -> String {
    let word = |holds: &Credential| match holds {
        Credential::ClientId => "client-id",
        Credential::ClientSecret => "client-secret",
    };
    keys.iter().map(|(name, holds)| format!("{name}={}", word(holds))).collect::<Vec<_>>().join(" ")
}

fn read(text: &str) -> Result<Keys, String> {
    let read = |pair: &str| match pair.rsplit_once('=') {
        Some((name, "client-id")) => Ok((name.to_owned(), Credential::ClientId)),
        Some((name, "client-secret")) => Ok((name.to_owned(), Credential::ClientSecret)),
        _ => Err(format!("{pair} is neither NAME=client-id nor NAME=client-secret")),
    };
    text.split_whitespace().map(read).collect()
}

/// The request; `None` where nothing is changed. What cannot be read is said beside its field.
pub fn request(target: &TargetForm, template: Option<String>) -> Result<Option<Request>, Vec<(FieldKey, String)>> {
    let form = &target.form;
    let mut faults = Vec::new();
    let changed = |key: FieldKey| {
        let before = &target.before;
        target.edits.is_none() || form.typed(key) != before.typed(key) || form.is_on(key) != before.is_on(key)
    };
    // Of a target that is there only what is another now is sent, and may be empty.
    let some = |key: FieldKey| {
        let text = Some(form.typed(key)).filter(|text| target.edits.is_some() || !text.is_empty());
        text.filter(|_| form.get(key).is_some() && changed(key)).map(str::to_owned)
    };
    let mut words = |key: FieldKey| match some(key).map(|text| argv::split(&text)) {
        Some(Err(why)) => {
            faults.push((key, why.to_owned()));
            None
        }
        Some(Ok(words)) => Some(words),
        None => None,
    };
    let (argv, after) = (words(field::ARGV), words(field::AFTER));
    let keys = match some(field::KEYS).map(|text| read(&text)).transpose() {
        Ok(keys) => keys,
        Err(why) => {
            faults.push((field::KEYS, why));
            None
        }
    };
    let settle = match some(field::SETTLE).map(|text| text.parse::<Span>()).transpose() {
        Ok(span) => span.map(|Span(seconds)| seconds),
        Err(why) => {
            faults.push((field::SETTLE, why));
            None
        }
    };
    if !faults.is_empty() {
        return Err(faults);
    }
    let is_file = form.typed(field::KIND) == "file";
    let config = ConfigBody {
        path: [field::PATH, field::SECRET, field::BELOW, field::FOLDER]
            .into_iter()
            .find_map(some)
            .filter(|_| target.edits.is_none()),
        format: some(field::FORMAT).filter(|_| is_file),
        template,
        owner: some(field::OWNER),
        group: some(field::GROUP),
        mount: some(field::MOUNT).filter(|_| target.edits.is_none()),
        project: some(field::PROJECT).filter(|_| target.edits.is_none()),
        environment: some(field::ENVIRONMENT).filter(|_| target.edits.is_none()),
        namespace: some(field::NAMESPACE).filter(|_| target.edits.is_none()),
        name: some(field::OBJECT).filter(|_| target.edits.is_none()),
        restart: some(field::RESTART).map(|text| text.split_whitespace().map(str::to_owned).collect()),
        mode: some(field::MODE),
        in_place: Some(form.is_on(field::IN_PLACE)).filter(|_| is_file && changed(field::IN_PLACE)),
        secret_name: some(field::SECRET_NAME).filter(|_| target.edits.is_none()),
        plain: Some(form.is_on(field::PLAIN)).filter(|plain| *plain && target.edits.is_none()),
        kms_key_id: some(field::KMS),
        argv,
        unit: some(field::UNIT),
    };
    let gates = Some(form.is_on(field::GATES)).filter(|_| changed(field::GATES));
    let (name, drift) = (some(field::NAME).filter(|name| !name.is_empty()), some(field::DRIFT));
    let Some(row) = &target.edits else {
        let body = TargetBody {
            rotation: target.rotation.clone(),
            name,
            destination: form.typed(field::KIND).to_owned(),
            connection_id: some(field::CONNECTION),
            destination_config: config,
            keys,
            gates,
            settle_seconds: settle,
            drift,
            after,
            dry_run: false,
        };
        return Ok(Some(Request::TargetCreate(Box::new(body))));
    };
    let patch = TargetPatch { name, destination_config: config, keys, gates, settle_seconds: settle, drift, after };
    let changes = patch != TargetPatch::default();
    Ok(changes.then(|| Request::TargetUpdate { id: row.id.to_string(), patch: Box::new(patch) }))
}
