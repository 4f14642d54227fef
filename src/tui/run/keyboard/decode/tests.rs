//! With the clock in the test's hand: what was sent, in pieces with pauses between, and what comes of it.

use super::*;

/// Feeds pieces, each after so many milliseconds, and lets time pass as it does where nothing comes.
fn heard(pieces: &[(u64, &[u8])]) -> Vec<Input> {
    let (mut decoder, mut out, mut now) = (Decoder::new(Duration::from_millis(100)), Vec::new(), Duration::ZERO);
    let wait = |decoder: &mut Decoder, until: Duration, out: &mut Vec<Input>| {
        while let Some(due) = decoder.due().filter(|due| *due <= until) {
            decoder.tick(due, out);
        }
    };
    for (pause, bytes) in pieces {
        now += Duration::from_millis(*pause);
        wait(&mut decoder, now, &mut out);
        decoder.feed(bytes, now, &mut out);
    }
    wait(&mut decoder, now + Duration::from_mins(1), &mut out);
    out
}

fn words(inputs: &[Input]) -> String {
    let word = |input: &Input| match input {
        Input::Key(key) => match key.typed() {
            Some(c) => c.to_string(),
            None => format!("<{key}>"),
        },
        Input::Paste(text) => format!("<paste {text:?}>"),
        Input::Burst(text) => format!("<burst {text:?}>"),
        Input::LineEnd => "<line end>".into(),
    };
    inputs.iter().map(word).collect()
}

fn at_once(text: &str) -> String {
    words(&heard(&[(0, text.as_bytes())]))
}

/// The same bytes one by one, so far apart.
fn apart(text: &str, pause: u64) -> String {
    let pieces: Vec<(u64, &[u8])> = text.as_bytes().chunks(1).map(|byte| (pause, byte)).collect();
    words(&heard(&pieces))
}

#[test]
fn keys_are_what_terminals_send_for_them_at_once_or_in_pieces() {
    for (sent, expected) in [
        ("x", "x"),
        ("é", "é"),
        ("\r", "<Enter>"),
        ("\t", "<Tab>"),
        ("\u{7f}", "<BS>"),
        ("\u{3}", "<^C>"),
        ("\u{c}", "<^L>"),
        ("\u{1b}[A", "<Up>"),
        ("\u{1b}OB", "<Down>"),
        ("\u{1b}[1;5C", "<^Right>"),
        ("\u{1b}[3~", "<Del>"),
        ("\u{1b}[5~", "<PgUp>"),
        ("\u{1b}[Z", "<S-Tab>"),
        ("\u{1b}OP", "<F1>"),
        ("\u{1b}[15~", "<F5>"),
        ("\u{1b}[24~", "<F12>"),
        ("\u{1b}[[B", "<F2>"),
        ("\u{1b}[106;5u", "<^J>"),
        ("\u{1b}x", "<Alt-x>"),
        ("\u{1b}\u{1b}[B", "<Esc><Down>"),
        ("x\u{1b}[A\u{1b}[5~y", "x<Up><PgUp>y"),
        ("\u{9b}B", "<Down>"),
    ] {
        assert_eq!(at_once(sent), expected, "{sent:?}");
        for pause in [1, 30, 80] {
            assert_eq!(apart(sent, pause), expected, "{sent:?}, {pause} ms apart");
        }
    }
    assert_eq!(words(&heard(&[(0, b"\x9bA"), (50, b"\x8fQ")])), "<Up><F2>", "controls of eight bits");
}

