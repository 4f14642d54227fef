//! Boxes that report: what became of many, what is coming, a value for a while.

use ratatui::buffer::Buffer;
use ratatui::text::{Line, Span};

use crate::core::rotation::hold::Hold;
use crate::core::state::State;
use crate::engine::view::{ComingRow, Happens};
use crate::text::columns::fit;
use crate::text::when;
use crate::tui::acts::batch::{Batch, Standing};
use crate::tui::acts::copy::Reveal;
use crate::tui::scene::Scene;
use crate::tui::theme::Role;
use crate::tui::widgets::boxes::{CLOSE, WIDE, text, window};
use crate::tui::widgets::paint::{ELLIPSIS, put, wrap};
use crate::tui::widgets::table::{Cell, Column, Table};

/// The width of a name beside what became of it.
const NAME: usize = 22;

/// What became of a batch, item by item.
pub fn results(batch: &Batch, scroll: usize, scene: &Scene<'_>, buf: &mut Buffer) {
    let look = scene.look;
    let (done, refused, open) = batch.counts();
    let wide = usize::from(buf.area.width.saturating_sub(6).min(WIDE));
    // Where there is no room beside the names, it stands below them.
    let beside = wide >= 60;
    let indent = if beside { NAME + 3 } else { 4 };
    let mut lines: Vec<Line<'static>> = Vec::new();
    for item in &batch.items {
        let (sign, style, text) = match &item.standing {
            Standing::Open => (look.sign(State::Rotating), look.style(Role::Rotating), "…".to_owned()),
            Standing::Done(text) => (look.sign(State::Ok), look.style(Role::Ok), scene.words(text)),
            Standing::Refused(problem) => {
                (look.sign(State::Attention), look.style(Role::Danger), scene.words(&problem.whole()))
            }
        };
        let mut said = wrap(&text, wide.saturating_sub(indent)).into_iter();
        let name = Span::styled(fit(&item.task.target.name, NAME, ELLIPSIS) + " ", look.style(Role::Text));
        let first = if beside { said.next().unwrap_or_default() } else { String::new() };
        lines.push(Line::from(vec![Span::styled(format!("{sign} "), style), name, Span::styled(first, style)]));
        lines.extend(said.map(|line| Line::from(Span::styled(format!("{:indent$}{line}", ""), style))));
    }
    if open > 0 {
        lines.push(Line::default());
        lines.push(Line::from(Span::styled(
            "Operations in progress continue when this is closed.",
            look.style(Role::Dim),
        )));
    }
    let verb = batch.items.first().map_or("", |item| item.task.act.doing());
    let open = if open > 0 { format!(", {open} open") } else { String::new() };
    text(&format!("{verb} {}: {done} done, {refused} refused{open}", batch.items.len()), &lines, scroll, look, buf);
}

const COMING: [Column; 4] = [
    Column::new("WHEN", 0, 20, 21),
    Column::new("", 2, 7, 7),
    Column::new("ROTATION", 0, 14, 30),
    Column::new("WHAT", 1, 17, 34),
];

/// What is coming, of all rotations.
pub fn coming(rows: Option<&[ComingRow]>, scroll: usize, scene: &Scene<'_>, buf: &mut Buffer) {
    let say = |text: &str| vec![Line::from(Span::styled(text.to_owned(), scene.look.style(Role::Dim)))];
    let title = &format!("What is coming ({})", scene.session.preferences.zone);
    let rows = match rows {
        None => return text(title, &say("asking the engine …"), 0, scene.look, buf),
        Some([]) => return text(title, &say("Nothing is due: nothing rotates by itself."), 0, scene.look, buf),
        Some(rows) => rows,
    };
    let high = u16::try_from(rows.len() + 1).unwrap_or(u16::MAX).min(buf.area.height.saturating_sub(4)).max(2);
    let room = usize::from(high - 1);
    let first = scroll.min(rows.len().saturating_sub(room));
    let note = format!("{}-{} of {}  {CLOSE}", first + 1, rows.len().min(first + room), rows.len());
    let inner = window(title, &note, WIDE + 4, high, scene.look, buf);
    let table = Table::new(&COMING, inner, 0);
    let mut lines = inner.rows();
    if let Some(line) = lines.next() {
        table.head(line.y, scene.look, buf);
    }
    for (line, row) in lines.zip(&rows[first..]) {
        table.row(line.y, due(row, scene), buf);
    }
}

fn due<'a>(row: &'a ComingRow, scene: &Scene<'_>) -> [Cell<'a>; 4] {
    let (plain, dim) = (scene.look.style(Role::Text), scene.look.style(Role::Dim));
    // The word before the id, which may be cut.
    let goes = |how: &str, condition: &str| match row.secret_id.as_deref() {
        Some(id) => format!("{how}{condition}  {id}"),
        None => format!("old secret {how}{condition}"),
    };
    let condition = if row.if_fetched { ", if fetched" } else { "" };
    let what = match (row.what, row.held_by) {
        (Happens::Rotates, _) => (scene.look.style(Role::Due), format!("rotates{condition}").into()),
        (Happens::Deactivated, _) => (plain, goes("off", condition).into()),
        (Happens::Deleted, _) => (plain, goes("deleted", condition).into()),
        (Happens::Held, Some(Hold::Behind)) => (scene.look.style(Role::Warning), "held until delivered".into()),
        (Happens::Held, Some(Hold::Unread)) => (scene.look.style(Role::Warning), "held until fetched".into()),
        (Happens::Held, Some(Hold::Paused)) => (scene.look.style(Role::Warning), "held: paused".into()),
        (Happens::Held, _) => (scene.look.style(Role::Warning), "held: no date".into()),
    };
    [
        (plain, scene.session.local(row.at).into()),
        (dim, when::relative(row.at, scene.session.now).into()),
        (scene.look.style(Role::Heading), row.rotation.as_str().into()),
        what,
    ]
}

/// A value, for a while.
pub fn value(reveal: &Reveal, scene: &Scene<'_>, buf: &mut Buffer) {
    let look = scene.look;
    let wide = WIDE.min(buf.area.width.saturating_sub(2));
    let room = usize::from(wide.saturating_sub(4));
    let until = reveal.until.with_timezone(&scene.session.preferences.zone).format("%H:%M:%S");
    let mut lines: Vec<_> = wrap(reveal.value.expose(), room).into_iter().map(|line| (Role::Heading, line)).collect();
    lines.push((Role::Text, String::new()));
    let hidden = format!("Any key hides it; at {until} it is hidden again by itself.");
    lines.extend(wrap(&hidden, room).into_iter().map(|line| (Role::Dim, line)));
    let high = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let inner = window(&format!("{}: {}", reveal.name, reveal.what), "", wide, high, look, buf);
    for (row, (role, line)) in inner.rows().zip(&lines) {
        put(buf, row.x, row.y, row.right(), line, look.style(*role));
    }
}
