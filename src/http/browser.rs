//! Keys don't belong in browsers: what to do about one that comes from there.

use super::origin::OriginList;

/// What happens to a key that arrives with an `Origin` header.
///
/// Everyone who opens a page can read a key in it: in the source, the storage, or the developer tools. Check
/// requests that carry a key, before the key is looked up. A pre-flight carries none.
///
/// It protects from two things: a page that was written with a key in it doesn't work, so the mistake is seen
/// before the page is published; and another page that got hold of a key can't use it from its visitors'
/// browsers.
///
/// It doesn't protect from someone who takes the key out of the page, since outside a browser the caller
/// chooses `Origin` or leaves it out. Browsers send no `Origin` with `GET` or `HEAD` to the page's own origin,
/// nor for an image or a link with the key in its address, and extensions may leave it out. A key that was
/// refused here has been in a browser: rotate it.
///
/// Exceptions are for origins that are meant to hold keys, such as an administrator's console that asks
/// for one and doesn't store it.
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

    /// A key from a browser passes, and the host is told so that it can log it: a first step, to see who
    /// would be refused.
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
    /// A request without such a line passes. Several lines, an empty one, `null` and what is no origin count as
    /// a browser's, and no exception covers them, except `null` where it is listed.
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
    /// Answer 403 without looking the key up.
    Refuse,
}
