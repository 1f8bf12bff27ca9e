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
    pub(super) const NEW: Self = Self(u32::MAX);

    /// And of these bytes after it.
    #[must_use]
    pub(super) fn then(self, bytes: &[u8]) -> Self {
        let [table, ..] = &TABLES;
        let next = |crc: u32, byte: &u8| {
            let [low, ..] = crc.to_le_bytes();
            crc.wrapping_shr(8) ^ entry(table, low ^ byte)
        };
        Self(bytes.iter().fold(self.0, next))
    }

    /// And of sixteen bytes after it, at once: the looks into the tables don't wait for each other.
    #[inline]
    #[must_use]
    pub(super) fn then_block(self, block: &[u8; 16]) -> Self {
        // What is known so far is mixed into the first four.
        let mixed = block.iter().zip(self.0.to_le_bytes()).map(|(byte, known)| byte ^ known);
        let crc = TABLES.iter().rev().zip(mixed).fold(0, |crc, (table, byte)| crc ^ entry(table, byte));
        let rest = block.iter().skip(4).zip(TABLES.iter().rev().skip(4));
        Self(rest.fold(crc, |crc, (byte, table)| crc ^ entry(table, *byte)))
    }

    /// The digits that write it.
    pub(super) fn digits(self) -> [u8; LEN] {
        base62::six_digits(!self.0)
    }

    /// Whether the last six of these digits write it.
    #[inline]
    pub(super) fn is_written(self, digits: [u8; 8]) -> bool {
        base62::read_last_six(digits) == u64::from(!self.0)
    }
}

/// For each byte what it comes to, with so many more bytes after it as the table's place says.
static TABLES: [[u32; 256]; 16] = tables();

fn entry(table: &[u32; 256], byte: u8) -> u32 {
    table.get(usize::from(byte)).copied().unwrap_or_default()
}

const fn tables() -> [[u32; 256]; 16] {
    let (mut tables, mut last, mut byte) = ([[0; 256]; 16], [0; 256], 0_u32);
    let mut entries: &mut [u32] = &mut last;
    while let Some((entry, rest)) = entries.split_first_mut() {
        *entry = byte;
        byte = byte.wrapping_add(1);
        entries = rest;
    }
    let mut left: &mut [[u32; 256]] = &mut tables;
    while let Some((table, others)) = left.split_first_mut() {
        let mut entries: &mut [u32] = &mut last;
        while let Some((entry, rest)) = entries.split_first_mut() {
            *entry = divided(*entry);
            entries = rest;
        }
        *table = last;
        left = others;
    }
    tables
}

/// What is left of eight bits by the polynomial, whose bits stand in reverse.
const fn divided(mut crc: u32) -> u32 {
    let mut bits = 8_u32;
    while bits > 0 {
        crc = (crc >> 1) ^ if crc & 1 == 1 { 0xEDB8_8320 } else { 0 };
        bits = bits.wrapping_sub(1);
    }
    crc
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

    #[test]
    fn a_block_at_once_is_its_bytes_one_by_one() {
        for seed in 0..=u8::MAX {
            let block = u128::from(seed).wrapping_mul(0x0123_4567_89AB_CDEF_FEDC_BA98_7654_3211).to_le_bytes();
            let before = Checksum::NEW.then(&[seed]);
            assert_eq!(before.then_block(&block), before.then(&block));
        }
    }
}
