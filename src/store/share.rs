//! Work on many records, shared among the processors.

use std::io;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::thread;

use super::error::StoreError;

/// Fewer than this are done sooner than a thread is started.
const LEAST: usize = 100;
/// More threads than this are not worth their memory.
const MOST: usize = 4;

/// Does something with each item, on all processors where there are many; the results come in the order of the items.
/// What is used for the work is made once on each.
pub fn share<T: Send, R: Send, U: Default>(
    items: Vec<T>,
    work: impl Fn(&mut U, T) -> R + Sync,
) -> Result<Vec<R>, StoreError> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get).min(MOST);
    share_among(processors, items, work)
}

fn share_among<T: Send, R: Send, U: Default>(
    processors: usize,
    mut items: Vec<T>,
    work: impl Fn(&mut U, T) -> R + Sync,
) -> Result<Vec<R>, StoreError> {
    let done = |items: Vec<T>| {
        let mut used = U::default();
        items.into_iter().map(|item| work(&mut used, item)).collect::<Vec<R>>()
    };
    let each = items.len().div_ceil(processors).max(LEAST);
    let failed = |error: io::Error| StoreError::Io { what: "starting a thread".into(), why: error.to_string() };
    thread::scope(|scope| {
        let mut others = Vec::new();
        while items.len() > each {
            let part = items.split_off(items.len() - each);
            let done = &done;
            let other = thread::Builder::new().name("store".into()).spawn_scoped(scope, move || done(part));
            others.push(other.map_err(failed)?);
        }
        let mut all = done(items);
        for other in others.into_iter().rev() {
            all.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        Ok(all)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_results_come_in_the_order_of_the_items() {
        for (processors, count) in [(1, 9 * LEAST), (4, 0), (4, 1), (4, LEAST), (4, LEAST + 1), (4, 10 * LEAST + 7)] {
            let items = (0..count).collect();
            let twice = share_among(processors, items, |(): &mut (), item: usize| item * 2).expect("threads start");
            assert_eq!(twice, (0..count).map(|item| item * 2).collect::<Vec<_>>(), "{count} items");
        }
    }
}
