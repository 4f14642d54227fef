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
    let rows: Vec<String> = (0..rows).map(|row| format!("row-{row:05} some application  OK  in 12d")).collect();
    let mut state = ListState::default().with_selected(Some(0));
    loop {
        terminal.draw(|frame| {
            let style = Style::new().add_modifier(Modifier::REVERSED);
            let list = List::new(rows.iter().map(String::as_str)).highlight_style(style);
            frame.render_stateful_widget(list, frame.area(), &mut state);
        })?;
        match read()? {
            Event::Key(key) if key.code == KeyCode::Down => state.select_next(),
            Event::Key(key) if key.code == KeyCode::Up => state.select_previous(),
            Event::Key(key) if key.code == KeyCode::Char('q') => break,
            _ => {}
        }
    }
    execute!(io::stdout(), Show, LeaveAlternateScreen)?;
    io::stdout().flush()?;
    disable_raw_mode()
}
