//! What one decision costs in other libraries, beside keyward and the same check written by hand.
//!
//! ```text
//! cd benches/peers && cargo run --release
//! ```
//!
//! Every engine has to answer a table of questions rightly first; else nothing is measured, and the program fails.
//! Then they are measured in one process, in turn: permission only, with the request at hand (W1); permission and
//! two conditions, a request with its attributes made for every decision (W2); the same with 100 roles and 256
//! accepted values (W3). The table has the least of many rounds in nanoseconds, and its ratio to the check by hand.

#![forbid(unsafe_code)]

mod engines;
mod measure;
mod world;

use std::process::ExitCode;

use engines::{
    by_hand::{Actor, RequestAlone},
    casbin::{Casbin, Roles},
    cedar::Cedar,
    gatehouse::Gatehouse,
    keyward::Keyward,
    regorus::Regorus,
};
use measure::Contest;
use world::World;

fn main() -> ExitCode {
    let mut contest = Contest::new(World::all());
    contest.enter("by hand", |world| Some(Actor::new(world)));
    contest.enter("keyward", |world| Some(Keyward::new(world)));
    contest.enter("gatehouse 0.6", |world| Some(Gatehouse::new(world)));
    contest.enter("regorus 0.14", |world| Some(Regorus::new(world)));
    contest.enter("cedar-policy 4.14", |world| Some(Cedar::new(world)));
    contest.enter("casbin 2.20, roles resolved by the host", |world| Some(Casbin::new(world, Roles::Resolved)));
    contest.enter("casbin 2.20, roles by its links", |world| Some(Casbin::new(world, Roles::Linked)));

    let wrong = contest.wrong_answers();
    if !wrong.is_empty() {
        eprintln!("{}", wrong.join("\n"));
        return ExitCode::FAILURE;
    }
    // It decides nothing, so it has no right answers.
    contest.enter("(the request alone)", |world| world.per_call.then_some(RequestAlone));
    contest.run();
    contest.print();
    ExitCode::SUCCESS
}
