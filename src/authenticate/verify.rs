//! Verifies a presented key: a pure function of what was presented, what was found, and the time.

use core::borrow::Borrow;

use super::refused_key::{Refusal, RefusalCause};
use crate::{
    key::{KeyDigest, KeyId, KeyKind, Pepper, PresentedKey},
    store::{KeyRecord, KeyStanding},
    time::Timestamp,
};

/// Whether the presented key is the one that was found under its id, and in use now; gives the record back.
///
/// It is the second step of authentication; the first is [`KeyFormat::parse`](crate::key::KeyFormat::parse), and
/// between them the host looks the id up. An unknown id costs the same work as a wrong secret, and the state of
/// a key is looked at only once the secret is right.
///
/// # Errors
///
/// [`Refusal`]: nothing was found, the digests differ, the key is of the other kind than its record, revoked,
/// expired (`now` is its expiry or later), or not valid yet (`now` is before its creation or its not-before: clocks
/// that disagree do so here).
///
/// ```
/// use keyward::{
///     Timestamp,
///     authenticate::{RefusalCause, verify},
///     key::{KeyEntropy, KeyFormat, KeyKind, KeyPrefix},
///     store::KeyRecord,
/// };
///
/// let format = KeyFormat::new(KeyPrefix::new("acme")?);
/// # let entropy = KeyEntropy::take(&mut [0x5A; 32])?;
/// let new = format.generate_access_token(entropy, None);
/// let record = KeyRecord::new(KeyKind::AccessToken, new.id, new.digest, "acme", "t1")?
///     .with_expiry(Some(Timestamp::from_millis(2_000)));
///
/// let presented = format.parse(new.key.reveal())?;
/// assert!(verify(&presented, Some(&record), None, Timestamp::from_millis(1_999)).is_ok());
/// let late = verify(&presented, Some(&record), None, Timestamp::from_millis(2_000)).unwrap_err();
/// assert!(matches!(late.cause(), RefusalCause::Expired { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verify<R: Borrow<KeyRecord>>(
    presented: &PresentedKey<'_>,
    found: Option<R>,
    pepper: Option<&Pepper>,
    now: Timestamp,
) -> Result<R, Refusal> {
    let refuse = |cause| Refusal::of_key(presented.id(), cause);
    verify_record(presented, found.as_ref().map(Borrow::borrow), pepper, now).map_err(refuse)?;
    found.ok_or_else(|| refuse(RefusalCause::Unknown))
}

/// Gives the record back where it is the presented key's, and in use.
#[inline]
pub(super) fn verify_record<'a>(
    presented: &PresentedKey<'_>,
    found: Option<&'a KeyRecord>,
    pepper: Option<&Pepper>,
    now: Timestamp,
) -> Result<&'a KeyRecord, RefusalCause> {
    verify_digest((presented.id(), presented.kind()), &presented.digest(pepper), found, now)
}

/// The same of the digest that was made of a text with this id and kind.
#[inline]
pub(super) fn verify_digest<'a>(
    (id, kind): (KeyId, Option<KeyKind>),
    digest: &KeyDigest,
    found: Option<&'a KeyRecord>,
    now: Timestamp,
) -> Result<&'a KeyRecord, RefusalCause> {
    // A store that found another key's record, folding case perhaps, has found nothing.
    let found = found.filter(|found| found.id() == id);
    let right = digest.matches(found.map(KeyRecord::digest));
    let Some(record) = found else { return Err(RefusalCause::Unknown) };
    if !right {
        return Err(RefusalCause::WrongSecret);
    }
    if kind.is_some_and(|kind| kind != record.kind()) {
        return Err(RefusalCause::OtherKind);
    }
    match record.standing(now) {
        KeyStanding::InUse => Ok(record),
        KeyStanding::Revoked => Err(RefusalCause::Revoked),
        KeyStanding::Expired { at } => Err(RefusalCause::Expired { at }),
        KeyStanding::NotYetValid { from } => Err(RefusalCause::NotYetValid { from }),
    }
}