#[test]
fn a_lone_esc_is_decided_after_a_while() {
    let mut decoder = Decoder::new(Duration::from_millis(100));
    let (mut out, began) = (Vec::new(), Duration::from_secs(7));
    decoder.feed(b"\x1b", began, &mut out);
    assert_eq!(decoder.due(), Some(began + Duration::from_millis(100)));
    decoder.tick(began + Duration::from_millis(99), &mut out);
    assert!(out.is_empty());
    decoder.tick(began + Duration::from_millis(100), &mut out);
    assert_eq!((words(&out).as_str(), decoder.due()), ("<Esc>", None));
    assert_eq!(words(&heard(&[(0, b"\x1b"), (150, b"q")])), "<Esc>q");
    assert_eq!(words(&heard(&[(0, b"\x1b"), (90, b"\x1b")])), "<Esc><Esc>");
    assert_eq!(words(&heard(&[(0, b"\x1b["), (5_000, b"q")])), "q", "what never came to its end was no key");
}

#[test]
fn what_a_terminal_says_of_itself_is_no_key_however_it_is_torn() {
    for said in [
        "\u{1b}]11;rgb:1e1e/1e1e/1e1e\u{1b}\\",
        "\u{1b}]11;rgb:ryry/dddd/yyyy\u{7}",
        "\u{1b}]52;c;cnk=\u{9c}",
        "\u{1b}P1+r544e=787465726d\u{1b}\\",
        "\u{1b}P>|xterm(388) ✓ ry\u{1b}\\",
        "\u{1b}_Gi=31;OK ry\u{1b}\\",
        "\u{1b}^ry\u{1b}\\",
        "\u{1b}Xry\u{1b}\\",
        "\u{9d}11;rgb:ry\u{9c}",
        "\u{1b}[?62;22c",
        "\u{1b}[>0;276;0c",
        "\u{1b}[12;40R",
        "\u{1b}[I",
        "\u{1b}[O",
        "\u{1b}[8;24;80t",
        "\u{1b}[0n",
        "\u{1b}[?2026;2$y",
        "\u{1b}[<0;10;20M",
        "\u{1b}[Mryd",
        "\u{1b}[201~",
        "\u{1b}[97;1:3u",
        "\u{1b}[99999999999999999999999999999999999999999999999999999999999999999999999999999999;1x",
    ] {
        assert_eq!(at_once(said), "", "{said:?}");
        assert_eq!(at_once(&format!("{said}j")), "j", "{said:?}");
        for pause in [1, 30, 90] {
            assert_eq!(apart(&format!("{said}j"), pause), "j", "{said:?}, {pause} ms apart");
        }
    }
    for said in [&b"\x9d11;rgb:ry\x9c"[..], b"\x90ry\x9c", b"\x9fry\x07", b"\x9ery\x9c", b"\x98ry\x1b\\"] {
        assert_eq!(words(&heard(&[(0, said), (0, b"j")])), "j", "{said:?}");
    }
}

#[test]
fn a_string_without_an_end_is_given_up_after_a_silence_and_keeps_nothing() {
    let long = [b"\x1b]52;c;".to_vec(), vec![b'y'; 3 << 20]].concat();
    assert_eq!(words(&heard(&[(0, &long), (1_000, b"yy"), (3_000, b"q")])), "q");
    assert_eq!(words(&heard(&[(0, b"\x1bP"), (300, b"j"), (300, b"\x03")])), "<^C>", "someone wants out");
    assert_eq!(words(&heard(&[(0, b"\x1b]11;rgb:1e"), (500, b"\x1b[A")])), "<Up>", "another sequence begins");
}

#[test]
fn the_second_half_of_an_answer_that_came_too_late_is_a_paste() {
    assert_eq!(
        words(&heard(&[(0, b"\x1b"), (400, b"]11;rgb:1e1e/1e1e/1e1e\x1b\\")])),
        "<Esc><burst \"]11;rgb:1e1e/1e1e/1e1e\"><Alt-\\>"
    );
}

#[test]
fn a_paste_in_brackets_is_one_text_however_it_is_torn() {
    let paste = "\u{1b}[200~ry\r\u{1b}[Ax\u{1b}[20\u{1b}[201~q";
    let expected = "<paste \"ry\\r[Ax[20\">q";
    assert_eq!(at_once(paste), expected);
    for pause in [1, 30, 90] {
        assert_eq!(apart(paste, pause), expected, "{pause} ms apart");
    }
    assert_eq!(words(&heard(&[(0, b"\x1b[200~ry"), (9_000, b"q")])), "<paste \"ry\">q", "its end never came");
}

