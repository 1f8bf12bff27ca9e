//! Small worlds: requests that can be counted, and what an access says to each.

use keyward::{
    Access, Condition, Operation, ResourceView, Role, Roles, Schema, ValueSet,
    json::{Json, JsonObject},
};

/// The account of every access and request here.
pub(super) const ACCOUNT: &str = "acme";

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) operation: &'static str,
    pub(super) kind: &'static str,
    pub(super) account: &'static str,
    /// Of a `create` the proposed ones.
    pub(super) attributes: Json,
    /// Of an `update`.
    pub(super) proposed: Json,
    pub(super) context: Json,
}

impl Request {
    pub(super) fn new(operation: &'static str, kind: &'static str, attributes: Json) -> Self {
        Self { operation, kind, account: ACCOUNT, proposed: attributes.clone(), attributes, context: object([]) }
    }

    pub(super) fn is_allowed(&self, access: &Access) -> bool {
        let view = |attributes| ResourceView::new(self.kind, self.account, attributes);
        let (stored, proposed) = (view(&self.attributes), view(&self.proposed));
        let access = access.in_context(&self.context);
        match self.operation {
            "update" => access.decide_update(&stored, &proposed).is_allow(),
            operation => access.decide(operation, &stored).is_allow(),
        }
    }
}

/// What an access says to every request: one bit each.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Truth(Vec<u64>);

impl Truth {
    pub(super) fn of(access: &Access, requests: &[Request]) -> Self {
        let word = |chunk: &[Request]| {
            chunk
                .iter()
                .enumerate()
                .fold(0, |word, (bit, request)| word | (u64::from(request.is_allowed(access)) << bit))
        };
        Self(requests.chunks(64).map(word).collect())
    }

    pub(super) fn is_subset(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(one, two)| one & !two == 0)
    }

    pub(super) fn is_disjoint(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(one, two)| one & two == 0)
    }

    pub(super) fn has(&self, request: usize) -> bool {
        self.0[request / 64] >> (request % 64) & 1 == 1
    }
}

pub(super) fn text(value: &str) -> Json {
    Json::Text(value.into())
}

pub(super) fn list(values: &[&str]) -> Json {
    Json::List(values.iter().copied().map(text).collect())
}

/// An object of the attributes that are there.
pub(super) fn object<'a>(attributes: impl IntoIterator<Item = (&'a str, Option<Json>)>) -> Json {
    let there = attributes.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Json::Object(there.collect::<JsonObject>())
}

/// Absent, null, texts of which `c` is in no condition, and lists of up to two elements.
pub(super) fn values() -> Vec<Option<Json>> {
    let lists: [&[&str]; 9] =
        [&[], &["a"], &["c"], &["a", "b"], &["a", "c"], &["c", "b"], &["b", "b"], &["c", "d"], &["b", "a"]];
    let scalars = [None, Some(Json::Null), Some(text("a")), Some(text("b")), Some(text("c"))];
    scalars.into_iter().chain(lists.map(|values| Some(list(values)))).collect()
}

/// How a condition stands to a type: `-` not bound, `?` any, `!` all.
pub(super) fn schema(conditions: &[(&str, [char; 2], bool)]) -> Schema {
    let mut rules = serde_json::Map::new();
    for (name, bound, ignore) in conditions {
        let mut restricts = serde_json::Map::new();
        for (kind, bound) in ["one", "two"].into_iter().zip(bound) {
            let matching = match bound {
                '?' => "any",
                '!' => "all",
                _ => continue,
            };
            restricts.insert(kind.into(), serde_json::json!({"attribute": ["in", name], "match": matching}));
        }
        let elsewhere = if *ignore { "ignore" } else { "deny" };
        rules.insert((*name).into(), serde_json::json!({"restricts": restricts, "elsewhere": elsewhere}));
    }
    let resources = serde_json::json!({"one": {}, "two": {"operations": ["list", "create", "approve"]}});
    let document = serde_json::json!({"resources": resources, "conditions": rules});
    Schema::from_json(&document.to_string()).unwrap()
}

