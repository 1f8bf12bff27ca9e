//! casbin: permissions are policy rows, conditions are two custom functions over the host's own sets.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use casbin::{
    CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi, Model, RbacApi, function_map::OperatorFunction,
    rhai::Dynamic,
};

use super::{Engine, ready};
use crate::world::{ACCOUNT, Kind, Operation, Question, World};

/// The accepted values by actor. A custom function is a plain one, so what it reads is static.
static ACCEPTED: LazyLock<HashMap<&str, [HashSet<String>; 2]>> = LazyLock::new(|| {
    let sets = World::all().map(|world| {
        let conditions = world.conditions?;
        Some((world.actor, [conditions.brands, conditions.factories].map(HashSet::from_iter)))
    });
    sets.into_iter().flatten().collect()
});

fn accepts(which: usize, actor: &Dynamic, value: &Dynamic) -> Dynamic {
    let accepted = match (actor.as_immutable_string_ref(), value.as_immutable_string_ref()) {
        (Ok(actor), Ok(value)) => ACCEPTED.get(actor.as_str()).is_some_and(|sets| sets[which].contains(value.as_str())),
        _ => false, // an absent value is the unit
    };
    accepted.into()
}

pub(crate) struct Casbin {
    enforcer: Enforcer,
    actor: Dynamic,
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
        let rows = match roles {
            Roles::Resolved => {
                world.granted().into_iter().map(|(kind, operation)| row(world.actor, kind, operation)).collect()
            }
            Roles::Linked => {
                let grants = world.roles.iter().flat_map(|role| role.grants.iter().map(move |grant| (&role.id, grant)));
                grants.map(|(role, &(kind, operation))| row(role, kind, operation)).collect()
            }
        };
        enforcer.add_policies(rows).await?;
        if roles == Roles::Linked {
            for role in &world.roles {
                enforcer.add_role_for_user(world.actor, &role.id, None).await?;
            }
        }
        Ok(Self {
            enforcer,
            actor: world.actor.into(),
            kinds: Kind::ALL.map(|kind| kind.name().into()),
            operations: Operation::ALL.map(|operation| operation.name().into()),
            conditions,
        })
    }
}

impl Engine for Casbin {
    type Request = Vec<Dynamic>;

    fn request(&self, question: &Question<'_>) -> Self::Request {
        let mut request = Vec::with_capacity(6);
        request.push(self.actor.clone());
        request.push(question.account.into());
        request.push(self.kinds[question.kind as usize].clone());
        request.push(self.operations[question.operation as usize].clone());
        if self.conditions {
            for wanted in ["brand", "factoryId"] {
                let found = question.attributes.iter().find(|(name, _)| *name == wanted);
                request.push(found.map_or(Dynamic::UNIT, |&(_, value)| value.into()));
            }
        }
        request
    }

    fn decide(&mut self, request: &Self::Request) -> bool {
        self.decide_owned(request.clone())
    }

    #[inline(never)]
    fn decide_owned(&mut self, request: Self::Request) -> bool {
        self.enforcer.enforce(request).expect("a decision")
    }
}
