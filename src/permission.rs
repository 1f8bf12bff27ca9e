//! A permission as a role's document writes it: `thngs:read,list`.

use alloc::{boxed::Box, format, string::String, vec::Vec};
use core::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::text::{
    OPERATION, STANDARD, TYPE, TextError, TextProblem, check_length, first_disallowed, is_operation_byte, is_type_byte,
    try_from_text,
};

const FORM: &str = "permission";
const AS_IN: &str = "; a permission is a type, a colon and operations, as in `products:read`";

/// A resource type and operations on it, in the platform's text form.
///
/// `products:read,list` names operations; `products:*` stands for every operation that the schema declares
/// for the type. 3 to 256 bytes, matching `^[a-zA-Z0-9.]+:[a-z,*]+$` (EVRYTHNG Platform, access policies), and
/// beyond that pattern: no empty or repeated operation, and `*` only by itself.
///
/// A permission is a text until a [`Role`](crate::Role) that holds it enters [`Roles`](crate::Roles): there
/// its names are looked up in the schema.
///
/// ```
/// use keyward::Permission;
///
/// let permission: Permission = "products:read,list".parse()?;
/// assert_eq!(permission.resource_type(), "products");
/// assert_eq!(permission.operations().collect::<Vec<_>>(), ["read", "list"]);
/// assert_eq!(permission.to_string(), "products:read,list");
/// # Ok::<(), keyward::text::TextError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Permission {
    text: Box<str>,
    colon: usize,
}

impl Permission {
    /// The fewest bytes of the text form.
    pub const MIN_BYTES: usize = 3;
    /// The most bytes of the text form.
    pub const MAX_BYTES: usize = 256;

    /// The name of the resource type.
    pub fn resource_type(&self) -> &str {
        self.text.get(..self.colon).unwrap_or_default()
    }

    /// The names of the operations in the order of the text; one `*` where it stands for all.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.text.get(self.colon.saturating_add(1)..).unwrap_or_default().split(',')
    }

    /// Whether it stands for every operation of its type.
    pub fn is_every_operation(&self) -> bool {
        self.text.ends_with('*')
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// # Errors
///
/// [`TextError`] for a text of another form: `products`, `products:`, `:read`, `products:Read`,
/// `products:read,`, `products:read,read`, `products:read,*`, `products:**`, `prod*:read`, one of fewer than
/// 3 or more than 256 bytes.
impl FromStr for Permission {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let refuse = |problem| TextError::new(FORM, text, problem);
        check_length(FORM, text, 0, Self::MAX_BYTES)?;
        match text {
            "" => return Err(refuse(TextProblem::TooShort { length: 0, least: Self::MIN_BYTES }).hint(AS_IN)),
            "*" => return Err(refuse(TextProblem::NoColon).hint(": write a type before it, as in `products:*`")),
            _ => {}
        }
        let (resource_type, operations) = text.split_once(':').unwrap_or((text, ""));
        if let Some((position, found)) = first_disallowed(resource_type, is_type_byte) {
            let letters = if found == '*' { "; only operations have a `*`, as in `products:*`" } else { TYPE.letters };
            let hint = turned(text).unwrap_or_else(|| letters.into());
            return Err(refuse(TextProblem::Character { found }).at(position).hint(hint));
        }
        let colon = resource_type.len();
        if colon == text.len() {
            return Err(refuse(TextProblem::NoColon).hint(AS_IN));
        }
        if resource_type.is_empty() {
            return Err(refuse(TextProblem::EmptyName).at(colon));
        }
        check_operations(operations).map_err(|(offset, problem)| {
            let refused = refuse(problem).at(offset.saturating_add(colon).saturating_add(1));
            match problem {
                TextProblem::Character { .. } => refused.hint(turned(text).unwrap_or_else(|| OPERATION.letters.into())),
                _ => refused,
            }
        })?;
        Ok(Self { text: text.into(), colon })
    }
}

/// What to write where the operations stand before the type, as in `read:purchaseOrders`.
fn turned(text: &str) -> Option<String> {
    let (operations, resource_type) = text.split_once(':')?;
    let is_turned = operations.split(',').all(|name| STANDARD.contains(&name)) && TYPE.check(resource_type).is_ok();
    is_turned.then(|| format!(": the type comes first, write `{resource_type}:{operations}`"))
}

fn check_operations(operations: &str) -> Result<(), (usize, TextProblem)> {
    if operations == "*" {
        return Ok(());
    }
    if operations.is_empty() {
        return Err((0, TextProblem::EmptyValue));
    }
    if let Some((offset, found)) = first_disallowed(operations, |byte| is_operation_byte(byte) || b",*".contains(&byte))
    {
        return Err((offset, TextProblem::Character { found }));
    }
    let mut seen = Vec::new();
    let mut offset = 0_usize;
    for operation in operations.split(',') {
        if operation.is_empty() {
            return Err((offset, TextProblem::EmptyOperation));
        }
        if operation.contains('*') {
            return Err((offset, TextProblem::StarAmongOthers));
        }
        if seen.contains(&operation) {
            return Err((offset, TextProblem::RepeatedOperation));
        }
        seen.push(operation);
        offset = offset.saturating_add(operation.len()).saturating_add(1);
    }
    Ok(())
}

try_from_text!(Permission: &str, &String, String);

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Permission({})", self.text)
    }
}

impl Serialize for Permission {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Permission {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}
