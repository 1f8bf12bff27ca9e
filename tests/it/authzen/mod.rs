//! OpenID's Authorization API 1.0: held to its own examples, and to the scenarios that are published for it.

mod bad_input;
mod certification;
mod evaluating;
mod examples;
mod fixture;
mod forms;
mod interop;
mod metadata;
mod paging;
mod searching;
mod worlds;
