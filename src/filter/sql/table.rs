//! Which column holds which attribute, and the fragment under that mapping.

use alloc::{
    boxed::Box,
    format,
    string::{String, ToString},
    vec::Vec,
};

use super::{
    column::{Kind, Scalar, SqlColumn},
    dialect::SqlDialect,
    fragment::{Binds, SqlFragment},
    parts::{FALSE, TRUE, all_of, any_of},
    rules::Asked,
    sql_error::SqlError,
};
use crate::{
    access::Access,
    attributes::AttributePath,
    decision::InContext,
    filter::{
        Filter, ListError,
        mapping::{Mapping, Question},
    },
    schema::{Match, Operation, OperationRef, Schema, TypeRef},
    text::TextError,
    values::{ValueKind, ValueSet},
};

/// Which column of a table holds the account, and which holds which attribute. Make it once, at the start.
///
/// Each attribute that a condition reads must be mapped: by [`column`](Self::column), or by [`alike`](Self::alike) if the
/// column has the attribute's name. Map an attribute that no column holds to [`SqlColumn::absent`]; then no row meets a
/// condition that reads it. At the start, [`check`](Self::check) compares the mapping with the schema, and
/// [`probe`](Self::probe) gives a statement that compares it with the database.
///
/// ```
/// use keyward::{Access, Roles, Schema, filter::{SqlColumn, SqlDialect, SqlTable, SqlValue}};
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?;
/// let access = Access::builder(&roles).role("admin").condition("brand:a")?.build()?;
///
/// let products = SqlTable::new(SqlDialect::Sqlite, "account")?.alike(["brand"], SqlColumn::text)?;
/// products.check(&schema, "products")?;
/// let fragment = access.sql("products", &products)?;
/// assert_eq!(
///     format!("SELECT * FROM products WHERE price > 10 AND {fragment}"),
///     "SELECT * FROM products WHERE price > 10 AND (\
///         (typeof(`account`) = 'text' AND `account` COLLATE BINARY IN (?)) AND \
///         (typeof(`brand`) = 'text' AND `brand` COLLATE BINARY IN (?)))",
/// );
/// assert_eq!(fragment.parameters(), [SqlValue::Text("acme".into()), SqlValue::Text("a".into())]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct SqlTable {
    pub(super) dialect: SqlDialect,
    qualifier: Option<Box<str>>,
    pub(super) mapping: Mapping<SqlColumn>,
}

impl SqlTable {
    /// A table of several accounts. This column holds each row's account: as a text, or a [`SqlColumn::uuid`], an
    /// [`enumeration`](SqlColumn::enumeration), an [`integer`](SqlColumn::integer) or a [`numeric`](SqlColumn::numeric).
    ///
    /// # Errors
    ///
    /// [`SqlError`] for a name that the dialect refuses, for a column of another kind, and of a kind that the
    /// dialect has no exact form of.
    pub fn new(dialect: SqlDialect, account: impl Into<SqlColumn>) -> Result<Self, SqlError> {
        let account = account.into();
        match account.kind {
            Kind::Absent
            | Kind::One(Scalar::Boolean | Scalar::Inet | Scalar::Timestamp)
            | Kind::Array(_)
            | Kind::Json(_) => {
                return Err(SqlError::Account { column: account.shown(), kind: account.kind.to_string().into() });
            }
            Kind::One(_) => takes(dialect, &account)?,
        }
        Ok(Self { dialect, qualifier: None, mapping: Mapping::new(account) })
    }

