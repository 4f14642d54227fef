//! One field: its label, its value as its kind is shown, its faults, and the list of an open picker.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::text::columns::{cut, fit, width};
use crate::tui::forms::form::input::Input;
use crate::tui::forms::form::pick::{Load, Pick};
use crate::tui::forms::form::view::masked;
use crate::tui::forms::form::{Field, Locked};
use crate::tui::theme::{Glyph, Look, Role};
use crate::tui::widgets::paint::{ELLIPSIS, put_line, wrap};
use crate::tui::widgets::text_input::TextInput;

/// The most columns that a field is shown with.
const FIELD: usize = 44;

/// A line as it is to be put.
#[derive(Default)]
pub struct Drawn {
    line: Line<'static>,
    /// A stretch that has this style whether or not there is text.
    fill: Option<(usize, usize, Style)>,
    /// Where it is typed.
    pub cursor: Option<usize>,
}

impl Drawn {
    /// Text only.
    pub fn of(line: Line<'static>) -> Self {
        Self { line, ..Self::default() }
    }

    /// Puts it.
    pub fn put(&self, area: Rect, buf: &mut Buffer) {
        if let Some((from, wide, style)) = self.fill {
            let at = |columns: usize| u16::try_from(columns).unwrap_or(u16::MAX);
            let x = area.x.saturating_add(at(from)).min(area.right());
            let end = x.saturating_add(at(wide)).min(area.right());
            buf.set_style(Rect { x, width: end - x, ..area }, style);
        }
        put_line(buf, area.x, area.y, area.right(), &self.line);
    }
}

/// What draws fields.
pub struct Pen<'a> {
    /// The look.
    pub look: &'a Look,
    /// The columns there are.
    pub wide: usize,
    /// The columns before a value.
    pub label: usize,
}

