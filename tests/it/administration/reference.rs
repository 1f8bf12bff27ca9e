//! Administration as the model says it, in sets and maps, with nothing of the crate in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

pub(super) const STANDARD: [&str; 5] = ["read", "list", "create", "update", "delete"];
const TYPES: [&str; 5] = ["products", "places", "accessPolicies", "accessTokens", "operatorAccess"];

/// Roles and conditions as they are written, name and value apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) roles: Vec<String>,
    pub(super) conditions: Vec<(String, String)>,
}

/// One request: attributes are lists, a single value is a list of one that doesn't mind how lists match.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) resource: &'static str,
    pub(super) operation: &'static str,
    pub(super) attributes: BTreeMap<&'static str, Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Active,
    /// Until then.
    Replaced(u64),
    Revoked,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) actor: String,
    pub(super) is_token: bool,
    pub(super) given: Given,
    pub(super) state: State,
    pub(super) expires: Option<u64>,
    pub(super) version: u64,
}

/// An account: its roles and its keys by number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct House {
    pub(super) version: u64,
    pub(super) roles: BTreeMap<String, Vec<String>>,
    pub(super) keys: BTreeMap<u64, Key>,
}

/// What is done. Keys are named by number: of the one who acts apart, of what is new here.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Invite { actor: String, given: Given, key: u64 },
    Token { actor: String, given: Given, key: u64, expires: Option<u64> },
    ChangeOperator { actor: String, given: Given },
    ChangeToken { actor: String, given: Given },
    Remove { actor: String },
    Revoke { actor: String },
    Regenerate { actor: String, key: u64, grace: u64 },
    CreateRole { id: String, permissions: Vec<String> },
    AlterRole { id: String, permissions: Vec<String> },
    DeleteRole { id: String },
}

type Refused = &'static str;

impl Act {
    pub(super) fn target(&self) -> &str {
        match self {
            Self::Invite { actor, .. }
            | Self::Token { actor, .. }
            | Self::ChangeOperator { actor, .. }
            | Self::ChangeToken { actor, .. }
            | Self::Remove { actor }
            | Self::Revoke { actor }
            | Self::Regenerate { actor, .. } => actor,
            Self::CreateRole { id, .. } | Self::AlterRole { id, .. } | Self::DeleteRole { id } => id,
        }
    }

    pub(super) fn is_on_roles(&self) -> bool {
        matches!(self, Self::CreateRole { .. } | Self::AlterRole { .. } | Self::DeleteRole { .. })
    }
}

impl Key {
    fn usable(&self) -> bool {
        self.state != State::Revoked
    }

    pub(super) fn works(&self, now: u64) -> bool {
        let state = match self.state {
            State::Active => true,
            State::Replaced(end) => now < end,
            State::Revoked => false,
        };
        state && self.expires.is_none_or(|expires| now < expires)
    }

    fn is_administrator(&self, now: u64) -> bool {
        let whole = self.given.conditions.is_empty() && self.given.roles.iter().any(|id| id == "admin");
        !self.is_token && self.state == State::Active && self.works(now) && whole
    }
}

impl House {
    pub(super) fn founded(actor: &str) -> Self {
        let given = Given { roles: vec!["admin".into()], conditions: Vec::new() };
        let key = Key { actor: actor.into(), is_token: false, given, state: State::Active, expires: None, version: 1 };
        Self { version: 1, roles: BTreeMap::new(), keys: BTreeMap::from([(1, key)]) }
    }

    pub(super) fn administrators(&self, now: u64) -> usize {
        self.keys.values().filter(|key| key.is_administrator(now)).count()
    }

    pub(super) fn tokens(&self) -> usize {
        self.keys.values().filter(|key| key.is_token && key.usable()).count()
    }

    /// The number of an actor's present key.
    pub(super) fn present(&self, actor: &str) -> Option<u64> {
        self.keys.iter().find(|(_, key)| key.actor == actor && key.state == State::Active).map(|(number, _)| *number)
    }

