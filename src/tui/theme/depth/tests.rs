use ratatui::style::Modifier;

use super::*;

fn depth(vars: &[(&str, &str)]) -> Depth {
    Depth::of(&|name| vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
}

#[test]
fn no_more_is_assumed_than_the_environment_says() {
    assert_eq!(depth(&[("TERM", "xterm")]), Depth::Sixteen);
    assert_eq!(depth(&[("TERM", "screen-256color")]), Depth::Palette);
    assert_eq!(depth(&[("TERM", "xterm"), ("COLORTERM", "truecolor")]), Depth::True);
    assert_eq!(depth(&[("TERM", "xterm-direct")]), Depth::True);
    assert_eq!(depth(&[("TERM", "xterm"), ("COLORTERM", "yes")]), Depth::Sixteen);
    for term in ["dumb", "vt100", "vt220", "xterm-mono", ""] {
        assert_eq!(depth(&[("TERM", term)]), Depth::None, "{term}");
    }
}

#[test]
fn no_color_counts_once_it_is_not_empty() {
    assert_eq!(depth(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor"), ("NO_COLOR", "1")]), Depth::None);
    assert_eq!(depth(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]), Depth::Palette);
}

#[test]
fn colours_become_the_nearest_there_is() {
    assert_eq!(Depth::Palette.color(Color::Rgb(255, 95, 0)), Some(Color::Indexed(202)));
    assert_eq!(Depth::Palette.color(Color::Rgb(8, 8, 8)), Some(Color::Indexed(232)));
    assert_eq!(Depth::Sixteen.color(Color::Rgb(250, 10, 10)), Some(Color::LightRed));
    assert_eq!(Depth::Sixteen.color(Color::Indexed(46)), Some(Color::LightGreen));
    assert_eq!(Depth::Sixteen.color(Color::Indexed(240)), Some(Color::DarkGray));
    assert_eq!(Depth::True.color(Color::Rgb(1, 2, 3)), Some(Color::Rgb(1, 2, 3)));
    assert_eq!(Depth::Sixteen.color(Color::Reset), Some(Color::Reset));
}

#[test]
fn a_muted_colour_keeps_its_hue_among_sixteen() {
    assert!(matches!(Depth::Sixteen.color(Color::Rgb(191, 97, 106)), Some(Color::Red)));
    assert!(matches!(Depth::Sixteen.color(Color::Rgb(122, 162, 247)), Some(Color::Blue | Color::LightBlue)));
    assert!(matches!(Depth::Sixteen.color(Color::Rgb(136, 136, 140)), Some(Color::DarkGray)));
}

#[test]
fn without_colours_weight_remains() {
    let style = Style::new().fg(Color::White).bg(Color::Red).add_modifier(Modifier::BOLD);
    assert_eq!(Depth::None.style(style), Style::new().add_modifier(Modifier::BOLD));
}

#[test]
fn the_palette_maps_onto_itself() {
    for index in 16..=255 {
        let (r, g, b) = rgb(index);
        let Some(Color::Indexed(back)) = Depth::Palette.color(Color::Rgb(r, g, b)) else { panic!("{index}") };
        assert_eq!(rgb(back), rgb(index));
    }
}
