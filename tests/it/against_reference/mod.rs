//! The crate beside the reference of `tests/it/reference/mod.rs`: by chance over rich worlds, and over all small ones.

mod comparing;
mod small;
mod sources;
mod worlds;

use keyward::{Access, Assignment, Condition, Grant, ResourceView, Role, Roles, Schema};
use proptest::test_runner::Config;
use serde_json::Value;

use crate::{
    reference::{Given, Who, comparing::Asked},
    support::ACCOUNT,
};

/// How many worlds are drawn for a test: its own number, or its share in a thousand of `KEYWARD_CASES`.
pub(crate) fn cases(own: u32, share: u64) -> Config {
    let of_all = std::env::var("KEYWARD_CASES").ok().map(|all| all.parse::<u64>().unwrap() * share / 1_000);
    Config::with_cases(of_all.map_or(own, |cases| cases.try_into().unwrap()))
}

/// The crate's access of what is given to the reference, each assignment with a role of its own.
fn build(schema: &Schema, given: &[Given], administers: bool) -> Access {
    let role = |(at, given): (usize, &Given)| {
        Role::new(format!("r{at}"), given.permissions.iter().map(|text| &**text)).unwrap()
    };
    let roles = Roles::new(schema, ACCOUNT).unwrap().with_all(given.iter().enumerate().map(role)).unwrap();
    let assignments = given
        .iter()
        .enumerate()
        .map(|(at, given)| Assignment::new().role(format!("r{at}")).with_conditions(conditions(&given.conditions)));
    let grant: Grant = assignments.collect();
    let builder = Access::builder(&roles).grant(grant);
    if administers { builder.build() } else { builder.for_access_token().build() }.unwrap()
}

pub(crate) fn conditions(written: &[Value]) -> impl Iterator<Item = Condition> {
    written.iter().map(|condition| serde_json::from_value(condition.clone()).unwrap())
}

/// What the crate says of a question of the reference.
pub(crate) fn allows(access: &Access, asked: &Asked) -> bool {
    let resource = ResourceView::new(&*asked.resource, &asked.account, &asked.attributes);
    let access = access.in_context(&asked.context);
    match &*asked.operation {
        "update" => access.decide_update(&resource, &resource).is_allow(),
        operation => access.decide(operation, &resource).is_allow(),
    }
}

fn who(given: &[Given], administers: bool) -> Who<'static> {
    Who { account: ACCOUNT, assignments: given.to_vec(), administers }
}
