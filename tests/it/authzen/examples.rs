//! The examples of the specification: each of its requests, and what it answers where it says so.

use super::fixture::Fixture;

#[test]
fn each_is_answered_as_the_specification_answers() {
    assert_eq!(Fixture::read(include_str!("examples.json")).hold("examples"), 15);
}
