//! The context that most services have.

use core::net::IpAddr;

use crate::time::Timestamp;

/// The caller's address and the time, as the context of a request: the attributes `ip` and `time`.
///
/// A service with more to tell has a type of its own, by [`attributes!`](crate::attributes!).
///
/// ```
/// use keyward::{Access, Operation, ResourceView, Roles, Schema, Timestamp, attributes::RequestContext};
///
/// let schema = Schema::from_json(
///     r#"{
///         "resources": {"products": {}},
///         "conditions": {
///             "sourceIp": {"values": "network", "context": "ip"},
///             "during": {"values": "time", "context": "time"}
///         }
///     }"#,
/// )?;
/// schema.check_context::<RequestContext>()?; // at the start
///
/// let access = Access::builder(&Roles::new(&schema, "acme")?)
///     .role("admin")
///     .condition(("sourceIp", "10.0.0.0/8"))?
///     .condition(("during", "..2026-02-01T00:00:00Z"))?
///     .build()?;
/// let january = Timestamp::from_millis(1_767_225_600_000);
/// let context = RequestContext::new(january).with_ip("10.1.2.3".parse()?);
/// let product = ResourceView::new("products", "acme", &());
/// assert!(access.in_context(&context).decide(Operation::READ, &product).is_allow());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestContext {
    ip: Option<IpAddr>,
    time: Timestamp,
}

impl RequestContext {
    /// A request at this time, from nobody knows where: conditions on the address are not met.
    pub fn new(time: Timestamp) -> Self {
        Self { ip: None, time }
    }

    /// The address of the caller. Behind a proxy that is not the address of the connection: [`guide::conditions`] says which
    /// to trust.
    ///
    /// [`guide::conditions`]: crate::guide::conditions
    #[must_use]
    pub fn with_ip(self, ip: IpAddr) -> Self {
        Self { ip: Some(ip), ..self }
    }

    /// The address of the caller, if it is known.
    pub fn ip(&self) -> Option<IpAddr> {
        self.ip
    }

    /// The time of the request.
    pub fn time(&self) -> Timestamp {
        self.time
    }
}

crate::attributes!(RequestContext { ip, time });
