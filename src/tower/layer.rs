//! The layer, and the two services that it is made of.

use alloc::{boxed::Box, string::String};
use core::{
    future::Future,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

use ::http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use tower_layer::Layer;
use tower_service::Service;

use super::{
    caller::Caller,
    event::Event,
    guard::{Admitted, Guard},
};
use crate::http::{CredentialSource, apply_cors};

type Answered<B, E> = Pin<Box<dyn Future<Output = Result<Response<B>, E>> + Send>>;

impl<S> Layer<S> for Guard {
    type Service = Cors<Guarded<S>>;

    fn layer(&self, inner: S) -> Self::Service {
        Cors { guard: self.clone(), inner: Guarded { guard: self.clone(), inner } }
    }
}

/// A service whose pre-flights are answered by a [`Guard`], and whose answers have its headers of CORS.
#[derive(Clone, Debug)]
pub struct Cors<S> {
    pub(crate) guard: Guard,
    pub(crate) inner: S,
}

impl<S, Q, B> Service<Request<Q>> for Cors<S>
where
    S: Service<Request<Q>, Response = Response<B>, Future: Send> + Clone + Send + 'static,
    Q: Send + 'static,
    B: From<String>,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = Answered<B, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Q>) -> Self::Future {
        let guard = self.guard.clone();
        let mut inner = ready(&mut self.inner);
        // Whatever shows the headers from here on leaves the key out, behind public routes, too.
        if let header::Entry::Occupied(mut lines) = request.headers_mut().entry(header::AUTHORIZATION) {
            lines.iter_mut().for_each(|line| line.set_sensitive(true));
        }
        Box::pin(async move {
            let cors = guard.cors().evaluate_request(request.method(), request.headers());
            let headers = cors.to_headers();
            if let Some(status) = cors.preflight_status() {
                if let Some(refusal) = cors.refusal() {
                    guard.report(&Event::PreflightRefused(refusal));
                }
                let mut response = Response::new(String::new().into());
                *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
                *response.headers_mut() = headers;
                return Ok(response);
            }
            let mut response = finish(&guard, None, inner.call(request).await?);
            apply_cors(headers, response.headers_mut());
            Ok(response)
        })
    }
}

/// A service behind a [`Guard`]: it is called for requests that were let in, with their [`Caller`](super::Caller).
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    pub(crate) guard: Guard,
    pub(crate) inner: S,
}

impl<S, Q, B> Service<Request<Q>> for Guarded<S>
where
    S: Service<Request<Q>, Response = Response<B>, Future: Send> + Clone + Send + 'static,
    Q: Send + 'static,
    B: From<String>,
{
    type Response = Response<B>;
    type Error = S::Error;
    type Future = Answered<B, S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Q>) -> Self::Future {
        let guard = self.guard.clone();
        let mut inner = ready(&mut self.inner);
        Box::pin(async move {
            let Some(demand) = &guard.demand else { return inner.call(request).await };
            let (mut parts, body) = request.into_parts();
            let Admitted { caller, source } = match guard.admit(demand, &parts).await {
                Ok(admitted) => admitted,
                Err(refused) => return Ok(guard.answer(refused).map(B::from)),
            };
            parts.extensions.insert(caller.clone());
            let response = inner.call(Request::from_parts(parts, body)).await?;
            let mut response = finish(&guard, Some(&caller), response);
            // RFC 6750, section 2.3.
            if source == CredentialSource::Query {
                keep_private(response.headers_mut());
            }
            Ok(response)
        })
    }
}

/// An answer as it goes out. Of a refusal, what the guard says of it comes in the place of what the handler could say,
/// who knows neither realm nor address; other headers stay.
fn finish<B: From<String>>(guard: &Guard, caller: Option<&Caller>, mut response: Response<B>) -> Response<B> {
    let Some(refusal) = guard.finish(caller, &mut response) else { return response };
    let (said, body) = refusal.into_parts();
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.extend(said.headers);
    Response::from_parts(parts, body.into())
}

/// No shared cache keeps the answer, whatever the handler says of caches.
fn keep_private(headers: &mut HeaderMap) {
    let says = |line: &HeaderValue| {
        let mut directives = line.as_bytes().split(|byte| *byte == b',').map(<[u8]>::trim_ascii);
        directives.any(|said| said.eq_ignore_ascii_case(b"no-store") || said.eq_ignore_ascii_case(b"private"))
    };
    if !headers.get_all(header::CACHE_CONTROL).iter().any(says) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private"));
    }
}

/// The service that was asked whether it is ready; a copy, which wasn't, takes its place.
fn ready<S: Clone>(inner: &mut S) -> S {
    let copy = inner.clone();
    mem::replace(inner, copy)
}
