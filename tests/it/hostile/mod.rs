//! What went wrong elsewhere, tried here: each row has an input, where the incident is public, and the answer that it gets.
//! Other tests go deeper into most of them; this table is whole.

use std::{collections::BTreeSet, path::Path, process::Command};

mod administration;
mod conditions;
mod cors;
mod documents;
mod filters;
mod header;
mod keys;
mod names;

/// What is tried; where it went wrong: an incident, a standard that says how it is to be, or how people get it wrong; the
/// answer, and the answer that is right.
type Row = (&'static str, &'static str, fn() -> String, &'static str);

const TABLES: [&[Row]; 8] = [
    keys::ROWS,
    header::ROWS,
    conditions::ROWS,
    names::ROWS,
    documents::ROWS,
    filters::ROWS,
    cors::ROWS,
    administration::ROWS,
];

/// What an error says, or `fine`.
fn told<T, E: ToString>(outcome: Result<T, E>) -> String {
    outcome.err().map_or_else(|| "fine".into(), |error| error.to_string())
}

#[test]
fn every_row_has_its_answer() {
    let mut notes = BTreeSet::new();
    let mut wrong = Vec::new();
    for (note, seen, asked, wanted) in TABLES.into_iter().flatten() {
        assert!(notes.insert(note) && !seen.is_empty(), "{note}");
        let answer = asked();
        if answer != *wanted {
            wrong.push(format!("{note} ({seen})\n  is     {answer}\n  should {wanted}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(notes.len() > 150, "{} rows", notes.len());
}

/// What is no row, since it takes threads, time, every order of steps or a database: what is tried, where it went wrong, and
/// the tests that hold it. A name with a `/` is a folder of the workspace with a program of its own.
const ELSEWHERE: [(&str, &str, &[&str]); 18] = [
    (
        "digests compared in a time that tells how much of them is right; an unknown id that is answered sooner",
        "`==` on secrets tells by its time",
        &["benches/timing", "keys::stored::digests_that_differ_anywhere_differ"],
    ),
    (
        "a slow hash, by which each bad key costs the server more than the caller",
        "OWASP ASVS 5.0, 6.5.2",
        &["authenticate::a_mistyped_key_is_refused_with_no_look_up", "keys::form::reading_allocates_nothing"],
    ),
    (
        "two keys that are equal, since a generator was copied",
        "a generator that is cloned from `&self`",
        &[
            "keys::generation::entropies_that_differ_make_keys_that_differ",
            "keys::generation::blank_entropy_is_refused",
        ],
    ),
    (
        "a secret in a log",
        "`derive(Debug)` on what holds a secret",
        &[
            "keys::redaction::no_output_holds_a_secret",
            "administration::secrets::nothing_that_is_printed_holds_a_secret",
        ],
    ),
    (
        "two rotations at once, within one grace",
        "a race",
        &["store::of_two_rotations_at_once_one_is_a_conflict_and_leaves_nothing"],
    ),
    (
        "a cached positive that outlives the revocation",
        "TykTechnologies/tyk#2293",
        &["authenticate::no_revoked_key_is_allowed_after_the_revocation_was_acknowledged"],
    ),
    (
        "one request that is decided against two states",
        "a race",
        &[
            "authenticate::no_grant_outlives_the_swap_of_its_roles",
            "administration::order::an_older_state_is_neither_acted_on_nor_in_force",
        ],
    ),
    (
        "steps that are each allowed, and together are not",
        "lower, then take; delete, then take, then make again",
        &[
            "administration::triples",
            "administration::sequences",
            "administration::above::demote_take_the_key_be_restored",
        ],
    ),
    (
        "the last two administrators remove each other at once",
        "mosamlife/wpmgr#406",
        &["administration::threads::two_administrators_who_remove_each_other_at_once_leave_one"],
    ),
    (
        "rules that hold while the clock is right",
        "a clock that is set back",
        &[
            "administration::above::no_clock_leaves_an_account_without_an_administrator",
            "administration::legacy::an_expired_token_stays_so_at_the_end_of_time",
        ],
    ),
    (
        "a role with the name of an actor",
        "a separator or a name that is read as another's",
        &["administration::attacks::a_role_like_an_actor_and_an_actor_like_a_role"],
    ),
    ("values that change between two reads of one decision", "a race", &["changing"]),
    (
        "a list that differs from the check",
        "cerbos/cerbos#917, zenstack#2394, hasura#1109",
        &[
            "laws::filter_passes_exactly_what_list_allows",
            "filter_memory",
            "filter_sqlite",
            "filter_mongo",
            "tests/servers",
        ],
    ),
    (
        "collations, trailing blanks, UTF-16 order",
        "cerbos/query-plan-adapters#436",
        &["filter_sqlite::every_kind_of_values_under_every_affinity_collation_and_encoding"],
    ),
    (
        "a JSON document with a key twice in a column",
        "the first reader takes one, the second the other",
        &["filter_sqlite::keys_that_are_there_twice"],
    ),
    (
        "a column that isn't there, found by the first restricted caller",
        "SQLite: a name in double quotes becomes a text",
        &[
            "filter_sqlite::a_column_that_is_not_there_is_an_error_and_never_its_own_name",
            "filter_sqlite::the_probe_of_a_right_mapping_is_silent_and_a_column_that_is_not_there_is_named",
        ],
    ),
    (
        "memory that a request header makes the server ask for",
        "rs/cors CVE-2025-47908",
        &["cors::clean_requests_ask_for_no_memory"],
    ),
    (
        "what is half read counts",
        "a document that is cut off",
        &["documents::truncated_at_every_byte", "documents::every_byte_changed"],
    ),
];

#[test]
fn what_is_no_row_has_a_test() {
    let listed = Command::new(std::env::current_exe().unwrap()).arg("--list").output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let is_test = |name: &str| {
        listed
            .lines()
            .any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with("::") || rest == ": test"))
    };
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (note, seen, names) in ELSEWHERE {
        assert!(!note.is_empty() && !seen.is_empty() && !names.is_empty());
        for name in names {
            let is_there =
                if name.contains('/') { workspace.join(name).join("Cargo.toml").exists() } else { is_test(name) };
            assert!(is_there, "{note}: no test `{name}`");
        }
    }
    assert!(!is_test("filter_sqlit") && !is_test("laws::filter_passes"), "a part of a name is none");
}
