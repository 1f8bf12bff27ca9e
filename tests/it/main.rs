//! All integration tests, in one binary.

// `cfg(test)` is always so here; it is how Clippy knows that helpers, too, are tests.
#[cfg(test)]
mod keys;
