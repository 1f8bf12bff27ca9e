//! Texts compared by words: most are short, and to call a function for each would cost more than to compare it.

/// The length of a text, and its first and last eight bytes: all of a text of up to sixteen.
#[derive(Clone, Copy)]
pub(crate) struct Ends {
    length: usize,
    first: u64,
    last: u64,
}

impl Ends {
    #[inline]
    pub(crate) fn of(text: &str) -> Self {
        let text = text.as_bytes();
        let length = text.len();
        let (first, last) = if let (Some(first), Some(last)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
            (u64::from_le_bytes(*first), u64::from_le_bytes(*last))
        } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
            // Shorter than eight: the first and the last four are all of it.
            (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into())
        } else {
            let byte = |place: usize| text.get(place).copied().unwrap_or(0);
            (byte(0).into(), u16::from_le_bytes([byte(1), byte(2)]).into())
        };
        Self { length, first, last }
    }

    /// A number of the ends, by which texts can be sorted: few that are met have the same.
    pub(crate) fn key(self) -> u64 {
        const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
        (self.first ^ self.length as u64).wrapping_mul(ODD) ^ self.last
    }

    /// Whether they are all of the text.
    #[inline]
    pub(crate) fn are_all(self) -> bool {
        self.length <= 16
    }
}

/// The last first: texts that are much alike, such as numbered names, differ there.
impl PartialEq for Ends {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.last == other.last && self.first == other.first && self.length == other.length
    }
}

/// Whether two texts are the same.
#[inline]
pub(crate) fn same(one: &str, other: &str) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let ends = |text: &str| {
        let word = |bytes: &[u8; 16]| u128::from_le_bytes(*bytes);
        Some((word(text.as_bytes().first_chunk()?), word(text.as_bytes().last_chunk()?)))
    };
    let (Some(first), Some(second)) = (ends(one), ends(other)) else { return Ends::of(one) == Ends::of(other) };
    ((first.0 ^ second.0) | (first.1 ^ second.1)) == 0 && (one.len() <= 32 || same_between(one, other))
}

/// All but less than sixteen bytes at the end, sixteen at a time.
#[inline(never)]
fn same_between(one: &str, other: &str) -> bool {
    let (mut one_left, mut other_left) = (one.as_bytes(), other.as_bytes());
    while let (Some((first, left)), Some((first_other, left_other))) =
        (one_left.split_first_chunk::<16>(), other_left.split_first_chunk::<16>())
    {
        if first != first_other {
            return false;
        }
        (one_left, other_left) = (left, left_other);
    }
    true
}
