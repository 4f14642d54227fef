use chrono::{DateTime, Duration};
use unicode_width::UnicodeWidthStr;

use super::table::{Cell, Sheet, Table, Way};
use super::*;
use crate::cli::doubles::{Capture, captured};

#[test]
fn columns_align_by_display_width() {
    let mut table = Table::new(&["name", "label"]);
    table.row(["a".into(), "x".into()]);
    table.row(["東京".into(), "Zürich".into()]);
    table.row(["🚀🚀🚀".into(), "".into()]);
    table.row(["e\u{301}".into(), "combining".into()]);
    let text = table.draw(false, None);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "NAME    LABEL");
    assert_eq!(lines[3], "🚀🚀🚀  -");
    for line in &lines {
        let second = line.rsplit(' ').next().expect("two columns");
        let before = line.strip_suffix(second).expect("its end");
        assert_eq!(before.width(), 8, "{line:?}");
    }
}

#[test]
fn no_cell_reaches_the_terminal_as_anything_but_text() {
    let mut table = Table::new(&["label"]);
    table.row(["\x1b[31mred\u{202e}\nnext".into()]);
    let text = table.draw(true, None);
    assert!(text.contains("\\u{1b}[31mred\\u{202e}\\u{a}next"), "{text:?}");
    let mut sheet = Sheet::default();
    sheet.line("label", "a\x07b");
    sheet.line("left out", "");
    assert_eq!(sheet.draw(), "label  a\\u{7}b\n");
}

#[test]
fn colours_are_not_counted_as_width() {
    let mut table = Table::new(&["state", "name"]);
    table.row([Cell::new("OK", Ink::Green), "x".into()]);
    assert_eq!(table.draw(true, None).lines().nth(1), Some("\x1b[32mOK\x1b[0m     x"));
    assert_eq!(table.draw(false, None).lines().nth(1), Some("OK     x"));
}

fn refusal() -> Refusal {
    let mut refusal = Refusal::new(Kind::Refused, "Okta said no", "renew the token\nthen try again");
    refusal.okta_error_code = Some("E0000011".into());
    refusal
}

#[test]
fn an_error_for_people_says_what_happened_then_what_to_do() {
    let Capture { output, out, err } = captured(false);
    output.error(&refusal());
    assert_eq!(
        err.text(),
        "error: Okta said no\nhint: renew the token\nhint: then try again\nOkta's error code: E0000011\n"
    );
    assert_eq!(out.text(), "");
}

#[test]
fn an_error_for_programs_has_all_five_names() {
    let Capture { output, err, .. } = captured(true);
    output.error(&refusal());
    assert_eq!(
        err.text(),
        "{\"error\":{\"code\":\"refused\",\"message\":\"Okta said no\",\"hint\":\"renew the token\\nthen try again\",\
         \"oktaErrorCode\":\"E0000011\",\"oktaRequestId\":null}}\n"
    );
}

#[test]
fn bad_fields_are_named_by_their_options_too() {
    let Capture { output, err, .. } = captured(false);
    let fault = |field: &str, message: &str| FieldFault { field: field.into(), message: message.into() };
    let key = fault("credentials.privateKey", "no key");
    let fields = vec![fault("rotationInterval", "whole days only"), key, fault("other", "bad")];
    output.error(&Refusal::invalid(fields));
    let text = err.text();
    assert!(text.contains("  --private-key-file (credentials.privateKey): no key"), "{text}");
    let text = text.replace("  --private-key-file (credentials.privateKey): no key\n", "");
    assert!(text.contains("\n  --every (rotationInterval): whole days only\n  other: bad\n"), "{text}");
}

#[test]
fn talk_keeps_out_of_json_and_quiet_but_warnings_do_not() {
    let Capture { output, out, err } = captured(true);
    output.talk("created");
    output.progress("verifying");
    output.warn("back it up");
    assert_eq!((out.text().as_str(), err.text().as_str()), ("", ""), "it waits for the end");
    output.say_notes();
    assert_eq!((out.text().as_str(), err.text().as_str()), ("", "{\"note\":\"back it up\"}\n"));
    let Capture { mut output, err, .. } = captured(false);
    output.quiet = true;
    output.talk("created");
    output.warn("back it up");
    assert_eq!(err.text(), "note: back it up\n");
}

#[test]
fn instants_are_local_with_their_zone() {
    let at = DateTime::parse_from_rfc3339("2026-11-25T01:30:00Z").expect("valid").to_utc();
    assert_eq!(when::local(at, chrono_tz::Europe::Berlin), "2026-11-25 02:30 CET");
    assert_eq!(when::relative(at + Duration::hours(5), at), "in 5h");
    assert_eq!(when::relative(at, at + Duration::days(40)), "40d ago");
    assert_eq!(when::took(Duration::milliseconds(1_949)), "1.9s");
    assert_eq!(when::took(Duration::seconds(65)), "1m 5s");
}

fn wide() -> Table {
    let mut table = Table::new(&["id", "label", "client id", "method", "rotatable"]).narrowed(&[
        ("method", Way::Out),
        ("client id", Way::Below("client id")),
        ("label", Way::Cut(10)),
    ]);
    let reason = "no: it authenticates with a private key, which this program does not rotate";
    table.row(
        ["0oa1aaaaaaaaaaaaaaaa", "Payments 東京 for everybody", "0oa1aaaaaaaaaaaaaaaa", "basic", "yes"].map(Into::into),
    );
    table.row(["0oa2bbbbbbbbbbbbbbbb", "HR", "client-of-its-own", "private_key_jwt", reason].map(Into::into));
    table
}

#[test]
fn on_a_narrow_terminal_columns_give_way_and_ids_stay_whole() {
    assert_eq!(
        wide().draw(false, Some(60)),
        "ID                    LABEL       ROTATABLE\n\
         0oa1aaaaaaaaaaaaaaaa  Payments …  yes\n\
         0oa2bbbbbbbbbbbbbbbb  HR          no: it authenticates with\n\
         \u{20}                                 a private key, which this\n\
         \u{20}                                 program does not rotate\n\
         \u{20} client id client-of-its-own\n"
    );
    for columns in 50..200 {
        let text = wide().draw(false, Some(columns));
        assert!(text.lines().all(|line| line.width() <= columns), "{columns}:\n{text}");
        assert!(text.contains("0oa1aaaaaaaaaaaaaaaa") && text.contains("client-of-its-own"), "{text}");
    }
}

#[test]
fn into_a_pipe_a_table_goes_whole_with_a_line_for_each_row() {
    let text = wide().draw(false, None);
    assert_eq!(text.lines().count(), 3);
    assert!(text.contains("Payments 東京 for everybody") && text.contains("private_key_jwt"));
    assert!(text.lines().nth(2).is_some_and(|line| line.ends_with("does not rotate")));
    assert_eq!(text, wide().draw(false, Some(500)));
}
