use std::ffi::OsString;
use std::path::PathBuf;

use super::*;
use crate::cli::parse;

/// A home with this config file, and with these themes.
struct Home(tempfile::TempDir);

impl Home {
    fn new(config: &str, themes: &[(&str, &str)]) -> Self {
        let home = Self(tempfile::tempdir().expect("a directory"));
        std::fs::create_dir_all(home.dir().join("themes")).expect("made");
        std::fs::write(home.dir().join("config.toml"), config).expect("written");
        for (name, text) in themes {
            std::fs::write(home.dir().join("themes").join(name), text).expect("written");
        }
        home
    }

    fn dir(&self) -> PathBuf {
        self.0.path().join(".config/windlass")
    }

    /// The looks with these arguments in this environment, and what is wrong with the name of the theme.
    fn looked(&self, args: &str, vars: &[(&str, &str)]) -> (Looks, Option<String>) {
        let args = args.split_whitespace().map(OsString::from);
        let cli = parse(std::iter::once("windlass".into()).chain(args)).expect("sound");
        let home = self.0.path().to_str().expect("text").to_owned();
        let env = |name: &str| match name {
            "HOME" => Some(home.clone()),
            name => vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()),
        };
        let settings = Settings::resolve(&cli.global, &|name| env(name).map(OsString::from)).expect("a home");
        of(&settings, &env)
    }

    fn looks(&self, args: &str, vars: &[(&str, &str)]) -> Looks {
        let (looks, wrong) = self.looked(args, vars);
        assert_eq!(wrong, None);
        looks
    }
}

const XTERM: (&str, &str) = ("TERM", "xterm");

#[test]
fn the_config_names_the_theme_and_where_it_says_nothing_the_terminal_decides() {
    let home = Home::new("[ui]\ntheme = \"light\"\n", &[]);
    let looks = home.looks("", &[XTERM]);
    assert_eq!((looks.active.as_str(), looks.config.as_str()), ("light", "~/.config/windlass/config.toml"));
    let home = Home::new("", &[]);
    assert_eq!(home.looks("", &[XTERM]).active, "dark");
    assert_eq!(home.looks("", &[XTERM, ("NO_COLOR", "1")]).active, "mono");
}

#[test]
fn no_colour_rules_over_every_choice() {
    let home = Home::new("[ui]\ntheme = \"nord\"\n", &[("nord.toml", "[roles]\nkey = \"#ff0000\"")]);
    for (args, vars) in [("", &[XTERM, ("NO_COLOR", "1")][..]), ("--color never", &[XTERM][..])] {
        let looks = home.looks(args, vars);
        assert_eq!(looks.active, "nord");
        assert!(!looks.look("nord").has_colours(), "{args}");
    }
}

#[test]
fn a_name_that_no_theme_has_is_reported_with_its_line_and_the_nearest_and_the_default_stays() {
    let home = Home::new("[network]\n[ui]\ntheme = \"nrod\"\n", &[("nord.toml", "")]);
    let (looks, reported) = home.looked("", &[XTERM]);
    let reported = reported.expect("known");
    assert!(reported.ends_with("config.toml, line 3: there is no theme `nrod`; did you mean `nord`?"), "{reported}");
    assert_eq!(looks.active, "dark");
}

#[test]
fn a_broken_file_is_reported_and_the_default_stays() {
    let home = Home::new("[ui]\ntheme = \"nord\"\n", &[("nord.toml", "[roles]\nkey = \"blurple\""), ("x.toml", "[")]);
    let looks = home.looks("", &[XTERM]);
    assert_eq!(looks.active, "dark");
    assert!(looks.refused[0].to_string().starts_with("theme nord, line 2: \"blurple\" is no colour"));
    assert!(super::refused(&looks, "T").is_some_and(|text| text.ends_with("; T lists 1 more")));
}

