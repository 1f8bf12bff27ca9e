//! A store that only reads: it was filled with records, and finds those.

use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use core::{fmt, iter};

use super::{
    super::{contract::KeyStore, record::KeyRecord},
    Broken, Outcome,
    threads::at_once,
    tools::{expect_in, numbered},
};
use crate::key::KeyId;

type Records<'a> = BTreeMap<KeyId, &'a KeyRecord>;

type Clause<S> = (&'static str, fn(&S, &Records<'_>) -> Outcome);

/// Holds a store that only reads to the contract: it is given with the records that it was filled with,
/// [`samples`](super::samples) among them, which a careless store would change.
///
/// ```
/// use keyward::store::{MemoryStore, conformance};
///
/// let records = conformance::samples();
/// let store = MemoryStore::from_records(records.clone())?; // yours is filled in its own way
/// conformance::check_reading(&store, &records)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// That a change is seen at once can't be told by reading alone: [`check`](super::check) a store that writes.
///
/// # Errors
///
/// [`Broken`] names the first clause that doesn't hold, and how.
pub fn check_reading<S>(store: &S, records: &[KeyRecord]) -> Result<(), Broken>
where
    S: KeyStore + Sync,
    S::Error: fmt::Debug,
{
    let by_id: Records<'_> = records.iter().map(|record| (record.id(), record)).collect();
    let clauses: [Clause<S>; 4] = [
        ("an unknown id is not found, and is no error", unknown),
        ("a record is found as it was stored", found),
        ("an id is compared byte for byte", byte_for_byte),
        ("many threads at once find the same", at_the_same_time),
    ];
    for (clause, check) in clauses {
        check(store, &by_id).map_err(|how| Broken { clause, how })?;
    }
    Ok(())
}

/// Ids that have nothing to do with the others.
fn unknown<S: KeyStore<Error: fmt::Debug>>(store: &S, records: &Records<'_>) -> Outcome {
    let ids = (0..10).map(|number| numbered(usize::MAX, number));
    ids.filter(|id| !records.contains_key(id)).try_for_each(|id| expect_in(store, id, None))
}

fn found<S: KeyStore<Error: fmt::Debug>>(store: &S, records: &Records<'_>) -> Outcome {
    if records.is_empty() {
        return Err("it was filled with no records, and so nothing is known of it".into());
    }
    records.iter().try_for_each(|(id, record)| expect_in(store, *id, Some(record)))
}

fn byte_for_byte<S: KeyStore<Error: fmt::Debug>>(store: &S, records: &Records<'_>) -> Outcome {
    let alike = records.keys().flat_map(|id| alike(id.as_str()));
    alike.filter(|id| !records.contains_key(id)).try_for_each(|id| expect_in(store, id, None))
}

/// Ids that a store which folds case, cuts, or reads numbers would take for this one.
fn alike(id: &str) -> Vec<KeyId> {
    let with = |place: usize| {
        let other = |(at, letter)| match letter {
            letter if at != place => letter,
            '0' => '1',
            _ => '0',
        };
        id.chars().enumerate().map(other).collect::<String>()
    };
    let number = id.parse::<f64>().ok().map(|number| format!("{number:0>14}"));
    let cases = [id.to_ascii_uppercase(), id.to_ascii_lowercase()];
    let texts = cases.into_iter().chain([0, 7, 13].map(with)).chain(number);
    let own = |other: &KeyId| other.as_str() == id;
    texts.filter_map(|text| KeyId::parse(&text).ok()).filter(|other| !own(other)).collect()
}

fn at_the_same_time<S: KeyStore<Error: fmt::Debug> + Sync>(store: &S, records: &Records<'_>) -> Outcome {
    let unknown = numbered(usize::MAX, 0);
    let read = |thread| {
        // Each begins elsewhere, and asks for what there isn't in between.
        let (before, after) = (records.iter().take(thread), records.iter().skip(thread));
        after.chain(before).try_for_each(|(id, record)| {
            expect_in(store, *id, Some(record))?;
            let absent = iter::once(unknown).filter(|id| !records.contains_key(id));
            absent.into_iter().try_for_each(|id| expect_in(store, id, None))
        })
    };
    at_once(read).map(|_| ())
}
