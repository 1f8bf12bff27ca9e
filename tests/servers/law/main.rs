//! The law of filters against PostgreSQL and MariaDB.
//!
//! ```text
//! .ci/databases cargo test --manifest-path tests/servers/Cargo.toml
//! ```
//!
//! Where no server is named in `KEYWARD_POSTGRESQL` or `KEYWARD_MARIADB` a test says that it was skipped; under
//! `CI=true` it fails.

#[path = "../../it/filter_law.rs"]
mod filter_law;
mod mariadb;
mod points;
mod postgresql;

use std::env;

use filter_law::{self as law, ACCOUNT, Reads, Stored, TYPE};
use keyward::{
    Access,
    filter::{SqlFragment, SqlTable},
};

/// Where the server is, or nothing and a word about it.
fn server(variable: &str) -> Option<String> {
    let found = env::var(variable).ok();
    if found.is_none() {
        assert!(env::var("CI").is_err(), "{variable} is not set, and in CI there is no skipping");
        eprintln!("skipped: {variable} is not set; .ci/databases sets it");
    }
    found
}

/// The labels of an enumeration. Of the law's texts many are none of them.
const LABELS: [&str; 12] = ["a", "A", "b", "aa", "é", "ß", "ss", "1", "01", "true", "'", "a,b"];

/// A store's answer to a condition: the ids of the rows, in their order, in the table `t`.
trait Store {
    fn ids(&mut self, condition: &str, fragment: &SqlFragment) -> Vec<i64>;
}

/// The rows under the fragment are those that are allowed; those under its negation are the rest.
fn hold(store: &mut impl Store, context: &str, rows: &[(i64, Stored)], attribute: &str, access: &Access, t: &SqlTable) {
    let fragment = access.sql(TYPE, t).unwrap();
    let text = fragment.to_string();
    let passing = store.ids(&text, &fragment);
    let wrong: Vec<_> = rows
        .iter()
        .filter(|(id, stored)| {
            passing.binary_search(id).is_ok() != law::allowed(access, ACCOUNT, &[(attribute, stored)])
        })
        .map(|(id, stored)| (passing.binary_search(id).is_ok(), stored))
        .collect();
    assert!(wrong.is_empty(), "{context}, {access:.300?}\n{text:.900}\nin SQL, row: {wrong:.500?}");
    let others = store.ids(&format!("NOT {text}"), &fragment).len();
    assert_eq!(passing.len() + others, rows.len(), "{context}: the negation is the rest, of NULL too: {text:.900}");
}

/// Under conditions of every kind the rows are those that are allowed.
fn hold_kinds(store: &mut impl Store, context: &str, rows: &[(i64, Stored)], reads: &[Reads], t: &SqlTable) {
    for wanted in law::wanted().into_iter().chain(law::many()) {
        for reads in reads {
            if let Some(access) = law::access_to(&["v"], *reads, &wanted) {
                hold(store, &format!("{context}, {reads:?}"), rows, "v", &access, t);
            }
        }
    }
}

/// Under two and three alternatives the rows are those that are allowed, whichever columns there are. The store's rows are
/// the law's pairs, with ids from 1 on; `mapped` has the columns of `v` and `w`.
fn hold_unions(store: &mut impl Store, context: &str, mapped: &SqlTable) {
    let rows: Vec<[Stored; 2]> = law::pairs().into_iter().map(law::pair).collect();
    let mut found = 0;
    for access in law::BOTH.into_iter().flat_map(law::unions) {
        let fragment = access.sql(TYPE, mapped).unwrap();
        let text = fragment.to_string();
        let allowed = (1..).zip(&rows).filter(|(_, [v, w])| law::passes(&access, ACCOUNT, &[("v", v), ("w", w)]));
        let allowed: Vec<i64> = allowed.map(|(id, _)| id).collect();
        assert_eq!(store.ids(&text, &fragment), allowed, "{context}: {access:?}\n{text}");
        let others = store.ids(&format!("NOT {text}"), &fragment).len();
        assert_eq!(allowed.len() + others, rows.len(), "{context}: {text}");
        found += allowed.len();
    }
    assert!(found > 1000, "{found}");
}
