//! One resource before several accesses.

use alloc::collections::BTreeMap;
use core::cell::RefCell;

use crate::{
    attributes::{AttributePath, Value},
    evaluate::Asked,
    resource::Resource,
};

/// What a resource has said of its attributes: two accesses that are asked about one resource must not see two, and
/// a host that computes an attribute may say something else the next time.
pub(super) struct Once<'a>(RefCell<BTreeMap<&'a AttributePath, Value<'a>>>);

impl<'a> Once<'a> {
    pub(super) fn new() -> Self {
        Self(RefCell::default())
    }

    /// The resource, to be asked through this alone.
    pub(super) fn of<'r, R: Resource + ?Sized>(
        &'r self,
        resource: &'a R,
    ) -> Asked<'a, impl Fn(&'a AttributePath) -> Value<'a> + 'r>
    where
        'a: 'r,
    {
        Asked::of(resource, move |path| {
            if let Some(value) = self.0.borrow().get(path) {
                return *value;
            }
            // Not under the borrow: the host's code runs here.
            let value = path.read(resource);
            *self.0.borrow_mut().entry(path).or_insert(value)
        })
    }
}
