//! The routes. One that doesn't say what it needs, or needs what the schema doesn't have, keeps the service from
//! starting.

use std::collections::BTreeSet;

use keyward::{
    Schema,
    http::{Target, operation},
    text::UnknownName,
};

use crate::{
    call::{Answer, Call},
    guard::{Caller, Needs},
    service::Service,
};

/// What a guarded route does.
pub type Handler = fn(&Service, &Caller, &Call) -> Answer;

/// What a route says that it needs.
#[derive(Clone, Copy, Debug)]
enum Declared {
    Nothing,
    Method(&'static str, Target),
    Permission(&'static str, &'static str),
    Key,
}

/// What a route does.
#[derive(Clone, Copy, Debug)]
pub enum Act {
    /// Anyone may have this.
    Public(fn(&Service) -> Answer),
    /// Behind the guard.
    Guarded(Needs, Handler),
}

/// A route as it is declared.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    method: &'static str,
    path: &'static str,
    declared: Declared,
    administers: bool,
    act: Result<fn(&Service) -> Answer, Handler>,
}

impl Route {
    /// A route that hasn't said yet what it needs.
    pub fn new(method: &'static str, path: &'static str, handler: Handler) -> Self {
        Self { method, path, declared: Declared::Nothing, administers: false, act: Err(handler) }
    }

    /// A page or a script: needs no key.
    pub fn public(path: &'static str, reply: fn(&Service) -> Answer) -> Self {
        Self { method: "GET", path, declared: Declared::Nothing, administers: false, act: Ok(reply) }
    }

    /// Needs the operation that the method asks for on one resource of this type.
    #[must_use]
    pub fn item(self, resource: &'static str) -> Self {
        Self { declared: Declared::Method(resource, Target::Item), ..self }
    }

    /// Needs the operation that the method asks for on the collection of this type.
    #[must_use]
    pub fn collection(self, resource: &'static str) -> Self {
        Self { declared: Declared::Method(resource, Target::Collection), ..self }
    }

    /// Needs this operation on this type.
    #[must_use]
    pub fn permission(self, resource: &'static str, operation: &'static str) -> Self {
        Self { declared: Declared::Permission(resource, operation), ..self }
    }

    /// Needs a good key and no permission: what it shows or changes is the caller's own.
    #[must_use]
    pub fn key(self) -> Self {
        Self { declared: Declared::Key, ..self }
    }

    /// Looks at a whole account, or changes one: it takes turns with the others that do, and keeps nobody else waiting.
    #[must_use]
    pub fn administers(self) -> Self {
        Self { administers: true, ..self }
    }

    fn check(self, schema: &Schema) -> Result<Checked, RouteProblem> {
        let Self { method, path, declared, administers, act } = self;
        if !path.starts_with('/') {
            return Err(RouteProblem::Path);
        }
        let handler = match act {
            Ok(reply) => return Ok(Checked { method, path, administers, act: Act::Public(reply) }),
            Err(handler) => handler,
        };
        let needs = match declared {
            Declared::Nothing => return Err(RouteProblem::Undeclared),
            Declared::Key => Needs::Key,
            Declared::Permission(resource, name) => {
                let known = schema.resource_type(resource)?;
                Needs::Permission(known, offered(schema, resource, name)?)
            }
            Declared::Method(resource, target) => {
                let asked = operation(method, target).ok_or(RouteProblem::NoOperation)?;
                let name = schema.operation_name(asked);
                Needs::Permission(schema.resource_type(resource)?, offered(schema, resource, name)?)
            }
        };
        Ok(Checked { method, path, administers, act: Act::Guarded(needs, handler) })
    }
}

/// The operation, provided that the type has it.
fn offered(schema: &Schema, resource: &'static str, name: &str) -> Result<keyward::Operation, RouteProblem> {
    let operation = schema.operation(name)?;
    let of_type = schema.resource_type(resource)?;
    if schema.operations(of_type).any(|offered| offered == name) {
        Ok(operation)
    } else {
        Err(RouteProblem::NotOffered { resource, operation: name.into() })
    }
}

/// A route that may be served.
#[derive(Clone, Copy, Debug)]
pub struct Checked {
    /// The method.
    pub method: &'static str,
    /// The path, with `{name}` where one segment is a parameter.
    pub path: &'static str,
    /// Whether it takes turns with the others that administer an account.
    pub administers: bool,
    /// What it does, behind what.
    pub act: Act,
}

/// Checks every route against the schema.
///
/// # Errors
///
/// [`RouteError`] for the first that declares nothing, that needs a type or an operation that the schema doesn't
/// have, or that is there twice.
pub fn check(routes: &[Route], schema: &Schema) -> Result<Vec<Checked>, RouteError> {
    let mut seen = BTreeSet::new();
    let check = |route: &Route| {
        let &Route { method, path, .. } = route;
        let fresh = seen.insert((method, path));
        let checked = if fresh { route.check(schema) } else { Err(RouteProblem::Twice) };
        checked.map_err(|problem| RouteError { method, path, problem })
    };
    routes.iter().map(check).collect()
}

/// A route with which the service doesn't start.
#[derive(Debug, thiserror::Error)]
#[error("route `{method} {path}`: {problem}")]
pub struct RouteError {
    method: &'static str,
    path: &'static str,
    problem: RouteProblem,
}

/// What is wrong with a route.
#[derive(Debug, thiserror::Error)]
pub enum RouteProblem {
    /// It says nothing of what it needs.
    #[error("declares no permission")]
    Undeclared,
    /// It needs what the schema doesn't have.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
    /// The type has no such operation.
    #[error("`{resource}` has no operation `{operation}`")]
    NotOffered {
        /// The type.
        resource: &'static str,
        /// The operation.
        operation: Box<str>,
    },
    /// Its method asks for nothing that such a path has.
    #[error("the method asks for no operation here; name one")]
    NoOperation,
    /// Its path doesn't begin with a slash.
    #[error("the path doesn't begin with `/`")]
    Path,
    /// It is there twice.
    #[error("is declared twice")]
    Twice,
}
