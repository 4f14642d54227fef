use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::*;

#[test]
fn wide_characters_are_never_split() {
    assert_eq!(fit("東京都", 5, "…"), "東京…");
    assert_eq!(fit("東京都", 4, "…"), "東… ");
    assert_eq!(fit("🚀🚀", 3, "~"), "🚀~");
    assert_eq!(fit("e\u{301}te\u{301}", 2, "…"), "e\u{301}…");
    assert_eq!(fit("abc", 5, "…"), "abc  ");
    assert_eq!(fit_right("12", 4, "…"), "  12");
    assert_eq!(cut("abcdef", 0, "…"), "");
    assert_eq!(cut("abcdef", 1, "…"), "…");
}

#[test]
fn what_would_move_the_terminal_is_shown_as_text() {
    assert_eq!(fit("a\x1b[31m", 20, "…"), "a\\u{1b}[31m         ");
    assert_eq!(cut("\u{202e}x", 8, "…"), "\\u{202e…");
    assert!(matches!(clean("plain"), Cow::Borrowed(_)));
}

#[test]
fn lines_break_at_spaces_and_hard_where_there_are_none() {
    assert_eq!(wrap("one two three", 7), ["one two", "three"]);
    assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
    assert_eq!(wrap("東京都", 3), ["東", "京", "都"]);
    assert_eq!(wrap("", 10), [""]);
    assert_eq!(wrap("one  two", 4), ["one", "two"]);
}

#[test]
fn the_left_edge_may_go_through_a_wide_character() {
    assert_eq!(skip("東京", 1), " 京");
    assert_eq!(skip("東京", 2), "京");
    assert_eq!(skip("abc", 9), "");
}

#[test]
fn sound_marks_of_halfwidth_katakana_are_as_wide_on_the_screen_as_they_are_counted() {
    for text in ["ﾞ", "ｶﾞｰﾄﾞ", "ﾊﾟｽ"] {
        assert_eq!(drawn(&fit(text, 9, "…")), 9, "{text}");
        assert_eq!(width(&clean(text)), drawn(&clean(text)), "{text}");
    }
    assert_eq!(clean("ﾊﾟｽ"), "ﾊ゜ｽ");
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["\\PC{0,24}", "[a-z ｶﾞﾟ東京都🚀e\u{301}\u{200d}\u{1b}\u{202e}한]{0,24}", any::<String>()]
}

/// How far a text reaches when it is drawn.
fn drawn(text: &str) -> usize {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 400, 1));
    usize::from(buffer.set_stringn(0, 0, text, 400, Style::new()).0)
}

proptest! {
    #[test]
    fn a_fitted_text_is_as_wide_as_asked(text in text(), columns in 0_usize..40) {
        for fitted in [fit(&text, columns, "…"), fit_right(&text, columns, "…")] {
            prop_assert_eq!(width(&fitted), columns);
            prop_assert_eq!(drawn(&fitted), columns);
            prop_assert!(is_harmless(&fitted));
        }
    }

    #[test]
    fn a_cut_text_is_a_beginning_in_whole_clusters(text in text(), columns in 0_usize..40) {
        let clean = clean(&text).into_owned();
        let cut = cut(&text, columns, "");
        prop_assert!(clean.starts_with(cut.as_ref()));
        prop_assert!(cut.len() == clean.len() || clean.grapheme_indices(true).any(|(at, _)| at == cut.len()));
    }

    #[test]
    fn wrapping_loses_only_spaces(text in text(), columns in 2_usize..40) {
        let lines = wrap(&text, columns);
        // A cluster that is wider than the pane by itself has a line by itself.
        let fits = |line: &String| width(line) <= columns || line.graphemes(true).count() == 1;
        prop_assert!(lines.iter().all(fits), "{:?}", lines);
        prop_assert_eq!(lines.concat().replace(' ', ""), clean(&text).replace(' ', ""));
        prop_assert_eq!(super::lines(&text, columns), lines.len());
    }

    #[test]
    fn skipping_takes_its_columns_and_no_more(text in text(), columns in 0_usize..40) {
        let clean = clean(&text);
        prop_assert_eq!(width(&skip(&clean, columns)), width(&clean).saturating_sub(columns));
    }
}
