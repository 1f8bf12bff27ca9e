//! Who calls.

use alloc::sync::Arc;
use core::{borrow::Borrow, fmt};

use crate::{
    access::Access, attributes::RequestContext, authenticate::Authenticated, decision::InContext, store::KeyRecord,
};

/// Whose key a request carries, and what it may do. A clone is the same caller.
///
/// Only a [`Guard`](super::Guard) makes one; it stands among the extensions of each request that was let in.
#[derive(Clone)]
pub struct Caller {
    known: Arc<dyn Known>,
    context: RequestContext,
}

impl Caller {
    pub(super) fn new<R: Borrow<KeyRecord> + Send + Sync + 'static>(
        authenticated: Authenticated<R>,
        context: RequestContext,
    ) -> Self {
        Self { known: Arc::new(authenticated), context }
    }

    /// The record of the key.
    pub fn record(&self) -> &KeyRecord {
        self.known.record()
    }

    /// What the key may do. Conditions that read the context are not met: [`in_context`](Self::in_context) has it.
    pub fn access(&self) -> &Access {
        self.known.access()
    }

    /// The version of the account whose roles these are.
    pub fn account_version(&self) -> u64 {
        self.known.account_version()
    }

    /// The time at which the key was judged, and the address where [`Guard::with_ip`](super::Guard::with_ip) found one.
    pub fn context(&self) -> &RequestContext {
        &self.context
    }

    /// What the key may do in the [context](Self::context) of this request. Where the schema reads more of it, give the host's own
    /// to [`access`](Self::access): `caller.access().in_context(&own)`.
    pub fn in_context(&self) -> InContext<'_> {
        self.access().in_context(&self.context)
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller")
            .field("record", self.record())
            .field("access", self.access())
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}

/// An [`Authenticated`], whatever lends its record.
trait Known: Send + Sync {
    fn record(&self) -> &KeyRecord;
    fn access(&self) -> &Access;
    fn account_version(&self) -> u64;
}

impl<R: Borrow<KeyRecord> + Send + Sync> Known for Authenticated<R> {
    fn record(&self) -> &KeyRecord {
        Self::record(self)
    }

    fn access(&self) -> &Access {
        Self::access(self)
    }

    fn account_version(&self) -> u64 {
        Self::account_version(self)
    }
}
