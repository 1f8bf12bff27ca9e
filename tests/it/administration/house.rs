//! An account to act in, kept in step with what is done in it.

use keyward::{
    Condition, Grant, Role, Schema, Timestamp,
    administration::{Account, Acting, AdministrationError, Attempt, Outcome},
    key::{AccessToken, KeyEntropy, KeyFormat, KeyId, KeyPrefix, NewKey, OperatorKey},
    store::KeyRecord,
};
use serde_json::{Value, json};

use crate::support;

pub(crate) const NOW: u64 = 1_000;

pub(crate) fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

pub(crate) fn format() -> KeyFormat {
    KeyFormat::new(KeyPrefix::new("acme").unwrap())
}

fn entropy(number: u64) -> KeyEntropy {
    let mut bytes = [0; 32];
    bytes.chunks_exact_mut(8).for_each(|chunk| chunk.copy_from_slice(&number.to_le_bytes()));
    KeyEntropy::take(&mut bytes).unwrap()
}

/// The key with this number, the same each time.
pub(crate) fn operator_key(number: u64) -> NewKey<OperatorKey> {
    format().generate_operator_key(entropy(number), None)
}

pub(crate) fn token_key(number: u64) -> NewKey<AccessToken> {
    format().generate_access_token(entropy(number), None)
}

pub(crate) fn grant(roles: &[&str], conditions: &[&str]) -> Grant {
    let grant = roles.iter().fold(Grant::new(), Grant::role);
    conditions.iter().fold(grant, |grant, text| grant.condition(*text).unwrap())
}

pub(crate) fn structured(grant: Grant, name: &str, value: &str) -> Grant {
    grant.condition(Condition::new(name, value).unwrap()).unwrap()
}

pub(crate) fn role(id: &str, permissions: &[&str]) -> Role {
    Role::new(id, permissions.iter().copied()).unwrap()
}

/// `brand` ignores where it is not bound, `site` denies there; `accessPolicyId` restricts what is handed out.
pub(crate) fn document() -> Value {
    let every_policy = json!({"attribute": "policies", "match": "all"});
    json!({
        "resources": {"products": {}, "places": {}},
        "conditions": {
            "brand": {"restricts": {"products": "brand"}, "elsewhere": "ignore"},
            "site": {"restricts": {"products": "site", "places": "id"}},
            "accessPolicyId": {
                "restricts": {"operatorAccess": every_policy, "accessTokens": every_policy, "accessPolicies": "id"},
                "elsewhere": "ignore",
            },
        },
    })
}

pub(crate) fn schema() -> Schema {
    support::schema(&document())
}

pub(crate) struct House {
    pub(crate) account: Account,
    pub(crate) keys: u64,
}

impl House {
    /// An account with one administrator, `olivia`, whose key is number 1.
    pub(crate) fn founded(schema: &Schema) -> Self {
        let founded = Account::create(schema, "a1", "olivia", &operator_key(1), at(NOW)).into_result().unwrap();
        Self { account: founded.account().clone(), keys: 1 }
    }

    /// Roles, operators and tokens of every sort that the tables need.
    pub(crate) fn furnished() -> Self {
        let mut house = Self::founded(&schema());
        let manages = ["accessTokens:*", "operatorAccess:*", "products:read,list"];
        for (id, permissions) in [
            ("inspector", &["products:read,list"][..]),
            ("editor", &["products:*"]),
            ("manager", &manages),
            ("x", &["products:read"]),
            ("y", &["places:read"]),
        ] {
            house.done("olivia", |acting| acting.create_role(role(id, permissions)));
        }
        for (id, roles, conditions) in [
            ("bob", &["admin"][..], &[][..]),
            ("cara", &["admin"], &["brand:a"]),
            ("manny", &["manager"], &[]),
            ("brenda", &["manager"], &["brand:a", "brand:b"]),
            ("xavier", &["manager", "x", "y"], &["accessPolicyId:x"]),
            ("steve", &["manager", "y"], &["site:1"]),
            ("frank", &[], &[]),
        ] {
            house.invite("olivia", id, &grant(roles, conditions));
        }
        house.token("olivia", "t1", &grant(&["inspector"], &[]));
        house.token("olivia", "tx", &grant(&["x"], &["accessPolicyId:x"]));
        house.token("olivia", "t0", &grant(&[], &[]));
        house
    }

    pub(crate) fn next_key(&mut self) -> u64 {
        self.keys += 1;
        self.keys
    }

    pub(crate) fn record(&self, actor: &str) -> &KeyRecord {
        self.account.actor(actor).unwrap_or_else(|| panic!("no `{actor}`"))
    }

    pub(crate) fn key(&self, actor: &str) -> KeyId {
        self.record(actor).id()
    }

    pub(crate) fn acting(&self, actor: &str) -> Acting<'_> {
        self.account.acting(self.record(actor), at(NOW))
    }

    /// What must go well.
    pub(crate) fn done(&mut self, actor: &str, what: impl FnOnce(&Acting<'_>) -> Attempt) {
        let attempt = what(&self.acting(actor));
        assert_eq!(*attempt.audit().outcome(), Outcome::Done);
        let change = attempt.into_result().unwrap();
        assert_eq!((change.expected(), change.account().version()), (self.account.version(), change.expected() + 1));
        self.account = change.account().clone();
    }

    pub(crate) fn invite(&mut self, actor: &str, operator: &str, grant: &Grant) {
        let key = operator_key(self.next_key());
        self.done(actor, |acting| acting.invite(operator, grant, &key));
    }

    pub(crate) fn token(&mut self, actor: &str, token: &str, grant: &Grant) {
        let key = token_key(self.next_key());
        self.done(actor, |acting| acting.create_token(token, grant, &key, None));
    }

    /// Another state of the account, in which one record was changed behind its back.
    pub(crate) fn with_record(&self, actor: &str, change: impl Fn(KeyRecord) -> KeyRecord) -> Self {
        let key = self.key(actor);
        let records = self.account.records().cloned();
        let records = records.map(|record| if record.id() == key { change(record) } else { record });
        let account = Account::load(self.account.roles().clone(), self.account.version(), records).unwrap();
        Self { account, keys: self.keys }
    }
}

/// The refusal of what must be refused, with what must hold of each refusal.
pub(crate) fn refusal(note: &str, attempt: Attempt) -> AdministrationError {
    let audit = attempt.audit().clone();
    let refused = attempt.into_result().map(|change| change.keys().to_vec());
    let error = refused.expect_err(note);
    let outcome = Outcome::Refused { code: error.code(), reason: error.to_string().into() };
    assert_eq!(*audit.outcome(), outcome, "{note}");
    assert_eq!(audit.before(), audit.after(), "{note}: a refused attempt changes nothing");
    error
}

pub(crate) fn assert_refused(note: &str, attempt: Attempt, (code, status, message): (&str, u16, &str)) {
    let error = refusal(note, attempt);
    assert_eq!((error.code(), error.status(), &*error.to_string()), (code, status, message), "{note}");
}

pub(crate) fn assert_done(note: &str, attempt: Attempt) {
    if let Err(refused) = attempt.into_result() {
        panic!("{note}: {refused}");
    }
}
