//! Digits of base 62: `0` to `9`, `A` to `Z`, `a` to `z`, in the order of ASCII.

/// The class of these digits in a regular expression.
pub(super) const CLASS: &str = "[0-9A-Za-z]";

/// Whether each byte is a digit. It looks at all of them: without a way out in the middle, the
/// compiler makes it one comparison of many bytes.
pub(super) fn all_digits(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .fold(true, |all, byte| all & byte.is_ascii_alphanumeric())
}

/// Writes `number`, whose most significant byte is the first, as digits of a fixed width.
///
/// This is a conversion of the whole number from base 256 to base 62, not byte by byte: nothing is
/// reduced modulo 62 on its own, so that no digit is favoured, and two numbers that differ have
/// digits that differ, provided that the width holds them. `number` is divided in place; what is
/// left of it is zero when it did fit.
pub(super) fn write_digits(number: &mut [u8], digits: &mut [u8]) {
    for place in digits.iter_mut().rev() {
        let mut remainder = 0_u8;
        for byte in number.iter_mut() {
            let dividend = u16::from_be_bytes([remainder, *byte]);
            let [_, quotient] = (dividend / 62).to_be_bytes();
            let [_, rest] = (dividend % 62).to_be_bytes();
            *byte = quotient;
            remainder = rest;
        }
        *place = digit(remainder);
    }
}

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
        assert_eq!(
            &all,
            b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        );
        for byte in 0..=u8::MAX {
            assert_eq!(all_digits(&[byte]), all.contains(&byte), "{byte}");
        }
    }

    #[test]
    fn numbers_have_the_digits_that_arithmetic_says() {
        let cases: [(&str, &[u8], &[u8]); 7] = [
            ("zero", &[0, 0], b"0000"),
            ("the last digit", &[61], b"0z"),
            ("the first carry", &[62], b"10"),
            ("62 squared", &[0x0F, 0x04], b"100"),
            ("2^16 - 1", &[0xFF, 0xFF], b"H31"),
            ("2^80 - 1", &[0xFF; 10], b"62iEp5bu9VZbsV"),
            ("2^176 - 1", &[0xFF; 22], b"A2kL32r9ku6HrcANr3ayRQDYSUT3Z1"),
        ];
        for (note, number, expected) in cases {
            let mut number = number.to_vec();
            let mut digits = alloc::vec![0; expected.len()];
            write_digits(&mut number, &mut digits);
            assert_eq!(
                core::str::from_utf8(&digits),
                core::str::from_utf8(expected),
                "{note}"
            );
            assert!(number.iter().all(|byte| *byte == 0), "{note}: fits");
        }
    }

    #[test]
    fn six_digits_are_those_of_the_long_division() {
        for number in [0, 1, 61, 62, 916_132_831, 916_132_832, u32::MAX] {
            let mut long = [0; 6];
            write_digits(&mut number.to_be_bytes(), &mut long);
            assert_eq!(six_digits(number), long, "{number}");
        }
    }
}
