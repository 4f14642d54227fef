//! Connections on a terminal, and what their tests and their apps showed.

use crate::cli::Failure;
use crate::cli::context::Context;
use crate::cli::output::table::{Cell, Sheet, Table, Way};
use crate::cli::output::{Ink, when};
use crate::engine::request::Reply;
use crate::engine::view::{AppRow, ConnectionView, TestView};
use crate::text::when::span;
use crate::words::voice::Page;

/// What an answer shows.
pub fn show(ctx: &Context, reply: &Reply) -> Result<(), Failure> {
    if ctx.output.json {
        return ctx.output.object(reply);
    }
    match reply {
        Reply::Connection { app_connection, .. } => ctx.output.data(sheet(ctx, app_connection).draw().as_bytes()),
        Reply::Connections { app_connections } if app_connections.is_empty() => {
            ctx.output.talk("there are no connections yet; `windlass connection create --help` shows how one is made");
            Ok(())
        }
        Reply::Connections { app_connections } => ctx.output.table(&table(ctx, app_connections)),
        Reply::Test { test } => {
            for note in &test.notes {
                ctx.output.warn(note.say());
            }
            ctx.output.data(tested(test).draw().as_bytes())
        }
        Reply::Apps { apps, .. } if apps.is_empty() => {
            ctx.output.talk("no app matches");
            Ok(())
        }
        Reply::Apps { apps, .. } => ctx.output.table(&app_table(apps)),
        _ => Err(Failure::odd_reply()),
    }
}

/// Its host.
pub fn host(connection: &ConnectionView) -> &str {
    url(connection).split_once("://").map_or(url(connection), |(_, host)| host)
}

/// Its URL.
pub fn url(connection: &ConnectionView) -> &str {
    &connection.credentials.instance_url
}

fn status(connection: &ConnectionView) -> Cell {
    Cell::new(&connection.status, if connection.fault.is_some() { Ink::Red } else { Ink::Green })
}

/// Connections, a row each.
pub fn table<T: std::borrow::Borrow<ConnectionView>>(ctx: &Context, connections: &[T]) -> Table {
    let mut table = Table::new(&["name", "url", "app", "method", "status", "rotations", "last ok"]).narrowed(&[
        ("method", Way::Out),
        ("app", Way::Below("app")),
        ("last ok", Way::Below("last ok")),
        ("name", Way::Cut(24)),
    ]);
    for connection in connections.iter().map(std::borrow::Borrow::borrow) {
        table.row([
            connection.name.as_str().into(),
            url(connection).into(),
            connection.app.as_str().into(),
            connection.method.as_str().into(),
            status(connection),
            connection.rotations.to_string().into(),
            when::local_or_none(connection.last_ok_at, ctx.settings.zone).into(),
        ]);
    }
    table
}

fn sheet(ctx: &Context, connection: &ConnectionView) -> Sheet {
    let zone = ctx.settings.zone;
    let mut sheet = Sheet::default();
    sheet.line("name", &connection.name);
    sheet.line("description", &connection.description);
    sheet.line("app", &connection.app);
    sheet.line("url", url(connection));
    sheet.line("method", &connection.method);
    let known = &connection.credentials;
    let facts = [
        ("client id", &known.client_id),
        ("namespace", &known.namespace),
        ("auth mount", &known.auth_mount),
        ("role id", &known.role_id),
        ("role", &known.role),
        ("jwt file", &known.jwt_file),
        ("region", &known.region),
        ("access key id", &known.access_key_id),
        ("role arn", &known.role_arn),
        ("assumes", &known.assume_role_arn),
        ("external id", &known.external_id),
    ];
    for (name, fact) in facts {
        if let Some(fact) = fact {
            sheet.line(name, fact);
        }
    }
    if known.ca_certificate.is_some() {
        sheet.line("trusts", "its own CA alone");
    }
    if let Some(key) = &connection.key {
        sheet.line("key id", key.key_id.as_deref().unwrap_or("none"));
        sheet.line("algorithm", key.algorithm.as_str());
        sheet.line("thumbprint", &key.thumbprint);
        sheet.line("key since", when::local(key.since, zone));
    }
    sheet.line("status", &connection.status);
    if let Some(fault) = &connection.fault {
        sheet.line("fault", fault.problem.what().by(&Page(zone)));
        sheet.line("to do", fault.problem.todo().by(&Page(zone)));
        sheet.line("since", when::local_or_none(connection.refused_since, zone));
        sheet.line("tried again", when::local_or_none(connection.next_probe_at, zone));
    }
    sheet.line("last ok", when::local_or_none(connection.last_ok_at, zone));
    sheet.line("rotations", connection.rotations.to_string());
    sheet.line("created", when::local(connection.created_at, zone));
    sheet.line("id", connection.id.to_string());
    sheet
}

fn tested(test: &TestView) -> Sheet {
    let mut sheet = Sheet::default();
    sheet.line("connection", &test.connection);
    sheet.line("url", &test.instance_url);
    sheet.line("answer", "ok");
    if let Some(org) = &test.org_id {
        sheet.line("org id", org);
        sheet.line("clock skew", test.clock_skew_seconds.map(|skew| format!("{skew}s")).unwrap_or_default());
    }
    if let Some(dpop) = test.dpop {
        sheet.line("dpop", if dpop { "required, and used" } else { "not required" });
    }
    if test.org_id.is_some() {
        let rate = test.rate_limit.zip(test.rate_remaining);
        sheet.line("rate limit", rate.map(|(limit, left)| format!("{left} of {limit} calls left")).unwrap_or_default());
    }
    for (name, fact) in [("account", &test.account), ("taken for", &test.identity), ("version", &test.server_version)] {
        if let Some(fact) = fact {
            sheet.line(name, fact);
        }
    }
    if test.server_version.is_some() || test.token_ttl_seconds.is_some() {
        sheet.line(
            "token ends",
            test.token_ttl_seconds.map_or_else(|| "never".into(), |left| format!("in {}", span(left))),
        );
    }
    sheet
}

fn app_table(apps: &[AppRow]) -> Table {
    let mut table = Table::new(&["id", "label", "client id", "auth method", "secrets", "rotatable"]).narrowed(&[
        // Whether it can be rotated says as much, and the client id is the app's id as a rule.
        ("auth method", Way::Out),
        ("client id", Way::Below("client id")),
        ("label", Way::Cut(16)),
    ]);
    for app in apps {
        let secrets = app.secrets.map_or_else(|| "-".to_owned(), |count| count.to_string());
        let rotatable = match (&app.rotation, &app.reason, app.rotatable) {
            (Some(rotation), ..) => Cell::new(&format!("has rotation {rotation}"), Ink::Dim),
            (None, _, true) if app.method_open => Cell::new("yes, if --verify names its method", Ink::Green),
            (None, _, true) => Cell::new("yes", Ink::Green),
            (None, Some(reason), false) => Cell::new(&format!("no: {reason}"), Ink::Yellow),
            (None, None, false) => Cell::new("no", Ink::Yellow),
        };
        let client_id = if app.client_id.is_empty() { "-" } else { &app.client_id };
        let text = [&app.id, &app.label, client_id, app.method(), &secrets];
        table.row(text.map(Cell::from).into_iter().chain([rotatable]));
    }
    table
}