    /// A table in which all rows are of this account. For an access of another account it is empty.
    ///
    /// ```
    /// # use keyward::{Access, Roles, Schema, filter::{SqlDialect, SqlTable}};
    /// # let schema = Schema::builder().resource("products").build()?;
    /// let products = SqlTable::of_one_account(SqlDialect::Sqlite, "acme");
    /// let acme = Access::builder(&Roles::new(&schema, "acme")?).role("admin").build()?;
    /// let emca = Access::builder(&Roles::new(&schema, "emca")?).role("admin").build()?;
    /// assert_eq!(acme.sql("products", &products)?.to_string(), "(1 = 1)");
    /// assert_eq!(emca.sql("products", &products)?.to_string(), "(1 = 0)");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of_one_account(dialect: SqlDialect, account: &str) -> Self {
        Self { dialect, qualifier: None, mapping: Mapping::of_one_account(account) }
    }

    /// Writes the table's name, or its alias in the query, before each column.
    ///
    /// # Errors
    ///
    /// [`SqlError`] for a name that the dialect refuses.
    ///
    /// ```
    /// # use keyward::{Access, Roles, Schema, filter::{SqlDialect, SqlTable}};
    /// # let schema = Schema::builder().resource("products").build()?;
    /// # let acme = Access::builder(&Roles::new(&schema, "acme")?).role("admin").build()?;
    /// let products = SqlTable::new(SqlDialect::MariaDb, "account")?.qualified("p")?;
    /// assert!(acme.sql("products", &products)?.to_string().starts_with("(`p`.`account` IS NOT NULL AND "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn qualified(mut self, name: &str) -> Result<Self, SqlError> {
        self.qualifier = Some(self.dialect.quote(name)?.into());
        Ok(self)
    }

    /// Says which column holds an attribute: a name, an array of names for a path, or an [`AttributePath`].
    ///
    /// # Errors
    ///
    /// [`SqlError`] for a name that the dialect refuses, a kind of column or a path that it has no exact
    /// form of, and an attribute that is mapped already.
    pub fn column<A>(mut self, attribute: A, column: impl Into<SqlColumn>) -> Result<Self, SqlError>
    where
        A: TryInto<AttributePath, Error: Into<TextError>>,
    {
        let (attribute, column) = (attribute.try_into().map_err(Into::<TextError>::into)?, column.into());
        if column.kind != Kind::Absent {
            takes(self.dialect, &column)?;
        }
        self.mapping.add(attribute, column)?;
        Ok(self)
    }

    /// Maps several attributes, each to the column of its own name, and says of what kind these columns are.
    ///
    /// # Errors
    ///
    /// As [`column`](Self::column).
    ///
    /// ```
    /// # use keyward::filter::{SqlColumn, SqlDialect, SqlTable};
    /// let products = SqlTable::new(SqlDialect::PostgreSql, "account")?
    ///     .alike(["id", "owner"], SqlColumn::uuid)?
    ///     .alike(["brand"], SqlColumn::text)?;
    /// # Ok::<(), keyward::filter::SqlError>(())
    /// ```
    pub fn alike<N: AsRef<str>>(
        self,
        names: impl IntoIterator<Item = N>,
        kind: impl Fn(Box<str>) -> SqlColumn,
    ) -> Result<Self, SqlError> {
        names.into_iter().try_fold(self, |table, name| table.column(name.as_ref(), kind(name.as_ref().into())))
    }

    /// Checks that everything that conditions read of a resource type is mapped, and that everything mapped is read. Call it
    /// at the start. Whether the columns exist, only the database knows: [`probe`](Self::probe) asks it.
    ///
    /// # Errors
    ///
    /// [`SqlError`] for a type that the schema doesn't have, for an attribute that is not mapped or not read, for a column that
    /// can't be compared with a condition's kind of values, and for what else [`Access::sql`] refuses.
    ///
    /// ```
    /// use keyward::{Schema, filter::{SqlColumn, SqlDialect, SqlTable}};
    ///
    /// let schema = Schema::from_json(
    ///     r#"{"resources": {"factories": {}}, "conditions": {"factoryId": {"restricts": {"factories": "id"}}}}"#,
    /// )?;
    /// let table = SqlTable::new(SqlDialect::PostgreSql, "account")?;
    /// assert!(table.clone().column("id", SqlColumn::integer("number"))?.check(&schema, "factories").is_ok());
    /// assert_eq!(
    ///     table.column("Id", SqlColumn::integer("number"))?.check(&schema, "factories").unwrap_err().to_string(),
    ///     "attribute `id` is mapped to no column",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn check(&self, schema: &Schema, resource: &str) -> Result<(), SqlError> {
        self.mapping.check(schema, resource, |column, values| match column.kind {
            Kind::Absent => Ok(()),
            _ => self.name_for(column, values).map(drop),
        })
    }

    fn fragment(&self, account: &str, filter: &Filter) -> Result<SqlFragment, SqlError> {
        let numbered = self.dialect.rules().numbered;
        let nothing = || Ok(Binds::default().into_fragment(numbered, FALSE));
        let Some(Question { account: holder, alternatives }) = self.mapping.question(account, filter)? else {
            return nothing();
        };
        let mut binds = Binds::default();
        let mut requirements = Vec::new();
        if let Some(column) = holder {
            let account = ValueSet::of_texts(&[account]);
            requirements.push(self.requirement(&mut binds, column, (Match::Any, &account), false)?);
        }
        // If no row meets one of the requirements, the others don't matter; if every row does, it says nothing.
        if requirements.iter().any(|requirement| requirement == FALSE) {
            return nothing();
        }
        requirements.retain(|requirement| requirement != TRUE);
        let (of_account, several) = (binds.count(), alternatives.len() > 1);
        let mut met = Vec::new();
        for clauses in alternatives {
            let before = binds.count();
            let mut asked = Vec::new();
            for (column, clause) in clauses {
                asked.push(self.requirement(&mut binds, column, (clause.matching(), clause.accepted()), several)?);
            }
            if asked.iter().any(|requirement| requirement == FALSE) {
                binds.forget(before);
                continue;
            }
            asked.retain(|requirement| requirement != TRUE);
            met.push(asked);
        }
        match <[Vec<String>; 1]>::try_from(met) {
            Ok([only]) => requirements.extend(only),
            Err(none) if none.is_empty() => return nothing(),
            Err(several) if several.iter().any(Vec::is_empty) => binds.forget(of_account),
            Err(several) => requirements.push(any_of(several.into_iter().map(all_of))),
        }
        Ok(binds.into_fragment(numbered, &all_of(requirements)))
    }

    pub(super) fn requirement(
        &self,
        binds: &mut Binds,
        column: &SqlColumn,
        (matching, accepted): (Match, &ValueSet),
        in_alternatives: bool,
    ) -> Result<String, SqlError> {
        if column.kind == Kind::Absent {
            return Ok(FALSE.to_string());
        }
        let name = self.name_for(column, accepted.kind())?;
        let asked = Asked { column: &name, kind: &column.kind, matching, accepted, in_alternatives };
        Ok((self.dialect.rules().requirement)(binds, &asked))
    }

    /// The name of a column that is compared with values of this kind.
    fn name_for(&self, column: &SqlColumn, values: ValueKind) -> Result<String, SqlError> {
        if column.kind.compares_with(values) {
            return self.name(column);
        }
        let kind = column.kind.to_string().into();
        Err(SqlError::Values { column: column.shown(), dialect: self.dialect, kind, values })
    }

    /// The column's name in quotes, with its table's before it.
    pub(super) fn name(&self, column: &SqlColumn) -> Result<String, SqlError> {
        let name = self.dialect.quote(&column.name)?;
        let is_ambiguous =
            |taken: &&str| matches!(column.kind, Kind::Json(_)) && taken.eq_ignore_ascii_case(&column.name);
        match &self.qualifier {
            Some(qualifier) => Ok(format!("{qualifier}.{name}")),
            None if self.dialect.rules().ambiguous.iter().any(is_ambiguous) => {
                Err(SqlError::Ambiguous { column: column.shown(), dialect: self.dialect })
            }
            None => Ok(name),
        }
    }
}

