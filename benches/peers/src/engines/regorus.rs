//! regorus: one flat rule, compiled to byte code; permissions and accepted values are objects in the data.

use regorus::{Engine as Rego, Rc, Value, languages::rego::compiler::Compiler, rvm::vm::RegoVM};

use super::Engine;
use crate::world::{ACCOUNT, Kind, Operation, Question, World};

const PERMISSION: &str = "
    input.account == data.account
    data.granted[input.type][input.operation]";
const CONDITIONS: &str = "
    data.brands[input.brand]
    data.factories[input.factoryId]";

pub(crate) struct Regorus {
    machine: RegoVM,
    kinds: [Value; 3],
    operations: [Value; 3],
    names: Names,
}

/// The keys of the input.
struct Names {
    account: Value,
    kind: Value,
    operation: Value,
    attributes: [(&'static str, Value); 2],
}

fn object(pairs: impl IntoIterator<Item = (Value, Value)>) -> Value {
    regorus::value::Object::from_iter(pairs).into_value()
}

fn set(values: &[String]) -> Value {
    object(values.iter().map(|value| (value.as_str().into(), true.into())))
}

fn granted(world: &World) -> Value {
    let granted = world.granted();
    object(Kind::ALL.map(|kind| {
        let operations = Operation::ALL.into_iter().filter(|&operation| granted.contains(&(kind, operation)));
        (kind.name().into(), object(operations.map(|operation| (operation.name().into(), true.into()))))
    }))
}

impl Regorus {
    pub(crate) fn new(world: &World) -> Self {
        let mut data = vec![("account".into(), ACCOUNT.into()), ("granted".into(), granted(world))];
        let mut body = String::from(PERMISSION);
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
                account: "account".into(),
                kind: "type".into(),
                operation: "operation".into(),
                attributes: ["brand", "factoryId"].map(|name| (name, name.into())),
            },
        }
    }
}

impl Engine for Regorus {
    type Request = Value;

    fn request(&self, question: &Question<'_>) -> Value {
        let names = &self.names;
        let attributes = question.attributes.iter().filter_map(|&(wanted, value)| {
            let (_, name) = names.attributes.iter().find(|(name, _)| *name == wanted)?;
            Some((name.clone(), value.into()))
        });
        let own = [
            (names.account.clone(), question.account.into()),
            (names.kind.clone(), self.kinds[question.kind as usize].clone()),
            (names.operation.clone(), self.operations[question.operation as usize].clone()),
        ];
        object(own.into_iter().chain(attributes))
    }

    fn decide(&mut self, request: &Value) -> bool {
        self.decide_owned(request.clone())
    }

    #[inline(never)]
    fn decide_owned(&mut self, request: Value) -> bool {
        self.machine.set_input(request);
        self.machine.execute().expect("a decision") == Value::Bool(true)
    }
}
