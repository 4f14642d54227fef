//! The floor: a list on bare ratatui and crossterm, with nothing behind it. `terminal floor ROWS` runs it.

use std::io::{self, Write};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{Event, KeyCode, read};
use crossterm::execute;
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::style::{Modifier, Style};
use ratatui::widgets::{List, ListState};

/// The rows are in words that are never drawn in part.
pub const FIRST: &str = "row-00000";

/// Runs it until `q`.
pub fn run(rows: u64) -> io::Result<()> {
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, Hide)?;
    let mut terminal = Terminal::new(CrosstermBackend::new(io::stdout()))?;
    let rows: Vec<String> =
        (0..rows).map(|row| format!("row-{row:05} application {row}  OK  in {}d", row % 30)).collect();
    let (mut first, mut at) = (0_usize, 0_usize);
    loop {
        terminal.draw(|frame| {
            let height = usize::from(frame.area().height);
            first = at.min(first).max((at + 1).saturating_sub(height));
            // Only what is seen: the list would otherwise be as slow as it is long.
            let seen = &rows[first..rows.len().min(first + height)];
            let style = Style::new().add_modifier(Modifier::REVERSED);
            let list = List::new(seen.iter().map(String::as_str)).highlight_style(style);
            frame.render_stateful_widget(list, frame.area(), &mut ListState::default().with_selected(Some(at - first)));
        })?;
        match read()? {
            Event::Key(key) if key.code == KeyCode::Down => at = (at + 1).min(rows.len().saturating_sub(1)),
            Event::Key(key) if key.code == KeyCode::Up => at = at.saturating_sub(1),
            Event::Key(key) if key.code == KeyCode::Char('q') => break,
            _ => {}
        }
    }
    execute!(io::stdout(), Show, LeaveAlternateScreen)?;
    io::stdout().flush()?;
    disable_raw_mode()
}
