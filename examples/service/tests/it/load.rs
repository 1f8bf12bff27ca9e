//! Under load from another process than the service's: no request is allowed after a revocation was acknowledged,
//! none is lost, and the service survives.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{client::Client, server::Server};

/// How many keys are created, used and revoked, one after another, by each of two threads.
const KEYS: usize = 40;
/// How many threads use a key while it lives and after.
const CALLERS: usize = 3;
/// However slow the machine is, the load ends then.
const MOST: Duration = Duration::from_mins(1);

#[derive(Default)]
struct Seen {
    allowed: AtomicU64,
    denied: AtomicU64,
    refused: AtomicU64,
}

#[test]
fn revocation_and_changes_of_roles_hold_under_load() {
    let mut server = Server::start(&[]);
    let admin = server.admin.clone();
    admin.post("/accessPolicies", &json!({"id": "on-and-off", "permissions": ["products:list"]})).is(201);
    let steady = server.token("steady", &["products:list,create"], &[]);
    let (seen, done, start) = (Seen::default(), AtomicBool::new(false), Instant::now());
    let running = || !done.load(Ordering::SeqCst) && start.elapsed() < MOST;

    let (created, revoked) = thread::scope(|scope| {
        let switching = scope.spawn(|| switch(&admin, running));
        let writing = scope.spawn(|| create(&steady, running));
        let revoking: Vec<_> = (0..2)
            .map(|thread| {
                scope.spawn({
                    let (admin, seen) = (&admin, &seen);
                    move || {
                        (0..KEYS)
                            .take_while(|_| start.elapsed() < MOST)
                            .map(|key| live_and_die(admin, seen, thread, key))
                            .count()
                    }
                })
            })
            .collect();
        let revoked: usize = revoking.into_iter().map(|thread| thread.join().unwrap()).sum();
        done.store(true, Ordering::SeqCst);
        switching.join().unwrap();
        (writing.join().unwrap(), revoked)
    });

    assert!(server.is_alive());
    let (allowed, denied, refused) = (seen.allowed.into_inner(), seen.denied.into_inner(), seen.refused.into_inner());
    println!(
        "{revoked} keys revoked, {created} products created, {allowed} requests allowed, {denied} denied, \
         {refused} refused after revocation, in {:?}",
        start.elapsed(),
    );
    assert!(revoked > 0 && created > 0 && allowed > 0 && refused > 0);
    // What was acknowledged is there: no change was lost among the others.
    assert_eq!(count(&steady), 3 + created);
    let audits = server.into_log().iter().filter(|line| line["record"]["operation"] == "accessTokens:delete").count();
    assert_eq!(audits, revoked);
}

/// A key is made, used by several at once, revoked meanwhile; whoever asks after the acknowledgement is refused.
fn live_and_die(admin: &Client, seen: &Seen, thread: usize, number: usize) {
    let id = format!("t{thread}-{number}");
    let token = json!({"id": id, "policies": ["on-and-off"], "conditions": []});
    let token = admin.with_key(&admin.post("/accessTokens", &token).is(201).text("apiKey"));
    let acknowledged = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                let mut after = 0;
                while after < 5 {
                    // Read before the request is sent: what is asked after it must be refused.
                    let too_late = acknowledged.load(Ordering::SeqCst);
                    let answer = token.get("/products?after=p3");
                    match (answer.status, too_late) {
                        (401, _) => seen.refused.fetch_add(1, Ordering::Relaxed),
                        (200, false) => seen.allowed.fetch_add(1, Ordering::Relaxed),
                        (403, false) => seen.denied.fetch_add(1, Ordering::Relaxed),
                        _ => panic!("answered after the revocation, or lost: {too_late} {answer:?}"),
                    };
                    after += usize::from(too_late);
                }
            });
        }
        thread::sleep(Duration::from_millis(10));
        admin.delete(&format!("/accessTokens/{id}")).is(204);
        acknowledged.store(true, Ordering::SeqCst);
    });
}

/// Takes the permission away and gives it back, and sees each time that it is so.
fn switch(admin: &Client, running: impl Fn() -> bool) {
    let probe = json!({"id": "probe", "policies": ["on-and-off"], "conditions": []});
    let probe = admin.with_key(&admin.post("/accessTokens", &probe).is(201).text("apiKey"));
    while running() {
        for (permissions, status) in [(json!([]), 403), (json!(["products:list"]), 200)] {
            admin.put("/accessPolicies/on-and-off", &json!({"permissions": permissions})).is(200);
            probe.get("/products").is(status);
        }
    }
}

/// Creates products, and counts those that were acknowledged.
fn create(client: &Client, running: impl Fn() -> bool) -> usize {
    let mut created = 0;
    while running() {
        client.post("/products", &json!({"name": format!("n{created}")})).is(201);
        created += 1;
    }
    created
}

fn count(client: &Client) -> usize {
    let (mut all, mut after) = (0, String::new());
    loop {
        let page = client.get(&format!("/products?after={after}")).is(200).json();
        let page = page.as_array().unwrap();
        let Some(last) = page.last() else { return all };
        all += page.len();
        last["id"].as_str().unwrap().clone_into(&mut after);
    }
}
