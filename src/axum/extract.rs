//! What handlers take, and what they answer.

use alloc::sync::Arc;
use core::error::Error;

use ::axum::{
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use ::http::request::Parts;

use crate::{
    administration::{AccountsError, SqliteError},
    decision::{Denial, Forbidden},
    filter::ListError,
    http::Refused,
    key::EntropyError,
    tower::{Caller, Mark},
};

/// The caller whom a [`Guard`](crate::tower::Guard) let in. Where no guard stands before the handler the answer is 500:
/// nobody is let in by mistake, and a guard around the router reports it.
impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        parts.extensions.get().cloned().ok_or_else(|| {
            let refused = Refused::internal();
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

/// The denial as any other; 500 for a mapping, which the guard around the handler reports.
impl<E: Error + Send + Sync + 'static> IntoResponse for ListError<E> {
    fn into_response(self) -> Response {
        match self {
            Self::Denied(denied) => denied.into_response(),
            Self::Mapping(error) => ServerError::from(error).into_response(),
        }
    }
}

/// The answer where there is no route.
pub(super) fn unrouted(refused: &Refused) -> Response {
    marked(refused, Mark::Unrouted(refused.clone()))
}

/// As [`Refused`] says it. The guard around the handler reports a store that failed.
impl<E: Error + Send + Sync + 'static> IntoResponse for AccountsError<E> {
    fn into_response(self) -> Response {
        let refused = Refused::from(&self);
        if self.status() < 500 { refused.into_response() } else { failed(refused, Arc::new(self)) }
    }
}

/// 500, which the guard around the handler reports.
impl IntoResponse for EntropyError {
    fn into_response(self) -> Response {
        ServerError::from(self).into_response()
    }
}

/// 500, which the guard around the handler reports.
impl<E: Error + Send + Sync + 'static> IntoResponse for SqliteError<E> {
    fn into_response(self) -> Response {
        ServerError::from(self).into_response()
    }
}

/// Any other error of the host's, as a response: 500 for the caller, who isn't told more. The guard around the handler
/// reports the error itself ([`Event::Failed`](crate::tower::Event::Failed)).
///
/// ```
/// use keyward::axum::ServerError;
///
/// async fn count() -> Result<String, ServerError> {
///     let text = std::fs::read_to_string("/var/lib/products/count")?;
///     Ok(text.trim().parse::<u64>()?.to_string())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct ServerError(Arc<dyn Error + Send + Sync>);

impl<E: Error + Send + Sync + 'static> From<E> for ServerError {
    fn from(cause: E) -> Self {
        Self(Arc::new(cause))
    }
}

impl IntoResponse for ServerError {
    fn into_response(self) -> Response {
        failed(Refused::internal(), self.0)
    }
}

fn failed(refused: Refused, cause: Arc<dyn Error + Send + Sync>) -> Response {
    marked(&refused.clone(), Mark::Failed(refused, cause))
}

fn marked(refused: &Refused, mark: Mark) -> Response {
    let mut response = refused.to_unchallenged().into_response();
    response.extensions_mut().insert(mark);
    response
}
