//! What other processes have changed, as PostgreSQL tells it.

use std::time::Duration;

use postgres::{Transaction, fallible_iterator::FallibleIterator as _};

use super::PostgreSql;
use crate::store::{StoreError, Told};

/// How long nothing is told before the connection is tried.
const SILENCE: Duration = Duration::from_secs(5);

/// Of the schema that the connection names: others in the same database have their own.
const CHANNEL: &str = "'keyward_' || md5(current_schema())";

/// Tells every process that an account is of this version when the transaction is committed.
pub(super) fn tell(transaction: &mut Transaction<'_>, account: &str, version: i64) -> Result<(), postgres::Error> {
    let notify = format!("SELECT pg_notify({CHANNEL}, $1)");
    transaction.execute(&notify, &[&format!("{} {account}", version.cast_unsigned())]).map(drop)
}

impl PostgreSql {
    /// Tells what is changed, until the connection breaks.
    pub(super) fn listen(&self, told: &mut dyn FnMut(Told<'_>)) -> Result<(), StoreError> {
        self.prepare()?;
        let mut client = self.address.connect()?;
        let channel: String = client.query_one(&format!("SELECT {CHANNEL}"), &[])?.get(0);
        client.batch_execute(&format!("LISTEN {channel}"))?;
        // What was changed before wasn't told.
        told(Told::Nothing);
        loop {
            let mut notices = client.notifications();
            notices.timeout_iter(SILENCE).for_each(|notice| {
                let parts = notice.payload().split_once(' ');
                if let Some((version, account)) = parts.and_then(|(version, id)| Some((version.parse().ok()?, id))) {
                    told(Told::Changed { account, version });
                }
                Ok(())
            })?;
            drop(notices);
            client.batch_execute("")?;
        }
    }
}
