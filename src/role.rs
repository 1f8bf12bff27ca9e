//! Roles, and the set of them that an account has.

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{
    hashing::{PartsHasher, short_digest},
    json::{DocumentError, Json, Node},
    permission::Permission,
    schema::{OperationRef, Schema, TypeRef},
    shared_map::{EntryDigest, SharedMap},
    text::{self, TextError, UnknownName},
};

/// A named set of permissions; the platform calls it an access policy.
///
/// ```
/// use keyward::Role;
///
/// let role = Role::new("BrandInspectorPolicy", ["products:read,list"])?;
/// assert_eq!(role.id(), "BrandInspectorPolicy");
/// # Ok::<(), keyward::text::TextError>(())
/// ```
///
/// As a serde value it is `{"id": "BrandInspectorPolicy", "permissions": ["products:read,list"]}`, with no other fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Role {
    id: Box<str>,
    permissions: Box<[Permission]>,
}

/// From an object alone: a list in its place is refused.
impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        Self::read(Node::root(&json)).map_err(D::Error::custom)
    }
}

impl Role {
    fn read(node: Node<'_>) -> Result<Self, DocumentError> {
        let fields = node.fields(&["id", "permissions"])?;
        let (id, permissions) = (fields.required("id")?, fields.required("permissions")?);
        text::ID.check(id.text()?).map_err(|error| id.place.invalid(error))?;
        let permission = |node: Node<'_>| node.text()?.parse().map_err(|error: TextError| node.place.invalid(error));
        let permissions = permissions.elements()?.map(permission).collect::<Result<_, _>>()?;
        Ok(Self { id: id.text()?.into(), permissions })
    }
}

impl Role {
    /// The id of the managed role: every operation on every type. It is always there, and can't be altered.
    pub const ADMIN: &'static str = "admin";

    /// The role with this id and these permissions: [`Permission`]s, or their texts.
    ///
    /// # Errors
    ///
    /// [`TextError`] for an id that is empty, longer than 128 bytes or outside `[A-Za-z0-9_.:@+~=/-]`, and for
    /// the first permission that is not in its form.
    ///
    /// ```
    /// use keyward::Role;
    ///
    /// assert!(Role::new("Inspector", ["products:read,"]).is_err());
    /// assert!(Role::new("*", ["products:read"]).is_err());
    /// ```
    pub fn new<P>(id: impl AsRef<str>, permissions: impl IntoIterator<Item = P>) -> Result<Self, TextError>
    where
        P: TryInto<Permission, Error: Into<TextError>>,
    {
        text::ID.check(id.as_ref())?;
        let permissions = permissions.into_iter().map(|text| text.try_into().map_err(Into::into));
        Ok(Self { id: id.as_ref().into(), permissions: permissions.collect::<Result<_, _>>()? })
    }

    /// The id, by which accesses name it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The permissions, in the order in which they were given.
    pub fn permissions(&self) -> &[Permission] {
        &self.permissions
    }

    fn digest(&self) -> EntryDigest {
        let mut parts = PartsHasher::new();
        parts.add(&*self.id);
        self.permissions.iter().for_each(|permission| parts.add(permission.as_str()));
        parts.first()
    }
}

/// The roles of one account, checked against a schema and compiled. Cheap to clone, and immutable: a changed
/// role is a new `Roles`, and accesses built before keep what they had.
///
/// ```
/// use keyward::{Role, Roles, Schema};
///
/// let schema = Schema::builder().resource("products").build()?;
/// let roles = Roles::new(&schema, "acme")?.with(Role::new("Inspector", ["products:read"])?)?;
/// assert!(roles.get("Inspector").is_some());
///
/// let wider = roles.clone().replace(Role::new("Inspector", ["products:read,list"])?)?;
/// assert_ne!(roles.version(), wider.version());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Roles {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    schema: Schema,
    account: Arc<str>,
    roles: SharedMap<Compiled>,
    version: RolesVersion,
}

#[derive(Clone)]
struct Compiled {
    role: Role,
    /// One mask of operations for each type of the schema.
    masks: Box<[u64]>,
}

