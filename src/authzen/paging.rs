//! Pages of results, and the tokens that lead from one to the next.

use alloc::{format, string::String, vec::Vec};
use core::fmt;

use subtle::ConstantTimeEq;

use super::{results::SearchAnswer, search::Search};
use crate::{hashing::PartsHasher, key::KeyEntropy};

/// Makes the tokens of pages, and knows its own: nobody can make one without the key, nor use one in another account, for another
/// search, or for another limit. A token holds the place where its page ended, which is the last id that its reader was
/// told.
///
/// The key is of the process or of the database: with another, the tokens of before are refused.
///
/// ```
/// use keyward::{authzen::{ActionSearch, PageTokens}, key::KeyEntropy};
///
/// # let random = || [0x5A; 32];
/// let tokens = PageTokens::new(KeyEntropy::take(&mut random())?);
/// let search = r#"{"subject": {"type": "user", "id": "a"}, "resource": {"type": "todo", "id": "1"}, "page": {"limit": 2}}"#;
/// let search = ActionSearch::from_json(search)?;
/// let page = tokens.page("acme", &search, 100)?;
/// assert_eq!((page.after(), page.limit()), (None, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PageTokens {
    key: KeyEntropy,
}

/// Which part of the results a request asks for.
#[derive(Debug)]
pub struct Page<'a> {
    seal: Seal<'a>,
    after: Option<String>,
    limit: usize,
}

/// What the tokens of one search are bound to.
#[derive(Debug)]
struct Seal<'a> {
    tokens: Option<&'a PageTokens>,
    search: [u8; 32],
}

/// A token that is none of this search's: made by another key, for another account or search, or by nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the page token is not of this search")]
#[non_exhaustive]
pub struct PageError;

impl PageError {
    /// The HTTP status: 400.
    pub fn status(&self) -> u16 {
        400
    }
}

impl PageTokens {
    /// Of this key.
    pub fn new(key: KeyEntropy) -> Self {
        Self { key }
    }

    /// The page that `search` asks for in an account, of at most `most` results.
    ///
    /// A request that goes on may leave out the limit, and must else have that of the first.
    ///
    /// # Errors
    ///
    /// [`PageError`] for a token that is not of this search in this account.
    pub fn page<'s>(&self, account: &str, search: impl Into<Search<'s>>, most: usize) -> Result<Page<'_>, PageError> {
        let search = search.into();
        let requested = search.requested();
        let mut digest = PartsHasher::keyed(self.key.bytes());
        digest.add("search");
        digest.add(account);
        search.add_to(&mut digest);
        let seal = Seal { tokens: Some(self), search: digest.first() };
        let limit = requested.limit().map(|limit| limit.min(most));
        let Some(token) = requested.token() else {
            return Ok(Page { seal, after: None, limit: limit.unwrap_or(most) });
        };
        let (of_first, after) = open(token).ok_or(PageError)?;
        let expected = seal.token(of_first, after.as_deref());
        let is_its_own: bool = expected.as_bytes().ct_eq(token.as_bytes()).into();
        if !is_its_own || limit.is_some_and(|limit| limit != of_first) {
            return Err(PageError);
        }
        Ok(Page { seal, after, limit: of_first.min(most) })
    }
}

impl Page<'static> {
    /// All results in one page, for a host that keeps few. A token is not read.
    pub fn all() -> Self {
        Self { seal: Seal { tokens: None, search: [0; 32] }, after: None, limit: usize::MAX }
    }
}

impl Page<'_> {
    /// The id after which the page begins; `None` for the first page.
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// How many results it has at most. Whoever looks for one more knows whether it is the last page.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// The answer: of these results as many as fit, and the token to go on if there are more. They are in the order of their
    /// ids, and begin after [`after`](Self::after). No more than one that doesn't fit is looked at.
    pub fn answer<R: AsRef<str>>(&self, results: impl IntoIterator<Item = R>) -> SearchAnswer<R> {
        let mut found = results.into_iter();
        let results: Vec<R> = found.by_ref().take(self.limit).collect();
        let last = results.last().map(AsRef::as_ref).or(self.after());
        let next_token = found.next().map(|_| self.seal.token(self.limit, last)).unwrap_or_default();
        SearchAnswer { next_token, filter: None, results }
    }
}

impl Seal<'_> {
    /// What it says, before a digest of it that only the key gives.
    fn token(&self, limit: usize, after: Option<&str>) -> String {
        let Some(tokens) = self.tokens else { return String::new() };
        let mut token = format!("{limit:x}");
        if let Some(after) = after {
            token.push('-');
            token.extend(after.bytes().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(hex_digit));
        }
        let mut digest = PartsHasher::keyed(tokens.key.bytes());
        digest.add("token");
        digest.add(self.search);
        digest.add(&token);
        let seal: [u8; 32] = digest.first();
        token.push('.');
        token.extend(seal.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(hex_digit));
        token
    }
}

/// What a token says, whoever made it.
fn open(token: &str) -> Option<(usize, Option<String>)> {
    let (said, _) = token.split_once('.')?;
    let (limit, after) = said.split_once('-').map_or((said, None), |(limit, after)| (limit, Some(after)));
    let limit = usize::from_str_radix(limit, 16).ok()?;
    let Some(after) = after else { return Some((limit, None)) };
    let digits = after.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok()));
    let digits: Vec<u8> = digits.collect::<Option<_>>()?;
    let bytes = digits.chunks(2).map(|pair| match *pair {
        [high, low] => Some(high << 4 | low),
        _ => None,
    });
    let bytes: Vec<u8> = bytes.collect::<Option<_>>()?;
    Some((limit, Some(String::from_utf8(bytes).ok()?)))
}

fn hex_digit(value: u8) -> Option<char> {
    char::from_digit(value.into(), 16)
}

/// Without the key.
impl fmt::Debug for PageTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageTokens").finish_non_exhaustive()
    }
}
