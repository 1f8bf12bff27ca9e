//! One access, many threads.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use keyward::{Access, Operation, ResourceView, document::Directory};
use serde_json::json;

use crate::support::{ACCOUNT, access, schema};

#[test]
fn an_access_is_shared_and_its_clones_are_it() {
    let schema = schema(&json!({"resources": {"t": {}}, "conditions": {"c": {"restricts": {"t": "a"}}}}));
    let access: &Access = &access(&schema, &["t:read"], &[("c", "1"), ("c", "x")]);
    let allowed = AtomicU32::new(0);
    thread::scope(|scope| {
        for thread in 0..8 {
            let own = access.clone();
            let allowed = &allowed;
            scope.spawn(move || {
                for at in 0..1000 {
                    let attributes = [("a", (at + thread) % 2)];
                    let view = ResourceView::new("t", ACCOUNT, &attributes);
                    let shared = access.decide(Operation::READ, &view).is_allow();
                    assert_eq!(own.decide("read", &view).is_allow(), shared);
                    allowed.fetch_add(u32::from(shared), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(allowed.into_inner(), 4000);
}

#[test]
fn an_access_outlives_what_it_came_from() {
    let access = {
        let world = r#"{"schema": {"resources": {"t": {}}}, "accounts": [{"id": "acme", "accessTokens": [{"id": "k", "policies": ["admin"], "conditions": []}]}]}"#;
        Directory::from_json(world).unwrap().actor("k").unwrap().access.clone()
    };
    let allowed = thread::spawn(move || access.decide("read", &ResourceView::new("t", "acme", &())).is_allow());
    assert!(allowed.join().unwrap());
}
