//! The values that every format is tried with.

/// Of which the random values are made: it is said where one of them does not come back.
pub const SEED: u64 = 20_270_309;

/// What has gone wrong somewhere before.
const NASTY: [&str; 49] = [
    "",
    "plain",
    "Ab-_9./:@%+,=",
    " ",
    "  both ends  ",
    "\t",
    "a\tb",
    "=",
    "a=b=c",
    "==",
    "#",
    "#a",
    "a #b",
    "a#b",
    ";",
    "a;b",
    "'",
    "\"",
    "`",
    "it's",
    "'quoted'",
    "\"quoted\"",
    "`id`",
    "'a' 'b'",
    "$",
    "$HOME",
    "${HOME}",
    "${x}",
    "${x:-y}",
    "$(id)",
    "$$",
    "%n%%",
    "\\",
    "a\\b",
    "a\\\\b",
    "ends\\",
    "\\n\\t\\$\\'\\\"",
    "a\nb",
    "\n",
    "\n\na\n\n",
    "NAME=x\nexport OTHER=y",
    "a\r\nb",
    "a\rb",
    "Zürich 日本 🚀",
    "\u{85}\u{a0}\u{2028}\u{feff}",
    "\u{1}\u{1b}[2J\u{7f}",
    "!true {{ x }} [1, 2] & * - ? : | > ~",
    "null",
    "a'b\"c$HOME`id`\\n\\\n\r\ttail 🚀 #x = ${y} !",
];

/// Of what random values are put together.
const PIECES: [&str; 30] = [
    "a", "B", "7", "-", " ", "  ", "\t", "\n", "\r", "'", "\"", "`", "$", "${x}", "$x", "\\", "\\\\", "\\n", "#", " #",
    "=", ";", ":", "{", "}", "%", "!", "é", "🚀", "\u{feff}",
];

/// A generator of numbers (splitmix64), the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % below as u64).expect("below a usize")
    }
}

/// All of them but the long ones.
pub fn values() -> Vec<String> {
    let mut numbers = Numbers(SEED);
    let random = (0..1000).map(|_| {
        let length = 1 + numbers.next(12);
        (0..length).map(|_| PIECES[numbers.next(PIECES.len())]).collect()
    });
    NASTY.iter().map(|value| (*value).to_owned()).chain(random).collect()
}

/// Long ones: a private key, and up to what the kernel takes for one variable.
pub fn long_values() -> Vec<String> {
    let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n";
    let key = format!("-----BEGIN PRIVATE KEY-----\n{}-----END PRIVATE KEY-----\n", line.repeat(26));
    let repeated = [60_000, 65_000, 131_000].map(|length| "x".repeat(length));
    [key, "'\"$\\ ".repeat(1000), "it's ".repeat(8000)].into_iter().chain(repeated).collect()
}
