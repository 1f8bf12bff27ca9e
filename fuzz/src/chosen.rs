//! Choices that the bytes make. When they run out, every further choice is the first.

use arbitrary::Unstructured;

pub(crate) struct Chosen<'a>(Unstructured<'a>);

impl<'a> Chosen<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(Unstructured::new(bytes))
    }

    pub(crate) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    /// Less than `count`, which is not zero.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        self.0.int_in_range(0..=count - 1).unwrap_or(0)
    }

    pub(crate) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Once in so many times.
    pub(crate) fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    pub(crate) fn some<T: Copy>(&mut self, of: &[T], most: usize) -> Vec<T> {
        let mut left = of.to_vec();
        let count = self.below(most.min(of.len()) + 1);
        (0..count).map(|_| left.remove(self.below(left.len()))).collect()
    }

    pub(crate) fn number<T: for<'b> arbitrary::Arbitrary<'b> + Default>(&mut self) -> T {
        self.0.arbitrary().unwrap_or_default()
    }

    pub(crate) fn bytes(&mut self, most: usize) -> &'a [u8] {
        let length = self.below(most + 1).min(self.0.len());
        self.0.bytes(length).unwrap_or_default()
    }

    /// Up to where it is UTF-8.
    pub(crate) fn text(&mut self, most: usize) -> &'a str {
        let bytes = self.bytes(most);
        match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap(),
        }
    }
}
