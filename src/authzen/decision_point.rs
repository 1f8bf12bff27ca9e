//! The host's table: which action on which type is which operation.

use alloc::{boxed::Box, collections::BTreeMap};

use crate::{
    json::{DocumentError, Node},
    permission::Permission,
    schema::{Operation, ResourceType, Schema},
    text::{TextError, UnknownName, excerpt},
};

/// A decision point: it answers questions by a table of the host's, which says what the callers' actions are in the schema.
///
/// ```
/// use keyward::{authzen::{AccountWorld, DecisionPoint, Evaluation}, document::{ActorKind, Directory}};
///
/// let directory = Directory::from_json(
///     r#"{
///         "schema": {"resources": {"todos": {}}, "conditions": {"owner": {"restricts": {"todos": "ownerID"}}}},
///         "accounts": [{
///             "id": "citadel",
///             "accessPolicies": [{"id": "editor", "permissions": ["todos:update"]}],
///             "operatorAccess": [{"id": "morty", "policies": ["editor"], "conditions": [{"name": "owner", "value": "morty"}]}]
///         }]
///     }"#,
/// )?;
/// let point = DecisionPoint::new(directory.schema()).with("todo", "can_update_todo", "todos:update")?;
/// let people = [("user", ActorKind::Operator)];
/// let world = AccountWorld::of_directory(&directory, "citadel", &people)?;
///
/// let asked = Evaluation::from_json(
///     r#"{
///         "subject": {"type": "user", "id": "morty"},
///         "action": {"name": "can_update_todo"},
///         "resource": {"type": "todo", "id": "7240d0db", "properties": {"ownerID": "rick"}}
///     }"#,
/// )?;
/// let Ok(answer) = point.evaluate(&world, &asked);
/// assert_eq!(
///     serde_json::to_string(&answer)?,
///     r#"{"decision":false,"context":{"reason":"condition_unmet","reason_user":{"403":"condition `owner` is not met"}}}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A condition may read what the question says of the subject and of the action: they are the objects `subject` and `action` of the
/// context. So `{"softly": {"context": ["action", "soft"]}}` in a schema makes a condition of the action's property `soft`.
#[derive(Clone, Debug)]
pub struct DecisionPoint {
    pub(super) schema: Schema,
    rows: BTreeMap<Box<str>, BTreeMap<Box<str>, Row>>,
    pub(super) tells_in_full: bool,
}

/// What an action on a type is in the schema.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) resource: ResourceType,
    pub(super) operation: Operation,
}

impl DecisionPoint {
    /// One that knows no action yet.
    pub fn new(schema: &Schema) -> Self {
        Self { schema: schema.clone(), rows: BTreeMap::new(), tells_in_full: false }
    }

    /// One that knows the schema's own names: each type, and its operations as actions.
    pub fn of_schema(schema: &Schema) -> Self {
        let mut point = Self::new(schema);
        for resource in schema.resource_types() {
            let actions = schema.operations(resource).filter_map(|name| {
                let operation = schema.operation(name).ok()?;
                Some((name.into(), Row { resource, operation }))
            });
            point.rows.insert(schema.type_name(resource).into(), actions.collect());
        }
        point
    }

    /// Reads the table from the text of a document: by types, and for each by actions, the permission that it is.
    ///
    /// # Errors
    ///
    /// [`DocumentError`], with line, column and path: for a text that [`Json::parse`](crate::json::Json::parse) refuses, and for a
    /// permission that is none, is of several operations, or that the schema doesn't have.
    ///
    /// ```
    /// use keyward::{Schema, authzen::DecisionPoint};
    ///
    /// let schema = Schema::builder().resource("todos").build()?;
    /// let table = r#"{"todo": {"can_read_todos": "todos:list", "can_create_todo": "todos:craete"}}"#;
    /// assert_eq!(
    ///     DecisionPoint::from_json(&schema, table).unwrap_err().to_string(),
    ///     "line 1, column 62, $.todo.can_create_todo: unknown operation `craete`; did you mean `create`?",
    /// );
    /// # Ok::<(), keyward::schema::SchemaError>(())
    /// ```
    pub fn from_json(schema: &Schema, table: &str) -> Result<Self, DocumentError> {
        Node::of_text(table, |node| {
            let mut point = Self::new(schema);
            for (kind, actions) in node.members()? {
                for (action, permission) in actions.members()? {
                    let row = point.row(permission.text()?).map_err(|error| permission.place.invalid(error))?;
                    point.rows.entry(kind.into()).or_default().insert(action.into(), row);
                }
            }
            Ok(point)
        })
    }

    /// The same, with one action more: on what callers call `kind`, their `action` is this permission, `todos:list`.
    ///
    /// # Errors
    ///
    /// [`TableError`] for a permission that is none, is of several operations, or that the schema doesn't have, and for an action
    /// that the type has already.
    pub fn with(mut self, kind: &str, action: &str, permission: &str) -> Result<Self, TableError> {
        let row = self.row(permission)?;
        match self.rows.entry(kind.into()).or_default().insert(action.into(), row) {
            None => Ok(self),
            Some(_) => Err(TableError::Twice { kind: excerpt(kind).into(), action: excerpt(action).into() }),
        }
    }

    /// The same, with answers that tell the reason in full, too: which value was found, and which are accepted. For callers
    /// who may know that.
    #[must_use]
    pub fn telling_in_full(self) -> Self {
        Self { tells_in_full: true, ..self }
    }

    fn row(&self, permission: &str) -> Result<Row, TableError> {
        let permission: Permission = permission.parse()?;
        let resource = self.schema.type_of(&permission)?;
        let mut operations = permission.operations();
        let (Some(name), None, false) = (operations.next(), operations.next(), permission.is_every_operation()) else {
            return Err(TableError::Several(permission.clone()));
        };
        if !self.schema.operations(resource).any(|offered| offered == name) {
            return Err(self.schema.unknown_operation(resource, name).into());
        }
        Ok(Row { resource, operation: self.schema.operation(name)? })
    }

    pub(super) fn find(&self, kind: &str, action: &str) -> Option<Row> {
        self.rows.get(kind)?.get(action).copied()
    }

    /// The actions on a type, in the order of their names.
    pub(super) fn actions(&self, kind: &str) -> impl Iterator<Item = (&str, Row)> {
        self.rows.get(kind).into_iter().flatten().map(|(action, row)| (&**action, *row))
    }
}

/// A row of the table that can't be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// What should be a permission is none.
    #[error(transparent)]
    Text(#[from] TextError),
    /// The schema doesn't have it.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
    /// It is of several operations.
    #[error("an action is one operation, and `{0}` are several")]
    Several(Permission),
    /// The action is there already.
    #[error("the action `{action}` on `{kind}` is there twice")]
    Twice {
        /// The type, as callers call it.
        kind: Box<str>,
        /// The action.
        action: Box<str>,
    },
}
