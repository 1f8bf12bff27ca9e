//! The BLAKE3 digest of several parts. The length of each part is digested before it, so that `["ab", "c"]` and
//! `["a", "bc"]` have different digests.

/// Sixteen bytes of a digest, shown as hexadecimal digits.
macro_rules! short_digest {
    ($name:ident) => {
        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }
    };
}
pub(crate) use short_digest;

pub(crate) struct PartsHasher(blake3::Hasher);

impl PartsHasher {
    pub(crate) fn new() -> Self {
        Self(blake3::Hasher::new())
    }

    /// A digest that only who has the key can make.
    #[cfg(feature = "authzen")]
    pub(crate) fn keyed(key: &[u8; 32]) -> Self {
        Self(blake3::Hasher::new_keyed(key))
    }

    pub(crate) fn add(&mut self, part: impl AsRef<[u8]>) {
        let part = part.as_ref();
        self.0.update(&(part.len() as u64).to_le_bytes()).update(part);
    }

    /// How many parts follow, so that the end of one list is not taken for the start of the next.
    pub(crate) fn add_count(&mut self, count: usize) {
        self.add((count as u64).to_le_bytes());
    }

    /// The first bytes of the digest, as many as are asked for.
    pub(crate) fn first<const N: usize>(&self) -> [u8; N] {
        let mut first = [0; N];
        self.0.finalize_xof().fill(&mut first);
        first
    }
}