impl Roles {
    /// No roles yet but the managed one, for an account.
    ///
    /// # Errors
    ///
    /// [`TextError`] for an account id that is empty, longer than 128 bytes or outside
    /// `[A-Za-z0-9_.:@+~=/-]`.
    ///
    /// ```
    /// use keyward::{Roles, Schema};
    ///
    /// let schema = Schema::builder().build()?;
    /// assert!(Roles::new(&schema, "").is_err());
    /// # Ok::<(), keyward::schema::SchemaError>(())
    /// ```
    pub fn new(schema: &Schema, account: &str) -> Result<Self, TextError> {
        text::ID.check(account)?;
        let mut inner = Inner {
            schema: schema.clone(),
            account: account.into(),
            roles: SharedMap::default(),
            version: RolesVersion([0; 16]),
        };
        inner.version = inner.current_version();
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The same roles and one more.
    ///
    /// # Errors
    ///
    /// [`RoleError`] for an id that is there already, the managed id `admin`, and a permission on a type or
    /// operation that the schema doesn't have.
    ///
    /// ```
    /// use keyward::{Role, Roles, Schema};
    ///
    /// let schema = Schema::builder().resource("products").build()?;
    /// let refused = Roles::new(&schema, "acme")?.with(Role::new("Inspector", ["product:read"])?).unwrap_err();
    /// assert_eq!(
    ///     refused.to_string(),
    ///     "role `Inspector`, permission `product:read`: \
    ///      unknown resource type `product`; did you mean `products`?",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with(self, role: Role) -> Result<Self, RoleError> {
        self.with_all([role])
    }

    /// The same roles and all of these: as [`with`](Self::with) for each, at one go.
    ///
    /// # Errors
    ///
    /// [`RoleError`] for the first role that [`with`](Self::with) refuses.
    ///
    /// ```
    /// use keyward::{Role, Roles, Schema};
    ///
    /// let schema = Schema::builder().resource("products").build()?;
    /// let role = Role::new("Inspector", ["products:read"])?;
    /// assert!(Roles::new(&schema, "acme")?.with_all([role.clone(), role]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_all(self, roles: impl IntoIterator<Item = Role>) -> Result<Self, RoleError> {
        self.changed(|inner| {
            roles.into_iter().try_for_each(|role| {
                if inner.roles.get(role.id()).is_some() {
                    return Err(RoleError::DuplicateId { role: role.id });
                }
                inner.put(role)
            })
        })
    }

    /// The same roles, but this one instead of the one with its id.
    ///
    /// # Errors
    ///
    /// [`RoleError`] for an id that isn't there, and for what [`with`](Self::with) refuses of a role.
    pub fn replace(self, role: Role) -> Result<Self, RoleError> {
        self.expect(role.id())?;
        self.changed(|inner| inner.put(role))
    }

    /// The same roles without the one with this id.
    ///
    /// # Errors
    ///
    /// [`RoleError`] for an id that isn't there, and for the managed id `admin`.
    ///
    /// ```
    /// use keyward::{Role, Roles, Schema};
    ///
    /// let schema = Schema::builder().resource("products").build()?;
    /// let roles = Roles::new(&schema, "acme")?.with(Role::new("Inspector", ["products:read"])?)?;
    /// assert!(roles.clone().without("admin").is_err());
    /// assert!(roles.without("Inspector")?.get("Inspector").is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn without(self, id: &str) -> Result<Self, RoleError> {
        self.expect(id)?;
        self.changed(|inner| {
            inner.roles.remove(id);
            Ok(())
        })
    }

    /// Whether the role could be among these, its id aside.
    pub(crate) fn check(&self, role: &Role) -> Result<(), RoleError> {
        refuse_managed(role.id())?;
        compile(&self.inner.schema, role).map(|_| ())
    }

    /// The role is there, and isn't the managed one.
    fn expect(&self, id: &str) -> Result<(), RoleError> {
        refuse_managed(id)?;
        if self.inner.roles.get(id).is_some() { Ok(()) } else { Err(RoleError::Unknown(self.unknown(id))) }
    }

    fn changed(mut self, change: impl FnOnce(&mut Inner) -> Result<(), RoleError>) -> Result<Self, RoleError> {
        let inner = Arc::make_mut(&mut self.inner);
        change(inner)?;
        inner.version = inner.current_version();
        Ok(self)
    }

    /// The role with this id; the managed role has no permissions of its own to show.
    pub fn get(&self, id: &str) -> Option<&Role> {
        self.inner.roles.get(id).map(|compiled| &compiled.role)
    }

    /// The roles in the order of their ids, the managed one left out.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Role> {
        self.inner.roles.iter().map(|compiled| &compiled.role)
    }

    /// The account.
    pub fn account(&self) -> &str {
        &self.inner.account
    }

    /// The schema.
    pub fn schema(&self) -> &Schema {
        &self.inner.schema
    }

    /// The version, which tells these roles from any others.
    pub fn version(&self) -> RolesVersion {
        self.inner.version
    }

    /// How many there are, the managed one left out.
    pub(crate) fn count(&self) -> usize {
        self.inner.roles.len()
    }

    /// The ids of the roles that only one of the two has, or that are not the same in both.
    pub(crate) fn changed_ids<'a>(&'a self, other: &'a Self) -> Vec<&'a str> {
        self.inner.roles.changed(&other.inner.roles)
    }

    pub(crate) fn shared_account(&self) -> Arc<str> {
        Arc::clone(&self.inner.account)
    }

    /// Adds what a role grants to `masks`; false where there is no such role.
    pub(crate) fn grant(&self, id: &str, masks: &mut [u64]) -> bool {
        let every = (id == Role::ADMIN).then(|| self.inner.schema.every_operation());
        let granted = every.as_deref().or(self.inner.roles.get(id).map(|role| &*role.masks));
        for (mask, granted) in masks.iter_mut().zip(granted.unwrap_or_default()) {
            *mask |= granted;
        }
        granted.is_some()
    }

    pub(crate) fn unknown(&self, id: &str) -> UnknownName {
        let known = self.iter().map(Role::id).chain([Role::ADMIN]);
        UnknownName::unlisted("role", id, known)
    }
}

