//! A schema and accounts: all that is needed to answer requests, loaded as a whole or not at all.

use alloc::{boxed::Box, collections::BTreeMap, vec::Vec};

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::account_document::{AccountDocument, ActorDocument, ActorKind, refuse_duplicates};
use crate::{
    access::{Access, AccessError, UnknownRole},
    json::{DocumentError, DocumentProblem, Node, Place, deserialize_as_document},
    role::{Role, RoleError, Roles},
    schema::Schema,
    text::UnknownName,
};

/// A schema and the accounts that live under it, with the access of every actor compiled.
///
/// ```
/// use keyward::{Operation, ResourceView, document::Directory};
///
/// let directory = Directory::from_json(
///     r#"{
///         "schema": {
///             "resources": {"products": {}},
///             "conditions": {"productBrand": {"restricts": {"products": "brand"}}}
///         },
///         "accounts": [{
///             "id": "acme",
///             "accessPolicies": [{"id": "inspector", "permissions": ["products:read,list"]}],
///             "accessTokens": [{"id": "t1", "policies": ["inspector"], "conditions": ["productBrand:brand_one"]}]
///         }]
///     }"#,
/// )?;
/// let product = serde_json::json!({"brand": "brand_two"});
/// let product = ResourceView::new("products", "acme", &product);
/// assert!(!directory.actor("t1")?.access.decide(Operation::READ, &product).is_allow());
/// assert_eq!(
///     directory.actor("t2").unwrap_err().to_string(),
///     "unknown actor `t2`; did you mean `t1`?",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Directory {
    schema: Schema,
    accounts: Vec<(AccountDocument, Roles)>,
    /// Ids come from documents: an ordered map has no hash that they could flood.
    actors: BTreeMap<Box<str>, Actor>,
}

/// Who acts in a directory.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Actor {
    /// Operator or access token.
    pub kind: ActorKind,
    /// What it may do.
    pub access: Access,
}

type Result<T> = core::result::Result<T, DocumentError>;

impl Directory {
    /// Reads a directory from the text of its document, an object of `schema` and `accounts`.
    ///
    /// # Errors
    ///
    /// [`DocumentError`], with line, column and path, for:
    ///
    /// - a text that [`Json::parse`](crate::json::Json::parse) refuses;
    /// - an unknown field, a required one that is missing (see [`AccountDocument`]), a value of the wrong kind;
    /// - what [`Schema`], [`Roles`] and [`Access`] refuse: unknown types, operations, condition names and policy ids,
    ///   duplicate ids, conditions and policies, permissions and conditions in another form.
    ///
    /// Ids of accounts and of actors are unique in the directory, ids of policies in their account.
    ///
    /// ```
    /// use keyward::document::Directory;
    ///
    /// let refused = Directory::from_json(
    ///     r#"{"schema": {}, "accounts": [
    ///         {"id": "a", "accessTokens": [{"id": "t", "policies": ["amdin"], "conditions": []}]}
    ///     ]}"#,
    /// )
    /// .unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     "line 2, column 63, $.accounts[0].accessTokens[0].policies[0]: \
    ///      unknown role `amdin`; did you mean `admin`?",
    /// );
    /// ```
    #[cfg(feature = "serde_json")]
    pub fn from_json(text: &str) -> Result<Self> {
        Node::of_text(text, Self::read)
    }

    fn read(node: Node<'_>) -> Result<Self> {
        let fields = node.fields(&["schema", "accounts"])?;
        let schema = Schema::read(fields.required("schema")?)?;
        let accounts = fields.required("accounts")?;
        let mut directory = Self { schema, accounts: Vec::new(), actors: BTreeMap::new() };
        for account in accounts.elements()? {
            let document = AccountDocument::read(account)?;
            directory.add(document, &account.place)?;
        }
        let places = accounts.elements()?.map(|account| account.place);
        let ids = directory.accounts.iter().map(|(document, _)| &*document.id);
        refuse_duplicates(ids.zip(places), "account")?;
        Ok(directory)
    }

    fn add(&mut self, document: AccountDocument, place: &Place<'_>) -> Result<()> {
        let roles = compile_roles(&self.schema, &document, place)?;
        let operators = (&document.operator_access, ActorKind::Operator, "operatorAccess");
        let tokens = (&document.access_tokens, ActorKind::AccessToken, "accessTokens");
        for (actors, kind, field) in [operators, tokens] {
            let list = Place::Key(place, field);
            for (index, actor) in actors.iter().enumerate() {
                let place = Place::Index(&list, index);
                let access = compile_access(&roles, actor, kind, &place)?;
                if self.actors.insert((*actor.id).into(), Actor { kind, access }).is_some() {
                    return Err(place.refuse(DocumentProblem::duplicate("actor", &actor.id)));
                }
            }
        }
        self.accounts.push((document, roles));
        Ok(())
    }

