//! The alphabets of names, and the error of a text that is not in its form.
//!
//! Names are ASCII by whitelist, so that no two of them look alike: there is no folding, trimming or
//! normalising anywhere. Values of conditions are not names; they are opaque.

use alloc::{borrow::ToOwned, boxed::Box, format, string::String, vec::Vec};
use core::fmt::{self, Write as _};

/// The most characters of a user's text that an error repeats.
const EXCERPT: usize = 80;

/// A text that was refused, and why.
///
/// The message names the form that was expected, repeats the text (escaped, and cut at 80 characters), says
/// where in it the mistake is, and what to write instead where that is known.
///
/// ```
/// use keyward::Permission;
///
/// let refused = "thngs:read,".parse::<Permission>().unwrap_err();
/// assert_eq!(refused.position(), Some(11));
/// assert_eq!(
///     refused.to_string(),
///     "permission `thngs:read,` at character 12: an operation is empty",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{form} `{text}`{}: {problem}{hint}", at(*position))]
pub struct TextError {
    form: &'static str,
    text: String,
    position: Option<usize>,
    problem: TextProblem,
    /// What to write, as the message goes on: from `: ` or `; ` on, or nothing.
    hint: Box<str>,
}

impl TextError {
    pub(crate) fn new(form: &'static str, text: &str, problem: TextProblem) -> Self {
        Self { form, text: excerpt(text), position: None, problem, hint: Box::default() }
    }

    /// The same without the text, which may be a secret in the wrong place.
    pub(crate) fn redacted(self) -> Self {
        Self { text: "…".into(), hint: Box::default(), ..self }
    }

    /// The same, and what to write instead. What of it is the user's is [escaped](excerpt).
    pub(crate) fn hint(self, hint: impl Into<Box<str>>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    pub(crate) fn at(self, position: usize) -> Self {
        Self { position: Some(position), ..self }
    }

    /// Where the mistake is, in bytes from the start of the text; `None` if it is the text as a whole.
    pub fn position(&self) -> Option<usize> {
        self.position
    }

    /// What is wrong.
    pub fn problem(&self) -> TextProblem {
        self.problem
    }
}

/// What can be wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextProblem {
    /// It has fewer bytes than the form's least.
    #[error("{} too few, the least is {least}", bytes_are(*length))]
    TooShort {
        /// Bytes in the text.
        length: usize,
        /// The fewest that the form takes.
        least: usize,
    },
    /// It has more bytes than the form's most.
    #[error("{} too many, the most is {most}", bytes_are(*length))]
    TooLong {
        /// Bytes in the text.
        length: usize,
        /// The most that the form takes.
        most: usize,
    },
    /// A path has more names than it may have.
    #[error("{count} names are too many, the most is {most}")]
    TooManyNames {
        /// Names in the path.
        count: usize,
        /// The most that a path may have.
        most: usize,
    },
    /// A character that the form does not have at this place.
    #[error("{found:?} is not allowed here")]
    Character {
        /// The character.
        found: char,
    },
    /// No colon between the two parts.
    #[error("there is no colon")]
    NoColon,
    /// Nothing before the colon.
    #[error("nothing stands before the colon")]
    EmptyName,
    /// Nothing after the colon.
    #[error("nothing stands after the colon")]
    EmptyValue,
    /// A list of exceptions that is empty.
    #[error("no value is excepted")]
    NoValue,
    /// Nothing between two commas, or after the last.
    #[error("an operation is empty")]
    EmptyOperation,
    /// The same operation twice.
    #[error("an operation is repeated")]
    RepeatedOperation,
    /// A name with a dot, where a path could be meant.
    #[error("a dot makes no path of a name")]
    DottedName,
    /// `*` beside other operations, or twice.
    #[error("`*` stands for every operation and takes no others beside it")]
    StarAmongOthers,
}

/// A user's text for a message: cut at [`EXCERPT`] characters and escaped, so that it can't forge a line.
pub(crate) fn excerpt(text: &str) -> String {
    let mut excerpt: String = text.chars().take(EXCERPT).flat_map(escape).collect();
    if text.chars().nth(EXCERPT).is_some() {
        excerpt.push('…');
    }
    excerpt
}

/// A text as messages show it between backticks: nothing in it ends them, or the line.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().flat_map(escape).try_for_each(|c| f.write_char(c))
    }
}

