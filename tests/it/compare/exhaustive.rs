//! Every access of a small schema against every other, and every request.

use super::{laws, small};

/// How a condition stands to each of two types, and whether it is ignored where it is not bound.
type Bound = ([char; 2], bool);

/// Every way for a condition to stand to two types, but for both unbound, which a schema refuses.
const BOUND: [Bound; 12] = [
    (['?', '?'], false),
    (['?', '!'], false),
    (['!', '?'], false),
    (['!', '!'], false),
    (['?', '-'], false),
    (['?', '-'], true),
    (['!', '-'], false),
    (['!', '-'], true),
    (['-', '?'], false),
    (['-', '?'], true),
    (['-', '!'], false),
    (['-', '!'], true),
];

/// What roles grant: nothing, one type or both, the same operations or others.
const PERMISSIONS: [&[&str]; 8] = [
    &[],
    &["one:read"],
    &["one:update"],
    &["one:read,update"],
    &["two:list"],
    &["one:read", "two:list"],
    &["one:update", "two:create,list"],
    &["one:read,update", "two:create,list"],
];

/// Compares one in `stride` of all pairs, under every schema; the stride is odd.
fn compare(stride: usize) {
    let requests = small::requests();
    let schemas: Vec<_> =
        BOUND.iter().enumerate().flat_map(|(at, x)| BOUND[at..].iter().map(move |y| (x, y))).collect();
    let run = |chosen: &mut dyn Iterator<Item = &(&Bound, &Bound)>| {
        for ((x, x_ignored), (y, y_ignored)) in chosen {
            let schema = small::schema(&[("x", *x, *x_ignored), ("y", *y, *y_ignored)]);
            let accesses = small::accesses(&schema, &PERMISSIONS, &["x", "y"]);
            let allowed: Vec<_> = accesses.iter().map(|access| small::Truth::of(access, &requests)).collect();
            let all: Vec<_> = accesses.iter().zip(&allowed).collect();
            let pairs = all.iter().flat_map(|one| all.iter().map(move |two| (one, two)));
            for (index, ((left, left_allowed), (right, right_allowed))) in pairs.enumerate().step_by(stride) {
                let allowed = [*left_allowed, *right_allowed];
                laws::inclusion(left, right, allowed);
                laws::review(left, right, allowed);
                // Pointwise takes longer. There are 128 accesses, and so an odd step comes by every kind of pair.
                if index / stride % 17 == 0 {
                    laws::operations(left, right, &requests, allowed);
                    laws::excess(left, right, &requests, allowed);
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for half in 0..2 {
            let schemas = &schemas;
            scope.spawn(move || run(&mut schemas.iter().skip(half).step_by(2)));
        }
    });
}

#[test]
fn within_is_true_exactly_if_no_request_tells_the_two_apart() {
    compare(23);
}

#[test]
#[ignore = "every pair takes minutes unless optimised: `cargo test --release --test it -- --ignored`"]
fn within_is_true_exactly_if_no_request_tells_the_two_apart_for_every_pair() {
    compare(1);
}
