//! What a decision point says of itself.

use keyward::authzen::{Endpoint, Metadata};
use serde_json::json;

use crate::support;

#[test]
fn it_names_the_endpoints_that_there_are() {
    let all = Metadata::new("https://pdp.example.com", &Endpoint::ALL).unwrap();
    let document = support::json(&all);
    super::forms::check("metadata", &document);
    assert_eq!(
        document,
        json!({
            "policy_decision_point": "https://pdp.example.com",
            "access_evaluation_endpoint": "https://pdp.example.com/access/v1/evaluation",
            "access_evaluations_endpoint": "https://pdp.example.com/access/v1/evaluations",
            "search_subject_endpoint": "https://pdp.example.com/access/v1/search/subject",
            "search_resource_endpoint": "https://pdp.example.com/access/v1/search/resource",
            "search_action_endpoint": "https://pdp.example.com/access/v1/search/action",
        }),
    );
    assert_eq!(all.well_known_path(), "/.well-known/authzen-configuration");
    // The example of the specification.
    let some = [Endpoint::SearchSubject, Endpoint::SearchResource];
    let document = support::json(&Metadata::new("https://pdp.example.com:8443/a/b", &some).unwrap());
    super::forms::check("metadata", &document);
    assert_eq!(
        document.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["access_evaluation_endpoint", "policy_decision_point", "search_resource_endpoint", "search_subject_endpoint",]
    );
    assert_eq!(document["search_subject_endpoint"], "https://pdp.example.com:8443/a/b/access/v1/search/subject");
}

#[test]
fn an_address_that_is_none_is_refused() {
    for address in [
        "",
        "pdp.example.com",
        "http://pdp.example.com",
        "https://",
        "https:///a",
        "https://a/",
        "https://a?b",
        "https://a#b",
        "https://user@a",
        "https://a b",
        "https://a\n",
        "https://ä",
        "HTTPS://a",
        "https://a\\b",
        "https://a\"",
    ] {
        let refused = Metadata::new(address, &Endpoint::ALL).unwrap_err();
        assert!(
            refused.to_string().ends_with("` is no `https://` address of a host, without user, query and fragment")
        );
    }
}
