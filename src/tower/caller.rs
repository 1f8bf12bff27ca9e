//! Who calls.

use alloc::sync::Arc;
use core::{borrow::Borrow, fmt};

use crate::{access::Access, authenticate::Authenticated, store::KeyRecord};

/// Whose key a request carries, and what it may do. A clone is the same caller.
///
/// Only a [`Guard`](super::Guard) makes one; it stands among the extensions of each request that was let in.
#[derive(Clone)]
pub struct Caller(Arc<dyn Known>);

impl Caller {
    pub(super) fn new<R: Borrow<KeyRecord> + Send + Sync + 'static>(authenticated: Authenticated<R>) -> Self {
        Self(Arc::new(authenticated))
    }

    /// The record of the key.
    pub fn record(&self) -> &KeyRecord {
        self.0.record()
    }

    /// What the key may do.
    pub fn access(&self) -> &Access {
        self.0.access()
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("record", self.record()).field("access", self.access()).finish()
    }
}

/// An [`Authenticated`], whatever lends its record.
trait Known: Send + Sync {
    fn record(&self) -> &KeyRecord;
    fn access(&self) -> &Access;
}

impl<R: Borrow<KeyRecord> + Send + Sync> Known for Authenticated<R> {
    fn record(&self) -> &KeyRecord {
        Self::record(self)
    }

    fn access(&self) -> &Access {
        Self::access(self)
    }
}
