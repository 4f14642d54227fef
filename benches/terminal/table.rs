//! The rows of the report, aligned.

/// A line: what was measured, what it should be, ours, the floor's, and ours over the floor's.
pub struct Row {
    what: String,
    aim: String,
    ours: String,
    floor: String,
    ratio: String,
}

impl Row {
    /// A figure and the floor's, where there is one.
    pub fn new(what: impl Into<String>, aim: &str, ours: f64, floor: Option<f64>) -> Self {
        let ratio = floor.filter(|floor| *floor > 0.0).map(|floor| format!("{:.1}", ours / floor));
        Self {
            what: what.into(),
            aim: aim.into(),
            ours: figure(ours),
            floor: floor.map_or_else(|| "-".into(), figure),
            ratio: ratio.unwrap_or_else(|| "-".into()),
        }
    }
}

fn figure(value: f64) -> String {
    let text = if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") };
    text.strip_suffix(".00").map(str::to_owned).unwrap_or(text)
}

/// The lines below each other.
pub fn show(rows: &[Row]) -> String {
    let title = ["", "aim", "ours", "floor", "ratio"].map(str::to_owned);
    let rows = rows.iter().map(|row| [&row.what, &row.aim, &row.ours, &row.floor, &row.ratio].map(Clone::clone));
    let lines: Vec<[String; 5]> = std::iter::once(title).chain(rows).collect();
    let wide = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
    let lines = lines.iter().map(|line| {
        let cells = line.iter().enumerate().map(|(column, cell)| match column {
            0 => format!("{cell:<0$}", wide(0)),
            _ => format!("{cell:>0$}", wide(column)),
        });
        cells.collect::<Vec<_>>().join("  ") + "\n"
    });
    lines.collect()
}
