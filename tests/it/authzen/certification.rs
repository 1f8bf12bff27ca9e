//! The scenario by which decision points are certified: its fixture, and what its harness asks at each level. What it asks of HTTP
//! is asked of the service (`examples/service`).

use super::fixture::Fixture;

fn fixture() -> Fixture {
    Fixture::read(include_str!("certification.json"))
}

#[test]
fn the_eight_decisions() {
    assert_eq!(fixture().hold("decisions"), 8);
}

#[test]
fn the_six_searches() {
    assert_eq!(fixture().hold("searches"), 6);
}

#[test]
fn the_level_basic() {
    assert_eq!(fixture().hold("basic"), 13);
}

#[test]
fn the_level_batch() {
    assert_eq!(fixture().hold("batch"), 10);
}

#[test]
fn the_level_search() {
    assert_eq!(fixture().hold("search"), 12);
}

/// The same eight where the host stores nothing, and believes what it is told: those that give all that they depend on.
#[test]
fn without_anything_stored_the_properties_decide() {
    let mut document: serde_json::Value = serde_json::from_str(include_str!("certification.json")).unwrap();
    let members = document.as_object_mut().unwrap();
    members.remove("stored");
    members.remove("people");
    let told = |row: &serde_json::Value| row["note"] != "rule 2";
    members["decisions"].as_array_mut().unwrap().retain(told);
    assert_eq!(Fixture::read(&document.to_string()).hold("decisions"), 7);
}
