//! casbin: permissions are policy rows, conditions are two custom functions over the host's own sets.

use std::{cell::RefCell, collections::HashMap};

use casbin::{
    CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi, Model, function_map::OperatorFunction, rhai::Dynamic,
};
use foldhash::fast::RandomState;

use super::{Engine, by_hand::Accepted, ready};
use crate::world::{ACCOUNT, Answer, Kind, Operation, Question, World};

thread_local! {
    /// The accepted values by actor. A custom function is a plain one, so what it reads is not its own.
    static ACCEPTED: RefCell<HashMap<String, [Accepted; 2], RandomState>> = RefCell::default();
}

fn accepts(which: usize, actor: &Dynamic, value: &Dynamic) -> Dynamic {
    let accepted = match (actor.as_immutable_string_ref(), value.as_immutable_string_ref()) {
        (Ok(actor), Ok(value)) => ACCEPTED.with_borrow(|all| {
            all.get(actor.as_str()).is_some_and(|accepted| accepted[which].accepts(Some(value.as_str())))
        }),
        _ => false, // an absent value is the unit
    };
    accepted.into()
}

pub(crate) struct Casbin {
    enforcer: Enforcer,
    kinds: [Dynamic; 3],
    operations: [Dynamic; 3],
    conditions: bool,
}

/// Who resolves roles to permissions.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Roles {
    /// The host, when it loads the actor: rows are the actor's.
    Resolved,
    /// casbin, by `g`: rows are the roles'.
    Linked,
}

impl Casbin {
    pub(crate) fn new(world: &World, roles: Roles) -> Self {
        if let Some(conditions) = &world.conditions {
            let accepted = [&conditions.brands, &conditions.factories].map(|values| Accepted::new(values));
            ACCEPTED.with_borrow_mut(|all| all.insert(world.actors[0].id.clone(), accepted));
        }
        ready(Self::load(world, roles)).expect("a model and its rows")
    }

    async fn load(world: &World, roles: Roles) -> casbin::Result<Self> {
        let conditions = world.conditions.is_some();
        let mut model = DefaultModel::default();
        let request = if conditions { "sub, acc, typ, op, brand, factory" } else { "sub, acc, typ, op" };
        model.add_def("r", "r", request);
        model.add_def("p", "p", "sub, acc, typ, op");
        model.add_def("e", "e", "some(where (p.eft == allow))");
        let subject = match roles {
            Roles::Resolved => "r.sub == p.sub",
            Roles::Linked => "g(r.sub, p.sub)",
        };
        let restriction = if conditions { " && brand(r.sub, r.brand) && factory(r.sub, r.factory)" } else { "" };
        // What is cheap, and tells most rows apart, comes first.
        let matcher = format!("r.typ == p.typ && r.op == p.op && r.acc == p.acc && {subject}{restriction}");
        model.add_def("m", "m", &matcher);
        if roles == Roles::Linked {
            model.add_def("g", "g", "_, _");
        }

        let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
        enforcer.add_function("brand", OperatorFunction::Arg2(|actor, value| accepts(0, &actor, &value)));
        enforcer.add_function("factory", OperatorFunction::Arg2(|actor, value| accepts(1, &actor, &value)));
        let row = |subject: &str, kind: Kind, operation: Operation| {
            [subject, ACCOUNT, kind.name(), operation.name()].map(String::from).to_vec()
        };
        let mut rows = Vec::new();
        let mut links = Vec::new();
        match roles {
            Roles::Resolved => {
                for actor in &world.actors {
                    let granted = world.granted(actor);
                    rows.extend(granted.into_iter().map(|(kind, operation)| row(&actor.id, kind, operation)));
                }
            }
            Roles::Linked => {
                for role in &world.roles {
                    rows.extend(role.grants.iter().map(|&(kind, operation)| row(&role.id, kind, operation)));
                }
                for actor in &world.actors {
                    links.extend(actor.roles.iter().map(|&role| vec![actor.id.clone(), world.roles[role].id.clone()]));
                }
            }
        }
        enforcer.add_policies(rows).await?;
        if roles == Roles::Linked {
            enforcer.add_grouping_policies(links).await?;
        }
        Ok(Self {
            enforcer,
            kinds: Kind::ALL.map(|kind| kind.name().into()),
            operations: Operation::ALL.map(|operation| operation.name().into()),
            conditions,
        })
    }
}

impl Engine for Casbin {
    type Request = Vec<Dynamic>;

    fn request(&self, question: &Question<'_>) -> Self::Request {
        let item = question.item;
        let mut request = Vec::with_capacity(6);
        request.push(question.actor.into());
        request.push(item.account.as_str().into());
        request.push(self.kinds[item.kind as usize].clone());
        request.push(self.operations[question.operation as usize].clone());
        if self.conditions {
            for value in [&item.brand, &item.factory] {
                request.push(value.as_deref().map_or(Dynamic::UNIT, Into::into));
            }
        }
        request
    }

    #[inline(never)]
    fn decide(&mut self, _question: &Question<'_>, request: Self::Request) -> Answer {
        if self.enforcer.enforce(request).expect("a decision") { Answer::Allow } else { Answer::Deny(None) }
    }
}