#[test]
fn the_flag_beats_the_config_and_the_config_beats_the_locale() {
    let utf8 = ("LANG", "C.UTF-8");
    let glyphs = |config: &str, args: &str, vars: &[(&str, &str)]| Home::new(config, &[]).looks(args, vars).caps.glyphs;
    assert_eq!(glyphs("", "", &[utf8]), Glyphs::Unicode);
    assert_eq!(glyphs("", "", &[]), Glyphs::Ascii);
    assert_eq!(glyphs("[ui]\nglyphs = \"unicode\"", "", &[]), Glyphs::Unicode);
    assert_eq!(glyphs("[ui]\nglyphs = \"ascii\"", "", &[utf8]), Glyphs::Ascii);
    assert_eq!(glyphs("[ui]\nglyphs = \"unicode\"", "--ascii", &[utf8]), Glyphs::Ascii);
    assert_eq!(glyphs("", "demo --ascii", &[utf8]), Glyphs::Ascii);
}

impl Home {
    fn settings(&self, args: &str) -> Settings {
        let args = args.split_whitespace().map(OsString::from);
        let cli = parse(std::iter::once("windlass".into()).chain(args)).expect("sound");
        let home = OsString::from(self.0.path());
        Settings::resolve(&cli.global, &|name| (name == "HOME").then(|| home.clone())).expect("a home")
    }

    fn configure(&self, text: &str) {
        std::fs::write(self.dir().join("config.toml"), text).expect("written");
    }
}

#[test]
fn a_theme_that_was_chosen_is_used_at_the_next_start_until_the_config_names_another() {
    let home = Home::new("[ui]\ntheme = \"dark\"\n", &[("nord.toml", "")]);
    chosen::keep(&home.settings(""), "light").expect("kept");
    assert_eq!(home.looks("", &[XTERM]).active, "light");
    let text = std::fs::read_to_string(home.dir().join("config.toml")).expect("there");
    assert_eq!(text, "[ui]\ntheme = \"dark\"\n", "the config is the user's");
    home.configure("[ui]\ntheme = \"nord\"\n");
    assert_eq!(home.looks("", &[XTERM]).active, "nord", "written since, and meant");
    home.configure("[ui]\ntheme = \"dark\"\n");
    chosen::keep(&home.settings(""), "dark").expect("the config's own");
    assert_eq!((chosen::theme(&home.settings("")), home.looks("", &[XTERM]).active.as_str()), (None, "dark"));
    let bare = Home::new("", &[("nord.toml", "")]);
    chosen::keep(&bare.settings(""), "nord").expect("kept");
    assert_eq!(bare.looks("", &[XTERM]).active, "nord");
    std::fs::remove_file(bare.dir().join("themes/nord.toml")).expect("removed");
    assert_eq!(bare.looks("", &[XTERM]).active, "dark", "one that is gone cannot be used");
}

#[test]
fn where_nothing_can_be_kept_it_is_said_and_nothing_breaks() {
    let home = Home::new("", &[]);
    let reported = chosen::keep(&home.settings("--read-only"), "light").expect_err("writes nothing");
    assert!(reported.contains("--read-only"), "{reported}");
    assert_eq!(chosen::theme(&home.settings("")), None);
    // A directory where the file should be: neither read nor written, for any user.
    std::fs::create_dir(home.dir().join("chosen-theme.toml")).expect("made");
    let reported = chosen::keep(&home.settings(""), "light").expect_err("cannot be written");
    assert!(reported.contains("chosen-theme.toml"), "{reported}");
    assert_eq!(home.looks("", &[XTERM]).active, "dark");
    for broken in ["", "theme = 7", "theme = \"light\"\ninstead_of = \"nord\"", "\u{0}"] {
        let home = Home::new("", &[]);
        std::fs::write(home.dir().join("chosen-theme.toml"), broken).expect("written");
        assert_eq!(home.looks("", &[XTERM]).active, "dark", "{broken:?}");
    }
}