/// Whether the dialect has an exact form of the column.
fn takes(dialect: SqlDialect, column: &SqlColumn) -> Result<(), SqlError> {
    dialect.quote(&column.name)?;
    let rules = dialect.rules();
    match &column.kind {
        kind if !(rules.has)(kind) => {
            Err(SqlError::Inexact { column: column.shown(), dialect, kind: kind.to_string().into() })
        }
        Kind::Json(Some(path)) if path.names().any(|name| name.contains(rules.not_in_paths)) => {
            Err(SqlError::Path { column: column.shown(), dialect, path: path.clone() })
        }
        _ => Ok(()),
    }
}

impl Access {
    /// What the access may list of a type in its account, as the condition of a query on this table, or why it may list
    /// nothing.
    ///
    /// # Errors
    ///
    /// - [`ListError::Denied`] where no row at all could pass: no permission to `list` the type, or a condition that is not
    ///   bound to it.
    /// - [`ListError::Mapping`] where a condition has no exact form under the mapping: an attribute that is not mapped, a JSON
    ///   column that must be qualified, a kind of values that the column can't be compared with.
    pub fn sql<'a>(
        &'a self,
        resource: impl Into<TypeRef<'a>>,
        table: &SqlTable,
    ) -> Result<SqlFragment, ListError<SqlError>> {
        self.sql_of(Operation::LIST, resource, table)
    }

    /// The resources of a type on which an operation is allowed, as the condition of a query on this table, or why there can
    /// be none: "what may I edit?". [`try_filter_of`](Self::try_filter_of) says what that is.
    ///
    /// # Errors
    ///
    /// As [`sql`](Self::sql), of this operation.
    ///
    /// ```
    /// use keyward::{Access, Operation, Role, Roles, Schema, filter::{SqlColumn, SqlDialect, SqlTable}};
    ///
    /// let schema = Schema::from_json(
    ///     r#"{
    ///         "resources": {"records": {}},
    ///         "conditions": {
    ///             "department": {"restricts": {"records": "department"}},
    ///             "owner": {"restricts": {"records": "owner"}}
    ///         }
    ///     }"#,
    /// )?;
    /// let roles = Roles::new(&schema, "acme")?.with(Role::new("editor", ["records:read,list,update"])?)?;
    /// let access = Access::builder(&roles)
    ///     .role("editor")
    ///     .condition("department:sales")?
    ///     .or()
    ///     .role("editor")
    ///     .condition("owner:alice")?
    ///     .build()?;
    /// let records = SqlTable::of_one_account(SqlDialect::PostgreSql, "acme")
    ///     .alike(["department", "owner"], SqlColumn::uuid)?;
    /// // Neither value is a uuid, and so no row can have one of them.
    /// assert_eq!(access.sql_of(Operation::UPDATE, "records", &records)?.to_string(), "(1 = 0)");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sql_of<'a>(
        &'a self,
        operation: impl Into<OperationRef<'a>>,
        resource: impl Into<TypeRef<'a>>,
        table: &SqlTable,
    ) -> Result<SqlFragment, ListError<SqlError>> {
        self.alone().sql_of(operation, resource, table)
    }
}

