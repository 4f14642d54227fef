//! Reading all records but the history, and finding out whether they are all there.
//!
//! Damage is counted, not feared: what can still be read is given back beside what was found wrong.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::files::Files;
use super::history::{History, Tally};
use super::known::{Censuses, Known, Mark};
use super::quiet::{damage, guard};
use super::record::{self, Broken, Id, Records, Rows, Table};
use super::seal::{Plain, Seal};
use super::share::share;
use super::values;
use super::{Loaded, Quarantine, Recovery};
use crate::core::connection::Connection;
use crate::core::rotation::Rotation;
use crate::core::secret::Secret;

/// So many records are held sealed at a time.
const TOGETHER: usize = 2_000;

/// The key of [`State`] in [`Table::Meta`].
pub const STATE: Id = *b"state\0\0\0\0\0\0\0\0\0\0\0";

/// The state of the whole store, written with every commit.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct State {
    /// Number of the last commit.
    pub sequence: u64,
    /// What the tables must come to.
    pub censuses: Censuses,
    /// And the history.
    pub history: Tally,
    /// Stays over restarts until it is lifted.
    pub quarantine: Option<Quarantine>,
    /// What was recovered, until an operator has acknowledged it.
    #[serde(default)]
    pub recovered: Vec<Recovery>,
}

/// What a store holds.
pub struct Read {
    /// Its state; `None` where it has none, or none that can be read.
    pub state: Option<State>,
    /// How many chunks that takes.
    pub state_chunks: u16,
    /// All records that could be read.
    pub loaded: Loaded,
    /// What is known of them.
    pub known: Known,
    /// The way into the history.
    pub history: History,
    /// What was found wrong, each in a few words. Empty: all records are there.
    pub faults: Vec<String>,
    /// What was found wrong with the history, on which no record depends.
    pub history_faults: Vec<String>,
}

impl Read {
    fn nothing() -> Self {
        Self {
            state: None,
            state_chunks: 0,
            loaded: Loaded::default(),
            known: Known::default(),
            history: History::empty(),
            faults: Vec::new(),
            history_faults: Vec::new(),
        }
    }

    /// Takes in a copy of a store's records.
    pub fn of_rows(state: State, tables: [Rows; 3], seal: &Seal) -> Result<Self, StoreError> {
        let mut read = Self::nothing();
        for (table, rows) in Table::RECORDS.into_iter().zip(tables) {
            let broken = read.take(table, rows.into_iter().collect(), seal)?;
            read.note(table, broken);
        }
        read.loaded.quarantine.clone_from(&state.quarantine);
        read.loaded.recovered.clone_from(&state.recovered);
        read.state = Some(state);
        read.check();
        Ok(read)
    }

    /// Reads everything.
    pub fn new(files: &Files, seal: &Seal) -> Result<Self, StoreError> {
        let mut read = Self::nothing();
        for table in Table::RECORDS {
            let mut records = Records::of(&files.trees()[table]);
            let mut broken = 0;
            loop {
                let some = guard("reading", || records.by_ref().take(TOGETHER).collect::<Result<Vec<_>, _>>());
                match damage(some)? {
                    Ok(some) if some.is_empty() => break,
                    Ok(some) => broken += read.take(table, some, seal)?,
                    Err(fault) => {
                        read.faults.push(format!("the {} cannot be read ({fault})", table.name()));
                        break;
                    }
                }
            }
            read.note(table, broken);
        }
        match damage(guard("reading", || read.read_state(files, seal)))? {
            Ok(()) => read.check(),
            Err(fault) => read.faults.push(fault),
        }
        Ok(read)
    }

    fn read_state(&mut self, files: &Files, seal: &Seal) -> Result<(), StoreError> {
        let Some(sealed) = record::row(&files.trees()[Table::Meta], STATE)? else { return Ok(()) };
        let broken = || StoreError::Damaged("its state cannot be opened".into());
        let sealed = sealed.map_err(|_| broken())?;
        let plain = record::open(seal, Table::Meta, STATE, &sealed).map_err(|_| broken())?;
        let state: State = decode(&plain, "the state")?;
        self.state_chunks = record::count(&sealed);
        self.loaded.quarantine.clone_from(&state.quarantine);
        self.loaded.recovered.clone_from(&state.recovered);
        let history = History::load(files.trees(), seal, state.history);
        self.state = Some(state);
        (self.history, self.history_faults) = history?;
        Ok(())
    }

