//! The text forms: what is read is written the same, and it is read exactly if it has the form.

use std::{net::IpAddr, str};

use keyward::{Access, AccessError, Condition, Permission, ResourceView, Role, Roles, Schema};
use serde_json::json;

use crate::{
    reference::kinds,
    support::{ACCOUNT, json as as_json, schema},
};

pub(crate) const KINDS: [&str; 5] = ["text", "path", "integer", "network", "time"];

/// A permission's text.
pub fn permission(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    match text.parse::<Permission>() {
        Ok(permission) => {
            assert!(is_permission(text), "{text:?}");
            let operations: Vec<&str> = permission.operations().collect();
            assert_eq!(format!("{}:{}", permission.resource_type(), operations.join(",")), text);
            assert_eq!((permission.as_str(), &*permission.to_string()), (text, text));
            assert_eq!(permission.is_every_operation(), operations == ["*"]);
            let json = serde_json::to_string(&permission).unwrap();
            assert_eq!(serde_json::from_str::<Permission>(&json).unwrap(), permission);
            let known = schema(&json!({"resources": {"products": {}, "orders": {"operations": ["read", "approve"]}}}));
            let role = Role::new("r", [permission.clone()]).unwrap();
            let taken = Roles::new(&known, ACCOUNT).unwrap().with(role);
            let declared = match permission.resource_type() {
                "orders" => Some(&["read", "approve"][..]),
                "products" | "accessPolicies" | "accessTokens" | "operatorAccess" => {
                    Some(&["create", "read", "update", "delete", "list"][..])
                }
                _ => None,
            };
            let is_known = declared.is_some_and(|declared| {
                operations == ["*"] || operations.iter().all(|operation| declared.contains(operation))
            });
            assert_eq!(taken.is_ok(), is_known, "{text}");
        }
        Err(error) => {
            assert!(!is_permission(text), "{text:?}: {error}");
            assert!(error.position().is_none_or(|position| position <= text.len()), "{text:?}: {error:?}");
            assert!(error.to_string().len() < 1200, "{error}");
        }
    }
}

fn is_permission(text: &str) -> bool {
    let Some((on, operations)) = text.split_once(':') else { return false };
    let mut seen = Vec::new();
    let named = operations.split(',').all(|name| {
        let is_new = !seen.contains(&name);
        seen.push(name);
        is_new && !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase())
    });
    (3..=256).contains(&text.len())
        && !on.is_empty()
        && on.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.')
        && (operations == "*" || named)
}

/// A condition in its text form and as JSON; then its first line as a value of each kind, and the second as an attribute.
pub fn condition(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    match text.parse::<Condition>() {
        Ok(condition) => {
            assert!(is_condition(text), "{text:?}");
            assert_eq!(condition.to_string(), text);
            assert_eq!(Some((condition.name(), condition.value().unwrap())), text.split_once(':'));
            assert!(condition.has_text_form());
            assert_eq!(as_json(&condition), json!(text));
        }
        Err(error) => {
            assert!(!is_condition(text), "{text:?}: {error}");
            assert!(error.position().is_none_or(|position| position <= text.len()), "{text:?}: {error:?}");
        }
    }
    if let Ok(condition) = serde_json::from_str::<Condition>(text) {
        let written = serde_json::to_string(&condition).unwrap();
        assert_eq!(serde_json::from_str::<Condition>(&written).unwrap(), condition, "{written}");
    }
    let (value, attribute) = text.split_once('\n').unwrap_or((text, ""));
    for kind in KINDS {
        value_of(kind, value, attribute);
    }
}

fn is_condition(text: &str) -> bool {
    let letters = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    (3..=128).contains(&text.len()) && text.split_once(':').is_some_and(|(name, value)| letters(name) && letters(value))
}

pub(crate) fn schema_of(kind: &str) -> Schema {
    schema(&json!({
        "resources": {"things": {"operations": ["read"]}},
        "conditions": {"x": {"values": kind, "restricts": {"things": "x"}}},
    }))
}

pub(crate) fn access_to(schema: &Schema, conditions: &[Condition]) -> Result<Access, AccessError> {
    let role = Role::new("reader", ["things:read"]).unwrap();
    let roles = Roles::new(schema, ACCOUNT).unwrap().with(role).unwrap();
    Access::builder(&roles).role("reader").conditions(conditions.iter().cloned()).unwrap().build()
}

fn value_of(kind: &str, value: &str, attribute: &str) {
    let schema = schema_of(kind);
    let forms = [Condition::new("x", value), Condition::except("x", [value])];
    for (is_except, condition) in forms.into_iter().enumerate() {
        let Ok(condition) = condition else {
            assert!(value.len() > Condition::MAX_VALUE_BYTES, "{value:?}");
            return;
        };
        let access = match access_to(&schema, &[condition]) {
            Ok(access) => access,
            Err(AccessError::NothingLeft { .. }) => {
                assert!(is_except == 1 && is_value(kind, value), "{kind} {value:?}");
                continue;
            }
            Err(error) => {
                assert!(!is_value(kind, value), "{kind} {value:?}: {error}");
                continue;
            }
        };
        assert!(is_value(kind, value), "{kind} {value:?}");
        let (one_of, except): (&[&str], &[&str]) = if is_except == 0 { (&[value], &[]) } else { (&[], &[value]) };
        let found = json!({"x": attribute});
        let wanted = kinds::accepts(kind, one_of, except, &found["x"]);
        let decision = access.decide("read", &ResourceView::new("things", ACCOUNT, &found)).is_allow();
        assert_eq!(decision, wanted, "{kind} {one_of:?} {except:?} {attribute:?}");
        let (_, set) = access.assignments().next().unwrap().conditions().next().unwrap();
        assert_eq!(set.contains(attribute), wanted, "{kind} {one_of:?} {except:?} {attribute:?}");
        assert!(access.is_within(&access) && access.same_as(&access));
    }
}

/// Whether a condition of the kind can have the value, as the guide says it.
fn is_value(kind: &str, value: &str) -> bool {
    let integer = |text: &str| text.parse::<i128>().ok().filter(|integer| integer.to_string() == text);
    let ends = value.split_once("..").filter(|ends| *ends != ("", ""));
    match kind {
        "text" => true,
        "path" => value.split('/').all(|segment| !segment.is_empty()),
        "integer" if value.contains("..") => ends.is_some_and(|(first, last)| {
            let first = if first.is_empty() { Some(i128::MIN) } else { integer(first) };
            let last = if last.is_empty() { Some(i128::MAX) } else { integer(last) };
            first.zip(last).is_some_and(|(first, last)| first <= last)
        }),
        "integer" => integer(value).is_some(),
        "network" => {
            let (address, length) = value.split_once('/').map_or((value, None), |(at, length)| (at, Some(length)));
            let Ok(address) = address.parse::<IpAddr>() else { return false };
            let (bits, number) = match address {
                IpAddr::V4(address) => (32, u128::from(address.to_bits())),
                IpAddr::V6(address) => (128, address.to_bits()),
            };
            let Some(length) = length else { return true };
            let canonical = length.parse::<u32>().ok().filter(|number| number.to_string() == length);
            canonical.is_some_and(|length| length <= bits && number.trailing_zeros() >= (bits - length).min(128))
        }
        _ => ends.is_some_and(|(from, before)| {
            let from = if from.is_empty() { Some(0) } else { kinds::nanoseconds(from) };
            let before = if before.is_empty() { Some(i128::MAX) } else { kinds::nanoseconds(before) };
            from.zip(before).is_some_and(|(from, before)| from < before)
        }),
    }
}