impl<'a> InContext<'a> {
    /// What the access may list of a type in this context, as the condition of a query, as [`Access::sql`].
    ///
    /// # Errors
    ///
    /// [`ListError`] as there; a condition that the context doesn't meet is a denial.
    pub fn sql(self, resource: impl Into<TypeRef<'a>>, table: &SqlTable) -> Result<SqlFragment, ListError<SqlError>> {
        self.sql_of(Operation::LIST, resource, table)
    }

    /// The resources on which an operation is allowed in this context, as the condition of a query, as [`Access::sql_of`].
    ///
    /// # Errors
    ///
    /// [`ListError`] as there; a condition that the context doesn't meet is a denial.
    pub fn sql_of(
        self,
        operation: impl Into<OperationRef<'a>>,
        resource: impl Into<TypeRef<'a>>,
        table: &SqlTable,
    ) -> Result<SqlFragment, ListError<SqlError>> {
        let filter = self.try_filter_of(operation, resource, self.of.account())?;
        filter.sql(self.of.account(), table).map_err(ListError::Mapping)
    }
}

impl Filter {
    /// The filter as the condition of a query on this table. Use it for a filter that was stored or sent; an access has
    /// [`Access::sql`]. The account must be that of the filter's access, never one that a caller sent.
    ///
    /// # Errors
    ///
    /// [`SqlError`] where a clause has no exact form under the mapping.
    ///
    /// ```
    /// use keyward::filter::{Filter, SqlColumn, SqlDialect, SqlTable};
    ///
    /// let filter: Filter = serde_json::from_str(r#"{"all_of": [{"attribute": "brand", "one_of": ["a"]}]}"#)?;
    /// let products = SqlTable::new(SqlDialect::MariaDb, "account")?.alike(["brand"], SqlColumn::text)?;
    /// assert_eq!(filter.sql("acme", &products)?.parameters().len(), 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sql(&self, account: &str, table: &SqlTable) -> Result<SqlFragment, SqlError> {
        table.fragment(account, self)
    }
}
