//! Administration as `guide::model` and the module say it, in sets and maps, with nothing of the crate in it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

pub(super) const STANDARD: [&str; 5] = ["read", "list", "create", "update", "delete"];
const TYPES: [&str; 5] = ["products", "places", "accessPolicies", "accessTokens", "operatorAccess"];
const ADMINISTRATION: [&str; 3] = ["accessPolicies", "accessTokens", "operatorAccess"];

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

/// When a token ends after a change.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expiry {
    Unchanged,
    At(u64),
    Never,
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
    ChangeToken { actor: String, given: Given, expires: Expiry },
    Remove { actor: String },
    Revoke { actor: String },
    Regenerate { actor: String, key: u64, grace: u64 },
    RotateToken { actor: String, key: u64, grace: u64 },
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
            | Self::Regenerate { actor, .. }
            | Self::RotateToken { actor, .. } => actor,
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

    /// Ended, for good or by its time.
    fn is_over(&self, now: u64) -> bool {
        let state = match self.state {
            State::Active => false,
            State::Replaced(end) => end <= now,
            State::Revoked => true,
        };
        state || self.expires.is_some_and(|expires| expires <= now)
    }

    pub(super) fn works(&self, now: u64) -> bool {
        !self.is_over(now)
    }

    /// Neither tokens nor keys in their grace administer.
    fn administers(&self) -> bool {
        !self.is_token && self.state == State::Active
    }

    fn is_administrator(&self) -> bool {
        self.administers() && self.given.conditions.is_empty() && self.given.has_admin()
    }
}

impl Given {
    fn has_admin(&self) -> bool {
        self.roles.iter().any(|id| id == "admin")
    }
}

impl House {
    pub(super) fn founded(actor: &str) -> Self {
        let given = Given { roles: vec!["admin".into()], conditions: Vec::new() };
        let key = Key { actor: actor.into(), is_token: false, given, state: State::Active, expires: None, version: 1 };
        Self { version: 1, roles: BTreeMap::new(), keys: BTreeMap::from([(1, key)]) }
    }

    pub(super) fn administrators(&self) -> usize {
        self.keys.values().filter(|key| key.is_administrator()).count()
    }

    pub(super) fn tokens(&self, now: u64) -> usize {
        self.present_tokens().filter(|(_, key)| !key.is_over(now)).count()
    }

