//! What can be wrong with a value.

use alloc::boxed::Box;

/// Some numbers of a domain, the first and the last.
pub(super) type Range = (u128, u128);

/// What can be wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ValueProblem {
    /// It has another form.
    #[error("{form}")]
    Form {
        /// The form.
        form: &'static str,
    },
    /// A segment of a path is empty.
    #[error("a segment is empty; between two `/` stands a name, and none at either end")]
    EmptySegment,
    /// A range with two ends that are open.
    #[error("one end at least must be named")]
    NoEnd,
    /// A range in which nothing lies.
    #[error("nothing lies in it; {hint}")]
    Empty {
        /// How ends are written.
        hint: &'static str,
    },
    /// A block with bits that are not its own.
    #[error("bits after the first {length} are set; the block is `{block}`")]
    HostBits {
        /// How many bits are the block's.
        length: u32,
        /// The block.
        block: Box<str>,
    },
    /// Leading zeros, or a sign that isn't needed.
    #[error("it is not in its one canonical form; write `{meant}`")]
    NotCanonical {
        /// What to write.
        meant: Box<str>,
    },
    /// Beyond what the kind holds.
    #[error("{limits}")]
    Beyond {
        /// What it holds.
        limits: &'static str,
    },
}
