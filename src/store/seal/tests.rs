use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc;

use super::*;
use crate::store::testing::{Place, at, published, put};
use crate::store::{KeySource, Purpose};

impl MasterKey {
    /// A key of one byte, 32 times.
    pub fn of(byte: u8) -> Self {
        let Ok(key) = Self::fill::<std::convert::Infallible>(|to| {
            to.fill(byte);
            Ok(())
        });
        key
    }
}

#[test]
fn a_record_opens_only_in_its_own_place() {
    let key = MasterKey::of(7);
    let seal = key.seal_for(Uuid::from_u128(1));
    let sealed = seal.seal("secrets", b"a", b"value");
    assert_eq!(seal.open("secrets", b"a", &sealed).as_deref().map(Vec::as_slice), Ok(b"value".as_slice()));
    assert!(seal.open("secrets", b"b", &sealed).is_err(), "another record");
    assert!(seal.open("rotations", b"a", &sealed).is_err(), "another table");
    assert!(key.seal_for(Uuid::from_u128(2)).open("secrets", b"a", &sealed).is_err(), "another store");
    let other = MasterKey::of(8);
    assert!(other.seal_for(Uuid::from_u128(1)).open("secrets", b"a", &sealed).is_err(), "another key");
    assert_ne!(key.id(), other.id());
}

const PLACE: &str = "WINDLASS_TEST_PLACE";

/// What is looked for is kept in this form only, so that the one who looks holds no copy.
fn masked(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| byte ^ 0x5a).collect()
}

/// Where in this process's memory something stands that is known in its masked form, with the flags of that mapping.
fn found(masked: &[u8]) -> Vec<(u64, String)> {
    let begin: Vec<u8> = masked[..4].iter().map(|byte| byte ^ 0x5a).collect();
    let is_there = |at: &[u8]| at.len() >= masked.len() && at.iter().zip(masked).all(|(byte, it)| byte ^ 0x5a == *it);
    let memory = File::open("/proc/self/mem").expect("opened");
    let mut chunk = Zeroizing::new(vec![0; 1 << 20]);
    // Of course it is in here.
    let own = chunk.as_ptr_range();
    let own = own.start.addr() as u64..own.end.addr() as u64;
    let mut all = Vec::new();
    let (mut start, mut end) = (0, 0);
    for line in fs::read_to_string("/proc/self/smaps").expect("read").lines() {
        let hex = |text| u64::from_str_radix(text, 16);
        if let Some((from, to)) = line.split_once(' ').and_then(|(range, _)| range.split_once('-')) {
            (start, end) = (hex(from).expect("an address"), hex(to).expect("an address"));
        }
        let Some(flags) = line.strip_prefix("VmFlags: ") else { continue };
        // The program's own text is read-only as well, and is of a file.
        let mut from = if flags.contains("wr") || flags.contains("lo") { start } else { end };
        // What cannot be read holds nothing of ours: the kernel's pages, and what was unmapped since.
        while let Ok(length @ 1..) = memory.read_at(&mut chunk, from) {
            let length = length.min(usize::try_from(end - from).unwrap_or(length));
            let read = &chunk[..length];
            let hits = memchr::memmem::find_iter(read, &begin).filter(|at| is_there(&read[*at..]));
            all.extend(hits.map(|at| (from + at as u64, flags.to_owned())).filter(|(at, _)| !own.contains(at)));
            let whole = from + length as u64 >= end;
            from += if whole { length } else { length.saturating_sub(masked.len() - 1).max(1) } as u64;
            if whole {
                break;
            }
        }
    }
    all
}

/// Runs only as the child of the next test: works with a store, then looks for the key in all of its memory.
#[test]
fn child_that_looks_for_the_key_in_its_memory() {
    let Ok(place) = std::env::var(PLACE) else { return };
    let place = PathBuf::from(place);
    let [bytes, text] = ["masked bytes", "masked text"].map(|name| fs::read(place.join(name)).expect("there"));
    let keys = KeySource { credentials: None, named: None, own: place.join("master.key") };
    // On a thread of its own, which stands where it came to: what its stack kept is there to be found.
    let (done, is_done) = mpsc::channel();
    let (ends, end) = mpsc::channel::<()>();
    let works = std::thread::spawn(move || {
        let lock = crate::store::lock(&place.join("data")).expect("free");
        let mut opened = crate::store::open(lock, &keys, at(0), Purpose::Act).expect("opens");
        opened.store.commit(vec![put(&published(2, 1))]).expect("written");
        opened.store.tend();
        done.send(()).expect("heard");
        let _ = end.recv();
    });
    is_done.recv().expect("no panic");
    println!("bytes={:?};", found(&bytes));
    println!("text={:?};", found(&text));
    drop(ends);
    works.join().expect("no panic");
    println!("after={:?};", found(&bytes));
}

#[test]
fn the_key_stands_once_in_memory_and_is_neither_swapped_nor_dumped() {
    let mut place = Place::new();
    place.keys.own = place.path("master.key");
    place.write(vec![put(&published(1, 1))]);
    let text = fs::read(&place.keys.own).expect("there");
    let text = text.strip_prefix(b"windlass-key-1:").expect("a key").trim_ascii();
    fs::write(place.path("masked text"), masked(text)).expect("written");
    fs::write(place.path("masked bytes"), masked(place.key().bytes())).expect("written");
    let child = Command::new(std::env::current_exe().expect("known"))
        .args(["--exact", "--nocapture", "store::seal::tests::child_that_looks_for_the_key_in_its_memory"])
        .env(PLACE, &place.dir)
        .output()
        .expect("started");
    let out = String::from_utf8_lossy(&child.stdout);
    let said = |what: &str| out.split_once(what).and_then(|(_, rest)| rest.split_once(';')).map(|(said, _)| said);
    assert!(child.status.success(), "{out}\n{}", String::from_utf8_lossy(&child.stderr));
    let bytes = said("bytes=").expect("said");
    assert_eq!(bytes.matches('(').count(), 1, "{bytes}");
    // Where the system lets nothing be locked there is still one copy, and the process is never dumped.
    if nix::sys::resource::getrlimit(nix::sys::resource::Resource::RLIMIT_MEMLOCK)
        .is_ok_and(|(soft, _)| soft > 64 << 10)
    {
        let flags: Vec<&str> = bytes.split(['"', ' ']).collect();
        assert!(flags.contains(&"lo") && flags.contains(&"dd"), "{bytes}");
    }
    assert_eq!(said("text="), Some("[]"), "nor as it stands in its file");
    assert_eq!(said("after="), Some("[]"), "and nothing of it is left when the store is closed");
}
