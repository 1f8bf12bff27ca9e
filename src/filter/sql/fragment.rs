//! The text of a condition, and the parameters to bind.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

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
    /// The text between the placeholders: one more than those.
    pieces: Vec<String>,
    /// Which parameter each placeholder takes.
    placeholders: Vec<usize>,
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
        self.pieces.join("NULL")
    }
}

/// The text, with placeholders.
impl fmt::Display for SqlFragment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut placeholders = self.placeholders.iter();
        for piece in &self.pieces {
            f.write_str(piece)?;
            match placeholders.next() {
                Some(number) if self.numbered => write!(f, "${}", number.saturating_add(self.first))?,
                Some(_) => f.write_str("?")?,
                None => {}
            }
        }
        Ok(())
    }
}

/// The values of a fragment that is being written. In its text a placeholder is the value's number between two NULs, which
/// are in no name and no literal.
#[derive(Default)]
pub(super) struct Binds {
    values: Vec<SqlValue>,
}

const MARK: char = '\0';

impl Binds {
    /// A placeholder for the value.
    pub(super) fn one(&mut self, value: SqlValue) -> String {
        let at = self.values.len();
        self.values.push(value);
        format!("{MARK}{at}{MARK}")
    }

    pub(super) fn count(&self) -> usize {
        self.values.len()
    }

    /// Forgets the values after the first so many: the text that had them is not used.
    pub(super) fn forget(&mut self, count: usize) {
        self.values.truncate(count);
    }

    /// `(?, ?)`, each with `cast` after it; `None` where there is nothing to be in.
    pub(super) fn list(&mut self, values: impl IntoIterator<Item = SqlValue>, cast: &str) -> Option<String> {
        let placeholders: Vec<String> = values.into_iter().map(|value| format!("{}{cast}", self.one(value))).collect();
        (!placeholders.is_empty()).then(|| format!("({})", placeholders.join(", ")))
    }

    pub(super) fn into_fragment(self, numbered: bool, text: &str) -> SqlFragment {
        let (mut pieces, mut placeholders, mut parameters) = (Vec::new(), Vec::new(), Vec::new());
        for (index, part) in text.split(MARK).enumerate() {
            if index % 2 == 0 {
                pieces.push(part.to_string());
            } else if let Ok(number) = part.parse::<usize>() {
                placeholders.push(number);
                parameters.extend(self.values.get(number).cloned());
            }
        }
        if numbered {
            parameters = self.values;
        }
        SqlFragment { numbered, pieces, placeholders, parameters, first: 1 }
    }
}