#[test]
fn many_letters_at_once_are_a_paste_and_its_line_ends_are_no_enter() {
    let pem = "-----BEGIN PRIVATE KEY-----\rMIIE\rrydq\r-----END PRIVATE KEY-----\r";
    let whole = "<burst \"-----BEGIN PRIVATE KEY-----\\nMIIE\\nrydq\\n-----END PRIVATE KEY-----\"><line end>";
    assert_eq!(at_once(pem), whole);
    assert_eq!(at_once(&pem.replace('\r', "\r\n")), whole);
    let torn: Vec<(u64, &[u8])> = pem.as_bytes().chunks(7).map(|piece| (60, piece)).collect();
    let text: String = heard(&torn)
        .iter()
        .map(|input| match input {
            Input::Burst(text) => text.clone(),
            Input::LineEnd => String::new(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(text, pem.trim_end().replace('\r', "\n"), "it continues until it pauses");
    // The first letters of one that comes letter by letter, but faster than anyone types, are keys.
    assert_eq!(apart("hello you\r", 3), "hello<burst \" \"><burst \"y\"><burst \"o\"><burst \"u\"><line end>");
    assert_eq!(at_once("yes\ryes\r"), "<burst \"yes\\nyes\"><line end>");
    assert_eq!(at_once("payments\u{3}\u{1a}"), "<burst \"payments\">", "a control in it is no key");
}

#[test]
fn what_is_typed_is_typed() {
    assert_eq!(apart("hr-sync\r", 40), "hr-sync<Enter>");
    assert_eq!(at_once("paym\r"), "paym<Enter>", "a few letters on a slow line");
    assert_eq!(at_once("jjjjjjjjjj"), "jjjjjjjjjj", "a key that is held");
    assert_eq!(at_once("jjjjjjjr"), "jjjjjjjr", "and another behind it");
    assert_eq!(at_once("\t\r"), "<Tab><Enter>");
    assert_eq!(
        at_once("acme\thttp://127.0.0.1:4000\t\t\u{1b}[200~00token\u{1b}[201~\u{1b}[6~"),
        "acme<Tab><burst \"http://127.0.0.1:4000\"><Tab><Tab><paste \"00token\"><PgDn>",
        "a form that is filled in by a script"
    );
    assert_eq!(
        words(&heard(&[(0, b"0oa1gjhabcdef\r"), (20, b"\x1b[6~")])),
        "<burst \"0oa1gjhabcdef\"><line end><PgDn>"
    );
    assert_eq!(words(&heard(&[(0, b"some text"), (500, b"y")])), "<burst \"some text\">y", "after a pause it is a key");
}

#[test]
fn letters_in_pieces_and_bytes_that_are_none_are_borne() {
    assert_eq!(words(&heard(&[(0, b"\xe6\x9d"), (20, b"\xb1x")])), "東x");
    assert_eq!(words(&heard(&[(0, b"\xff\xfe"), (20, b"x\xc3"), (300, b"y")])), "xy");
}

proptest::proptest! {
    #![proptest_config(crate::fuzz::config())]

    /// Whatever comes, in whatever pieces: nothing breaks, nothing waits for ever, and within brackets nothing is a key.
    #[test]
    fn fuzz_bytes_of_a_terminal(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300), size in 1_usize..40, pause in 0_u64..200) {
        let pieces: Vec<(u64, &[u8])> = bytes.chunks(size).map(|piece| (pause, piece)).collect();
        heard(&pieces);
        let inner: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0x1b).collect();
        let paste = [&b"\x1b[200~"[..], &inner, b"\x1b[201~"].concat();
        let heard = heard(&[(0, &paste)]);
        proptest::prop_assert!(matches!(heard[..], [Input::Paste(_)]), "{heard:?}");
    }
}
