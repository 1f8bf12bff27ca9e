//! Taking a document apart, field by field, with the place of each.

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::error::Error;

use super::{
    document_error::{DocumentError, DocumentProblem},
    place::{JsonPath, Segment},
    tree::{Json, JsonObject},
};
use crate::text::UnknownName;

type Result<T> = core::result::Result<T, DocumentError>;

/// A place in a document, linked to its parent's; a path is made of it only where there is an error.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    Root,
    Key(&'a Place<'a>, &'a str),
    Index(&'a Place<'a>, usize),
}

impl Place<'_> {
    pub(crate) fn path(&self) -> JsonPath {
        let mut segments = Vec::new();
        let mut place = self;
        loop {
            let (parent, segment) = match place {
                Self::Root => break,
                Self::Key(parent, key) => (parent, Segment::Key((*key).to_owned())),
                Self::Index(parent, index) => (parent, Segment::Index(*index)),
            };
            segments.push(segment);
            place = parent;
        }
        segments.reverse();
        JsonPath(segments)
    }

    pub(crate) fn refuse(&self, problem: DocumentProblem) -> DocumentError {
        DocumentError::new(self.path(), problem)
    }

    pub(crate) fn invalid(&self, error: impl Error + Send + Sync + 'static) -> DocumentError {
        self.refuse(DocumentProblem::invalid(error))
    }
}

/// One value of a document and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Node<'a> {
    pub(crate) json: &'a Json,
    pub(crate) place: Place<'a>,
}

impl<'a> Node<'a> {
    pub(crate) fn root(json: &'a Json) -> Self {
        Self { json, place: Place::Root }
    }

    pub(crate) fn refuse_kind(&self, wanted: &'static str) -> DocumentError {
        self.place.refuse(DocumentProblem::Kind { wanted, found: kind(self.json) })
    }

    pub(crate) fn text(&self) -> Result<&'a str> {
        match self.json {
            Json::Text(text) => Ok(text),
            _ => Err(self.refuse_kind("a string")),
        }
    }

    pub(crate) fn elements(&self) -> Result<impl ExactSizeIterator<Item = Node<'_>>> {
        match self.json {
            Json::List(list) => {
                Ok(list.iter().enumerate().map(|(index, json)| Node { json, place: Place::Index(&self.place, index) }))
            }
            _ => Err(self.refuse_kind("an array")),
        }
    }

    pub(crate) fn members(&self) -> Result<impl Iterator<Item = (&'a str, Node<'_>)>> {
        let place = &self.place;
        Ok(self.object()?.iter().map(move |(key, json)| (&**key, Node { json, place: Place::Key(place, key) })))
    }

    pub(crate) fn object(&self) -> Result<&'a JsonObject> {
        self.json.as_object().ok_or_else(|| self.refuse_kind("an object"))
    }

    /// The fields of an object that may have `known` fields and no others.
    pub(crate) fn fields(&'a self, known: &[&'static str]) -> Result<Object<'a>> {
        let members = self.object()?;
        if let Some(key) = members.keys().find(|key| !known.contains(&&***key)) {
            let unknown = UnknownName::new("field", key, known);
            return Err(Place::Key(&self.place, key).refuse(DocumentProblem::UnknownField(unknown)));
        }
        Ok(Object { members, place: &self.place })
    }

    /// The fields of an object that may have others, too, which say nothing.
    #[cfg(feature = "authzen")]
    pub(crate) fn open_fields(&'a self) -> Result<Object<'a>> {
        Ok(Object { members: self.object()?, place: &self.place })
    }
}

/// Reads a kind of document, which has a `read` from a [`Node`], by way of `serde`.
macro_rules! deserialize_as_document {
    ($document:ty) => {
        impl<'de> serde::Deserialize<'de> for $document {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> core::result::Result<Self, D::Error> {
                let json = $crate::json::Json::deserialize(deserializer)?;
                Self::read($crate::json::Node::root(&json)).map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(crate) use deserialize_as_document;

/// An object of which fields are read by name.
#[derive(Clone, Copy)]
pub(crate) struct Object<'a> {
    members: &'a JsonObject,
    pub(crate) place: &'a Place<'a>,
}

impl<'a> Object<'a> {
    pub(crate) fn optional(&self, field: &'static str) -> Option<Node<'a>> {
        self.members.get(field).map(|json| Node { json, place: Place::Key(self.place, field) })
    }

    pub(crate) fn required(&self, field: &'static str) -> Result<Node<'a>> {
        self.optional(field).ok_or_else(|| self.place.refuse(DocumentProblem::MissingField(field)))
    }

    pub(crate) fn optional_text(&self, field: &'static str) -> Result<Option<String>> {
        let text = |node: Node<'_>| match node.json {
            Json::Null => Err(node.refuse_kind("a string or no field at all")),
            _ => node.text().map(ToOwned::to_owned),
        };
        self.optional(field).map(text).transpose()
    }
}

fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Boolean(_) => "a boolean",
        Json::Integer(_) | Json::Float(_) => "a number",
        Json::Text(_) => "a string",
        Json::List(_) => "an array",
        Json::Object(_) => "an object",
    }
}