/// `escape_debug` without the quotes, which need no escape between backticks, and with the backtick, which does.
fn escape(c: char) -> impl Iterator<Item = char> {
    let keep = matches!(c, '\'' | '"').then_some(c);
    let backtick = (c == '`').then(|| c.escape_unicode());
    let other = (keep.is_none() && backtick.is_none()).then(|| c.escape_debug());
    keep.into_iter().chain(backtick.into_iter().flatten()).chain(other.into_iter().flatten())
}

/// ` at character 12`, or nothing. People count from one.
fn at(position: Option<usize>) -> String {
    position.map(|position| format!(" at character {}", position.saturating_add(1))).unwrap_or_default()
}

fn bytes_are(count: usize) -> String {
    if count == 1 { "1 byte is".into() } else { format!("{count} bytes are") }
}

/// The other ways from a text to what has [`FromStr`](core::str::FromStr).
macro_rules! try_from_text {
    ($name:ident: $($text:ty),+) => {$(
        impl TryFrom<$text> for $name {
            type Error = <Self as core::str::FromStr>::Err;

            fn try_from(text: $text) -> Result<Self, Self::Error> {
                text.parse()
            }
        }
    )+};
}
pub(crate) use try_from_text;

/// The most known names that an error lists.
const LISTED: usize = 10;

/// A name that is not known, with the nearest one that is, or those that there are.
///
/// ```
/// let schema = keyward::Schema::builder().resource("products").build()?;
/// let unknown = schema.resource_type("product").unwrap_err();
/// assert_eq!(unknown.to_string(), "unknown resource type `product`; did you mean `products`?");
/// assert_eq!(unknown.nearest(), Some("products"));
///
/// let unknown = schema.operation("publish").unwrap_err();
/// assert_eq!(
///     unknown.to_string(),
///     "unknown operation `publish`; there are `create`, `read`, `update`, `delete`, `list`",
/// );
/// # Ok::<(), keyward::schema::SchemaError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown {what} `{name}`{instead}")]
pub struct UnknownName {
    what: &'static str,
    name: String,
    instead: Instead,
}

/// What could have been meant.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Instead {
    Nothing,
    Nearest(String),
    /// The names that there are, as the message lists them.
    Known(String),
    /// What to write.
    Hint(String),
}

impl UnknownName {
    /// Of names that anyone may know: where none is near, they are listed.
    pub(crate) fn new(what: &'static str, name: &str, known: impl IntoIterator<Item: AsRef<str>> + Clone) -> Self {
        let unlisted = Self::unlisted(what, name, known.clone());
        match unlisted.instead {
            Instead::Nothing => Self { instead: Instead::of_known(known), ..unlisted },
            _ => unlisted,
        }
    }

    /// Of an account's own names: it tells the nearest, and no others.
    pub(crate) fn unlisted(what: &'static str, name: &str, known: impl IntoIterator<Item: AsRef<str>>) -> Self {
        let instead = nearest(name, known).map_or(Instead::Nothing, Instead::Nearest);
        Self { what, name: excerpt(name), instead }
    }

    /// The same, and what to write instead.
    pub(crate) fn hint(self, hint: String) -> Self {
        Self { instead: Instead::Hint(hint), ..self }
    }

    /// The unknown name, escaped, and cut if it is long.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The known name that is nearest to the unknown one, if any is near.
    pub fn nearest(&self) -> Option<&str> {
        match &self.instead {
            Instead::Nearest(nearest) => Some(nearest),
            Instead::Nothing | Instead::Known(_) | Instead::Hint(_) => None,
        }
    }
}

impl Instead {
    fn of_known(known: impl IntoIterator<Item: AsRef<str>>) -> Self {
        let mut known = known.into_iter();
        let first: Vec<String> =
            known.by_ref().take(LISTED).map(|name| format!("`{}`", excerpt(name.as_ref()))).collect();
        match (first.is_empty(), known.count()) {
            (true, _) => Self::Nothing,
            (false, 0) => Self::Known(first.join(", ")),
            (false, more) => Self::Known(format!("{} and {more} more", first.join(", "))),
        }
    }
}

impl fmt::Display for Instead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => Ok(()),
            Self::Nearest(nearest) => write!(f, "; did you mean `{nearest}`?"),
            Self::Known(known) => write!(f, "; there are {known}"),
            Self::Hint(hint) => write!(f, ": {hint}"),
        }
    }
}

