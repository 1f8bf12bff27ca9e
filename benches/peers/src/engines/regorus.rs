//! regorus: one flat rule, compiled to byte code; permissions and accepted values are objects in the data.

use regorus::{Engine as Rego, Rc, Value, languages::rego::compiler::Compiler, rvm::vm::RegoVM};

use super::Engine;
use crate::world::{ACCOUNT, Actor, Answer, Kind, Operation, Question, World};

const PERMISSION: &str = "
    input.account == data.account
    data.granted[input.type][input.operation]";
const PERMISSION_OF: &str = "
    input.account == data.account
    data.granted[data.roles[input.actor]][input.type][input.operation]";
const CONDITIONS: &str = "
    data.brands[input.brand]
    data.factories[input.factoryId]";

pub(crate) struct Regorus {
    machine: RegoVM,
    kinds: [Value; 3],
    operations: [Value; 3],
    names: Names,
    looked_up: bool,
}

/// The keys of the input.
struct Names {
    actor: Value,
    account: Value,
    kind: Value,
    operation: Value,
    brand: Value,
    factory: Value,
}

fn object(pairs: impl IntoIterator<Item = (Value, Value)>) -> Value {
    regorus::value::Object::from_iter(pairs).into_value()
}

fn set(values: &[String]) -> Value {
    object(values.iter().map(|value| (value.as_str().into(), true.into())))
}

fn granted(grants: &[(Kind, Operation)]) -> Value {
    object(Kind::ALL.map(|kind| {
        let operations = Operation::ALL.into_iter().filter(|&operation| grants.contains(&(kind, operation)));
        (kind.name().into(), object(operations.map(|operation| (operation.name().into(), true.into()))))
    }))
}

impl Regorus {
    pub(crate) fn new(world: &World) -> Self {
        let mut data = vec![("account".into(), ACCOUNT.into())];
        let mut body = String::new();
        if world.looked_up {
            body.push_str(PERMISSION_OF);
            let role_of = |actor: &Actor| world.roles[actor.roles[0]].id.as_str().into();
            data.push((
                "roles".into(),
                object(world.actors.iter().map(|actor| (actor.id.as_str().into(), role_of(actor)))),
            ));
            let roles = world.roles.iter().map(|role| (role.id.as_str().into(), granted(&role.grants)));
            data.push(("granted".into(), object(roles)));
        } else {
            body.push_str(PERMISSION);
            data.push(("granted".into(), granted(&world.granted(&world.actors[0]))));
        }
        if let Some(conditions) = &world.conditions {
            body.push_str(CONDITIONS);
            data.push(("brands".into(), set(&conditions.brands)));
            data.push(("factories".into(), set(&conditions.factories)));
        }
        let policy = format!("package peers\n\nallow if {{{body}\n}}\n");
        let mut rego = Rego::new();
        rego.add_policy("peers.rego".into(), policy).expect("a policy");
        let entry = "data.peers.allow";
        let compiled = rego.compile_with_entrypoint(&Rc::from(entry)).expect("a policy that compiles");
        let program = Compiler::compile_from_policy(&compiled, &[entry]).expect("a program");
        let mut machine = RegoVM::new();
        machine.load_program(program);
        machine.set_data(object(data)).expect("data beside the rule");
        Self {
            machine,
            kinds: Kind::ALL.map(|kind| kind.name().into()),
            operations: Operation::ALL.map(|operation| operation.name().into()),
            names: Names {
                actor: "actor".into(),
                account: "account".into(),
                kind: "type".into(),
                operation: "operation".into(),
                brand: "brand".into(),
                factory: "factoryId".into(),
            },
            looked_up: world.looked_up,
        }
    }
}

impl Engine for Regorus {
    type Request = Value;

    fn request(&self, question: &Question<'_>) -> Value {
        let (names, item) = (&self.names, question.item);
        let actor = self.looked_up.then(|| (names.actor.clone(), question.actor.into()));
        let own = [
            (names.account.clone(), item.account.as_str().into()),
            (names.kind.clone(), self.kinds[item.kind as usize].clone()),
            (names.operation.clone(), self.operations[question.operation as usize].clone()),
        ];
        let brand = item.brand.as_deref().map(|brand| (names.brand.clone(), brand.into()));
        let factory = item.factory.as_deref().map(|factory| (names.factory.clone(), factory.into()));
        object(own.into_iter().chain(actor).chain(brand).chain(factory))
    }

    #[inline(never)]
    fn decide(&mut self, _question: &Question<'_>, request: Value) -> Answer {
        self.machine.set_input(request);
        let allowed = self.machine.execute().expect("a decision") == Value::Bool(true);
        if allowed { Answer::Allow } else { Answer::Deny(None) }
    }
}