    /// What an audit record's digest stands for: the target as it is.
    pub(super) fn target(&self, act: &Act) -> Option<String> {
        let target = act.target();
        if act.is_on_roles() {
            return self.roles.get(target).map(|permissions| format!("{permissions:?}"));
        }
        let keys = self.keys.iter().filter(|(_, key)| key.actor == target && key.usable());
        let keys: Vec<_> =
            keys.map(|(number, key)| (number, key.is_token, &key.given, key.state, key.expires)).collect();
        (!keys.is_empty()).then(|| format!("{keys:?}"))
    }

    fn permissions(&self, given: &Given) -> BTreeSet<(&'static str, &'static str)> {
        let mut all = BTreeSet::new();
        for id in &given.roles {
            let every: Vec<String> = TYPES.iter().map(|name| format!("{name}:*")).collect();
            let of = if id == "admin" { Some(&every) } else { self.roles.get(id) };
            for permission in of.into_iter().flatten() {
                let (resource, operations) = permission.split_once(':').unwrap();
                let resource = TYPES.into_iter().find(|name| *name == resource).unwrap();
                let named = |name: &&str| operations == "*" || operations.split(',').any(|other| other == *name);
                all.extend(STANDARD.into_iter().filter(named).map(|operation| (resource, operation)));
            }
        }
        all
    }

    /// The steps of the decision after account and key; the reason where it is a denial.
    pub(super) fn decide(&self, given: &Given, request: &Request) -> Result<(), Refused> {
        self.decide_sides(given, &[request])
    }

    fn decide_update(&self, given: &Given, stored: &Request, proposed: &Request) -> Result<(), Refused> {
        self.decide_sides(given, &[stored, proposed])
    }

    fn decide_sides(&self, given: &Given, sides: &[&Request]) -> Result<(), Refused> {
        let permissions = self.permissions(given);
        if !sides.iter().all(|request| permissions.contains(&(request.resource, request.operation))) {
            return Err("permission_missing");
        }
        conditions(given, sides)
    }

    /// Whether no request tells that the one goes beyond the other.
    pub(super) fn within(&self, given: &Given, issuer: &Given) -> bool {
        let (theirs, own) = (self.permissions(given), self.permissions(issuer));
        let allowed = |all: &BTreeSet<_>, given, request: &Request| {
            all.contains(&(request.resource, request.operation)) && conditions(given, &[request]).is_ok()
        };
        requests().iter().all(|request| !allowed(&theirs, given, request) || allowed(&own, issuer, request))
    }

    fn check(&self, given: &Given, issuer: &Given) -> Result<(), Refused> {
        let roles: BTreeSet<&String> = given.roles.iter().collect();
        let known = |id: &String| id == "admin" || self.roles.contains_key(id);
        if given.roles.len() > 100 || roles.len() != given.roles.len() || !given.roles.iter().all(known) {
            return Err("invalid_policies");
        }
        let conditions: BTreeSet<_> = given.conditions.iter().collect();
        let known = |(name, _): &(String, String)| ["brand", "site", "accessPolicyId"].contains(&&**name);
        let unique = conditions.len() == given.conditions.len();
        if given.conditions.len() > 256 || !unique || !given.conditions.iter().all(known) {
            return Err("unsupported_conditions");
        }
        if self.within(given, issuer) { Ok(()) } else { Err("caller_access_exceeded") }
    }

    /// The next state, or the reason of the refusal.
    pub(super) fn act(&self, by: u64, now: u64, act: &Act) -> Result<Self, Refused> {
        let acting = self.keys.get(&by).filter(|key| key.works(now)).ok_or("unknown_key")?;
        if acting.is_token {
            return Err("not_for_access_tokens");
        }
        let mut next = self.clone();
        match act {
            Act::Invite { actor, given, key } => next.add(acting, (actor, false), given, *key, None)?,
            Act::Token { actor, given, key, expires } => next.add(acting, (actor, true), given, *key, *expires)?,
            Act::ChangeOperator { actor, given } => next.change(acting, (actor, false), given, now)?,
            Act::ChangeToken { actor, given } => next.change(acting, (actor, true), given, now)?,
            Act::Remove { actor } => next.end(acting, (actor, false), now)?,
            Act::Revoke { actor } => next.end(acting, (actor, true), now)?,
            Act::Regenerate { actor, key, grace } => next.regenerate((by, acting), actor, *key, now, *grace)?,
            Act::CreateRole { id, permissions } => next.role(acting, now, id, Some(permissions), "create")?,
            Act::AlterRole { id, permissions } => next.role(acting, now, id, Some(permissions), "update")?,
            Act::DeleteRole { id } => next.role(acting, now, id, None, "delete")?,
        }
        next.version += 1;
        Ok(next)
    }

