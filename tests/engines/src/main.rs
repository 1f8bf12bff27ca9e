//! Random worlds and requests, put to this crate and to Cedar: the two must agree.
//!
//! ```text
//! cargo run --release --manifest-path tests/engines/Cargo.toml -- 1000000      # so many requests
//! cargo run --release --manifest-path tests/engines/Cargo.toml -- 1000000 7    # from another seed
//! ```
//!
//! It prints what was asked and answered. At the first difference it shows the world, and fails.

#![forbid(unsafe_code)]

mod cedar;
mod ours;
mod random;
mod world;

use std::{collections::BTreeMap, process::ExitCode, time::Instant};

use cedar::Cedar;
use ours::Ours;
use random::Random;
use world::{Kind, Reads, Request, World};

/// Requests of one world.
const OF_WORLD: usize = 50;

/// How many are allowed, and how many denied.
type Counts = BTreeMap<String, [u64; 2]>;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).map(|argument| argument.parse::<u64>());
    let (requests, seed) = match (arguments.next(), arguments.next(), arguments.next()) {
        (None, None, None) => (10_000, 1),
        (Some(Ok(requests)), None, None) => (requests, 1),
        (Some(Ok(requests)), Some(Ok(seed)), None) => (requests, seed),
        _ => {
            eprintln!("agree [REQUESTS [SEED]]");
            return ExitCode::FAILURE;
        }
    };
    let started = Instant::now();
    let mut random = Random::new(seed);
    let (mut asked, mut worlds, mut counts) = (0, 0, Counts::new());
    while asked < requests {
        let world = World::random(&mut random);
        let (ours, cedar) = match Ours::new(&world) {
            Ok(ours) => (ours, Cedar::new(&world)),
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::FAILURE;
            }
        };
        let sorts = sorts(&world);
        worlds += 1;
        for _ in 0..OF_WORLD {
            let request = world.request(&mut random);
            let answers = Answers::of(&world, &ours, &cedar, &request);
            if answers.differ() {
                show(&world, &request);
                return ExitCode::FAILURE;
            }
            for sort in &sorts {
                counts.entry(sort.clone()).or_default()[usize::from(!answers.ours.decision)] += 1;
            }
            asked += 1;
        }
    }
    println!("{:<42} {:>10} {:>10}", "worlds", "allowed", "denied");
    for (sort, [allowed, denied]) in &counts {
        println!("{sort:<42} {allowed:>10} {denied:>10}");
    }
    let seconds = started.elapsed().as_secs();
    println!(
        "{asked} requests and as many rows of filters in {worlds} worlds, and both engines agree ({seconds} s, seed {seed})"
    );
    // Of worlds in which everything is denied, agreeing would say nothing.
    let [allowed, denied] = counts["all"];
    if allowed * 10 < denied || counts.values().any(|[allowed, denied]| allowed * denied == 0) {
        eprintln!("too few are allowed, or denied");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// What a world is counted under: all, its size, and each kind of its conditions.
fn sorts(world: &World) -> Vec<String> {
    let conditions = || world.assignments.iter().flat_map(|of| &of.conditions);
    let size = match (world.assignments.len(), conditions().count()) {
        (1, 0) => "one assignment without conditions",
        (1, _) => "one assignment with conditions",
        _ => "several assignments, or none",
    };
    let mut sorts = vec!["all".into(), size.into()];
    for kind in Kind::ALL {
        if conditions().any(|of| world.names[of.name].kind == kind) {
            sorts.push(format!("with conditions of the kind {kind:?}"));
        }
    }
    if conditions().any(|of| !of.except.is_empty()) {
        sorts.push("with exceptions".into());
    }
    if conditions().any(|of| matches!(world.names[of.name].reads, Reads::Context(_))) {
        sorts.push("with conditions on the context".into());
    }
    if world.is_token {
        sorts.push("of an access token".into());
    }
    sorts
}

/// What both engines say.
struct Answers {
    ours: ours::Answers,
    /// Of what is stored, and of what is proposed.
    cedar: [bool; 2],
}

impl Answers {
    fn of(world: &World, ours: &Ours, cedar: &Cedar, request: &Request) -> Self {
        Self { ours: ours.ask(world, request), cedar: cedar.ask(world, request) }
    }

    fn differ(&self) -> bool {
        let [stored, proposed] = self.cedar;
        (self.ours.decision, self.ours.passes) != (stored && proposed, stored)
    }
}

/// Shows a world and a request on which the two differ, without what the difference doesn't need.
fn show(world: &World, request: &Request) {
    let (mut world, mut request) = (world.clone(), request.clone());
    while let Some(smaller) = world.smaller(&request).into_iter().find(|(world, request)| {
        Ours::new(world).is_ok_and(|ours| Answers::of(world, &ours, &Cedar::new(world), request).differ())
    }) {
        (world, request) = smaller;
    }
    let (ours, cedar) = (Ours::new(&world).expect("it was made before"), Cedar::new(&world));
    let Answers { ours: here, cedar: [stored, proposed] } = Answers::of(&world, &ours, &cedar, &request);
    eprintln!("{request:#?}\n{:#}\n{}", ours.told, cedar.told);
    eprintln!("here the decision is {} and the row passes: {} ({})", here.decision, here.passes, here.reason);
    eprintln!("Cedar allows what is stored: {stored}, what is proposed: {proposed}");
}
