//! How many colours a terminal shows, and the nearest to one that it does not.

use ratatui::style::{Color, Style};

/// How many colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// None: weight, underline and reverse remain.
    None,
    /// The terminal's own sixteen.
    Sixteen,
    /// The palette of 256.
    Palette,
    /// Any.
    True,
}

impl Depth {
    /// From the environment. SSH rarely carries `COLORTERM`, so without it `TERM` decides, and no more is assumed than it
    /// says: what a terminal does not know it shows as garbage.
    pub fn of(env: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        if set("NO_COLOR").is_some() {
            return Self::None;
        }
        let term = set("TERM").unwrap_or_default().to_ascii_lowercase();
        if matches!(term.as_str(), "" | "dumb")
            || term.starts_with("vt")
            || term.ends_with("-mono")
            || term.ends_with("-m")
        {
            return Self::None;
        }
        let colorterm = set("COLORTERM").unwrap_or_default().to_ascii_lowercase();
        if matches!(colorterm.as_str(), "truecolor" | "24bit") || term.ends_with("-direct") {
            return Self::True;
        }
        if term.contains("256color") { Self::Palette } else { Self::Sixteen }
    }

    /// A style with the nearest colours that there are.
    pub fn style(self, mut style: Style) -> Style {
        style.fg = style.fg.and_then(|color| self.color(color));
        style.bg = style.bg.and_then(|color| self.color(color));
        style
    }

    /// The nearest colour that there is; none where there are none.
    pub fn color(self, color: Color) -> Option<Color> {
        match (self, color) {
            (Self::None, _) => None,
            (Self::Sixteen, Color::Rgb(r, g, b)) => Some(sixteen((r, g, b))),
            (Self::Sixteen, Color::Indexed(index)) => Some(sixteen(rgb(index))),
            (Self::Palette, Color::Rgb(r, g, b)) => Some(Color::Indexed(palette((r, g, b)))),
            (_, color) => Some(color),
        }
    }
}

type Rgb = (u8, u8, u8);

/// The sixteen with the values that xterm gives them; other terminals differ, which is why themes for them name them.
const NAMED: [(Color, Rgb); 16] = [
    (Color::Black, (0, 0, 0)),
    (Color::Red, (205, 0, 0)),
    (Color::Green, (0, 205, 0)),
    (Color::Yellow, (205, 205, 0)),
    (Color::Blue, (0, 0, 238)),
    (Color::Magenta, (205, 0, 205)),
    (Color::Cyan, (0, 205, 205)),
    (Color::Gray, (229, 229, 229)),
    (Color::DarkGray, (127, 127, 127)),
    (Color::LightRed, (255, 0, 0)),
    (Color::LightGreen, (0, 255, 0)),
    (Color::LightYellow, (255, 255, 0)),
    (Color::LightBlue, (92, 92, 255)),
    (Color::LightMagenta, (255, 0, 255)),
    (Color::LightCyan, (0, 255, 255)),
    (Color::White, (255, 255, 255)),
];

/// Steps of the palette's cube.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// One of the sixteen by its number.
pub fn named(index: u8) -> Option<Color> {
    NAMED.get(usize::from(index)).map(|(color, _)| *color)
}

/// The value of a colour of the palette.
fn rgb(index: u8) -> Rgb {
    let step = |n: u8| STEPS[usize::from(n % 6)];
    match index {
        0..16 => NAMED[usize::from(index)].1,
        16..232 => (step((index - 16) / 36), step((index - 16) / 6), step(index - 16)),
        232.. => {
            let grey = 8 + (index - 232) * 10;
            (grey, grey, grey)
        }
    }
}

/// Greys by value, colours by hue: the nearest to a muted red by value is a grey, but what it says is red.
fn sixteen(wanted: Rgb) -> Color {
    if chroma(wanted) > 48 {
        let bright = wanted.0.max(wanted.1).max(wanted.2) > 215;
        return named(hue(wanted) + if bright { 8 } else { 0 }).unwrap_or(Color::Reset);
    }
    let greys = NAMED.iter().filter(|(_, value)| chroma(*value) == 0);
    greys.min_by_key(|(_, value)| distance(*value, wanted)).map_or(Color::Reset, |(color, _)| *color)
}

/// The number of the colour among the first eight that has this hue.
fn hue(color: Rgb) -> u8 {
    const AROUND: [u8; 6] = [1, 3, 2, 6, 4, 5];
    let (r, g, b) = (i32::from(color.0), i32::from(color.1), i32::from(color.2));
    let chroma = i32::from(chroma(color)).max(1);
    // A turn has 120 parts; each colour reaches ten to either side, and red stands at 0.
    let angle = match r.max(g).max(b) {
        most if most == r => 20 * (g - b) / chroma,
        most if most == g => 40 + 20 * (b - r) / chroma,
        _ => 80 + 20 * (r - g) / chroma,
    };
    let sector = ((angle + 130) / 20) % 6;
    usize::try_from(sector).ok().and_then(|sector| AROUND.get(sector)).copied().unwrap_or(7)
}

/// Among the cube and the greys only: the first sixteen are what the terminal makes of them.
fn palette(wanted: Rgb) -> u8 {
    (16..=255).min_by_key(|index| distance(rgb(*index), wanted)).unwrap_or(16)
}

fn chroma((r, g, b): Rgb) -> u8 {
    r.max(g).max(b) - r.min(g).min(b)
}

/// How far apart two colours look: the squared distance, weighted by how well the eye tells each part (redmean).
fn distance(a: Rgb, b: Rgb) -> u32 {
    let mean = u32::midpoint(a.0.into(), b.0.into());
    let square = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    (((512 + mean) * square(a.0, b.0)) >> 8) + 4 * square(a.1, b.1) + (((767 - mean) * square(a.2, b.2)) >> 8)
}

#[cfg(test)]
mod tests;
