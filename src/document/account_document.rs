//! The documents of one account.

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::ops::Deref;

use serde::{Serialize, Serializer};

use super::known_fields;
use crate::{
    condition::Condition,
    grant::Grant,
    json::{DocumentError, DocumentProblem, JsonObject, Node, Object, Place, deserialize_as_document},
    permission::Permission,
    text,
};

/// An account and its documents.
///
/// A list of documents may be left out; it is then empty. The lists that decide what someone may do are required: the
/// `permissions` of an access policy, and the `policies` and `conditions` of an operator access or an access token.
/// Write `[]` if there are none. In place of these two there may be `assignments`, a list of objects with both; `[]` allows
/// nothing.
///
/// ```
/// use keyward::document::AccountDocument;
///
/// let account: AccountDocument = serde_json::from_str(
///     r#"{
///         "id": "acme",
///         "accessPolicies": [{"id": "inspector", "permissions": ["products:read"], "tags": ["x"]}],
///         "accessTokens": [{"id": "t1", "policies": ["inspector"], "conditions": ["brand:a"]}]
///     }"#,
/// )?;
/// assert_eq!(account.access_policies[0].permissions[0].to_string(), "products:read");
/// assert_eq!(account.access_tokens[0].grant.assignments()[0].conditions()[0].value(), Some("a"));
/// assert!(serde_json::to_string(&account)?.contains(r#""tags":["x"]"#));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AccountDocument {
    /// The account's id.
    pub id: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its roles.
    pub access_policies: Vec<AccessPolicyDocument>,
    /// Its operators.
    pub operator_access: Vec<ActorDocument>,
    /// Its access tokens.
    pub access_tokens: Vec<ActorDocument>,
    /// The other fields: kept as they are, and not used by decisions.
    #[serde(flatten)]
    pub extra: JsonObject,
}

/// A role as the platform writes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AccessPolicyDocument {
    /// The role's id.
    pub id: String,
    /// Its name, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it grants.
    pub permissions: Vec<Permission>,
    /// The other fields: kept as they are, and not used by decisions.
    #[serde(flatten)]
    pub extra: JsonObject,
}

/// Whether an actor is a person or a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "`guide::model` has these two kinds of actor")]
pub enum ActorKind {
    /// An owner or collaborator of the account.
    Operator,
    /// A service, or an anonymous user behind it.
    AccessToken,
}

/// An operator access or an access token as the platform writes it: roles and conditions.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ActorDocument {
    /// The id by which a request names the actor.
    pub id: String,
    /// Of an operator access, the operator's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// Of an operator access, the operator's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The name, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its `policies` and `conditions`, or its `assignments` of both.
    #[serde(flatten)]
    pub grant: GrantDocument,
    /// The other fields: kept as they are, and not used by decisions.
    #[serde(flatten)]
    pub extra: JsonObject,
}

/// A grant in the platform's words: `policies` and `conditions`, or a list of `assignments`, each with both.
///
/// ```
/// use keyward::{Grant, document::GrantDocument};
///
/// let grant = Grant::new().role("reader").or().role("editor").condition("owner:alice")?;
/// assert_eq!(
///     serde_json::to_value(GrantDocument::from(grant))?,
///     serde_json::json!({"assignments": [
///         {"policies": ["reader"], "conditions": []},
///         {"policies": ["editor"], "conditions": ["owner:alice"]},
///     ]}),
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantDocument {
    grant: Grant,
    as_list: bool,
}

/// One assignment is written without a list.
impl From<Grant> for GrantDocument {
    fn from(grant: Grant) -> Self {
        Self { grant, as_list: false }
    }
}

impl Deref for GrantDocument {
    type Target = Grant;

    fn deref(&self) -> &Grant {
        &self.grant
    }
}

/// With the platform's names.
impl Serialize for GrantDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> core::result::Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Written<'a> {
            policies: Vec<&'a str>,
            conditions: &'a [Condition],
        }
        let all: Vec<Written<'_>> = self
            .grant
            .assignments()
            .iter()
            .map(|of| Written { policies: of.roles().collect(), conditions: of.conditions() })
            .collect();
        match all.as_slice() {
            [only] if !self.as_list => only.serialize(serializer),
            _ => serializer.collect_map([("assignments", all)]),
        }
    }
}

