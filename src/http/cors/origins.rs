//! Which origins may read the answers.

use alloc::{string::String, sync::Arc, vec::Vec};
use core::fmt;

use crate::http::origin::{Origin, OriginList, OriginListError};

/// Which origins a [`Policy`](super::Policy) allows. By default: none.
///
/// The texts are checked when the policy is built; [`OriginList`] says what they may be.
///
/// # Examples
///
/// ```
/// use keyward::http::cors::{Origins, Policy};
///
/// let policy = Policy::builder().origins(Origins::subdomains_of("https://example.com")).build()?;
/// let allows = |origin: &'static [u8]| policy.evaluate("GET", [("origin", origin)]).is_allowed();
/// assert!(allows(b"https://app.example.com"));
/// assert!(!allows(b"https://example.com"));
/// assert!(!allows(b"https://evilexample.com"));
/// # Ok::<(), keyward::http::cors::PolicyError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Origins {
    kind: Kind,
    pub(super) null: bool,
}

impl Origins {
    /// Nobody.
    pub fn none() -> Self {
        Self::default()
    }

    /// Every origin, `null` among them: `Access-Control-Allow-Origin: *` on every answer, CORS or not,
    /// and no `Vary` (Fetch, *CORS protocol and HTTP caches*).
    ///
    /// Can't be combined with credentials or with private network access.
    pub fn any() -> Self {
        Self::of(Kind::Any)
    }

    /// The origins and patterns that are listed: `https://example.com`, `https://*.example.com`,
    /// `http://localhost:*`, `app://`. The empty list is nobody.
    pub fn list(origins: impl IntoIterator<Item: Into<String>>) -> Self {
        Self::of(Kind::List(origins.into_iter().map(Into::into).collect()))
    }

    /// Every origin below this one, at whatever depth, with its scheme and port, without itself:
    /// `subdomains_of("https://example.com")` is the list of `https://*.example.com`.
    pub fn subdomains_of(origin: &str) -> Self {
        Self::list([origin.replacen("://", "://*.", 1)])
    }

    /// The origins for which the host's own function returns true.
    ///
    /// It is asked only about well-formed origins with a host, never about `null`, and no more than once a request.
    /// It must give the same answer for the same origin, since answers are cached by `Origin`; and it
    /// should compare what [`Origin`] has taken apart, not the ends of its text.
    pub fn predicate(allows: impl Fn(Origin<'_>) -> bool + Send + Sync + 'static) -> Self {
        Self::of(Kind::Predicate(Predicate(Arc::new(allows))))
    }

    /// Allows `null` too, which is anyone who puts a page into a sandboxed frame: hardly ever right.
    ///
    /// Can't be combined with credentials.
    #[must_use]
    pub fn with_null(mut self) -> Self {
        self.null = true;
        self
    }

    pub(super) fn compile(self) -> Result<OriginRule, OriginListError> {
        let Self { kind, null } = self;
        Ok(match kind {
            Kind::Any => OriginRule::Any,
            Kind::Predicate(predicate) => OriginRule::Predicate { predicate, null },
            Kind::List(list) => {
                let list = OriginList::new(&list)?;
                match (list == OriginList::default(), null) {
                    (true, false) => OriginRule::Nobody,
                    (_, true) => OriginRule::List(list.with_null()),
                    (false, false) => OriginRule::List(list),
                }
            }
        })
    }

    fn of(kind: Kind) -> Self {
        Self { kind, null: false }
    }
}

/// [`Origins`], checked.
#[derive(Clone, Debug, Default)]
pub(super) enum OriginRule {
    #[default]
    Nobody,
    Any,
    List(OriginList),
    Predicate {
        predicate: Predicate,
        null: bool,
    },
}

impl OriginRule {
    /// Whether the origin in the header is allowed.
    pub(super) fn allows(&self, origin: &str) -> bool {
        match self {
            Self::Nobody => false,
            Self::Any => true,
            Self::List(list) => list.contains(origin.as_bytes()),
            Self::Predicate { null, .. } if origin == "null" => *null,
            Self::Predicate { predicate, .. } => Origin::read(origin).is_ok_and(|origin| (predicate.0)(origin)),
        }
    }
}

#[derive(Clone, Debug)]
enum Kind {
    Any,
    List(Vec<String>),
    Predicate(Predicate),
}

impl Default for Kind {
    fn default() -> Self {
        Self::List(Vec::new())
    }
}

#[derive(Clone)]
pub(super) struct Predicate(Arc<dyn Fn(Origin<'_>) -> bool + Send + Sync>);

impl fmt::Debug for Predicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Predicate(..)")
    }
}
