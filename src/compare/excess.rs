//! What one access allows and another doesn't: as data, and in words.

use alloc::{boxed::Box, collections::BTreeMap, vec::Vec};
use core::fmt;

use serde::{Serialize, Serializer, ser::SerializeSeq};

use super::{
    demands::Demand,
    operations,
    pair::{Gap, OnType, Pair, can_be_compared},
    pieces::{self, Beyond, GivenUp, Piece},
    witness::Witness,
};
use crate::{
    access::Access,
    decision::Clause,
    text::{Quoted, join},
    values::ValueSet,
};

/// The error "caller access exceeded": what an access allows beyond another, such as its issuer's. There is at least one
/// part, unless the comparison [was given up](Self::is_complete).
///
/// Where they [are all](Self::is_complete), the parts together cover every request that the first access allows and the other denies, and each part has such a
/// request as its witness. Where one of the two has several assignments, at most 16 parts of each type are told. If the other access doesn't have a permission, its conditions on those operations are not listed.
///
/// ```
/// use keyward::{Access, Role, Roles, Schema};
///
/// let schema = Schema::from_json(
///     r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#,
/// )?;
/// let roles = Roles::new(&schema, "acme")?
///     .with(Role::new("Inspector", ["products:read"])?)?
///     .with(Role::new("Editor", ["products:read,update"])?)?;
/// let issuer = Access::builder(&roles).role("Inspector").condition("brand:a")?.build()?;
/// let proposed =
///     Access::builder(&roles).role("Editor").condition("brand:a")?.condition("brand:b")?.build()?;
///
/// let exceeded = proposed.ensure_within(&issuer).unwrap_err();
/// assert_eq!(
///     exceeded.to_string(),
///     "caller access exceeded: permission `products:update` where `brand` is `a`, `b`; \
///      `products` where `brand` is `b`",
/// );
/// for excess in exceeded.excesses() {
///     assert!(excess.witness().decide(&proposed).is_allow());
///     assert!(!excess.witness().decide(&issuer).is_allow());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AccessExceeded {
    excesses: Box<[Excess]>,
    rest: Rest,
}

/// What is beyond the parts that are told.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rest {
    Nothing,
    More,
    /// The comparison was given up.
    Unknown(GivenUp),
}

/// One thing that an access allows beyond another, and a request that shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Excess {
    #[serde(flatten)]
    kind: ExcessKind,
    witness: Witness,
}

/// What an access can allow beyond another.
///
/// ```
/// use keyward::{Access, Roles, Schema, compare::ExcessKind};
///
/// let roles = Roles::new(&Schema::builder().resource_with("products", ["read"]).build()?, "acme")?;
/// let everything = Access::builder(&roles).role("admin").build()?;
/// let exceeded = everything.ensure_within(&Access::builder(&roles).build()?).unwrap_err();
/// let ExcessKind::Permission { resource, operations, .. } = exceeded.excesses()[0].kind() else { unreachable!() };
/// assert_eq!((&**resource, &*operations[0]), ("products", "read"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum ExcessKind {
    /// Everything that the access allows, since the other is of another account.
    Account {
        /// The access's account.
        account: Box<str>,
    },
    /// Operations on a type that no role of the other grants.
    Permission {
        /// The type.
        resource: Box<str>,
        /// The operations.
        operations: Box<[Box<str>]>,
        /// The conditions under which the access allows them.
        conditions: Box<[Restriction]>,
    },
    /// Operations on a type that the other grants, on resources that none of its assignments allows. Only between accesses
    /// of which one has several assignments.
    Resources {
        /// The type.
        resource: Box<str>,
        /// The operations.
        operations: Box<[Box<str>]>,
        /// What the resources are.
        conditions: Box<[Restriction]>,
    },
    /// Operations on a type where the other allows nothing, since it has a condition that is not bound to the type.
    ConditionUnbound {
        /// The type.
        resource: Box<str>,
        /// The operations. A role of the other grants them.
        operations: Box<[Box<str>]>,
        /// The condition's name.
        condition: Box<str>,
    },
    /// Values of a condition that both have.
    ConditionValues {
        /// The condition's name.
        condition: Box<str>,
        /// The values, of which the other doesn't have some.
        values: ValueSet,
        /// Those that the other has, where that leaves no list of values.
        #[serde(skip_serializing_if = "Option::is_none")]
        but: Option<ValueSet>,
        /// The types where this is so.
        resources: Box<[Box<str>]>,
    },
    /// All values but some, since the access doesn't have a condition that the other has.
    ConditionMissing {
        /// The condition's name.
        condition: Box<str>,
        /// The values that the other has.
        accepted: ValueSet,
        /// The types where this is so.
        resources: Box<[Box<str>]>,
    },
    /// Lists of which one element is accepted, where the other needs all to be. Only between accesses of different schemas.
    Lists {
        /// The condition's name.
        condition: Box<str>,
        /// The types where this is so.
        resources: Box<[Box<str>]>,
    },
}

