//! Going through a list that comes in pages, each of which names the next: whoever answers decides whether it ends, so
//! whoever asks has to notice where it does not.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

/// Pages that are read at most …
pub const MOST_PAGES: usize = 500;

/// … and entries in them: no org has so many apps.
pub const MOST_ENTRIES: usize = 100_000;

/// What was read so far.
#[derive(Clone, Debug, Default)]
pub struct Pages {
    entries: HashSet<String>,
    links: HashSet<String>,
    read: usize,
}

/// Why no further page is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Endless {
    /// The next page was read before.
    Back,
    /// Nothing on the page is new, and it names another.
    Again,
    /// There are more than [`MOST_PAGES`] or [`MOST_ENTRIES`].
    TooMany,
}

impl Pages {
    /// Notes a page by the ids on it, some of which may have been left out before, and the page that it names as the next.
    pub fn turn<'a>(&mut self, ids: impl IntoIterator<Item = &'a str>, next: Option<&str>) -> Result<(), Endless> {
        let (mut any, mut new) = (false, false);
        for id in ids {
            any = true;
            if !self.entries.contains(id) {
                new = true;
                self.entries.insert(id.to_owned());
            }
        }
        self.read += 1;
        let Some(next) = next else { return Ok(()) };
        // Before the rest: an org of that size is not wrong, and is reported as what it is.
        if self.read >= MOST_PAGES || self.entries.len() > MOST_ENTRIES {
            return Err(Endless::TooMany);
        }
        if !self.links.insert(next.to_owned()) {
            return Err(Endless::Back);
        }
        if any && !new { Err(Endless::Again) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_ends_is_read_to_its_end_whatever_its_pages_hold() {
        let mut pages = Pages::default();
        assert_eq!(pages.turn(["a", "b"], Some("1")), Ok(()));
        assert_eq!(pages.turn([], Some("2")), Ok(()), "everything on it was left out");
        assert_eq!(pages.turn(["b", "c"], Some("3")), Ok(()), "one moved on meanwhile");
        assert_eq!(pages.turn(["c"], None), Ok(()), "the last page is the last");
    }

    #[test]
    fn circles_repetitions_and_lists_without_end_are_noticed() {
        let mut circle = Pages::default();
        assert_eq!(circle.turn(["a"], Some("1")), Ok(()));
        assert_eq!(circle.turn(["b"], Some("2")), Ok(()));
        assert_eq!(circle.turn(["c"], Some("1")), Err(Endless::Back));

        let mut again = Pages::default();
        assert_eq!(again.turn(["a", "b"], Some("1")), Ok(()));
        assert_eq!(again.turn(["b", "a"], Some("2")), Err(Endless::Again));

        let mut empty = Pages::default();
        let read =
            (0..10 * MOST_PAGES).take_while(|number: &usize| empty.turn([], Some(&number.to_string())).is_ok()).count();
        assert_eq!(read, MOST_PAGES - 1);

        let mut long = Pages::default();
        let ids: Vec<String> = (0..=MOST_ENTRIES).map(|number| number.to_string()).collect();
        assert_eq!(long.turn(ids.iter().map(String::as_str), Some("1")), Err(Endless::TooMany));
    }
}
