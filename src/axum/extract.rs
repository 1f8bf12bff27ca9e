//! What handlers take, and what they answer.

use alloc::string::ToString;
use core::fmt;

use ::axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use ::http::request::Parts;

use crate::{
    decision::{Denial, Forbidden},
    filter::ListError,
    http::Refused,
    tower::{Caller, Mark},
};

/// The caller whom a [`Guard`](crate::tower::Guard) let in. Where no guard stands before the handler the answer is 500:
/// nobody is let in by mistake, and a guard around the router reports it.
impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts.extensions.get().cloned().ok_or_else(|| {
            let refused = Refused::new(500, "internal", "internal error");
            marked(&refused, Mark::NoCaller(refused.clone()))
        })
    }
}

/// The status and the document. The guard around the handler adds the challenge, and reports it. What it was made from
/// isn't known any more: return a [`Forbidden`] or a [`ListError`] as it is, and its values are reported, too.
impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        marked(&self, Mark::Refused(self.clone()))
    }
}

/// As [`Refused`] says it, without values: 403, or 404 for another account's resource. The guard around the handler adds
/// the challenge, and reports the denial with its values.
impl IntoResponse for Forbidden {
    fn into_response(self) -> Response {
        marked(&Refused::from(&self), Mark::Forbidden(self))
    }
}

/// As [`Forbidden`].
impl IntoResponse for Denial<'_> {
    fn into_response(self) -> Response {
        Forbidden::from(self).into_response()
    }
}

/// A denial as [`Forbidden`]. A mapping that doesn't fit is answered with 500, and the guard around the handler reports it.
impl<E: fmt::Display> IntoResponse for ListError<E> {
    fn into_response(self) -> Response {
        let refused = Refused::from(&self);
        match self {
            Self::Denied(denied) => denied.into_response(),
            Self::Mapping(error) => marked(&refused, Mark::ListFailed(refused.clone(), error.to_string().into())),
        }
    }
}

/// The answer where there is no route.
pub(super) fn unrouted(refused: &Refused) -> Response {
    marked(refused, Mark::Unrouted(refused.clone()))
}

fn marked(refused: &Refused, mark: Mark) -> Response {
    let mut response = refused.to_unchallenged().into_response();
    response.extensions_mut().insert(mark);
    response
}