    fn present_tokens(&self) -> impl Iterator<Item = (u64, &Key)> {
        let present = self.keys.iter().filter(|(_, key)| key.is_token && key.state == State::Active);
        present.map(|(number, key)| (*number, key))
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

    fn permissions(&self, given: &Given, administers: bool) -> BTreeSet<(&'static str, &'static str)> {
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
        let shut = |(resource, operation): &(&str, &str)| {
            !administers && ADMINISTRATION.contains(resource) && ["create", "update", "delete"].contains(operation)
        };
        all.retain(|permission| !shut(permission));
        all
    }

    /// The steps of the decision after account and key; the reason where it is a denial.
    pub(super) fn decide(&self, key: &Key, request: &Request) -> Result<(), Refused> {
        self.decide_sides(key, &[request])
    }

    fn decide_sides(&self, key: &Key, sides: &[&Request]) -> Result<(), Refused> {
        let permissions = self.permissions(&key.given, key.administers());
        if !sides.iter().all(|request| permissions.contains(&(request.resource, request.operation))) {
            return Err("permission_missing");
        }
        conditions(&key.given, sides)
    }

    /// Whether no request tells that the one goes beyond the other.
    pub(super) fn within(&self, (given, administers): (&Given, bool), issuer: &Key) -> bool {
        let theirs = self.permissions(given, administers);
        let allowed = |request: &Request| {
            theirs.contains(&(request.resource, request.operation)) && conditions(given, &[request]).is_ok()
        };
        requests().iter().all(|request| !allowed(request) || self.decide(issuer, request).is_ok())
    }

    /// Nobody gives what they don't have.
    fn give(&self, given: &Given, is_token: bool, issuer: &Key) -> Result<(), Refused> {
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
        // For each name that the issuer has: there, and with no value that the issuer doesn't have.
        let narrow = issuer.given.conditions.iter().all(|(name, _)| {
            let mut of_name = given.conditions.iter().filter(|(other, _)| other == name).peekable();
            of_name.peek().is_some() && of_name.all(|condition| issuer.given.conditions.contains(condition))
        });
        let may = self.within((given, !is_token), issuer)
            && (issuer.given.has_admin() || !given.has_admin())
            && (narrow || given.roles.is_empty());
        if may { Ok(()) } else { Err("caller_access_exceeded") }
    }

    /// Nobody touches who is above them: who has what they could not give.
    fn touch(&self, actor: &str, is_token: bool, acting: &Key) -> Result<(), Refused> {
        let mut keys = self.usable(actor, is_token).into_iter().map(|number| &self.keys[&number]);
        let below = |key: &Key| !key.is_administrator() && self.give(&key.given, !key.administers(), acting).is_ok();
        if acting.is_administrator() || keys.all(below) { Ok(()) } else { Err("caller_access_exceeded") }
    }

    /// The next state, or the reason of the refusal.
    pub(super) fn act(&self, by: u64, now: u64, act: &Act) -> Result<Self, Refused> {
        let acting = self.keys.get(&by).filter(|key| key.works(now)).ok_or("unknown_key")?;
        if acting.is_token {
            return Err("not_for_access_tokens");
        }
        if !acting.administers() {
            return Err("key_in_grace");
        }
        let mut next = self.clone();
        match act {
            Act::Invite { actor, given, key } => next.add(acting, (actor, false), given, *key, None, now)?,
            Act::Token { actor, given, key, expires } => {
                next.add(acting, (actor, true), given, *key, *expires, now)?;
            }
            Act::ChangeOperator { actor, given } => {
                next.change(acting, (actor, false), given, Expiry::Unchanged, now)?;
            }
            Act::ChangeToken { actor, given, expires } => {
                next.change(acting, (actor, true), given, *expires, now)?;
            }
            Act::Remove { actor } => next.end(acting, (actor, false))?,
            Act::Revoke { actor } => next.end(acting, (actor, true))?,
            Act::Regenerate { actor, key, grace } => {
                next.replace((by, acting), (actor, false), *key, now, *grace)?;
            }
            Act::RotateToken { actor, key, grace } => {
                next.replace((by, acting), (actor, true), *key, now, *grace)?;
            }
            Act::CreateRole { id, permissions } => next.role(acting, id, Some(permissions), "create")?,
            Act::AlterRole { id, permissions } => next.role(acting, id, Some(permissions), "update")?,
            Act::DeleteRole { id } => next.role(acting, id, None, "delete")?,
        }
        // Whatever a clock says, and whoever has a key in use by this one.
        let shut_out = |house: &Self| !house.keys.values().any(|key| key.is_administrator() && key.works(now));
        if next.administrators() == 0 || (shut_out(&next) && !shut_out(self)) {
            return Err("last_administrator");
        }
        next.version += 1;
        Ok(next)
    }

    /// The numbers of an actor's keys that were not revoked, the present one first.
    fn usable(&self, actor: &str, is_token: bool) -> Vec<u64> {
        let of_actor = self.keys.iter().filter(|(_, key)| key.actor == actor && key.is_token == is_token);
        let mut usable: Vec<_> = of_actor.filter(|(_, key)| key.usable()).collect();
        usable.sort_by_key(|(_, key)| key.state != State::Active);
        usable.into_iter().map(|(number, _)| *number).collect()
    }

    /// The first of them stays as the one that ended last; the others go, and those that ended before.
    fn ends(&mut self, ending: &[u64]) {
        let Some((last, others)) = ending.split_first() else { return };
        let Key { actor, is_token, .. } = self.keys[last].clone();
        self.keys.retain(|number, key| {
            let earlier = key.actor == actor && key.is_token == is_token && key.state == State::Revoked;
            !earlier && !others.contains(number)
        });
        let key = self.keys.get_mut(last).unwrap();
        *key = Key { state: State::Revoked, version: key.version + 1, ..key.clone() };
    }

    fn add(
        &mut self,
        acting: &Key,
        (actor, is_token): (&str, bool),
        given: &Given,
        number: u64,
        expires: Option<u64>,
        now: u64,
    ) -> Result<(), Refused> {
        self.decide(acting, &of_actor(is_token, "create", actor, given))?;
        self.give(given, is_token, acting)?;
        let is_free = |key: &Key| key.is_token == is_token && (!key.usable() || (is_token && key.is_over(now)));
        if self.keys.values().any(|key| key.actor == actor && !is_free(key)) {
            return Err("duplicate_actor");
        }
        if self.keys.contains_key(&number) {
            return Err("duplicate_key");
        }
        if is_token {
            if self.tokens(now) >= 100 {
                return Err("token_limit");
            }
            let others: Vec<(u64, Key)> = self
                .present_tokens()
                .filter(|(_, key)| key.actor != actor)
                .map(|(at, key)| (at, key.clone()))
                .collect();
            for (_, other) in others.iter().filter(|(_, key)| others.len() >= 100 && key.is_over(now)) {
                self.ends(&self.usable(&other.actor, true));
            }
            self.ends(&self.usable(actor, true));
        }
        let (actor, given) = (actor.into(), given.clone());
        self.keys.insert(number, Key { actor, is_token, given, state: State::Active, expires, version: 1 });
        Ok(())
    }

    fn find(&self, acting: &Key, (actor, is_token): (&str, bool), operation: &'static str) -> Result<&Key, Refused> {
        let found = self.present(actor).map(|number| &self.keys[&number]).filter(|key| key.is_token == is_token);
        let resource = if is_token { "accessTokens" } else { "operatorAccess" };
        let permitted = self.permissions(&acting.given, true).contains(&(resource, operation));
        found.ok_or(if permitted { "unknown_actor" } else { "permission_missing" })
    }

    fn change(
        &mut self,
        acting: &Key,
        (actor, is_token): (&str, bool),
        given: &Given,
        expires: Expiry,
        now: u64,
    ) -> Result<(), Refused> {
        let found = self.find(acting, (actor, is_token), "update")?;
        let stored = of_actor(is_token, "update", actor, &found.given);
        self.decide_sides(acting, &[&stored, &of_actor(is_token, "update", actor, given)])?;
        self.touch(actor, is_token, acting)?;
        self.give(given, is_token, acting)?;
        if is_token && found.is_over(now) {
            return Err("token_expired");
        }
        for number in self.usable(actor, is_token) {
            let key = self.keys.get_mut(&number).unwrap();
            key.given = given.clone();
            key.version += 1;
            match (&mut key.state, expires) {
                (State::Active, Expiry::At(expires)) => key.expires = Some(expires),
                (State::Active, Expiry::Never) => key.expires = None,
                (State::Replaced(end), Expiry::At(expires)) => *end = expires.min(*end),
                _ => {}
            }
        }
        Ok(())
    }

    fn end(&mut self, acting: &Key, (actor, is_token): (&str, bool)) -> Result<(), Refused> {
        let found = self.find(acting, (actor, is_token), "delete")?;
        self.decide(acting, &of_actor(is_token, "delete", actor, &found.given))?;
        self.touch(actor, is_token, acting)?;
        self.ends(&self.usable(actor, is_token));
        Ok(())
    }

    fn replace(
        &mut self,
        (by, acting): (u64, &Key),
        (actor, is_token): (&str, bool),
        number: u64,
        now: u64,
        grace: u64,
    ) -> Result<(), Refused> {
        let found = self.find(acting, (actor, is_token), "update")?.clone();
        let present = self.present(actor).unwrap();
        if present != by {
            let stored = of_actor(is_token, "update", actor, &found.given);
            self.decide_sides(acting, &[&stored, &stored])?;
            self.touch(actor, is_token, acting)?;
        }
        if self.keys.contains_key(&number) {
            return Err("duplicate_key");
        }
        if found.is_over(now) {
            return Err("key_not_replaceable");
        }
        let usable = self.usable(actor, is_token);
        if grace == 0 {
            self.ends(&usable);
        } else {
            self.ends(&usable[1..]);
            let end = found.expires.map_or(now + grace, |expires| expires.min(now + grace));
            let key = self.keys.get_mut(&present).unwrap();
            *key = Key { state: State::Replaced(end), version: key.version + 1, ..key.clone() };
        }
        self.keys.insert(number, Key { version: 1, ..found });
        Ok(())
    }

    fn role(
        &mut self,
        acting: &Key,
        id: &str,
        permissions: Option<&Vec<String>>,
        operation: &str,
    ) -> Result<(), Refused> {
        if !acting.is_administrator() {
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
        if operation == "delete" {
            for key in self.keys.values_mut().filter(|key| key.usable() && key.given.roles.iter().any(|of| of == id)) {
                key.given.roles.retain(|of| of != id);
                key.version += 1;
            }
        }
        Ok(())
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