/// Every access with these permissions and, for each name, nothing or any set of `a` and `b`.
pub(super) fn accesses(schema: &Schema, permissions: &[&[&str]], names: &[&str]) -> Vec<Access> {
    let mut roles = Roles::new(schema, ACCOUNT).unwrap();
    for (index, permissions) in permissions.iter().enumerate() {
        roles = roles.with(Role::new(format!("r{index}"), permissions.iter().copied()).unwrap()).unwrap();
    }
    let sets: [&[&str]; 4] = [&[], &["a"], &["b"], &["b", "a"]];
    let mut conditions: Vec<Vec<String>> = vec![vec![]];
    for name in names {
        let with = |base: &Vec<String>| {
            let base = base.clone();
            sets.map(|set| [&base[..], &set.iter().map(|value| format!("{name}:{value}")).collect::<Vec<_>>()].concat())
        };
        conditions = conditions.iter().flat_map(with).collect();
    }
    let build = |role: usize, conditions: &Vec<String>| {
        let builder = Access::builder(&roles).role(format!("r{role}"));
        builder.conditions(conditions.iter().map(String::as_str)).unwrap().build().unwrap()
    };
    (0..permissions.len()).flat_map(|role| conditions.iter().map(move |c| build(role, c))).collect()
}

/// Every request on the two types, reading `in.x` and `in.y`.
pub(super) fn requests() -> Vec<Request> {
    let inner = |x: &Option<Json>, y: &Option<Json>| {
        object([("in", Some(object([("x", x.clone()), ("y", y.clone())]))), ("z", Some(text("a")))])
    };
    let values = values();
    let every: Vec<Json> = values.iter().flat_map(|x| values.iter().map(move |y| inner(x, y))).collect();
    let few: Vec<Option<Json>> = [text("a"), text("b"), text("c"), list(&["a", "b"])].into_iter().map(Some).collect();
    let few: Vec<Json> = few.iter().flat_map(|x| few.iter().map(move |y| inner(x, y))).collect();

    let mut requests = Vec::new();
    for attributes in every.iter().chain([&object([]), &Json::Null]) {
        for (operation, kind) in [("read", "one"), ("list", "two"), ("create", "two")] {
            requests.push(Request::new(operation, kind, attributes.clone()));
        }
    }
    for (stored, proposed) in few.iter().flat_map(|stored| few.iter().map(move |proposed| (stored, proposed))) {
        requests.push(Request { proposed: proposed.clone(), ..Request::new("update", "one", stored.clone()) });
    }
    requests.push(Request::new("delete", "one", every[16].clone()));
    requests.push(Request { account: "other", ..Request::new("read", "one", every[16].clone()) });
    requests
}

/// The conditions that make up a set.
pub(super) fn written(name: &str, values: &ValueSet) -> Vec<Condition> {
    let named = values.iter().map(|value| Condition::new(name, value).unwrap());
    let except = (values.except().len() > 0).then(|| Condition::except(name, values.except()).unwrap());
    named.chain(except).collect()
}

/// An access of everything, with the conditions of `access` under one name: denies exactly what that one does.
pub(super) fn only(access: &Access, name: &str) -> Option<Access> {
    let (_, values) = access.assignments().next()?.conditions().find(|(condition, _)| *condition == name)?;
    let roles = Roles::new(access.schema(), access.account()).unwrap();
    let conditions = written(name, values);
    Some(Access::builder(&roles).role("admin").conditions(conditions).unwrap().build().unwrap())
}

#[test]
fn a_small_world_has_what_it_takes() {
    let standard = [Operation::READ, Operation::UPDATE, Operation::CREATE, Operation::LIST];
    let schema = schema(&[("x", ['?', '!'], false)]);
    let named = |operation| schema.operation_name(operation).to_owned();
    let requests = requests();
    for operation in standard.map(named) {
        assert!(requests.iter().any(|request| request.operation == operation), "{operation}");
    }
}
