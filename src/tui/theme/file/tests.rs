use proptest::prelude::*;
use ratatui::style::Color;

use super::*;

fn refused(text: &str) -> (Option<usize>, String) {
    let bad = Theme::parse("mine", text).expect_err("broken");
    (bad.line, bad.reason)
}

#[test]
fn a_style_is_words_in_any_order() {
    let text = "[palette]\naccent = \"#7aa2f7\"\n[roles]\nkey = \"accent bold\"\nbanner = \"bold white on red\"\ndim = \"240\"\ntext = \"default on default\"";
    let theme = Theme::parse("mine", text).expect("sound");
    assert_eq!(theme.style(Role::Key), Style::new().fg(Color::Rgb(0x7a, 0xa2, 0xf7)).add_modifier(Modifier::BOLD));
    assert_eq!(theme.style(Role::Banner), Style::new().fg(Color::White).bg(Color::Red).add_modifier(Modifier::BOLD));
    assert_eq!(theme.style(Role::Dim), Style::new().fg(Color::Indexed(240)));
    assert_eq!(theme.style(Role::Text), Style::new().fg(Color::Reset).bg(Color::Reset));
}

#[test]
fn a_missing_role_looks_like_its_fallback() {
    let theme = Theme::parse("mine", "[roles]\nwarning = \"yellow\"").expect("sound");
    assert_eq!(theme.style(Role::Attention), theme.style(Role::Warning));
    assert_eq!(theme.style(Role::Paused), Style::new());
    let empty = Theme::parse("empty", "").expect("sound");
    assert_eq!(empty.style(Role::Selected), Style::new().add_modifier(Modifier::REVERSED));
    assert_eq!(empty.style(Role::Demo), Style::new());
}

#[test]
fn every_chain_of_fallbacks_ends() {
    for role in Role::ALL {
        let mut steps = 0;
        let mut next = role.fallback();
        while let Some(role) = next {
            steps += 1;
            assert!(steps < Role::ALL.len(), "{role:?} goes round in circles");
            next = role.fallback();
        }
    }
}

#[test]
fn a_theme_may_start_from_a_built_in_one() {
    let theme = Theme::parse("mine", "inherits = \"dark\"\n[roles]\nok = \"blue\"").expect("sound");
    let dark = Theme::parse("dark", BUILT_IN[0].1).expect("sound");
    assert_eq!(theme.style(Role::Ok), Style::new().fg(Color::Blue));
    assert_eq!(theme.style(Role::Danger), dark.style(Role::Danger));
}

#[test]
fn a_broken_file_is_refused_with_its_line_and_the_reason() {
    assert_eq!(
        refused("[roles]\n\nkey = \"bold blurple\""),
        (
            Some(3),
            "\"blurple\" is no colour (a name such as \"light-red\", 0 to 255, \"#rrggbb\" or \"default\")".into()
        )
    );
    assert_eq!(
        refused("[roles]\nselectd = \"reversed\""),
        (Some(2), "there is no role \"selectd\"; did you mean \"selected\"?".into())
    );
    assert_eq!(refused("[roles]\nkey = \"red blue\""), (Some(2), "\"red blue\" names two colours for the text".into()));
    assert_eq!(refused("[roles]\nkey = \"red on\""), (Some(2), "\"red on\" ends in \"on\" without a colour".into()));
    assert_eq!(refused("[palette]\nbold = \"red\""), (Some(2), "\"bold\" already means something".into()));
    assert_eq!(refused("\ninherits = \"solar\"").0, Some(2));
    assert_eq!(refused("[roles]\nkey = 3").0, Some(2));
    assert_eq!(refused("[rolls]\n").0, Some(1));
    assert!(refused("[roles\nkey = \"red\"").0.is_some());
}

#[test]
fn the_built_in_themes_are_sound_and_name_every_role() {
    for (name, text) in BUILT_IN {
        let theme = Theme::parse(name, text).unwrap_or_else(|bad| panic!("{bad}"));
        for role in Role::ALL {
            assert!(theme.names(*role), "{name} leaves out {}", role.name());
        }
    }
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(text in "(\\[roles\\]|\\[palette\\]|key|ok|=|\"|#|on|red|\n| |[a-z0-9]|\\PC){0,60}") {
        let _ = Theme::parse("any", &text);
    }

    #[test]
    fn no_style_breaks_the_reader(style in "\\PC{0,40}") {
        let _ = words::style(&style, &BTreeMap::new());
    }
}

proptest! {
    #![proptest_config(crate::fuzz::config())]

    #[test]
    fn fuzz_theme_files_are_read_or_refused(text in crate::fuzz::lines(&BUILT_IN.map(|(_, text)| text))) {
        if let Err(bad) = Theme::parse("any", &text) {
            let reported = bad.to_string();
            prop_assert!(crate::text::is_harmless(&reported) && reported.len() < 8_000, "{:?}", reported);
            prop_assert!(bad.line.is_none_or(|line| (1..=text.lines().count().max(1) + 1).contains(&line)), "{:?}", bad);
        }
    }
}
