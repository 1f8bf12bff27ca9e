//! The checksum at the end of a key. It finds typing errors, and helps scanners. It proves nothing:
//! anyone can compute it.
//!
//! It is CRC-32 (IEEE 802.3) of everything before it, as six digits of base 62. Most errors it
//! misses only once in 2^32; these it always finds:
//!
//! - One wrong character, or two neighbours transposed: a burst of at most 16 bits, and a CRC of
//!   32 bits finds every burst of up to 32 bits.
//! - A wrong character in the checksum itself: one number has one way to be written.
//! - The last character before the checksum transposed with the checksum's first. Both texts
//!   would have to be right, so their CRCs would differ by a multiple of 62^5, hence by one of
//!   2^5; and the first digit of a `u32` is `0` to `4`, so the two characters differ in their
//!   lowest three bits only, for which no two CRCs agree in their lowest five bits.
//!
//! A character dropped, doubled or added changes the length, which the form refuses.

use super::base62;

/// How many characters a checksum has.
pub(super) const LEN: usize = 6;

/// CRC-32 of what was read so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Checksum(u32);

impl Checksum {
    /// Of nothing.
    pub(super) const NEW: Self = Self(0);

    /// And of these bytes after it.
    #[must_use]
    pub(super) fn then(self, bytes: &[u8]) -> Self {
        let mut hasher = crc32fast::Hasher::new_with_initial(self.0);
        hasher.update(bytes);
        Self(hasher.finalize())
    }

    /// The digits that write it.
    pub(super) fn digits(self) -> [u8; LEN] {
        base62::six_digits(self.0)
    }

    /// Whether the last six of these digits write it.
    #[inline]
    pub(super) fn is_written(self, digits: [u8; 8]) -> bool {
        base62::read_last_six(digits) == u64::from(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_standard_crc_32() {
        // The check value of CRC-32/ISO-HDLC: 0xCBF43926 for the text `123456789`.
        assert_eq!(Checksum::NEW.then(b"123456789").digits(), base62::six_digits(0xCBF4_3926));
        assert_eq!(Checksum::NEW.digits(), *b"000000");
    }
}
