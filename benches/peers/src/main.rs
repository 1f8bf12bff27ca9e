//! What one decision costs in other libraries, beside keyward and the same check written by hand.
//!
//! ```text
//! cd benches/peers
//! cargo run --release --ignore-rust-version            # the tables
//! cargo run --release --ignore-rust-version -- plot    # the plots, into benches/plots
//! ```
//!
//! Every engine has to answer a table of questions rightly first; else nothing is measured, and the program fails.
//! Then they are measured in one process, in turn. An engine's own form of the request is made anew for every
//! decision, which is the gross time; made and dropped alone; and the difference is the net time.

#![forbid(unsafe_code)]

mod cases;
mod engines;
mod measure;
mod plot;
mod svg;
mod table;
mod world;

use std::process::ExitCode;

use engines::{
    by_hand::ByHand,
    casbin::{Casbin, Roles},
    cedar::Cedar,
    cedar_roles::CedarRoles,
    gatehouse::Gatehouse,
    gatekeep::Gatekeep,
    keyward::Keyward,
    regorus::Regorus,
};
use measure::Contest;
use world::World;

fn main() -> ExitCode {
    let made = match std::env::args().nth(1).as_deref() {
        None => table::print(),
        Some("plot") => plot::draw(),
        Some(other) => Err(format!("`{other}` is not a command: `plot` is, and nothing is")),
    };
    if let Err(error) = made {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Every engine in every world, after its answers were checked.
fn contest(worlds: Vec<World>) -> Result<Contest, String> {
    let mut contest = Contest::new(worlds);
    contest.enter("by hand", |world| Some(ByHand::new(world)));
    contest.enter("keyward", Keyward::new);
    contest.enter("gatehouse 0.6", |world| Some(Gatehouse::new(world)));
    contest.enter("gatekeep 5", |world| Some(Gatekeep::new(world)));
    contest.enter("regorus 0.14", |world| Some(Regorus::new(world)));
    contest.enter("cedar-policy 4.14, as data", |world| Some(Cedar::new(world)));
    contest.enter("cedar-policy 4.14, by roles", |world| Some(CedarRoles::new(world)));
    // Rows for each actor would make casbin look through all of them.
    contest
        .enter("casbin 2.20, as data", |world| (world.actors.len() == 1).then(|| Casbin::new(world, Roles::Resolved)));
    contest.enter("casbin 2.20, by roles", |world| Some(Casbin::new(world, Roles::Linked)));
    let wrong = contest.wrong_answers();
    if wrong.is_empty() { Ok(contest) } else { Err(wrong.join("\n")) }
}
