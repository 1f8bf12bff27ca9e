//! Which fields each kind of document has, and which of them are only kept.

use crate::json::{DocumentError, JsonObject, Node, Object};

/// What every document of the platform may carry.
pub(super) const COMMON: [&str; 5] = ["createdAt", "updatedAt", "tags", "identifiers", "customFields"];
/// What an account may carry besides its documents.
pub(super) const ACCOUNT: [&str; 4] = ["description", "imageUrl", "tfaRequired", "defaultUrl"];
/// What an access policy may carry besides its permissions.
pub(super) const POLICY: [&str; 3] = ["description", "uiPermissions", "homepage"];
/// What an operator access or an access token may carry besides its policies and conditions.
pub(super) const ACTOR: [&str; 1] = ["description"];

/// The fields of a document: those that are read, those that are kept, and no others.
pub(super) fn read<'a>(
    node: &'a Node<'a>,
    read: &[&'static str],
    kept: &[&'static str],
) -> Result<(Object<'a>, JsonObject), DocumentError> {
    let known: alloc::vec::Vec<&'static str> = read.iter().chain(kept).chain(&COMMON).copied().collect();
    let fields = node.fields(&known)?;
    let kept = node
        .members()?
        .filter(|(name, _)| !read.contains(name))
        .map(|(name, node)| (name.into(), node.json.clone()))
        .collect();
    Ok((fields, kept))
}
