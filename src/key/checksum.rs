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

/// The checksum of what stands before it.
pub(super) fn of(text: &[u8]) -> [u8; LEN] {
    base62::six_digits(crc32fast::hash(text))
}

/// Whether these digits are the checksum of what stands before them.
#[inline]
pub(super) fn is_of(text: &[u8], digits: [u8; LEN]) -> bool {
    base62::read_six(digits) == u64::from(crc32fast::hash(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_standard_crc_32() {
        // The check value of CRC-32/ISO-HDLC: 0xCBF43926 for the text `123456789`.
        assert_eq!(of(b"123456789"), base62::six_digits(0xCBF4_3926));
        assert_eq!(of(b""), *b"000000");
    }
}
