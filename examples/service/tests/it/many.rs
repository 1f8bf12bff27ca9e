//! Beside many records: who looks at one actor pays for that actor alone.

use std::time::{Duration, Instant};

use keyward::{
    key::{KeyDigest, KeyId, KeyKind},
    store::{KeyChange, KeyRecord, KeyState, WritableKeyStore},
};
use keyward_service::{service::schema, store::Database};

use crate::{
    client::{Answer, Client},
    folder::Folder,
    server::Server,
};

const MANY: u32 = 3_000;

/// A service whose account has so many revoked keys beside the first operator's and one token's; with the clients of
/// both.
fn beside_many(folder: &Folder) -> (Server, Client, Client) {
    let path = folder.join("many.sqlite");
    let database = ["--database", path.to_str().unwrap()];
    let server = Server::start(&database);
    let (admin, token) = (server.admin.clone(), server.token("t1", &["accessTokens:read"], &[]));
    drop(server);
    let revoked = |number: u32| {
        let id = KeyId::parse(&format!("0000000000{number:04}")).unwrap();
        let record = KeyRecord::new(KeyKind::OperatorKey, id, KeyDigest::DUMMY, "demo", "olivia").unwrap();
        KeyChange::Insert(record.with_state(KeyState::Revoked))
    };
    let changes: Vec<KeyChange> = (0..MANY).map(revoked).collect();
    Database::open(&path, &schema().unwrap()).unwrap().apply(&changes).unwrap();
    let server = Server::start_again(&database);
    let moved = |client: &Client| Client { address: server.admin.address, key: client.key.clone() };
    let (admin, token) = (moved(&admin), moved(&token));
    (server, admin, token)
}

fn median(look: impl Fn() -> Answer) -> Duration {
    let mut took: Vec<Duration> = (0..41)
        .map(|_| {
            let start = Instant::now();
            look().is(200);
            start.elapsed()
        })
        .collect();
    took.sort();
    took[took.len() / 2]
}

#[test]
fn a_look_at_one_actor_is_no_look_at_all() {
    let folder = Folder::new("many");
    let (_server, admin, token) = beside_many(&folder);
    let own = median(|| admin.get("/me"));
    for path in ["/accessTokens/t1", "/accessTokens", "/accounts/demo/operatorAccess/olivia", "/accessPolicies"] {
        let took = median(|| admin.get(path));
        println!("{path} beside {MANY} revoked keys: {took:?}; /me: {own:?}");
        assert!(took < own * 8, "{path}: {took:?} and {own:?}");
    }
    token.get("/accessTokens/t1").is(200);
}