/// A condition name and the values that it accepts, or those that it doesn't.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Restriction {
    /// The condition's name.
    pub condition: Box<str>,
    /// The values.
    pub values: ValueSet,
    /// Whether these are the values that are not accepted, and all others are.
    #[serde(skip_serializing_if = "is_false")]
    pub except: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_false(except: &bool) -> bool {
    !*except
}

impl AccessExceeded {
    /// The parts: permissions in the schema's order, then conditions in the other access's order.
    pub fn excesses(&self) -> &[Excess] {
        &self.excesses
    }

    /// Whether the parts are all that there is. False where there are more than are told, and where the comparison took too
    /// many pieces and was given up: then there are no parts, and a refusal is all that is safe.
    pub fn is_complete(&self) -> bool {
        self.rest == Rest::Nothing
    }
}

impl Excess {
    /// What it is.
    pub fn kind(&self) -> &ExcessKind {
        &self.kind
    }

    /// A request that the one access allows and the other denies for this reason.
    pub fn witness(&self) -> &Witness {
        &self.witness
    }
}

impl Access {
    /// Refuses an access that goes beyond its issuer's: nobody gives what they don't have.
    ///
    /// # Errors
    ///
    /// [`AccessExceeded`], "caller access exceeded", with all that this access allows and `issuer` doesn't.
    pub fn ensure_within(&self, issuer: &Self) -> Result<(), AccessExceeded> {
        let exceeded = excesses(self, issuer);
        if exceeded.is_complete() && exceeded.excesses.is_empty() { Ok(()) } else { Err(exceeded) }
    }
}

/// The most parts of a type that are told.
const MOST_TOLD: usize = 16;

/// What `access` allows beyond `other`: complete and empty exactly where it is within.
pub(super) fn excesses(access: &Access, other: &Access) -> AccessExceeded {
    let complete = |excesses| AccessExceeded { excesses, rest: Rest::Nothing };
    let given_up = |why| AccessExceeded { excesses: Box::default(), rest: Rest::Unknown(why) };
    if !can_be_compared(access, other) {
        return given_up(GivenUp::OtherKinds);
    }
    if other.others.is_none() {
        let mut all: Vec<Excess> = Vec::new();
        for of in access.compiled() {
            for excess in of_pair(&Pair::new(of, &other.first)) {
                if !all.contains(&excess) {
                    all.push(excess);
                }
            }
        }
        return complete(all.into());
    }
    if access.account() != other.account() {
        let beyond = access.compiled().find_map(|of| Pair::new(of, &other.first).witness());
        let kind = || ExcessKind::Account { account: access.account().into() };
        return complete(beyond.map(|witness| Excess { kind: kind(), witness }).into_iter().collect());
    }
    match pieces::beyond(access, other, MOST_TOLD) {
        Ok(Beyond { pieces, is_all }) => {
            let told =
                pieces.iter().filter_map(|piece| Some(Excess { kind: of_piece(piece), witness: piece.witness()? }));
            AccessExceeded { excesses: told.collect(), rest: if is_all { Rest::Nothing } else { Rest::More } }
        }
        Err(why) => given_up(why),
    }
}

/// The requests of a piece, demand by demand.
fn of_piece(piece: &Piece<'_>) -> ExcessKind {
    let schema = piece.of.schema();
    let of_demand = |demand: &Demand<'_>| Restriction {
        condition: demand.clause.condition().into(),
        values: demand.clause.accepted.clone(),
        except: !demand.met,
    };
    let operations = operations::operations(piece.operations).map(|index| schema.operation_at(index).into()).collect();
    ExcessKind::Resources {
        resource: schema.type_name_at(piece.resource).into(),
        operations,
        conditions: piece.demands.iter().map(of_demand).collect(),
    }
}

/// What the left of a pair allows beyond the right.
fn of_pair(pair: &Pair<'_>) -> Box<[Excess]> {
    if !pair.same_account() {
        let kind = ExcessKind::Account { account: pair.left.account().into() };
        return pair.witness().map(|witness| Excess { kind, witness }).into_iter().collect();
    }
    let mut excesses = Vec::new();
    // Gaps of one condition on several types are one excess.
    let mut gaps = BTreeMap::new();
    for on in pair.types() {
        let add = |mask, kind| Some(Excess { kind, witness: on.witness(mask, None)? });
        if on.beyond() != 0 {
            excesses.extend(add(on.beyond(), permission(&on)));
        }
        if on.shared == 0 {
            continue;
        }
        if let Some(condition) = on.unbound() {
            let (resource, operations) = (name(&on), operations(&on, on.shared));
            let condition = condition.into();
            excesses.extend(add(on.shared, ExcessKind::ConditionUnbound { resource, operations, condition }));
            continue;
        }
        for gap in on.gaps() {
            let key = (gap.right.place, gap.lists, gap.left.map(|left| left.place));
            let same = gaps.entry(key).or_insert_with(|| (gap, on.witness(on.shared, Some(gap)), Vec::new()));
            same.2.push(name(&on));
        }
    }
    let of_gaps = gaps.into_values();
    excesses.extend(
        of_gaps.filter_map(|(gap, witness, on)| Some(Excess { kind: kind(&gap, on.into()), witness: witness? })),
    );
    excesses.into()
}