impl Pen<'_> {
    /// A field, with what belongs to it.
    pub fn item(&self, item: &Field, here: bool, list: usize, drawn: &mut Vec<Drawn>) {
        let style = |role| self.look.style(role);
        let sign = if here { self.look.glyph(Glyph::Cursor) } else { " " };
        let label = fit(&format!("{sign} {}", item.key.label), self.label, ELLIPSIS);
        let labelled = Span::styled(label, style(if here { Role::Key } else { Role::Dim }));
        if item.locked.is_some() {
            drawn.push(Drawn::of(self.locked(item, labelled)));
        } else if here {
            drawn.push(self.focused(item, labelled));
        } else {
            let mut line = self.quiet(item);
            line.spans.insert(0, labelled);
            drawn.push(Drawn::of(line));
        }
        if let Some(fault) = &item.fault {
            let indent = " ".repeat(self.label.min(6));
            let said = wrap(fault, self.wide.saturating_sub(indent.len() + 2));
            let lead = |index| if index == 0 { "! " } else { "  " };
            drawn.extend(said.into_iter().enumerate().map(|(index, line)| {
                Drawn::of(Line::from(Span::styled(format!("{indent}{}{line}", lead(index)), style(Role::Danger))))
            }));
        }
        if let Input::Pick(pick) = &item.input
            && here
        {
            self.list(pick, list, drawn);
        }
    }

    fn locked(&self, item: &Field, labelled: Span<'static>) -> Line<'static> {
        let dim = self.look.style(Role::Dim);
        let said = match &item.locked {
            Some(Locked::OfEach(own)) => (*own).to_owned(),
            Some(Locked::Fixed(why)) if !why.is_empty() => format!("{}  ({why})", item.input.typed()),
            _ => item.input.typed().to_string(),
        };
        Line::from(vec![labelled, Span::styled(said, dim)])
    }

    /// A field that is typed into.
    fn focused(&self, item: &Field, labelled: Span<'static>) -> Drawn {
        let style = |role| self.look.style(role);
        let room = self.wide.saturating_sub(self.label).clamp(1, FIELD);
        let typed = |field: &TextInput, after: &str| {
            // The end of a text that is too long is what is typed at.
            let before = width(field.before());
            let skipped = before.saturating_sub(room.saturating_sub(1));
            let shown = crate::text::columns::skip(field.text(), skipped).into_owned();
            let typed = Span::styled(fit(&shown, room, ELLIPSIS), style(Role::Field));
            let mut line = Line::from(vec![labelled.clone(), typed]);
            if !after.is_empty() {
                line.push_span(Span::styled(format!(" {after}"), style(Role::Dim)));
            }
            Drawn {
                line,
                fill: Some((self.label, room, style(Role::Field))),
                cursor: Some(self.label + before - skipped),
            }
        };
        match &item.input {
            Input::Text(field) | Input::Time(field) | Input::Span(field) | Input::Path(field) => typed(field, ""),
            Input::Number { field, unit, .. } => typed(field, unit),
            Input::Secret(_) => {
                let mask = masked(item, self.look);
                let at = self.label + width(&mask);
                let line = Line::from(vec![labelled, Span::styled(fit(&mask, room, ELLIPSIS), style(Role::Field))]);
                Drawn { line, fill: Some((self.label, room, style(Role::Field))), cursor: Some(at) }
            }
            Input::Pick(pick) if pick.query.text().is_empty() => {
                let shown = taken(pick);
                let shown = if shown.is_empty() { "type to search".into() } else { shown };
                let line = Line::from(vec![labelled, Span::styled(fit(&shown, room, ELLIPSIS), style(Role::Field))]);
                Drawn { line, fill: Some((self.label, room, style(Role::Field))), cursor: Some(self.label) }
            }
            Input::Pick(pick) => typed(&pick.query, ""),
            Input::Choice { .. } | Input::Toggle(_) => {
                let mut line = self.chosen(item, true);
                // On what holds: there a screen reader reads, and a terminal without colours shows where that is.
                let held = self.look.style(Role::Selected);
                let before = line.spans.iter().take_while(|span| span.style != held).map(|span| width(&span.content));
                let cursor = self.label + before.sum::<usize>();
                line.spans.insert(0, labelled);
                Drawn { line, cursor: Some(cursor), ..Drawn::default() }
            }
        }
    }

    /// A field that is not typed into.
    fn quiet(&self, item: &Field) -> Line<'static> {
        let style = |role| self.look.style(role);
        let plain = |text: String| {
            if text.is_empty() {
                Line::from(Span::styled("-", style(Role::Dim)))
            } else {
                Line::from(Span::styled(text, style(Role::Text)))
            }
        };
        match &item.input {
            Input::Text(field) | Input::Time(field) | Input::Span(field) | Input::Path(field) => {
                plain(field.text().to_owned())
            }
            Input::Number { field, unit, .. } => plain(format!("{} {unit}", field.text())),
            Input::Secret(_) => plain(masked(item, self.look)),
            Input::Pick(pick) => match pick.taken().filter(|_| pick.marks.is_empty()) {
                Some(row) => Line::from(vec![
                    Span::styled(row.name.clone(), style(Role::Text)),
                    Span::styled(format!("  {}", row.detail), style(Role::Dim)),
                ]),
                None => plain(taken(pick)),
            },
            Input::Choice { .. } | Input::Toggle(_) => self.chosen(item, false),
        }
    }

    /// A few answers in a row, the one that holds highlighted; where they do not fit, those beside it, and where it stands.
    fn chosen(&self, item: &Field, here: bool) -> Line<'static> {
        let style = |role| self.look.style(role);
        let held = style(if here { Role::Selected } else { Role::Text });
        match &item.input {
            Input::Toggle(on) => {
                let (mark, word) = if *on { ("[x] ", "on") } else { ("[ ] ", "off") };
                Line::from(Span::styled(format!("{mark}{word}"), held))
            }
            Input::Choice { options, at } => {
                let room = self.wide.saturating_sub(self.label);
                let held_text = options.get(*at).map_or("", String::as_str);
                if !here {
                    return Line::from(Span::styled(cut(held_text, room, ELLIPSIS).into_owned(), held));
                }
                let shown = beside(options, *at, room);
                let place = format!("{} of {}", at + 1, options.len());
                let room = room.saturating_sub(width(&place) + 4);
                let dim = style(Role::Dim);
                let option = |index: usize| {
                    let option = if index == *at {
                        Span::styled(format!("[{}]", cut(&options[index], room, ELLIPSIS)), held)
                    } else {
                        Span::styled(format!(" {} ", options[index]), dim)
                    };
                    [option, Span::styled("  ", dim)]
                };
                let all = shown.len() == options.len();
                let place = (!all).then(|| Span::styled(place, dim));
                shown.flat_map(option).chain(place).collect()
            }
            _ => Line::default(),
        }
    }

    /// The rows of an open picker, and what there is to know of them.
    fn list(&self, pick: &Pick, room: usize, drawn: &mut Vec<Drawn>) {
        let style = |role| self.look.style(role);
        let first = (pick.at + 1).saturating_sub(room);
        let shown: Vec<_> = pick.window(first, room).collect();
        let names = shown.iter().map(|(_, row)| width(&row.name)).max().unwrap_or(0);
        let names = names.min(self.wide.saturating_sub(8) / 2).max(8);
        for (index, row) in &shown {
            let here = *index == pick.at;
            let marked = pick.marks.contains(&row.key);
            let (base, aside) = match (here, row.obstacle.is_some()) {
                (true, _) => (style(Role::Selected), style(Role::Selected)),
                (false, true) => (style(Role::Dim), style(Role::Dim)),
                (false, false) => (style(if marked { Role::Marked } else { Role::Text }), style(Role::Dim)),
            };
            let sign = if marked { self.look.glyph(Glyph::Mark) } else { " " };
            let why = row.obstacle.as_ref().map(|why| format!("({why})  ")).unwrap_or_default();
            let line = Line::from(vec![
                Span::styled(format!("  {sign} {}  ", fit(&row.name, names, ELLIPSIS)), base),
                Span::styled(format!("{why}{}", row.detail), aside),
            ]);
            let fill = here.then_some((2, self.wide.saturating_sub(2), base));
            drawn.push(Drawn { line, fill, cursor: None });
        }
        let (role, said) = standing(pick, room);
        let said = wrap(&said, self.wide.saturating_sub(4)).into_iter().filter(|line| !line.is_empty());
        drawn.extend(said.map(|line| Drawn::of(Line::from(Span::styled(format!("    {line}"), style(role))))));
    }
}

