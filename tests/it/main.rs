//! All integration tests, in one binary.

// `cfg(test)` is always so here; it is how Clippy knows that helpers, too, are tests.
#[cfg(test)]
mod authenticate;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod store;
#[cfg(test)]
mod waiting;

#[cfg(test)]
use waiting::block_on;
