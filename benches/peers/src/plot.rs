//! The plots: what the net of a decision grows with.

use std::{fs, path::Path, time::Duration};

use crate::{
    measure::Workload,
    svg::{Plot, Series},
    table::{ALLOWED, LOOKED_UP, shuffled},
    world::World,
};

pub(crate) fn draw() -> Result<(), String> {
    let hundreds = [1, 3, 10, 30, 100, 300, 1_000];
    plot("roles", "roles of the actor, no conditions", &hundreds, World::with_roles)?;
    let powers = [2, 4, 8, 16, 32, 64, 128, 256];
    plot("values", "values of two conditions, one role", &powers, |count| World::with_values(1, count))?;
    let decades = [1, 10, 100, 1_000, 10_000, 100_000];
    plot("actors", "actors, looked up in no order, each with one of up to 1,000 roles", &decades, World::with_actors)
}

/// Measures one world after the other, so that none is large while another is timed.
fn plot(file: &str, grows: &str, counts: &[usize], world: impl Fn(usize) -> World) -> Result<(), String> {
    let mut series: Vec<Series> = Vec::new();
    for &count in counts {
        let world = world(count);
        let workload = Workload {
            name: "",
            world: 0,
            case: if world.looked_up { LOOKED_UP } else { ALLOWED },
            actors: if world.looked_up { shuffled(&world) } else { Vec::new() },
            turn: Duration::from_micros(if world.looked_up { 1_000 } else { 100 }),
            rounds: if world.looked_up { 20 } else { 400 },
        };
        let mut contest = crate::contest(vec![world])?;
        let costs = contest.measure(&workload);
        series.resize_with(contest.engines.len(), Series::default);
        for ((series, cost), (name, _)) in series.iter_mut().zip(costs).zip(&contest.engines) {
            series.name = name;
            series.points.extend(cost.map(|cost| (count as f64, cost.net())));
        }
    }
    let svg = Plot { across: grows, up: "nanoseconds a decision, without the engine's own request", series }.svg();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plots").join(file).with_extension("svg");
    fs::create_dir_all(path.parent().expect("a folder")).map_err(|error| error.to_string())?;
    fs::write(&path, svg).map_err(|error| error.to_string())?;
    println!("{}", path.display());
    Ok(())
}