fn name(on: &OnType<'_, '_>) -> Box<str> {
    on.pair.left.schema().type_name_at(on.resource).into()
}

fn operations(on: &OnType<'_, '_>, mask: u64) -> Box<[Box<str>]> {
    operations::operations(mask).map(|index| on.pair.left.schema().operation_at(index).into()).collect()
}

fn permission(on: &OnType<'_, '_>) -> ExcessKind {
    let restriction = |clause: Clause<'_>| Restriction {
        condition: clause.condition().into(),
        values: clause.accepted.clone(),
        except: false,
    };
    ExcessKind::Permission {
        resource: name(on),
        operations: operations(on, on.beyond()),
        conditions: on.left_clauses().map(restriction).collect(),
    }
}

fn kind(gap: &Gap<'_>, resources: Box<[Box<str>]>) -> ExcessKind {
    let (condition, accepted) = (gap.right.condition().into(), gap.right.accepted);
    match gap.left {
        None => ExcessKind::ConditionMissing { condition, accepted: accepted.clone(), resources },
        Some(_) if gap.lists => ExcessKind::Lists { condition, resources },
        Some(left) => {
            // Of texts that are all named, those that are left are named.
            let texts =
                left.accepted.texts().map(|texts| texts.filter(|text| !accepted.contains(text)).collect::<Vec<_>>());
            let (values, but) = match texts {
                Some(texts) => (ValueSet::of_texts(&texts), None),
                None => (left.accepted.clone(), Some(accepted.clone())),
            };
            ExcessKind::ConditionValues { condition, values, but, resources }
        }
    }
}

impl fmt::Display for AccessExceeded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("caller access exceeded: ")?;
        join(f, "; ", self.excesses.iter().map(Excess::kind))?;
        f.write_str(match self.rest {
            Rest::Nothing => "",
            Rest::More => "; and more",
            Rest::Unknown(GivenUp::TooManyPieces) => "the two have too many assignments and conditions to be compared",
            Rest::Unknown(GivenUp::OtherKinds) => "the two schemas take the values of an attribute for different kinds",
        })
    }
}

impl core::error::Error for AccessExceeded {}

/// The parts as a list. Where they are not all, `{"kind": "more"}` is the last.
impl Serialize for AccessExceeded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        self.excesses.iter().try_for_each(|excess| list.serialize_element(excess))?;
        if !self.is_complete() {
            list.serialize_element(&BTreeMap::from([("kind", "more")]))?;
        }
        list.end()
    }
}

/// In words that fit after "has", "gains" or "loses". Of many values only the first few are named.
impl fmt::Display for ExcessKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account { account } => write!(f, "access to the account `{account}`"),
            Self::Permission { resource, operations, conditions } => {
                write!(f, "permission `{resource}:{}`", operations.join(","))?;
                restricted(f, conditions)
            }
            Self::Resources { resource, operations, conditions } => {
                write!(f, "`{resource}:{}`", operations.join(","))?;
                restricted(f, conditions)
            }
            Self::ConditionUnbound { resource, operations, condition } => {
                write!(f, "permission `{resource}:{}` without condition `{condition}`", operations.join(","))
            }
            Self::ConditionValues { condition, values, but, resources } => {
                write!(f, "{} where `{condition}` is {}", Few(resources), values.few())?;
                but.as_ref().map_or(Ok(()), |but| write!(f, " and outside of {}", but.few()))
            }
            Self::ConditionMissing { condition, accepted, resources } => {
                write!(f, "{} where `{condition}` {} {}", Few(resources), outside(accepted), accepted.few())
            }
            Self::Lists { condition, resources } => {
                write!(f, "{} where not all elements of a list meet `{condition}`", Few(resources))
            }
        }
    }
}

/// Before the values, one of which it is not.
fn outside(values: &ValueSet) -> &'static str {
    if values.except().len() == 0 { "is anything but" } else { "is outside of" }
}

fn restricted(f: &mut fmt::Formatter<'_>, conditions: &[Restriction]) -> fmt::Result {
    conditions.iter().enumerate().try_for_each(|(index, Restriction { condition, values, except })| {
        let and = if index == 0 { "where" } else { "and" };
        let is = if *except { outside(values) } else { "is" };
        write!(f, " {and} `{condition}` {is} {}", values.few())
    })
}

/// How many of several names a message shows.
const MOST_SHOWN: usize = 8;

/// The first few, in backticks, and how many more.
struct Few<'a>(&'a [Box<str>]);

impl fmt::Display for Few<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        join(f, ", ", self.0.iter().take(MOST_SHOWN).map(|value| Quoted(value)))?;
        match self.0.len().saturating_sub(MOST_SHOWN) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}
