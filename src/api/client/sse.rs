//! Reading server-sent events as they arrive.

use bytes::{Buf, Bytes, BytesMut};
use chrono::DateTime;

use crate::engine::events::Event;

/// The longest line that is read. A connection that goes down brings the rows of all its rotations in one line.
pub const MAX_LINE: usize = 64 << 20;

/// A line that does not end.
#[derive(Debug, thiserror::Error)]
#[error("a line of the live log is longer than {MAX_LINE} bytes")]
pub struct TooLong;

/// Bytes on one side, events on the other.
#[derive(Default)]
pub struct Reader {
    buffer: BytesMut,
    /// How much of the buffer is known to hold no line break.
    searched: usize,
    id: String,
    data: String,
}

impl Reader {
    /// Takes in bytes, and gives the events that they complete.
    pub fn read(&mut self, bytes: &[u8]) -> Result<Vec<Event>, TooLong> {
        self.buffer.extend_from_slice(bytes);
        let mut events = Vec::new();
        while let Some(line) = self.line() {
            if line.is_empty() {
                events.extend(self.event());
            } else {
                self.field(&line);
            }
        }
        if self.buffer.len().max(self.data.len()) > MAX_LINE { Err(TooLong) } else { Ok(events) }
    }

    fn line(&mut self) -> Option<Bytes> {
        let Some(found) = self.buffer[self.searched..].iter().position(|byte| *byte == b'\n') else {
            self.searched = self.buffer.len();
            return None;
        };
        let mut line = self.buffer.split_to(self.searched + found).freeze();
        self.buffer.advance(1);
        self.searched = 0;
        if line.last() == Some(&b'\r') {
            line.truncate(line.len() - 1);
        }
        Some(line)
    }

    fn field(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line);
        let (name, value) = text.split_once(':').unwrap_or((&text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "id" => value.clone_into(&mut self.id),
            "data" => {
                if !self.data.is_empty() {
                    self.data.push('\n');
                }
                self.data.push_str(value);
            }
            // A comment, or something that we do not use.
            _ => {}
        }
    }

    fn event(&mut self) -> Option<Event> {
        let data = std::mem::take(&mut self.data);
        if data.is_empty() {
            return None;
        }
        // An event of a newer engine that cannot be read may have changed any row: the frontend reads the view again.
        Some(serde_json::from_str(&data).unwrap_or_else(|_| reset(&self.id)))
    }
}

fn reset(cursor: &str) -> Event {
    Event::reset(cursor.to_owned(), DateTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::events::Level;
    use crate::engine::events::notice::Notice;

    fn said(message: &str) -> Notice {
        Notice::Said { level: Level::Info, event: "test".into(), message: message.into() }
    }

    fn sent(message: &str) -> String {
        let event = Event { notice: said(message), kind: "test".into(), ..reset("e-1") };
        format!("id: e-1\ndata: {}\n\n", serde_json::to_string(&event).expect("JSON"))
    }

    #[test]
    fn events_are_read_however_their_bytes_are_cut() {
        let bytes = format!(": comment\r\nretry: 5\n\n{}{}", sent("Zürich"), sent("two").replace('\n', "\r\n"));
        for size in [1, 2, 3, 7, bytes.len()] {
            let mut reader = Reader::default();
            let mut read = Vec::new();
            for piece in bytes.as_bytes().chunks(size) {
                read.extend(reader.read(piece).expect("short lines"));
            }
            let messages: Vec<String> = read.iter().map(Event::message).collect();
            assert_eq!(messages, ["Zürich", "two"], "in pieces of {size}");
        }
    }

    #[test]
    fn an_event_that_cannot_be_read_resets_from_where_it_stood() {
        let mut reader = Reader::default();
        let events = reader.read(b"id: e-9\ndata: {\"kind\":\"from the future\"}\n\n").expect("short lines");
        assert_eq!((events[0].kind.as_str(), events[0].cursor.as_str()), ("reset", "e-9"));
    }

    #[test]
    fn a_line_without_an_end_is_given_up() {
        let mut reader = Reader::default();
        let piece = vec![b'x'; 16 << 20];
        let outcome = (0..5).try_for_each(|_| reader.read(&piece).map(|_| ()));
        outcome.expect_err("80 MB in a line");
    }
}