    fn add(
        &mut self,
        acting: &Key,
        (actor, is_token): (&str, bool),
        given: &Given,
        number: u64,
        expires: Option<u64>,
    ) -> Result<(), Refused> {
        self.decide(&acting.given, &of_actor(is_token, "create", actor, given))?;
        self.check(given, &acting.given)?;
        if self.keys.values().any(|key| key.actor == actor && (key.usable() || key.is_token != is_token)) {
            return Err("duplicate_actor");
        }
        if self.keys.contains_key(&number) {
            return Err("duplicate_key");
        }
        if is_token && self.tokens() >= 100 {
            return Err("token_limit");
        }
        let (actor, given) = (actor.into(), given.clone());
        self.keys.insert(number, Key { actor, is_token, given, state: State::Active, expires, version: 1 });
        Ok(())
    }

    fn find(&self, acting: &Key, (actor, is_token): (&str, bool), operation: &'static str) -> Result<&Key, Refused> {
        let found = self.present(actor).map(|number| &self.keys[&number]).filter(|key| key.is_token == is_token);
        let resource = if is_token { "accessTokens" } else { "operatorAccess" };
        let permitted = self.permissions(&acting.given).contains(&(resource, operation));
        found.ok_or(if permitted { "unknown_actor" } else { "permission_missing" })
    }

    fn change(
        &mut self,
        acting: &Key,
        (actor, is_token): (&str, bool),
        given: &Given,
        now: u64,
    ) -> Result<(), Refused> {
        let found = self.find(acting, (actor, is_token), "update")?;
        let stored = of_actor(is_token, "update", actor, &found.given);
        self.decide_update(&acting.given, &stored, &of_actor(is_token, "update", actor, given))?;
        self.check(given, &acting.given)?;
        self.every_key_of(actor, |key| key.given = given.clone());
        self.keep_an_administrator(now)
    }

    fn end(&mut self, acting: &Key, (actor, is_token): (&str, bool), now: u64) -> Result<(), Refused> {
        let found = self.find(acting, (actor, is_token), "delete")?;
        self.decide(&acting.given, &of_actor(is_token, "delete", actor, &found.given))?;
        self.every_key_of(actor, |key| key.state = State::Revoked);
        self.keep_an_administrator(now)
    }

    fn regenerate(
        &mut self,
        (by, acting): (u64, &Key),
        actor: &str,
        number: u64,
        now: u64,
        grace: u64,
    ) -> Result<(), Refused> {
        let found = self.find(acting, (actor, false), "update")?.clone();
        if acting.actor != actor {
            let stored = of_actor(false, "update", actor, &found.given);
            self.decide_update(&acting.given, &stored, &stored)?;
            if !self.within(&found.given, &acting.given) {
                return Err("caller_access_exceeded");
            }
        } else if self.present(actor) != Some(by) {
            return Err("key_not_replaceable");
        }
        if self.keys.contains_key(&number) {
            return Err("duplicate_key");
        }
        for key in self.keys.values_mut().filter(|key| key.actor == actor) {
            let state = match key.state {
                State::Active if grace > 0 => State::Replaced(now + grace),
                State::Active | State::Replaced(_) | State::Revoked => State::Revoked,
            };
            if state != key.state {
                *key = Key { state, version: key.version + 1, ..key.clone() };
            }
        }
        self.keys.insert(number, Key { version: 1, ..found });
        Ok(())
    }