fn refuse_managed(id: &str) -> Result<(), RoleError> {
    if id == Role::ADMIN { Err(RoleError::Managed) } else { Ok(()) }
}

fn compile(schema: &Schema, role: &Role) -> Result<Box<[u64]>, RoleError> {
    let mut masks = alloc::vec![0; schema.resource_types().len()];
    for permission in role.permissions() {
        let refuse = |cause| RoleError::Permission { role: role.id.clone(), permission: permission.clone(), cause };
        let resource = schema.type_of(permission).map_err(refuse)?;
        let index = schema.type_index(TypeRef::Handle(resource));
        let Some((mask, declared)) = index.and_then(|index| Some((masks.get_mut(index)?, schema.mask(index)))) else {
            continue;
        };
        if permission.is_every_operation() {
            *mask |= declared;
            continue;
        }
        for name in permission.operations() {
            let bit = schema
                .operation_index(OperationRef::Name(name))
                .and_then(|index| 1_u64.checked_shl(index.into()))
                .filter(|bit| declared & bit != 0)
                .ok_or_else(|| refuse(schema.unknown_operation(resource, name)))?;
            *mask |= bit;
        }
    }
    Ok(masks.into())
}

impl Inner {
    fn put(&mut self, role: Role) -> Result<(), RoleError> {
        refuse_managed(role.id())?;
        let masks = compile(&self.schema, &role)?;
        let id = role.id.clone();
        self.roles.insert(&id, role.digest(), Compiled { role, masks });
        Ok(())
    }

    /// The first 16 bytes of the digest of all the roles.
    fn current_version(&mut self) -> RolesVersion {
        let mut parts = PartsHasher::new();
        parts.add(b"keyward roles 2");
        parts.add(self.schema.fingerprint().to_le_bytes());
        parts.add(&*self.account);
        parts.add(self.roles.digest());
        RolesVersion(parts.first())
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roles")
            .field("account", &self.account())
            .field("roles", &self.iter().map(Role::id).collect::<Vec<_>>())
            .field("version", &self.version())
            .finish_non_exhaustive()
    }
}

/// Which roles these are: equal for the same schema, account and roles, in whatever order they came, and
/// different for any others.
///
/// ```
/// # let schema = keyward::Schema::builder().build().unwrap();
/// let version = keyward::Roles::new(&schema, "acme")?.version();
/// assert_eq!(version.to_string().len(), 32);
/// # Ok::<(), keyward::text::TextError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RolesVersion([u8; 16]);

short_digest!(RolesVersion);

/// A role that can't be among an account's roles.
///
/// ```
/// use keyward::{Role, RoleError, Roles, Schema};
///
/// let schema = Schema::builder().resource("products").build()?;
/// let refused = Roles::new(&schema, "acme")?.with(Role::new("admin", ["products:read"])?);
/// assert!(matches!(refused, Err(RoleError::Managed)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RoleError {
    /// The id is there already.
    #[error("role `{role}` is there twice")]
    DuplicateId {
        /// The id.
        role: Box<str>,
    },
    /// `admin` can't be created, altered or deleted.
    #[error("role `admin` is managed: it can't be created, altered or deleted")]
    Managed,
    /// There is no such role.
    #[error(transparent)]
    Unknown(UnknownName),
    /// A permission on a type or operation that the schema doesn't have.
    #[error("role `{role}`, permission `{permission}`: {cause}")]
    Permission {
        /// The role.
        role: Box<str>,
        /// The permission.
        permission: Permission,
        /// The name that is unknown.
        cause: UnknownName,
    },
}
