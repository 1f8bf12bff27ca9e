//! The tables: net times with their ratios to the check by hand, and what they are the difference of.

use std::time::Duration;

use crate::{
    cases::{WRONG_BRAND, WRONG_FACTORY},
    measure::{Cost, Workload},
    world::World,
};

pub(crate) const ALLOWED: &str = "permitted, and every condition met";
pub(crate) const LOOKED_UP: &str = "every role lets products be read";

fn workloads(worlds: &[World]) -> [Workload; 6] {
    let hot = |name, world, case| Workload {
        name,
        world,
        case,
        actors: Vec::new(),
        turn: Duration::from_micros(100),
        rounds: 2_000,
    };
    let cold = Workload {
        turn: Duration::from_millis(2),
        rounds: 40,
        actors: shuffled(&worlds[3]),
        ..hot("100,000 actors, cold", 3, LOOKED_UP)
    };
    [
        hot("permission only", 0, ALLOWED),
        hot("two conditions", 1, ALLOWED),
        hot("two conditions, denied", 1, WRONG_FACTORY),
        hot("100 roles, 256 values", 2, ALLOWED),
        hot("100 roles, 256 values, denied", 2, WRONG_BRAND),
        cold,
    ]
}

/// The ids of a world's actors in an order that doesn't repeat itself, the same in every run.
pub(crate) fn shuffled(world: &World) -> Vec<String> {
    let mut order: Vec<_> = (0..world.actors.len()).collect();
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    for last in (1..order.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(last, (state >> 33) as usize % (last + 1));
    }
    order.into_iter().map(|actor| world.actors[actor].id.clone()).collect()
}

pub(crate) fn print() -> Result<(), String> {
    let worlds =
        vec![World::with_roles(1), World::with_values(1, 4), World::with_values(100, 256), World::with_actors(100_000)];
    let mut contest = crate::contest(worlds)?;
    let workloads = workloads(&contest.worlds);
    let costs: Vec<_> = workloads.iter().map(|workload| contest.measure(workload)).collect();

    let tells: Vec<_> = (0..contest.engines.len()).map(|engine| contest.tells(engine)).collect();
    let names: Vec<_> = workloads.iter().map(|workload| workload.name).collect();
    let head = |names: &[&str]| println!("| | {} |\n|---{}|", names.join(" | "), "|---".repeat(names.len()));
    let row = |engine: usize, cell: &dyn Fn(Cost, Cost) -> String| {
        print!("| {} |", contest.engines[engine].0);
        for costs in &costs {
            let cell = costs[engine].zip(costs[0]).map_or("–".into(), |(own, floor)| cell(own, floor));
            print!(" {cell} |");
        }
    };

    println!("Net of each engine's own request, and in brackets the ratio to the net of the check by hand:\n");
    head(&[&names[..], &["says what was missing"]].concat());
    for (engine, tells) in tells.into_iter().enumerate() {
        row(engine, &|own, floor| format!("{} ({})", digits(own.net()), digits(own.net() / floor.net())));
        println!(" {} |", if tells { "yes" } else { "no" });
    }
    println!("\nGross, and in brackets the request alone:\n");
    head(&names);
    for engine in 0..contest.engines.len() {
        row(engine, &|own, _| format!("{} ({})", digits(own.gross), digits(own.alone)));
        println!();
    }
    Ok(())
}

/// Three digits or so.
fn digits(value: f64) -> String {
    if value < 100.0 { format!("{value:.1}") } else { thousands(value) }
}

/// A whole number, with thousands apart.
pub(crate) fn thousands(value: f64) -> String {
    let whole = format!("{value:.0}");
    let mut apart = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart
}
