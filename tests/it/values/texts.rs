//! Texts of every length, and texts that are much alike: each is told from every other.

use keyward::{Access, Operation, ResourceView, Role, Roles, Schema};

use super::{access, schema_of, set_of};

/// Different texts of `length` letters: each differs from the first in one place.
fn alike(length: usize) -> Vec<String> {
    let first = "a".repeat(length);
    let others = (0..length).map(|place| {
        let mut other = first.clone();
        other.replace_range(place..=place, "b");
        other
    });
    std::iter::once(first.clone()).chain(others).collect()
}

#[test]
fn every_letter_counts() {
    let schema = schema_of("text");
    for length in 1..=80 {
        let texts = alike(length);
        let near = ["a".repeat(length + 1), "a".repeat(length - 1)];
        let all: Vec<&str> = texts.iter().chain(&near).map(String::as_str).collect();
        for (place, text) in texts.iter().enumerate().step_by(1 + length / 12) {
            // Alone, among few, and among many.
            for count in [1, 8, 9, 64] {
                let accepted: Vec<&str> =
                    texts.iter().cycle().skip(place).take(count.min(texts.len())).map(String::as_str).collect();
                let of = access(&schema, &accepted, &[]).unwrap();
                for asked in &all {
                    assert_eq!(set_of(&of).contains(asked), accepted.contains(asked), "{asked} of {text} and others");
                }
            }
        }
    }
}

/// These have one length and the same letters at both ends.
#[test]
fn the_middle_counts() {
    let schema = schema_of("text");
    let text = |number: usize| format!("the beginning {number:04} and the end");
    let accepted: Vec<String> = (0..255).map(|number| text(number * 2)).collect();
    let of = access(&schema, &accepted.iter().map(String::as_str).collect::<Vec<_>>(), &[]).unwrap();
    for number in 0..520 {
        assert_eq!(set_of(&of).contains(&text(number)), number % 2 == 0 && number < 510, "{number}");
    }
}

#[test]
fn every_letter_of_an_account_counts() {
    let schema = Schema::builder().resource("things").build().unwrap();
    for length in 1..=128 {
        let accounts = alike(length);
        let (first, others) = accounts.split_first().unwrap();
        let roles = Roles::new(&schema, first).unwrap().with(Role::new("reader", ["things:read"]).unwrap()).unwrap();
        let access = Access::builder(&roles).role("reader").build().unwrap();
        let decide = |access: &Access, account: &str| {
            let by_name = access.decide("read", &ResourceView::new("things", account, &())).is_allow();
            let resource_type = access.schema().resource_type("things").unwrap();
            let by_handle = access.decide(Operation::READ, &ResourceView::new(resource_type, account, &())).is_allow();
            assert_eq!(by_name, by_handle);
            by_handle
        };
        assert!(decide(&access, first));
        for other in others.iter().chain([&format!("{first}a"), &first[1..].to_owned(), &String::new()]) {
            assert!(!decide(&access, other), "{other}");
        }
    }
}