    fn role(
        &mut self,
        acting: &Key,
        now: u64,
        id: &str,
        permissions: Option<&Vec<String>>,
        operation: &str,
    ) -> Result<(), Refused> {
        let present = self.present(&acting.actor).map(|number| &self.keys[&number]);
        if !present.is_some_and(|key| key.is_administrator(now)) {
            return Err("not_administrator");
        }
        if id == "admin" {
            return Err("managed_role");
        }
        if self.roles.contains_key(id) == (operation == "create") {
            return Err("invalid_role");
        }
        match permissions {
            Some(permissions) => self.roles.insert(id.into(), permissions.clone()),
            None => self.roles.remove(id),
        };
        Ok(())
    }

    fn every_key_of(&mut self, actor: &str, change: impl Fn(&mut Key)) {
        for key in self.keys.values_mut().filter(|key| key.actor == actor && key.usable()) {
            change(key);
            key.version += 1;
        }
    }

    fn keep_an_administrator(&self, now: u64) -> Result<(), Refused> {
        if self.administrators(now) == 0 { Err("last_administrator") } else { Ok(()) }
    }
}

/// Name by name, and for each name side by side.
fn conditions(given: &Given, sides: &[&Request]) -> Result<(), Refused> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in &given.conditions {
        if !names.contains(&&**name) {
            names.push(name);
        }
    }
    for (name, request) in names.into_iter().flat_map(|name| sides.iter().map(move |request| (name, request))) {
        let accepted = |value: &String| given.conditions.iter().any(|(other, of)| other == name && of == value);
        let (attribute, all) = match (name, request.resource) {
            ("brand", "products") => ("brand", false),
            ("site", "products") => ("site", false),
            ("site", "places") | ("accessPolicyId", "accessPolicies") => ("id", false),
            ("accessPolicyId", "accessTokens" | "operatorAccess") => ("policies", true),
            ("site", _) => return Err("condition_unbound"),
            _ => continue,
        };
        let found = request.attributes.get(attribute).map(|values| &values[..]).unwrap_or_default();
        let met = if all { !found.is_empty() && found.iter().all(accepted) } else { found.iter().any(accepted) };
        if !met {
            return Err("condition_unmet");
        }
    }
    Ok(())
}

fn of_actor(is_token: bool, operation: &'static str, actor: &str, given: &Given) -> Request {
    let resource = if is_token { "accessTokens" } else { "operatorAccess" };
    let attributes = BTreeMap::from([("id", vec![actor.into()]), ("policies", given.roles.clone())]);
    Request { resource, operation, attributes }
}

/// Every request that can tell two accesses apart: each attribute with each value that the tests use, one that they
/// don't, and none.
pub(super) fn requests() -> &'static [Request] {
    static REQUESTS: LazyLock<Vec<Request>> = LazyLock::new(enumerate);
    &REQUESTS
}

/// A name, and the values that it is tried with.
type Attribute = (&'static str, &'static [&'static str]);

fn enumerate() -> Vec<Request> {
    let domains: [(&'static str, &[Attribute]); 5] = [
        ("products", &[("brand", &["a", "b", "-"]), ("site", &["1", "2", "-"])]),
        ("places", &[("id", &["1", "2", "-"])]),
        ("accessPolicies", &[("id", &["x", "y", "-"])]),
        ("accessTokens", &[("policies", &["x", "y", "z", "admin", "-"])]),
        ("operatorAccess", &[("policies", &["x", "y", "z", "admin", "-"])]),
    ];
    let mut requests = Vec::new();
    for (resource, attributes) in domains {
        let mut combinations = vec![BTreeMap::new()];
        for (name, values) in attributes {
            let more = |combination: &BTreeMap<_, _>| {
                let combination = combination.clone();
                values.iter().map(move |value| {
                    let mut with = combination.clone();
                    with.insert(*name, vec![(*value).to_owned()]);
                    with
                })
            };
            let with: Vec<_> = combinations.iter().flat_map(more).collect();
            combinations.extend(with);
        }
        for attributes in combinations {
            let of = |operation| Request { resource, operation, attributes: attributes.clone() };
            requests.extend(STANDARD.map(of));
        }
    }
    requests
}