/// The form of identifiers: accounts, roles, actors.
pub(crate) const ID: NameForm = NameForm {
    form: "id",
    most: 128,
    allows: is_id_byte,
    letters: "; an id is made of ASCII letters, digits and `_-.:@+~=/`",
};
/// The form of resource types, the part of a permission before its colon.
pub(crate) const TYPE: NameForm = NameForm {
    form: "resource type",
    most: 128,
    allows: is_type_byte,
    letters: "; a resource type is made of ASCII letters, digits and `.`",
};
/// The form of operations, between the commas of a permission.
pub(crate) const OPERATION: NameForm = NameForm {
    form: "operation",
    most: 64,
    allows: is_operation_byte,
    letters: "; an operation is made of the letters `a` to `z`",
};
/// The five operations of every schema, in the order of their indices.
pub(crate) const STANDARD: [&str; 5] = ["create", "read", "update", "delete", "list"];
/// The form of condition names, the part of a condition before its colon.
pub(crate) const CONDITION: NameForm = NameForm {
    form: "condition name",
    most: 126,
    allows: is_condition_byte,
    letters: "; a condition name is made of ASCII letters, digits, `_` and `-`",
};

/// A kind of name: what its bytes may be and how many it may have.
#[derive(Clone, Copy)]
pub(crate) struct NameForm {
    form: &'static str,
    most: usize,
    allows: fn(u8) -> bool,
    /// How a message says what its bytes may be.
    pub(crate) letters: &'static str,
}

impl NameForm {
    pub(crate) fn check(self, name: &str) -> Result<(), TextError> {
        check_length(self.form, name, 1, self.most)?;
        first_disallowed(name, self.allows).map_or(Ok(()), |(position, found)| {
            Err(TextError::new(self.form, name, TextProblem::Character { found }).at(position).hint(self.letters))
        })
    }
}

pub(crate) fn check_length(form: &'static str, text: &str, least: usize, most: usize) -> Result<(), TextError> {
    let length = text.len();
    let problem = match length {
        _ if length < least => TextProblem::TooShort { length, least },
        _ if length > most => TextProblem::TooLong { length, most },
        _ => return Ok(()),
    };
    Err(TextError::new(form, text, problem))
}

/// The items, each but the first after the separator.
pub(crate) fn join<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    separator: &str,
    items: impl IntoIterator<Item = T>,
) -> fmt::Result {
    items.into_iter().enumerate().try_for_each(|(index, item)| {
        f.write_str(if index == 0 { "" } else { separator })?;
        item.fmt(f)
    })
}

/// A text that may be anyone's, in backticks.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", Escaped(self.0))
    }
}

/// The first character of `text` that is not allowed, and its place in bytes.
pub(crate) fn first_disallowed(text: &str, allows: impl Fn(u8) -> bool) -> Option<(usize, char)> {
    text.char_indices().find(|(_, c)| !u8::try_from(*c).is_ok_and(&allows))
}

pub(crate) fn is_type_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'.'
}

pub(crate) fn is_operation_byte(byte: u8) -> bool {
    byte.is_ascii_lowercase()
}

pub(crate) fn is_condition_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// Wide enough for addresses and URNs as ids; no wildcard, quote, comma or space.
fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.:@+~=/".contains(&byte)
}

/// The known name with the fewest edits to `name`, if those are at most a third of its length.
fn nearest(name: &str, known: impl IntoIterator<Item: AsRef<str>>) -> Option<String> {
    if name.len() > 128 {
        return None;
    }
    let most = (name.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|candidate| (edits(name, candidate.as_ref()), candidate))
        .filter(|(edits, _)| *edits <= most)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, candidate)| candidate.as_ref().to_owned())
}

/// Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`, letters' case aside
/// (the optimal string alignment distance).
fn edits(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.chars().map(|c| c.to_ascii_lowercase()).collect();
    let b: Vec<char> = b.chars().map(|c| c.to_ascii_lowercase()).collect();
    let mut before: Vec<usize> = alloc::vec![0; b.len().saturating_add(1)];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    let cell = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX);
    for (i, from) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(last.len());
        row.push(i.saturating_add(1));
        for (j, to) in b.iter().enumerate() {
            let replaced = cell(&last, j).saturating_add(usize::from(from != to));
            let mut fewest = replaced.min(cell(&last, j.saturating_add(1)).saturating_add(1));
            fewest = fewest.min(cell(&row, j).saturating_add(1));
            let swapped = i
                .checked_sub(1)
                .zip(j.checked_sub(1))
                .is_some_and(|(i, j)| a.get(i) == Some(to) && b.get(j) == Some(from));
            if swapped {
                fewest = fewest.min(cell(&before, j.saturating_sub(1)).saturating_add(1));
            }
            row.push(fewest);
        }
        before = core::mem::replace(&mut last, row);
    }
    cell(&last, b.len())
}
