//! What can go wrong with the store.

#[cfg(feature = "postgresql")]
use std::error::Error;

use keyward::{filter::SqlError, http::Refused};

use crate::log;

/// Why the store could not tell. Its text holds nothing of a record.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed.
    #[error("the database failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// PostgreSQL failed.
    #[cfg(feature = "postgresql")]
    #[error("PostgreSQL failed: {}", in_full(.0))]
    PostgreSql(#[from] postgres::Error),
    /// PostgreSQL gave no answer to a commit, or an error: whether what was to be committed is stored is not known.
    #[cfg(feature = "postgresql")]
    #[error("PostgreSQL failed to commit: {}", in_full(.0))]
    Unanswered(postgres::Error),
    /// There is no connection to PostgreSQL.
    #[cfg(feature = "postgresql")]
    #[error("PostgreSQL can't be reached: {0}")]
    Away(r2d2::Error),
    /// What should be the address of a PostgreSQL is none.
    #[cfg(feature = "postgresql")]
    #[error(
        "`--postgres` needs an address, such as `host=127.0.0.1 user=service dbname=service`, or one of the form \
         postgresql://…; its `sslmode` is `disable`, `prefer` or `require`, which checks the certificate, too"
    )]
    Address,
    /// The schema that the address names isn't there.
    #[cfg(feature = "postgresql")]
    #[error("PostgreSQL has no schema of those that the address's `search_path` names: create one")]
    NoSchema,
    /// There is no way to check whose server it is.
    #[cfg(feature = "postgresql")]
    #[error("the connection to PostgreSQL can't be encrypted: {0}")]
    Tls(String),
    /// The file's folder can't be used.
    #[error("the database's folder can't be used: {0}")]
    Folder(#[from] std::io::Error),
    /// Another process has it.
    #[error("another process has this database for itself")]
    InUse,
    /// Others than its owner may read or change a file of the database.
    #[error(
        "`{file}` is open to others (mode {mode:03o}): who may have read it, knows the digests of keys, and who may \
             have changed it, may have put in their own; when it is as it should be, `chmod 600` it"
    )]
    OpenToOthers {
        /// The file.
        file: String,
        /// Its permissions.
        mode: u32,
    },
    /// A file of the database has a second name, by which another process could use it beside this one.
    #[error("`{file}` has a second name (a hard link): by that, what was last committed would not be found")]
    TwoNames {
        /// The file.
        file: String,
    },
    /// What is stored is no account. What it is instead is not repeated, for it may be a digest.
    #[error("what is stored can't be read: {0}")]
    Unreadable(&'static str),
    /// What looked in it panicked.
    #[error("the database's thread panicked")]
    Panicked,
    /// A filter that the table has no column for.
    #[error("the table can't be asked for this: {0}")]
    Filter(#[from] SqlError),
}

/// With its causes, such as what is wrong with a certificate.
#[cfg(feature = "postgresql")]
fn in_full(error: &postgres::Error) -> String {
    let causes = std::iter::successors(Some(error as &dyn Error), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

impl StoreError {
    /// Whether it can't pass by itself: nothing that the operator wrote leads to a database.
    pub fn is_lasting(&self) -> bool {
        match self {
            #[cfg(feature = "postgresql")]
            Self::PostgreSql(error) => error.code().is_some_and(|code| {
                // No such user or password, no such database, no such schema, no such right.
                ["28", "3D", "3F", "42"].iter().any(|class| code.code().starts_with(class))
            }),
            #[cfg(feature = "postgresql")]
            Self::Unanswered(_) | Self::Away(_) => false,
            Self::InUse | Self::Panicked => false,
            _ => true,
        }
    }
}

/// The caller is told that it failed, and the log how.
impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        log::failed(&error);
        Self::new(503, "unavailable", "try again later")
    }
}
