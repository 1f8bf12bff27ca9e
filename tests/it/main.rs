//! All integration tests, in one binary.

mod cors;
mod cors_browser;
mod cors_policy;
mod http_browser;
mod http_challenge;
mod http_credentials;
mod http_origins;
