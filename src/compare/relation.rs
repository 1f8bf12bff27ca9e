//! Inclusion and equality.

use super::{
    pair::{Pair, can_be_compared},
    pieces::{self, GivenUp},
    witness::Witness,
};
use crate::access::Access;

/// Whether one access is within another, and if not, a request that shows it.
#[must_use = "an inclusion that is not looked at lets everybody give what they don't have"]
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a new outcome must break every match")]
pub enum Inclusion {
    /// The other access allows all that this one does.
    Within,
    /// This request is allowed by the one access and denied by the other.
    Exceeds(Witness),
    /// The comparison was given up: it takes more than 4,096 pieces. It must be taken for "not within".
    TooManyPieces,
    /// The comparison was given up: the accesses are of two schemas, which take the values of one attribute for different
    /// [kinds](crate::schema::ValueKind). It must be taken for "not within".
    OtherKinds,
}

impl Inclusion {
    /// Whether it is [`Within`](Self::Within).
    pub fn is_within(&self) -> bool {
        matches!(self, Self::Within)
    }

    /// The request that the one allows and the other denies.
    pub fn witness(&self) -> Option<&Witness> {
        match self {
            Self::Within | Self::TooManyPieces | Self::OtherKinds => None,
            Self::Exceeds(witness) => Some(witness),
        }
    }
}

/// Accesses are compared by what they allow, not by how they are written. A permission on a type where an unbound condition
/// denies everything makes no difference. Nor does a condition that restricts no type on which something is granted. An
/// access that allows nothing is within every other.
impl Access {
    /// Whether `other` allows all that this access allows, and if not, a request that this one allows and `other` denies.
    ///
    /// It is exact, and a witness holds the context where a condition reads it. Where each has one assignment, each condition value is looked up once, and each condition name once for each
    /// type. (Between accesses of different schemas, values are looked up for each type, and each name is compared with each.)
    ///
    /// Otherwise the assignments of `other` are taken away from those of this access, piece by piece. Accesses that people
    /// write take a few pieces. At 4,096 it is given up: [`Inclusion::TooManyPieces`].
    ///
    /// ```
    /// use keyward::{Access, Role, Roles, Schema};
    ///
    /// let schema = Schema::from_json(
    ///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
    /// )?;
    /// let roles = Roles::new(&schema, "acme")?.with(Role::new("Inspector", ["products:read"])?)?;
    /// let inspector = Access::builder(&roles).role("Inspector").condition("brand:a")?.build()?;
    /// let manager = Access::builder(&roles).role("Inspector").build()?;
    ///
    /// assert!(inspector.within(&manager).is_within());
    /// let witness = manager.within(&inspector).witness().cloned().unwrap();
    /// assert_eq!(witness.to_string(), "`read` on `products` of `acme` with {`brand`: `a-other`}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn within(&self, other: &Self) -> Inclusion {
        if !can_be_compared(self, other) {
            return Inclusion::OtherKinds;
        }
        let witness = match Pair::only(self, other) {
            Some(pair) => Ok(pair.witness()),
            None => pieces::beyond(self, other, 1).map(|left| {
                let ranked = left.pieces.iter().filter_map(|piece| Some((piece.rank()?, piece)));
                ranked.min_by_key(|(rank, _)| *rank).and_then(|(_, piece)| piece.witness())
            }),
        };
        match witness {
            Ok(None) => Inclusion::Within,
            Ok(Some(witness)) => Inclusion::Exceeds(witness),
            Err(GivenUp::TooManyPieces) => Inclusion::TooManyPieces,
            Err(GivenUp::OtherKinds) => Inclusion::OtherKinds,
        }
    }

    /// Whether `other` allows all that this access allows: [`within`](Self::within) without a witness, and without allocating
    /// where each has one assignment. False where the comparison is given up.
    ///
    /// ```
    /// use keyward::{Access, Roles, Schema};
    ///
    /// let schema = Schema::builder().resource("products").build()?;
    /// let (acme, other) = (Roles::new(&schema, "acme")?, Roles::new(&schema, "other")?);
    /// let nothing = Access::builder(&acme).build()?;
    /// let everything = Access::builder(&acme).role("admin").build()?;
    /// assert!(nothing.is_within(&everything) && !everything.is_within(&nothing));
    ///
    /// let elsewhere = Access::builder(&other).role("admin").build()?;
    /// assert!(!everything.is_within(&elsewhere) && nothing.is_within(&elsewhere));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn is_within(&self, other: &Self) -> bool {
        match Pair::only(self, other) {
            _ if !can_be_compared(self, other) => false,
            Some(pair) => pair.types().all(|on| on.is_included()),
            None => pieces::beyond(self, other, 1).is_ok_and(|left| left.pieces.is_empty()),
        }
    }

    /// Whether the two allow the same, each [within](Self::is_within) the other.
    ///
    /// ```
    /// use keyward::{Access, Role, Roles, Schema};
    ///
    /// let schema = Schema::from_json(
    ///     r#"{
    ///         "resources": {"products": {}, "places": {}},
    ///         "conditions": {"brand": {"restricts": {"products": "brand"}}}
    ///     }"#,
    /// )?;
    /// let roles = Roles::new(&schema, "acme")?
    ///     .with(Role::new("Products", ["products:read"])?)?
    ///     .with(Role::new("Both", ["products:read", "places:read"])?)?;
    /// let products = Access::builder(&roles).role("Products").condition("brand:a")?.build()?;
    /// // `brand` is not bound to places, and so denies what the role grants there.
    /// let both = Access::builder(&roles).role("Both").condition("brand:a")?.build()?;
    /// assert!(products.same_as(&both));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn same_as(&self, other: &Self) -> bool {
        self.is_within(other) && other.is_within(self)
    }
}
