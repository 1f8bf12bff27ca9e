//! Administration as `guide::model` and the module say it, in lists and maps.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    ADMINISTRATION, Given, Model, Question, Reads, Who,
    comparing::{Asked, Longest},
    names, texts,
};

/// The account of every house.
pub(crate) const ACCOUNT: &str = "a1";

/// Roles, and conditions as documents write them with name and value apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Assignment {
    pub(crate) roles: Vec<String>,
    pub(crate) conditions: Vec<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Active,
    /// Until then.
    Replaced(u64),
    Revoked,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    pub(crate) actor: String,
    pub(crate) is_token: bool,
    pub(crate) given: Vec<Assignment>,
    pub(crate) state: State,
    pub(crate) expires: Option<u64>,
    pub(crate) version: u64,
}

/// When a token ends after a change.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expiry {
    Unchanged,
    At(u64),
    Never,
}

/// An account: its roles and its keys by number.
#[derive(Clone, Debug)]
pub(crate) struct House {
    pub(crate) schema: &'static Value,
    pub(crate) version: u64,
    pub(crate) roles: BTreeMap<String, Vec<String>>,
    pub(crate) keys: BTreeMap<u64, Key>,
}

/// What is done. Keys are named by number: of the one who acts apart, of what is new here.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    Invite { actor: String, given: Vec<Assignment>, key: u64 },
    Token { actor: String, given: Vec<Assignment>, key: u64, expires: Option<u64> },
    ChangeOperator { actor: String, given: Vec<Assignment> },
    ChangeToken { actor: String, given: Vec<Assignment>, expires: Expiry },
    Remove { actor: String },
    Revoke { actor: String },
    Regenerate { actor: String, key: u64, grace: u64 },
    RotateToken { actor: String, key: u64, grace: u64 },
    CreateRole { id: String, permissions: Vec<String> },
    AlterRole { id: String, permissions: Vec<String> },
    DeleteRole { id: String },
}

type Refused = String;

/// Who acts, and in what context.
struct Acting<'a> {
    number: u64,
    key: &'a Key,
    context: &'a Value,
}

impl Act {
    pub(crate) fn target(&self) -> &str {
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

    pub(crate) fn is_on_roles(&self) -> bool {
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

    pub(crate) fn works(&self, now: u64) -> bool {
        !self.is_over(now)
    }

    /// Neither tokens nor keys in their grace administer.
    fn administers(&self) -> bool {
        !self.is_token && self.state == State::Active
    }

    fn is_administrator(&self) -> bool {
        self.administers() && self.given.iter().any(|of| of.conditions.is_empty() && of.has("admin"))
    }
}

impl Assignment {
    fn has(&self, role: &str) -> bool {
        self.roles.iter().any(|id| id == role)
    }

    /// In whatever order.
    fn same_as(&self, other: &Self) -> bool {
        let within = |one: &Self, other: &Self| {
            one.roles.iter().all(|id| other.roles.contains(id))
                && one.conditions.iter().all(|of| other.conditions.contains(of))
        };
        let lengths = |of: &Self| (of.roles.len(), of.conditions.len());
        lengths(self) == lengths(other) && within(self, other) && within(other, self)
    }
}

impl House {
    pub(crate) fn founded(schema: &'static Value, actor: &str) -> Self {
        let given = vec![Assignment { roles: vec!["admin".into()], conditions: Vec::new() }];
        let key = Key { actor: actor.into(), is_token: false, given, state: State::Active, expires: None, version: 1 };
        Self { schema, version: 1, roles: BTreeMap::new(), keys: BTreeMap::from([(1, key)]) }
    }

    pub(crate) fn administrators(&self) -> usize {
        self.keys.values().filter(|key| key.is_administrator()).count()
    }

    pub(crate) fn tokens(&self, now: u64) -> usize {
        self.present_tokens().filter(|(_, key)| !key.is_over(now)).count()
    }

    fn present_tokens(&self) -> impl Iterator<Item = (u64, &Key)> {
        let present = self.keys.iter().filter(|(_, key)| key.is_token && key.state == State::Active);
        present.map(|(number, key)| (*number, key))
    }

    /// The number of an actor's present key.
    pub(crate) fn present(&self, actor: &str) -> Option<u64> {
        self.keys.iter().find(|(_, key)| key.actor == actor && key.state == State::Active).map(|(number, _)| *number)
    }

    /// What an audit record's digest stands for: the target as it is.
    pub(crate) fn target(&self, act: &Act) -> Option<String> {
        let target = act.target();
        if act.is_on_roles() {
            return self.roles.get(target).map(|permissions| format!("{permissions:?}"));
        }
        let keys = self.keys.iter().filter(|(_, key)| key.actor == target && key.usable());
        let keys: Vec<_> =
            keys.map(|(number, key)| (number, key.is_token, &key.given, key.state, key.expires)).collect();
        (!keys.is_empty()).then(|| format!("{keys:?}"))
    }

    fn model(&self) -> Model<'static> {
        Model { schema: self.schema }
    }

    /// What is given, with the permissions of the roles as they are now.
    fn who(&self, given: &[Assignment], administers: bool) -> Who<'static> {
        let every = || {
            let own = self.schema["resources"].as_object().unwrap().keys().map(|name| &**name);
            own.chain(ADMINISTRATION).map(|name| format!("{name}:*")).collect()
        };
        let of_role =
            |id: &String| if id == "admin" { every() } else { self.roles.get(id).cloned().unwrap_or_default() };
        let of = |of: &Assignment| Given {
            permissions: of.roles.iter().flat_map(of_role).collect(),
            conditions: of.conditions.clone(),
        };
        Who { account: ACCOUNT, assignments: given.iter().map(of).collect(), administers }
    }

