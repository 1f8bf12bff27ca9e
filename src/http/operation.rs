//! From a request's method to the operation that it asks for.

use crate::schema::Operation;

/// What the path of a request names: one item, or the collection of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a path names one thing or many")]
pub enum Target {
    /// `/products/{id}`
    Item,
    /// `/products`
    Collection,
}

/// The operation that a method asks for, after the conventions of HTTP (RFC 9110, section 9.3).
///
/// | | item | collection |
/// |---|---|---|
/// | `GET`, `HEAD` | read | list |
/// | `POST` | – | create |
/// | `PUT`, `PATCH` | update | – |
/// | `DELETE` | delete | – |
///
/// `None` is for every other method, and for one that its target doesn't have: answer with 405, or declare an
/// operation of your own. Methods are compared with their case, as the standard says (section 9.1): `get` is no method.
///
/// `PUT` is always an update. A host that also creates by `PUT` asks for [`CREATE`](Operation::CREATE) if nothing is
/// stored yet.
///
/// # Examples
///
/// ```
/// use keyward::{Operation, http::{Target, operation}};
///
/// assert_eq!(operation("GET", Target::Item), Some(Operation::READ));
/// assert_eq!(operation("HEAD", Target::Collection), Some(Operation::LIST));
/// assert_eq!(operation("PATCH", Target::Item), Some(Operation::UPDATE));
/// assert_eq!(operation("DELETE", Target::Collection), None);
/// assert_eq!(operation("get", Target::Item), None);
/// ```
pub fn operation(method: &str, target: Target) -> Option<Operation> {
    match (method, target) {
        ("GET" | "HEAD", Target::Item) => Some(Operation::READ),
        ("GET" | "HEAD", Target::Collection) => Some(Operation::LIST),
        ("POST", Target::Collection) => Some(Operation::CREATE),
        ("PUT" | "PATCH", Target::Item) => Some(Operation::UPDATE),
        ("DELETE", Target::Item) => Some(Operation::DELETE),
        _ => None,
    }
}