/// The options that are shown: all where they fit, else as many on both sides of one as leave room for its place.
fn beside(options: &[String], at: usize, room: usize) -> Range<usize> {
    let wide = |shown: &Range<usize>| options[shown.clone()].iter().map(|option| width(option) + 4).sum::<usize>();
    if options.is_empty() || wide(&(0..options.len())) <= room {
        return 0..options.len();
    }
    // "12 of 34" at the most.
    let room = room.saturating_sub(8);
    let mut shown = at..at + 1;
    loop {
        let next = shown.start..(shown.end + 1).min(options.len());
        let next = if wide(&next) <= room { next } else { shown.clone() };
        let both = next.start.saturating_sub(1)..next.end;
        let both = if wide(&both) <= room { both } else { next };
        if both == shown {
            return shown;
        }
        shown = both;
    }
}

/// What was picked, in a line.
fn taken(pick: &Pick) -> String {
    if pick.marks.is_empty() {
        let row = pick.taken().map(|row| row.name.clone());
        return row.or_else(|| pick.chosen.clone()).unwrap_or_default();
    }
    let names = pick.rows().iter().filter(|row| pick.marks.contains(&row.key)).map(|row| row.name.as_str());
    format!("{} marked: {}", pick.marks.len(), names.collect::<Vec<_>>().join(", "))
}

/// How many there are, whether more are coming, or why there are none; nothing where all of them are seen.
fn standing(pick: &Pick, room: usize) -> (Role, String) {
    let (all, found) = (pick.rows().len(), pick.found());
    let counted = if pick.query.text().is_empty() { format!("{all}") } else { format!("{found} of {all}") };
    match &pick.load {
        Load::Failed(problem) => {
            (Role::Danger, format!("{}. ^R asks again; an id can be typed all the same.", problem.whole()))
        }
        Load::Coming if all == 0 => (Role::Rotating, "asking Okta; an id can be typed meanwhile".into()),
        Load::Coming => (Role::Rotating, format!("{counted}, and more are coming")),
        Load::Done if found == 0 && pick.free && !pick.query.text().is_empty() => {
            let none = if all == 0 { pick.empty } else { "none of them is like that" };
            (Role::Dim, format!("{none}; Enter takes what is typed as an app's id"))
        }
        Load::Done if all == 0 => (Role::Dim, pick.empty.into()),
        Load::Done if found == 0 => (Role::Dim, "none of them is like that".into()),
        Load::Done if pick.free => (Role::Dim, format!("{counted}{}; ^R asks Okta again", pick.as_of)),
        Load::Done if found == all && all <= room => (Role::Dim, String::new()),
        Load::Done => (Role::Dim, counted),
    }
}
