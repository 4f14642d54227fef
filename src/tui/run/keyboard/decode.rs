//! What a terminal sends, taken apart: keys, pastes, and what it says of itself. Pure: the time is an argument.
//!
//! Three things look alike and must not be mixed up. A key may come in pieces, and its first byte alone is Esc: so a
//! lone Esc waits for a while. A terminal sends strings of its own (OSC, DCS, APC, PM, SOS), late answers to what
//! another program asked: they are swallowed whole, however torn, and none of their letters is a key. And many letters
//! at once are a paste, with or without the brackets that a terminal puts around one: they continue into the field
//! where they began until they pause, no line end of theirs is Enter, and on a list they do nothing.

use std::mem;
use std::time::Duration;

use crate::tui::keys::key::{Code, Key};
use crate::tui::run::keyboard::sequence;
use crate::tui::run::keyboard::sequence::Sequence;

/// So long a sequence that began waits for its end.
const SEQUENCE: Duration = Duration::from_secs(1);

/// So long a string of the terminal may be silent before it is given up, and with it whatever it still has to say.
const SILENCE: Duration = Duration::from_secs(2);

/// A paste without brackets is over after a pause of this.
const PAUSE: Duration = Duration::from_millis(100);

/// No one types two letters so soon after each other.
const BURST_GAP: Duration = Duration::from_millis(12);

/// From so many letters on that came at once they are a paste.
const MANY: usize = 6;

/// The longest paste that is kept; the rest of a longer one is let go.
const MAX_PASTE_LEN: usize = 1 << 20;

/// The most that is kept of a sequence's parameters.
const PARAMS: usize = 64;

/// What ends a paste in brackets.
const END: &str = "\u{1b}[201~";

const BEL: char = '\u{7}';
const CAN: char = '\u{18}';
const SUB: char = '\u{1a}';
const ESC: char = '\u{1b}';
const CTRL_C: char = '\u{3}';

/// What came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed.
    Key(Key),
    /// Text between the brackets of a paste.
    Paste(String),
    /// Text that came at once, as no one types; more of it may follow.
    Burst(String),
    /// Such a text ended with the end of a line.
    LineEnd,
}

/// Where in what is sent we are.
#[derive(Debug, Default)]
enum State {
    #[default]
    Ground,
    /// Esc, or the beginning of something.
    Esc,
    /// A control sequence; its parameters so far.
    Csi(String),
    /// `ESC O`.
    Ss3,
    /// `ESC [ [`.
    Console,
    /// A string of the terminal's own, up to its end; an ESC in it may be the first half of that.
    Str { esc: bool },
    /// A paste in brackets, and how much of its end was seen.
    Paste { text: String, end: usize },
    /// So many characters of a mouse's report.
    Mouse(usize),
}

/// Takes what a terminal sends apart.
#[derive(Debug)]
pub struct Decoder {
    patience: Duration,
    state: State,
    /// When something happens by itself.
    due: Option<Duration>,
    /// The beginning of a character.
    torn: Vec<u8>,
    /// The letters that came at once, of this read.
    run: String,
    /// The letters that came at once before it, as many as matter.
    before: String,
    /// When the last letter came.
    last: Option<Duration>,
    /// A paste without brackets continues until then.
    burst: Option<Burst>,
    /// This read has such a paste: a control behind it is of the paste.
    pasted: bool,
}

/// A paste without brackets.
#[derive(Debug)]
struct Burst {
    until: Duration,
    /// Line ends that came last: they are of the paste only where more of it follows.
    held: String,
    /// It has more than one line.
    lines: bool,
}

impl Decoder {
    /// One that waits so long with a lone Esc.
    pub fn new(patience: Duration) -> Self {
        Self {
            patience,
            state: State::Ground,
            due: None,
            torn: Vec::new(),
            run: String::new(),
            before: String::new(),
            last: None,
            burst: None,
            pasted: false,
        }
    }

    /// When [`Self::tick`] is to be called, where nothing comes before that.
    pub fn due(&self) -> Option<Duration> {
        self.due
    }

    /// Nothing came until [`Self::due`].
    pub fn tick(&mut self, now: Duration, out: &mut Vec<Input>) {
        if self.due.is_none_or(|due| due > now) {
            return;
        }
        self.due = None;
        self.torn.clear();
        match mem::take(&mut self.state) {
            State::Ground => self.pause(out),
            State::Esc => out.push(key(Code::Esc)),
            State::Paste { text, .. } => out.push(Input::Paste(text)),
            // What never came to its end was no key.
            State::Csi(_) | State::Ss3 | State::Console | State::Str { .. } | State::Mouse(_) => {}
        }
    }

