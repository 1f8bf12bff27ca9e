//! Digits of base 62: `0` to `9`, `A` to `Z`, `a` to `z`, in the order of ASCII.

use core::ops::BitAnd;

/// The class of these digits in a regular expression.
pub(super) const CLASS: &str = "[0-9A-Za-z]";

/// Whether all of these bytes are digits. Without a branch: the compiler then looks at sixteen at a time.
#[inline]
pub(super) fn all_digits(bytes: &[u8]) -> bool {
    let other = |byte: u8| {
        let number = byte.wrapping_sub(b'0') < 10;
        let letter = (byte | (b'a' - b'A')).wrapping_sub(b'a') < 26;
        !(number | letter)
    };
    !bytes.iter().fold(false, |found, byte| found | other(*byte))
}

/// The same of two words, eight bytes at a time: of so few it is quicker.
#[inline]
pub(super) fn all_digits_of(words: [u64; 2]) -> bool {
    // The top bit of each byte that is one. Of other bytes than ASCII sums would carry, and those are refused.
    let digits = |word: u64| {
        let small = word | each(b'a' - b'A');
        let number = word.wrapping_add(each(0x80 - b'0')) & !word.wrapping_add(each(0x7F - b'9'));
        let letter = small.wrapping_add(each(0x80 - b'a')) & !small.wrapping_add(each(0x7F - b'z'));
        (number | letter) & !word
    };
    words.into_iter().map(digits).fold(each(0x80), BitAnd::bitand) == each(0x80)
}

/// A word of eight times the same byte.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// Writes `number`, whose most significant byte is the first, as digits of a fixed width. Both
/// have an even length.
///
/// This is a conversion of the whole number from base 256 to base 62, not byte by byte: nothing is
/// reduced modulo 62 on its own, so that no digit is favoured, and two numbers that differ have
/// digits that differ, provided that the width holds them. `number` is divided in place; what is
/// left of it is zero when it did fit.
pub(super) fn write_digits(number: &mut [u8], digits: &mut [u8]) {
    // Two bytes and two digits at a time: long division by 62 squared.
    for places in digits.rchunks_exact_mut(2) {
        let mut remainder = 0_u16;
        for bytes in number.chunks_exact_mut(2) {
            let [high, low] = bytes else { continue };
            let [first, second] = remainder.to_be_bytes();
            let dividend = u32::from_be_bytes([first, second, *high, *low]);
            let [_, _, quotient_high, quotient_low] = (dividend / SQUARE).to_be_bytes();
            let [_, _, first, second] = (dividend % SQUARE).to_be_bytes();
            (*high, *low) = (quotient_high, quotient_low);
            remainder = u16::from_be_bytes([first, second]);
        }
        let [_, tens] = (remainder / 62).to_be_bytes();
        let [_, ones] = (remainder % 62).to_be_bytes();
        if let [left, right] = places {
            (*left, *right) = (digit(tens), digit(ones));
        }
    }
}

const SQUARE: u32 = 62 * 62;

/// Writes `number` as six digits, which hold every `u32`.
pub(super) fn six_digits(mut number: u32) -> [u8; 6] {
    let mut digits = [0; 6];
    for place in digits.iter_mut().rev() {
        let [_, _, _, rest] = (number % 62).to_be_bytes();
        *place = digit(rest);
        number /= 62;
    }
    digits
}

