//! What an access may do in the context of a request, by which filter its lists go, and why the rest is refused.

use keyward::{decision::InContext, filter::SqlValue, http::Refused};
use serde_json::{Value, json};

use crate::{products, service::Service};

/// Each type of the schema: its operations, each with the refusal where there is one, and its list.
///
/// # Errors
///
/// [`Refused`] where the database failed.
pub fn types(service: &Service, access: InContext<'_>) -> Result<Vec<Value>, Refused> {
    let schema = access.access().schema();
    let types = schema.resource_types().map(|resource| {
        let name = schema.type_name(resource);
        let operations = schema
            .operations(resource)
            .map(|operation| json!({"operation": operation, "refused": refusal(access, name, operation)}));
        let operations: Vec<Value> = operations.collect();
        Ok(json!({"type": name, "operations": operations, "list": list(service, access, name)?}))
    });
    types.collect()
}

/// Why the operation is refused, whatever the resource.
fn refusal(access: InContext<'_>, resource: &str, operation: &str) -> Option<Refused> {
    access.try_filter_of(operation, resource, access.access().account()).err().map(|denial| Refused::from(&denial))
}

/// By what the list goes: the filter in JSON and in words, and where the database has the list, the condition that it
/// is asked with.
fn list(service: &Service, access: InContext<'_>, resource: &str) -> Result<Value, Refused> {
    let filter = match access.try_filter(resource, access.access().account()) {
        Ok(filter) => filter,
        Err(denial) => return Ok(json!({"refused": Refused::from(&denial)})),
    };
    let text = filter.to_string();
    if resource != products::TYPE {
        return Ok(json!({"filter": filter, "text": text}));
    }
    let condition = service.database.listed_products(access)?;
    let parameters: Vec<Value> = condition.parameters().iter().map(parameter).collect();
    Ok(json!({"filter": filter, "text": text, "sql": condition.to_string(), "parameters": parameters}))
}

fn parameter(value: &SqlValue) -> Value {
    match value {
        SqlValue::Text(text) => text.as_str().into(),
        SqlValue::Integer(integer) => (*integer).into(),
        SqlValue::Boolean(boolean) => (*boolean).into(),
    }
}