    fn who_of(&self, key: &Key) -> Who<'static> {
        self.who(&key.given, key.administers())
    }

    /// The steps of the decision after account and key.
    pub(crate) fn allows(&self, key: &Key, asked: &Asked) -> bool {
        self.model().allows_asked(&self.who_of(key), asked)
    }

    /// The reason of the first that is denied, of the resources as they are stored or proposed, or of each change from one
    /// of them to another.
    fn decide(
        &self,
        acting: &Acting<'_>,
        (resource, operation): (&str, &str),
        stored: &[Value],
        proposed: Option<&[Value]>,
    ) -> Result<(), Refused> {
        for stored in stored {
            for proposed in proposed.map_or(vec![None], |proposed| proposed.iter().map(Some).collect()) {
                let sides: Vec<_> = [Some(stored), proposed].into_iter().flatten().map(|side| (None, side)).collect();
                let question =
                    Question { operation, resource, account: ACCOUNT, sides: &sides, context: acting.context };
                let answer = self.model().decide(&self.who_of(acting.key), &question);
                if let Some(kind) = answer["reason"]["kind"].as_str() {
                    return Err(kind.to_owned());
                }
            }
        }
        Ok(())
    }

    /// Nobody gives what they don't have.
    fn give(&self, given: &[Assignment], administers: bool, issuer: &Key) -> Result<(), Refused> {
        self.check(given)?;
        let (theirs, own) = (self.who(given, administers), self.who_of(issuer));
        // One of the giver's own, for each that is given: with `admin`, if that is given, and nowhere wider.
        let narrow = (given.iter().zip(&theirs.assignments)).all(|(written, given)| {
            let of_own = issuer.given.iter().zip(&own.assignments);
            written.roles.is_empty()
                || of_own.filter(|(own, _)| !own.roles.is_empty()).any(|(own, of_own)| {
                    (own.has("admin") || !written.has("admin"))
                        && names(of_own)
                            .iter()
                            .all(|name| names(given).contains(name) && self.model().is_subset(name, given, of_own))
                })
        });
        let within = self.model().beyond(&theirs, &own).is_none();
        if within && narrow { Ok(()) } else { Err("caller_access_exceeded".into()) }
    }

    /// Whether it can be an access at all.
    fn check(&self, given: &[Assignment]) -> Result<(), Refused> {
        let named = |condition: &Value| condition.get("except").map_or(1, |except| except.as_array().unwrap().len());
        if given.len() > 16 {
            return Err("invalid_assignments".into());
        }
        if given.iter().map(|of| of.roles.len()).sum::<usize>() > 100 {
            return Err("invalid_policies".into());
        }
        if given.iter().flat_map(|of| &of.conditions).map(named).sum::<usize>() > 256 {
            return Err("unsupported_conditions".into());
        }
        if (1..given.len()).any(|at| given[..at].iter().any(|earlier| earlier.same_as(&given[at]))) {
            return Err("invalid_assignments".into());
        }
        for of in given {
            let known = |id: &String| id == "admin" || self.roles.contains_key(id);
            if !all_different(&of.roles) || !of.roles.iter().all(known) {
                return Err("invalid_policies".into());
            }
            let excepts = of.conditions.iter().filter(|condition| condition.get("except").is_some());
            let excepting: Vec<&Value> = excepts.clone().map(|condition| &condition["name"]).collect();
            let known = |of: &Value| self.schema["conditions"].get(of["name"].as_str().unwrap()).is_some();
            if !of.conditions.iter().all(known)
                || !all_different(&of.conditions)
                || !all_different(&excepting)
                || !excepts.clone().all(|condition| all_different(&texts(condition.get("except"))))
            {
                return Err("unsupported_conditions".into());
            }
        }
        Ok(())
    }

    /// Nobody touches who is above them: who has what they could not give.
    fn touch(&self, actor: &str, is_token: bool, acting: &Key) -> Result<(), Refused> {
        let mut keys = self.usable(actor, is_token).into_iter().map(|number| &self.keys[&number]);
        let below = |key: &Key| !key.is_administrator() && self.give(&key.given, key.administers(), acting).is_ok();
        if acting.is_administrator() || keys.all(below) { Ok(()) } else { Err("caller_access_exceeded".into()) }
    }

    /// Whether the context meets what some of these assignments ask of it.
    fn is_in_context<'g>(&self, acting: &Acting<'_>, of: impl Iterator<Item = &'g Given>) -> bool {
        let none = &json!({});
        let question = Question { operation: "", resource: "", account: ACCOUNT, sides: &[], context: acting.context };
        let is_met = |given: &Given, name: &str| match self.model().reads(name, "") {
            Reads::Attribute { of_context: true, .. } => self.model().is_met(given, name, &question, none),
            _ => true,
        };
        let mut of = of;
        of.any(|given| names(given).into_iter().all(|name| is_met(given, name)))
    }

    /// The next state, or the reason of the refusal.
    pub(crate) fn act(&self, by: u64, now: u64, context: &Value, act: &Act) -> Result<Self, Refused> {
        let key = self.keys.get(&by).filter(|key| key.works(now)).ok_or("unknown_key")?;
        if key.is_token {
            return Err("not_for_access_tokens".into());
        }
        if !key.administers() {
            return Err("key_in_grace".into());
        }
        let acting = &Acting { number: by, key, context };
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
                next.replace(acting, (actor, false), *key, now, *grace)?;
            }
            Act::RotateToken { actor, key, grace } => {
                next.replace(acting, (actor, true), *key, now, *grace)?;
            }
            Act::CreateRole { id, permissions } => next.role(acting, id, Some(permissions), "create")?,
            Act::AlterRole { id, permissions } => next.role(acting, id, Some(permissions), "update")?,
            Act::DeleteRole { id } => next.role(acting, id, None, "delete")?,
        }
        // Whatever a clock says, and whoever has a key in use by this one.
        let shut_out = |house: &Self| !house.keys.values().any(|key| key.is_administrator() && key.works(now));
        if next.administrators() == 0 || (shut_out(&next) && !shut_out(self)) {
            return Err("last_administrator".into());
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
        acting: &Acting<'_>,
        (actor, is_token): (&str, bool),
        given: &[Assignment],
        number: u64,
        expires: Option<u64>,
        now: u64,
    ) -> Result<(), Refused> {
        self.decide(acting, (resource(is_token), "create"), &of_actor(actor, given), None)?;
        self.give(given, !is_token, acting.key)?;
        let is_free = |key: &Key| key.is_token == is_token && (!key.usable() || (is_token && key.is_over(now)));
        if self.keys.values().any(|key| key.actor == actor && !is_free(key)) {
            return Err("duplicate_actor".into());
        }
        if self.keys.contains_key(&number) {
            return Err("duplicate_key".into());
        }
        if is_token {
            if self.tokens(now) >= 100 {
                return Err("token_limit".into());
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
        let (actor, given) = (actor.into(), given.to_vec());
        self.keys.insert(number, Key { actor, is_token, given, state: State::Active, expires, version: 1 });
        Ok(())
    }

    fn find(
        &self,
        acting: &Acting<'_>,
        (actor, is_token): (&str, bool),
        operation: &'static str,
    ) -> Result<&Key, Refused> {
        let found = self.present(actor).map(|number| &self.keys[&number]).filter(|key| key.is_token == is_token);
        found.ok_or_else(|| {
            let who = self.who_of(acting.key);
            let granting: Vec<&Given> = (who.assignments.iter())
                .filter(|given| self.model().grants(&who, given, resource(is_token), operation))
                .collect();
            let in_context = self.is_in_context(acting, granting.iter().copied());
            match (granting.is_empty(), in_context) {
                (true, _) => "permission_missing".into(),
                (false, false) => "condition_unmet".into(),
                (false, true) => "unknown_actor".into(),
            }
        })
    }

    fn change(
        &mut self,
        acting: &Acting<'_>,
        (actor, is_token): (&str, bool),
        given: &[Assignment],
        expires: Expiry,
        now: u64,
    ) -> Result<(), Refused> {
        let found = self.find(acting, (actor, is_token), "update")?;
        let (stored, proposed) = (of_actor(actor, &found.given), of_actor(actor, given));
        self.decide(acting, (resource(is_token), "update"), &stored, Some(&proposed))?;
        self.touch(actor, is_token, acting.key)?;
        self.give(given, !is_token, acting.key)?;
        if is_token && found.is_over(now) {
            return Err("token_expired".into());
        }
        for number in self.usable(actor, is_token) {
            let key = self.keys.get_mut(&number).unwrap();
            key.given = given.to_vec();
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

    fn end(&mut self, acting: &Acting<'_>, (actor, is_token): (&str, bool)) -> Result<(), Refused> {
        let found = self.find(acting, (actor, is_token), "delete")?;
        self.decide(acting, (resource(is_token), "delete"), &of_actor(actor, &found.given), None)?;
        self.touch(actor, is_token, acting.key)?;
        self.ends(&self.usable(actor, is_token));
        Ok(())
    }

    fn replace(
        &mut self,
        acting: &Acting<'_>,
        (actor, is_token): (&str, bool),
        number: u64,
        now: u64,
        grace: u64,
    ) -> Result<(), Refused> {
        let found = self.find(acting, (actor, is_token), "update")?.clone();
        let present = self.present(actor).unwrap();
        if present == acting.number {
            let with_roles = |of: &&(&Assignment, &Given)| !of.0.roles.is_empty();
            let who = self.who_of(acting.key);
            let all: Vec<_> = acting.key.given.iter().zip(&who.assignments).collect();
            let counted = all.iter().filter(|of| with_roles(of) || !all.iter().any(|of| with_roles(&of)));
            if !all.is_empty() && !self.is_in_context(acting, counted.map(|of| of.1)) {
                return Err("condition_unmet".into());
            }
        } else {
            let stored = of_actor(actor, &found.given);
            self.decide(acting, (resource(is_token), "update"), &stored, Some(&stored))?;
            self.touch(actor, is_token, acting.key)?;
        }
        if self.keys.contains_key(&number) {
            return Err("duplicate_key".into());
        }
        if found.is_over(now) {
            return Err("key_not_replaceable".into());
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
        acting: &Acting<'_>,
        id: &str,
        permissions: Option<&Vec<String>>,
        operation: &str,
    ) -> Result<(), Refused> {
        if !acting.key.is_administrator() {
            return Err("not_administrator".into());
        }
        if id == "admin" {
            return Err("managed_role".into());
        }
        if self.roles.contains_key(id) == (operation == "create") {
            return Err("invalid_role".into());
        }
        match permissions {
            Some(permissions) => self.roles.insert(id.into(), permissions.clone()),
            None => self.roles.remove(id),
        };
        if operation == "delete" {
            let has = |key: &Key| key.given.iter().any(|of| of.has(id));
            for key in self.keys.values_mut().filter(|key| key.usable() && has(key)) {
                let mut left: Vec<Assignment> = Vec::new();
                for mut of in key.given.drain(..) {
                    of.roles.retain(|of| of != id);
                    if !left.iter().any(|earlier| earlier.same_as(&of)) {
                        left.push(of);
                    }
                }
                key.given = left;
                key.version += 1;
            }
        }
        Ok(())
    }
}

fn all_different<T: PartialEq>(all: &[T]) -> bool {
    (1..all.len()).all(|at| !all[..at].contains(&all[at]))
}

fn resource(is_token: bool) -> &'static str {
    if is_token { "accessTokens" } else { "operatorAccess" }
}

/// An actor as a resource, once for each assignment with a role, or else for each, or else once.
fn of_actor(actor: &str, given: &[Assignment]) -> Vec<Value> {
    let with_roles: Vec<&Assignment> = given.iter().filter(|of| !of.roles.is_empty()).collect();
    let counted = if with_roles.is_empty() { given.iter().collect() } else { with_roles };
    let nothing = Assignment::default();
    let counted = if counted.is_empty() { vec![&nothing] } else { counted };
    counted.into_iter().map(|of| json!({"id": actor, "policies": of.roles})).collect()
}

/// Questions that tell apart what accesses with these conditions allow, on every type.
pub(crate) fn questions(schema: &Value, conditions: &[Value]) -> Vec<Asked> {
    let types = schema["resources"].as_object().unwrap().keys().map(|name| &**name).chain(ADMINISTRATION);
    let every = Given { permissions: types.map(|name| format!("{name}:*")).collect(), conditions: conditions.to_vec() };
    Model { schema }.questions(ACCOUNT, &[&every], Longest { any: 0, all: 0, odd: false })
}