    fn check(&mut self) {
        let expected = self.state.as_ref().map(|state| state.censuses).unwrap_or_default();
        for (table, (is, must)) in Table::RECORDS.into_iter().zip(self.known.censuses().iter().zip(&expected)) {
            if is.count < must.count {
                self.faults.push(format!("{} of {} {} are missing", must.count - is.count, must.count, table.name()));
            } else if is != must {
                self.faults.push(format!("the {} are not those that were last written", table.name()));
            }
        }
    }

    /// Takes records in; returns how many of them cannot be opened.
    fn take(&mut self, table: Table, rows: Vec<Row>, seal: &Seal) -> Result<u64, StoreError> {
        let mut broken = 0;
        // Opening them is most of what opening a store costs.
        for (id, opened) in share(rows, |plain, (id, row)| (id, opened(table, id, row, seal, plain)))? {
            let Ok((record, mark)) = opened? else {
                broken += 1;
                continue;
            };
            match record {
                Record::Connection(connection) => self.loaded.connections.push(*connection),
                Record::Rotation(rotation) => self.loaded.rotations.push(*rotation),
                Record::Secret(secret) => self.loaded.secrets.push(*secret),
            }
            self.known.set(table, id, Some(mark));
        }
        Ok(broken)
    }

    fn note(&mut self, table: Table, broken: u64) {
        if broken > 0 {
            self.faults.push(format!("{broken} of the {} cannot be opened", table.name()));
        }
    }

    /// Whether there is nothing at all.
    pub fn is_empty(&self) -> bool {
        let Loaded { connections, rotations, secrets, .. } = &self.loaded;
        self.state.is_none()
            && self.faults.is_empty()
            && connections.is_empty()
            && rotations.is_empty()
            && secrets.is_empty()
    }

    /// Whether it has all records of that commit or of a later one.
    pub fn is_whole_at(&self, head: u64) -> bool {
        self.faults.is_empty() && self.sequence() >= head
    }

    /// Number of the last commit.
    pub fn sequence(&self) -> u64 {
        self.state.as_ref().map_or(0, |state| state.sequence)
    }
}

/// A sealed record, or that it is in pieces.
type Row = (Id, Result<Vec<u8>, Broken>);

/// A record of one of the tables that are loaded.
enum Record {
    Connection(Box<Connection>),
    Rotation(Box<Rotation>),
    Secret(Box<Secret>),
}

/// Opens a record. The inner error is damage, the outer one is not.
fn opened(
    table: Table,
    id: Id,
    row: Result<Vec<u8>, Broken>,
    seal: &Seal,
    plain: &mut Plain,
) -> Result<Result<(Record, Mark), Broken>, StoreError> {
    let Ok(sealed) = row else { return Ok(Err(Broken)) };
    let Ok(plain) = record::open_into(plain, seal, table, id, &sealed) else { return Ok(Err(Broken)) };
    let (record, values) = match table {
        Table::Connections => {
            (Record::Connection(Box::new(decode(plain, "a connection in the store")?)), Box::default())
        }
        Table::Rotations => {
            let rotation = decode(plain, "a rotation in the store")?;
            let values = values::keys_of_rotation(&rotation);
            (Record::Rotation(Box::new(rotation)), values)
        }
        Table::Secrets => {
            let secret = decode(plain, "a secret in the store")?;
            let values = values::keys_of_secret(&secret);
            (Record::Secret(Box::new(secret)), values)
        }
        // Not among the tables that are loaded.
        Table::Blocks | Table::Pages | Table::Meta => return Ok(Err(Broken)),
    };
    Ok(Ok((record, Mark::of(&sealed, values))))
}

/// What opens but makes no sense was written by a windlass that knew more. The reason is not reported: it may quote a value.
fn decode<T: DeserializeOwned>(plain: &[u8], what: &str) -> Result<T, StoreError> {
    // As text at once: that it is some is otherwise found out anew for each of its strings.
    let text = std::str::from_utf8(plain).ok();
    text.and_then(|text| serde_json::from_str(text).ok()).ok_or_else(|| StoreError::Newer { what: what.into() })
}
