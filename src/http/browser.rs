//! Keys don't belong in browsers: what to do about one that comes from there.

use super::origin::OriginList;

/// What happens to a key that arrives with an `Origin` header.
///
/// A key in a page is a key in the hands of everyone who opens the page: in its source, its storage, and
/// the developer tools. Documents ask developers not to do it; this makes the server say so. Ask it about
/// requests that carry a key, before the key is looked up: a pre-flight carries none.
///
/// What it protects from: a page that was written with a key in it, for it doesn't work, and the mistake
/// is seen before it is published; and a key that another page has got hold of and uses from its visitors'
/// browsers.
///
/// What it does not: whoever takes the key out of the page, since outside a browser `Origin` is what the
/// caller writes, or isn't there; pages that send `GET` or `HEAD` to their own origin, with which browsers
/// send no `Origin`; a key in an address that an image or a link names, which send none either; extensions
/// that leave it out. A key that was refused here has
/// been in a browser: rotate it.
///
/// Exceptions are for origins that are meant to hold keys, such as an administrator's console that asks
/// for one and forgets it.
///
/// # Examples
///
/// ```
/// use keyward::http::{BrowserPolicy, BrowserVerdict, OriginList};
///
/// let policy = BrowserPolicy::refuse().except(OriginList::new(["https://console.example.com"])?);
/// assert_eq!(policy.check([]), BrowserVerdict::Pass);
/// assert_eq!(policy.check([&b"https://console.example.com"[..]]), BrowserVerdict::Pass);
/// assert_eq!(policy.check([&b"https://shop.example.com"[..]]), BrowserVerdict::Refuse);
/// # Ok::<(), keyward::http::OriginListError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserPolicy {
    otherwise: BrowserVerdict,
    except: OriginList,
}

impl BrowserPolicy {
    /// Every key passes.
    pub fn off() -> Self {
        Self::of(BrowserVerdict::Pass)
    }

    /// A key from a browser passes, and the host is told, to log it: a first step, to see who would be
    /// refused.
    pub fn warn() -> Self {
        Self::of(BrowserVerdict::Warn)
    }

    /// A key from a browser is refused.
    pub fn refuse() -> Self {
        Self::of(BrowserVerdict::Refuse)
    }

    /// Lets keys pass from these origins.
    #[must_use]
    pub fn except(mut self, origins: OriginList) -> Self {
        self.except = origins;
        self
    }

    /// Judges a request with a key by all its `Origin` lines, as they came.
    ///
    /// No line passes. Several lines, an empty one, `null` and what is no origin are a browser's as much as
    /// a well-formed one is, and no exception fits them (but `null`, where it is named).
    pub fn check<'a>(&self, origin: impl IntoIterator<Item = &'a [u8]>) -> BrowserVerdict {
        let mut lines = origin.into_iter();
        match (lines.next(), lines.next()) {
            (None, _) => BrowserVerdict::Pass,
            (Some(origin), None) if self.except.contains(origin) => BrowserVerdict::Pass,
            (Some(_), _) => self.otherwise,
        }
    }

    fn of(otherwise: BrowserVerdict) -> Self {
        Self { otherwise, except: OriginList::default() }
    }
}

/// What to do with a request that carries a key. Exhaustive: a new verdict must be handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BrowserVerdict {
    /// Go on.
    Pass,
    /// Go on, and log that a key came from a browser.
    Warn,
    /// Answer 403 without looking the key up: whether it is good is not said.
    Refuse,
}