    /// The schema.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The accounts with their compiled roles, in the order of the document.
    pub fn accounts(&self) -> impl ExactSizeIterator<Item = (&AccountDocument, &Roles)> {
        self.accounts.iter().map(|(document, roles)| (document, roles))
    }

    /// The actor with this id.
    ///
    /// # Errors
    ///
    /// [`UnknownName`] for an id that no operator access and no access token has; it tells the nearest.
    pub fn actor(&self, id: &str) -> core::result::Result<&Actor, UnknownName> {
        self.actors.get(id).ok_or_else(|| UnknownName::unlisted("actor", id, self.actors.keys()))
    }

    /// The actors in the order of their ids.
    pub fn actors(&self) -> impl ExactSizeIterator<Item = (&str, &Actor)> {
        self.actors.iter().map(|(id, actor)| (&**id, actor))
    }
}

fn compile_roles(schema: &Schema, document: &AccountDocument, place: &Place<'_>) -> Result<Roles> {
    let roles = Roles::new(schema, &document.id).map_err(|error| Place::Key(place, "id").invalid(error))?;
    let list = Place::Key(place, "accessPolicies");
    let ids = document.access_policies.iter().enumerate();
    refuse_duplicates(ids.map(|(index, policy)| (&*policy.id, Place::Index(&list, index))), "access policy")?;
    let mut compiled = Vec::new();
    for (index, policy) in document.access_policies.iter().enumerate() {
        let place = Place::Index(&list, index);
        let role = Role::new(&policy.id, policy.permissions.iter().cloned()).map_err(|error| place.invalid(error))?;
        roles.check(&role).map_err(|error| match &error {
            RoleError::Permission { permission, cause, .. } => {
                let permissions = Place::Key(&place, "permissions");
                let index = policy.permissions.iter().position(|other| other == permission).unwrap_or_default();
                Place::Index(&permissions, index).invalid(cause.clone())
            }
            RoleError::Managed => Place::Key(&place, "id").invalid(error),
            _ => place.invalid(error),
        })?;
        compiled.push(role);
    }
    roles.with_all(compiled).map_err(|error| list.invalid(error))
}

fn compile_access(roles: &Roles, actor: &ActorDocument, kind: ActorKind, place: &Place<'_>) -> Result<Access> {
    let grant = &actor.grant;
    grant.compile(roles, UnknownRole::IsRefused, kind == ActorKind::Operator).map_err(|error| {
        let in_list = |assignment, list, index: usize, error: AccessError| {
            grant.place_of(assignment, place, |place| Place::Index(&Place::Key(place, list), index).invalid(error))
        };
        let in_all = |list, error: AccessError| {
            Place::Key(place, if grant.is_list() { "assignments" } else { list }).invalid(error)
        };
        match error {
            AccessError::UnknownRole { assignment, index, .. }
            | AccessError::DuplicateRole { assignment, index, .. } => in_list(assignment, "policies", index, error),
            AccessError::UnsupportedCondition { assignment, index, .. }
            | AccessError::DuplicateCondition { assignment, index, .. }
            | AccessError::SecondExcept { assignment, index, .. }
            | AccessError::NothingLeft { assignment, index, .. }
            | AccessError::Value { assignment, index, excepted: None, .. } => {
                in_list(assignment, "conditions", index, error)
            }
            AccessError::ExceptedTwice { assignment, index, excepted, .. }
            | AccessError::Value { assignment, index, excepted: Some(excepted), .. } => {
                grant.place_of(assignment, place, |place| {
                    let conditions = Place::Key(place, "conditions");
                    let condition = Place::Index(&conditions, index);
                    let except = Place::Key(&condition, "except");
                    Place::Index(&except, excepted).invalid(error)
                })
            }
            AccessError::TooManyRoles { .. } => in_all("policies", error),
            AccessError::TooManyConditions { .. } => in_all("conditions", error),
            AccessError::TooManyAssignments { .. } => in_all("assignments", error),
            AccessError::DuplicateAssignment { index } => grant.place_of(index, place, |place| place.invalid(error)),
            AccessError::OtherAccount | AccessError::Text(_) => place.invalid(error),
        }
    })
}

deserialize_as_document!(Directory);

impl Serialize for Directory {
    fn serialize<S: Serializer>(&self, serializer: S) -> core::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("schema", &self.schema)?;
        let accounts: Vec<&AccountDocument> = self.accounts().map(|(document, _)| document).collect();
        map.serialize_entry("accounts", &accounts)?;
        map.end()
    }
}
