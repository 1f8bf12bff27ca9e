//! The text of a condition, and the parameters to bind.

use alloc::{format, string::String, vec::Vec};
use core::{
    fmt::{self, Write},
    ops::Range,
};

/// A condition in SQL and the values to bind to its placeholders. No value stands in the text.
///
/// It is in parentheses, and true or false for every row, never null: it can be joined with `AND`, `OR` and `NOT`.
///
/// ```
/// use keyward::{Access, Roles, Schema, filter::{SqlColumn, SqlDialect, SqlTable, SqlValue}};
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"orders": {}}, "conditions": {"factory": {"restricts": {"orders": "factoryId"}}}}"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?;
/// let access = Access::builder(&roles).role("admin").condition("factory:7")?.condition("factory:x")?.build()?;
/// let orders = SqlTable::new(SqlDialect::PostgreSql, SqlColumn::integer("account_number"))?
///     .column("factoryId", SqlColumn::integer("factory_id"))?;
///
/// // The account's column is a number, and `acme` is none.
/// assert_eq!(access.sql("orders", &orders)?.to_string(), "(1 = 0)");
///
/// let orders = SqlTable::of_one_account(SqlDialect::PostgreSql, "acme")
///     .column("factoryId", SqlColumn::integer("factory_id"))?;
/// let fragment = access.sql("orders", &orders)?.numbered_from(3);
/// assert_eq!(
///     fragment.to_string(),
///     r#"("factory_id" IS NOT NULL AND "factory_id" IN ($3::bigint) AND "factory_id" | 0 = "factory_id")"#,
/// );
/// assert_eq!(fragment.parameters(), [SqlValue::Integer(7)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlFragment {
    /// Whether placeholders are numbered. If so, a value that is used twice is bound once.
    numbered: bool,
    /// The text without its placeholders.
    text: String,
    /// Where in the text placeholders stand, one or several with commas between them.
    placeholders: Vec<(usize, Run)>,
    parameters: Vec<SqlValue>,
    first: usize,
}

/// A value to bind.
///
/// ```
/// use keyward::filter::SqlValue;
///
/// let text = match SqlValue::Text("a".into()) {
///     SqlValue::Text(text) => text,
///     SqlValue::Integer(integer) => integer.to_string(),
///     SqlValue::Boolean(boolean) => boolean.to_string(),
/// };
/// assert_eq!(text, "a");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a host binds each of them, and a new one must break its match")]
pub enum SqlValue {
    /// A text.
    Text(String),
    /// An integer of 64 bits (`bigint`).
    Integer(i64),
    /// A boolean; only where the database has them.
    Boolean(bool),
}

impl SqlFragment {
    /// The values to bind: one for each `?`, in their order, or one for each number, in order.
    pub fn parameters(&self) -> &[SqlValue] {
        &self.parameters
    }

    /// The fragment with placeholders that are numbered from `first` on, for a query that has `first - 1` parameters
    /// before. Placeholders without numbers stay as they are.
    #[must_use]
    pub fn numbered_from(self, first: usize) -> Self {
        Self { first, ..self }
    }

    /// The text, with null for every parameter.
    pub(super) fn with_nulls(&self) -> String {
        let mut text = String::new();
        let _ = self.write(&mut text, |text, _| text.write_str("NULL"));
        text
    }

    /// The text with what `placeholder` writes for the parameter with a number.
    fn write<W: Write>(&self, to: &mut W, placeholder: impl Fn(&mut W, usize) -> fmt::Result) -> fmt::Result {
        let mut from = 0;
        for (at, run) in &self.placeholders {
            to.write_str(self.text.get(from..*at).unwrap_or_default())?;
            for number in run.values.clone() {
                to.write_str(if number == run.values.start { "" } else { ", " })?;
                placeholder(to, number)?;
                to.write_str(run.cast)?;
            }
            from = *at;
        }
        to.write_str(self.text.get(from..).unwrap_or_default())
    }
}

/// The text, with placeholders.
impl fmt::Display for SqlFragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, |f, number| {
            if !self.numbered {
                return f.write_str("?");
            }
            f.write_str("$")?;
            f.write_str(itoa::Buffer::new().format(number.saturating_add(self.first)))
        })
    }
}

/// Placeholders that follow each other, for these values, each with a cast after it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Run {
    values: Range<usize>,
    cast: &'static str,
}

/// The values of a fragment that is being written. In its text the number of a run stands between two NULs, which are in no name
/// and no literal.
#[derive(Default)]
pub(super) struct Binds {
    values: Vec<SqlValue>,
    runs: Vec<Run>,
}

const MARK: char = '\0';

impl Binds {
    /// A placeholder for the value.
    pub(super) fn one(&mut self, value: SqlValue) -> String {
        self.run([value], "")
    }

    fn run(&mut self, values: impl IntoIterator<Item = SqlValue>, cast: &'static str) -> String {
        let (number, start) = (self.runs.len(), self.values.len());
        self.values.extend(values);
        self.runs.push(Run { values: start..self.values.len(), cast });
        format!("{MARK}{number}{MARK}")
    }

    pub(super) fn count(&self) -> usize {
        self.values.len()
    }

    /// Forgets the values after the first so many: the text that had them is not used.
    pub(super) fn forget(&mut self, count: usize) {
        self.values.truncate(count);
    }

    /// `(?, ?)`, each with `cast` after it; `None` where there is nothing to be in.
    pub(super) fn list(&mut self, values: impl IntoIterator<Item = SqlValue>, cast: &'static str) -> Option<String> {
        let before = self.count();
        let run = self.run(values, cast);
        (self.count() > before).then(|| format!("({run})"))
    }

    pub(super) fn into_fragment(self, numbered: bool, marked: &str) -> SqlFragment {
        let (mut text, mut placeholders) = (String::with_capacity(marked.len()), Vec::new());
        for (index, part) in marked.split(MARK).enumerate() {
            if index % 2 == 0 {
                text.push_str(part);
            } else if let Some(run) = part.parse().ok().and_then(|number: usize| self.runs.get(number)) {
                placeholders.push((text.len(), run.clone()));
            }
        }
        // With numbers a value is bound once; without, once for each placeholder.
        let used = || placeholders.iter().flat_map(|(_, run)| run.values.clone());
        let parameters = if numbered || used().eq(0..self.values.len()) {
            self.values
        } else {
            used().filter_map(|number| self.values.get(number).cloned()).collect()
        };
        SqlFragment { numbered, text, placeholders, parameters, first: 1 }
    }
}