    /// Bytes came.
    pub fn feed(&mut self, bytes: &[u8], now: Duration, out: &mut Vec<Input>) {
        self.pasted = false;
        let mut begun = mem::take(&mut self.torn);
        begun.extend_from_slice(bytes);
        let mut rest = begun.as_slice();
        while !rest.is_empty() {
            match str::from_utf8(rest) {
                Ok(text) => {
                    self.text(text, now, out);
                    break;
                }
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    self.text(str::from_utf8(good).unwrap_or_default(), now, out);
                    let Some(wrong) = error.error_len() else {
                        self.torn = bad.to_vec();
                        break;
                    };
                    // No UTF-8: but where it is one of the controls of eight bits, that is what is meant.
                    for byte in &bad[..wrong] {
                        if (0x80..0xa0).contains(byte) {
                            self.take(char::from(*byte), now, out);
                        }
                    }
                    rest = &bad[wrong..];
                }
            }
        }
        zeroize::Zeroize::zeroize(&mut begun);
        self.flush(now, out);
        // What follows by itself once nothing more comes.
        self.due = match &self.state {
            State::Ground => self.burst.as_ref().map(|burst| burst.until),
            State::Esc => Some(now + self.patience),
            State::Str { esc: false } | State::Paste { .. } => Some(now + SILENCE),
            State::Csi(_) | State::Ss3 | State::Console | State::Str { esc: true } | State::Mouse(_) => {
                Some(now + SEQUENCE)
            }
        };
    }

    fn text(&mut self, text: &str, now: Duration, out: &mut Vec<Input>) {
        for c in text.chars() {
            self.take(c, now, out);
        }
    }

    fn take(&mut self, c: char, now: Duration, out: &mut Vec<Input>) {
        match mem::take(&mut self.state) {
            State::Ground => self.plain(c, now, out),
            State::Esc => self.escaped(c, now, out),
            State::Csi(mut params) => match c {
                ESC => self.state = State::Esc,
                '[' if params.is_empty() => self.state = State::Console,
                '\u{40}'..='\u{7e}' => match sequence::csi(&params, c) {
                    Sequence::Key(key) => out.push(Input::Key(key)),
                    Sequence::Paste => self.state = State::Paste { text: String::new(), end: 0 },
                    Sequence::Mouse(more) => self.state = State::Mouse(more),
                    Sequence::Other => {}
                },
                '\u{20}'..='\u{3f}' => {
                    if params.len() < PARAMS {
                        params.push(c);
                    }
                    self.state = State::Csi(params);
                }
                c => self.plain(c, now, out),
            },
            State::Ss3 => match c {
                ESC => self.state = State::Esc,
                c => out.extend(sequence::ss3(c).map(Input::Key)),
            },
            State::Console => match c {
                ESC => self.state = State::Esc,
                c => out.extend(sequence::console(c).map(Input::Key)),
            },
            State::Mouse(more) => self.state = if more > 1 { State::Mouse(more - 1) } else { State::Ground },
            State::Str { esc } => match c {
                BEL | CAN | SUB | '\u{9c}' => {}
                '\\' if esc => {}
                ESC => self.state = State::Str { esc: true },
                // An ESC that is no half of an end begins something else.
                c if esc => self.escaped(c, now, out),
                // Someone wants out.
                CTRL_C => self.plain(c, now, out),
                _ => self.state = State::Str { esc: false },
            },
            State::Paste { text, end } => self.pasted(text, end, c, out),
        }
    }

    /// Outside of everything.
    fn plain(&mut self, c: char, now: Duration, out: &mut Vec<Input>) {
        let more_lines = self.run.contains(['\r', '\n']) || self.burst.as_ref().is_some_and(|burst| burst.lines);
        match c {
            '\r' | '\n' => self.run.push(c),
            '\t' if more_lines => self.run.push(c),
            c if !c.is_control() => self.run.push(c),
            c => {
                self.flush(now, out);
                // A control within a paste is no key. Tab leads on: so a form is filled in by a script.
                if self.pasted && !matches!(c, '\t' | ESC | '\u{80}'..) {
                    return;
                }
                self.pasted = false;
                self.end_of_letters(out);
                self.control(c, out);
            }
        }
    }

    fn control(&mut self, c: char, out: &mut Vec<Input>) {
        match c {
            ESC => self.state = State::Esc,
            '\u{80}'.. => self.introduced(u32::from(c)),
            c => out.extend(controlled(c).map(Input::Key)),
        }
    }

    /// A control of eight bits.
    fn introduced(&mut self, code: u32) {
        self.state = match code {
            0x9b => State::Csi(String::new()),
            0x8f => State::Ss3,
            0x90 | 0x98 | 0x9d..=0x9f => State::Str { esc: false },
            _ => State::Ground,
        };
    }

    /// Behind an Esc.
    fn escaped(&mut self, c: char, now: Duration, out: &mut Vec<Input>) {
        match c {
            '[' => self.state = State::Csi(String::new()),
            'O' => self.state = State::Ss3,
            ']' | 'P' | 'X' | '^' | '_' => self.state = State::Str { esc: false },
            ESC => {
                out.push(key(Code::Esc));
                self.state = State::Esc;
            }
            '\u{80}'..='\u{9f}' => self.plain(c, now, out),
            c => {
                let key = if c.is_control() { controlled(c) } else { Some(Key::char(c)) };
                out.extend(key.map(|key| Input::Key(Key { alt: true, ..key })));
            }
        }
    }

    /// Within the brackets of a paste.
    fn pasted(&mut self, mut text: String, end: usize, c: char, out: &mut Vec<Input>) {
        let wanted = END.as_bytes().get(end).copied().map(char::from);
        if wanted == Some(c) {
            if end + 1 == END.len() {
                out.push(Input::Paste(text));
            } else {
                self.state = State::Paste { text, end: end + 1 };
            }
            return;
        }
        if text.len() < MAX_PASTE_LEN {
            text.push_str(END[..end].trim_start_matches(ESC));
            text.extend(Some(c).filter(|c| *c != ESC));
        }
        self.state = State::Paste { text, end: usize::from(c == ESC) };
    }

    /// The letters so far: typed, or pasted.
    fn flush(&mut self, now: Duration, out: &mut Vec<Input>) {
        let run = mem::take(&mut self.run);
        if run.is_empty() {
            return;
        }
        if self.last.is_none_or(|last| now.saturating_sub(last) > BURST_GAP) {
            self.before.clear();
        }
        self.last = Some(now);
        let goes_on = self.burst.as_ref().is_some_and(|burst| now <= burst.until);
        if !goes_on && !is_paste(&self.before, &run) {
            let known = self.before.chars().count();
            self.before.extend(run.chars().take(MANY.saturating_sub(known)));
            self.pause(out);
            out.extend(run.chars().filter_map(typed).map(Input::Key));
            return;
        }
        let mut burst = self.burst.take().unwrap_or(Burst { until: now, held: String::new(), lines: false });
        burst.until = now + PAUSE;
        let letters = run.trim_end_matches(['\r', '\n']);
        if letters.is_empty() {
            burst.held.push_str(&run);
        } else {
            let text = lines(&format!("{}{letters}", burst.held));
            burst.lines |= text.contains('\n');
            run[letters.len()..].clone_into(&mut burst.held);
            out.push(Input::Burst(text));
        }
        (self.burst, self.pasted) = (Some(burst), true);
    }

    /// Something else than letters came: what came of them is over.
    fn end_of_letters(&mut self, out: &mut Vec<Input>) {
        self.before.clear();
        self.pause(out);
    }

    /// A paste without brackets paused.
    fn pause(&mut self, out: &mut Vec<Input>) {
        if self.burst.take().is_some_and(|burst| !burst.held.is_empty()) {
            out.push(Input::LineEnd);
        }
    }
}

/// Whether letters that came at once were pasted. A key that is held on a slow line comes in heaps as well, and perhaps with
/// another behind it.
fn is_paste(before: &str, run: &str) -> bool {
    let all = || before.chars().chain(run.chars());
    let count = all().count();
    let held = all().next().is_some_and(|first| all().take(count - 1).all(|c| c == first));
    count >= MANY && !held
}

/// Lines as they are kept: each with one end, however it came.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// A letter as it is typed.
fn typed(c: char) -> Option<Key> {
    if c.is_control() { controlled(c) } else { Some(Key::char(c)) }
}

fn controlled(c: char) -> Option<Key> {
    Some(match c {
        '\0' => Key::ctrl(' '),
        '\t' => Key::of(Code::Tab),
        '\r' => Key::of(Code::Enter),
        '\u{7f}' => Key::of(Code::Backspace),
        '\u{1}'..='\u{1a}' => Key::ctrl(char::from_u32(u32::from(c) + 0x60)?),
        '\u{1c}'..='\u{1f}' => Key::ctrl(char::from_u32(u32::from(c) - 0x1c + u32::from('4'))?),
        _ => return None,
    })
}

fn key(code: Code) -> Input {
    Input::Key(Key::of(code))
}

#[cfg(test)]
mod tests;