/// The number that the last six of eight digits write; of what is no digit, some number. Quicker than writing one: it
/// multiplies where that divides.
#[inline]
pub(super) fn read_last_six(digits: [u8; 8]) -> u64 {
    let digits = (u64::from_le_bytes(digits) & !0xFFFF) | 0x3030;
    // The top bit of each digit that is a letter, and of each that is a small one.
    let letters = digits.wrapping_add(each(0x80 - b'A')) & each(0x80);
    let small = digits.wrapping_add(each(0x80 - b'a')) & each(0x80);
    // What lies between the digits in ASCII: seven characters, and six more.
    let gaps = (letters >> 7).wrapping_mul(7).wrapping_add((small >> 7).wrapping_mul(6));
    let values = digits.wrapping_sub(each(b'0')).wrapping_sub(gaps);
    // Neighbours become one number: pairs, then fours, then all.
    let join = |numbers: u64, bits: u32, mask: u64, base: u64| {
        (numbers & mask).wrapping_mul(base).wrapping_add(numbers.wrapping_shr(bits) & mask)
    };
    let pairs = join(values, 8, 0x00FF_00FF_00FF_00FF, 62);
    let fours = join(pairs, 16, 0x0000_FFFF_0000_FFFF, SQUARE.into());
    join(fours, 32, 0xFFFF_FFFF, u64::from(SQUARE).pow(2))
}

/// The digit of a value below 62. It is computed, not looked up: a table would show, in the cache,
/// which of its lines a secret touches.
fn digit(value: u8) -> u8 {
    value
        .wrapping_add(b'0')
        .wrapping_add(u8::from(value > 9).wrapping_mul(b'A' - b'9' - 1))
        .wrapping_add(u8::from(value > 35).wrapping_mul(b'a' - b'Z' - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_in_the_order_of_ascii() {
        let mut all = [0; 62];
        for (value, place) in (0..).zip(&mut all) {
            *place = digit(value);
        }
        assert_eq!(&all, b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    }

    #[test]
    fn digits_are_told_from_all_other_bytes_wherever_they_stand() {
        for around in [b"0", b"z", b"\0", b"\xFF"] {
            for length in 1..=50 {
                for at in 0..length {
                    for byte in 0..=u8::MAX {
                        let mut bytes = around.repeat(length);
                        bytes[at] = byte;
                        let expected = bytes.iter().all(u8::is_ascii_alphanumeric);
                        assert_eq!(all_digits(&bytes), expected, "{byte} at {at}");
                        if let Some((words, _)) = bytes.split_first_chunk::<16>() {
                            let expected = words.iter().all(u8::is_ascii_alphanumeric);
                            let words = [words.first_chunk(), words.last_chunk()]
                                .map(|word| u64::from_le_bytes(*word.unwrap()));
                            assert_eq!(all_digits_of(words), expected, "{byte} at {at}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_have_the_digits_that_arithmetic_says() {
        let cases: [(&str, &[u8], &[u8]); 7] = [
            ("zero", &[0, 0], b"0000"),
            ("the last digit", &[0, 61], b"0z"),
            ("the first carry", &[0, 62], b"10"),
            ("62 squared", &[0x0F, 0x04], b"0100"),
            ("2^16 - 1", &[0xFF, 0xFF], b"0H31"),
            ("2^80 - 1", &[0xFF; 10], b"62iEp5bu9VZbsV"),
            ("2^176 - 1", &[0xFF; 22], b"A2kL32r9ku6HrcANr3ayRQDYSUT3Z1"),
        ];
        for (note, number, expected) in cases {
            let mut number = number.to_vec();
            let mut digits = alloc::vec![0; expected.len()];
            write_digits(&mut number, &mut digits);
            assert_eq!(core::str::from_utf8(&digits), core::str::from_utf8(expected), "{note}");
            assert!(number.iter().all(|byte| *byte == 0), "{note}: fits");
        }
    }

    #[test]
    fn six_digits_are_those_of_the_long_division_and_read_as_their_number() {
        for number in [0, 1, 9, 10, 35, 36, 61, 62, 916_132_831, 916_132_832, u32::MAX] {
            let mut long = [0; 6];
            write_digits(&mut number.to_be_bytes(), &mut long);
            assert_eq!(six_digits(number), long, "{number}");
            let mut eight = *b"zz000000";
            eight[2..].copy_from_slice(&long);
            assert_eq!(read_last_six(eight), u64::from(number));
        }
    }
}