type Result<T> = core::result::Result<T, DocumentError>;

impl AccountDocument {
    pub(super) fn read(node: Node<'_>) -> Result<Self> {
        let read = ["id", "name", "accessPolicies", "operatorAccess", "accessTokens"];
        let (fields, extra) = known_fields::read(&node, &read, &known_fields::ACCOUNT)?;
        Ok(Self {
            id: id(fields.required("id")?)?,
            name: fields.optional_text("name")?,
            access_policies: list_or_none(fields.optional("accessPolicies"), AccessPolicyDocument::read)?,
            operator_access: list_or_none(fields.optional("operatorAccess"), |node| {
                ActorDocument::read(node, ActorKind::Operator)
            })?,
            access_tokens: list_or_none(fields.optional("accessTokens"), |node| {
                ActorDocument::read(node, ActorKind::AccessToken)
            })?,
            extra,
        })
    }
}

impl AccessPolicyDocument {
    fn read(node: Node<'_>) -> Result<Self> {
        let (fields, extra) = known_fields::read(&node, &["id", "name", "permissions"], &known_fields::POLICY)?;
        Ok(Self {
            id: id(fields.required("id")?)?,
            name: fields.optional_text("name")?,
            permissions: list(fields.required("permissions")?, |node| {
                node.text()?.parse().map_err(|error: text::TextError| node.place.invalid(error))
            })?,
            extra,
        })
    }
}

impl ActorDocument {
    fn read(node: Node<'_>, kind: ActorKind) -> Result<Self> {
        let read: &[&'static str] = match kind {
            ActorKind::Operator => &["id", "operator", "email", "name", "policies", "conditions", "assignments"],
            ActorKind::AccessToken => &["id", "name", "policies", "conditions", "assignments"],
        };
        let (fields, extra) = known_fields::read(&node, read, &known_fields::ACTOR)?;
        Ok(Self {
            id: id(fields.required("id")?)?,
            operator: fields.optional_text("operator")?,
            email: fields.optional_text("email")?,
            name: fields.optional_text("name")?,
            grant: GrantDocument::read(fields)?,
            extra,
        })
    }
}

impl GrantDocument {
    fn read(fields: Object<'_>) -> Result<Self> {
        let (grant, as_list) = Grant::read(fields, "policies")?;
        Ok(Self { grant, as_list })
    }

    pub(super) fn is_list(&self) -> bool {
        self.as_list
    }

    /// The place of an assignment in the document of an actor that stands at `place`.
    pub(super) fn place_of<T>(&self, index: usize, place: &Place<'_>, at: impl FnOnce(&Place<'_>) -> T) -> T {
        if self.as_list { at(&Place::Index(&Place::Key(place, "assignments"), index)) } else { at(place) }
    }
}

fn id(node: Node<'_>) -> Result<String> {
    let id = node.text()?;
    text::ID.check(id).map_err(|error| node.place.invalid(error))?;
    Ok(id.to_owned())
}

/// A list that says what someone may do. It is required: if a missing list counted as empty, missing conditions would
/// allow the whole account.
fn list<T>(node: Node<'_>, read: impl Fn(Node<'_>) -> Result<T>) -> Result<Vec<T>> {
    node.elements()?.map(read).collect()
}

/// A list of documents. If it is left out there are none, which allows nobody anything.
fn list_or_none<T>(node: Option<Node<'_>>, read: impl Fn(Node<'_>) -> Result<T>) -> Result<Vec<T>> {
    node.map_or_else(|| Ok(Vec::new()), |node| list(node, read))
}

/// Refuses an id that is twice in a list of documents.
pub(super) fn refuse_duplicates<'a>(ids: impl Iterator<Item = (&'a str, Place<'a>)>, what: &'static str) -> Result<()> {
    let mut seen = alloc::collections::BTreeSet::new();
    for (id, place) in ids {
        if !seen.insert(id) {
            return Err(place.refuse(DocumentProblem::duplicate(what, id)));
        }
    }
    Ok(())
}

deserialize_as_document!(AccountDocument);
