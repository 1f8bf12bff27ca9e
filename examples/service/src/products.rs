//! `/products`: a resource of the host's own, guarded.

use keyward::http::Refused;
use serde_json::Value;

use crate::{
    body::{Body, invalid},
    call::{Answer, Call, Reply},
    guard::Caller,
    registry::Route,
    service::Service,
    store::{Page, Product},
};

/// The resource type.
pub(crate) const TYPE: &str = "products";
/// How many are listed at once; `?after=<id>` goes on.
const PAGE: u32 = 100;
/// The most bytes of a name or a brand.
const MAX_TEXT: usize = 1024;

/// The routes.
pub fn routes() -> Vec<Route> {
    let (all, one) = ("/products", "/products/{id}");
    vec![
        Route::new("GET", all, list).collection(TYPE),
        Route::new("POST", all, create).collection(TYPE),
        Route::new("GET", one, read).item(TYPE),
        Route::new("PUT", one, update).item(TYPE),
        Route::new("DELETE", one, delete).item(TYPE),
    ]
}

fn list(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let page = Page { after: call.query("after").unwrap_or_default(), limit: PAGE };
    let listed = service.database.products(caller.in_context(), page)?;
    Ok(Reply::Document(listed.iter().map(Product::document).collect::<Value>()))
}

fn read(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let found = service.database.product(caller.record.account(), call.parameter("id"))?;
    let product = found.ok_or_else(Refused::not_found)?;
    caller.check(&product)?;
    Ok(Reply::Document(product.document()))
}

fn create(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let product = proposed(caller, call, new_id(service)?)?;
    caller.check(&product)?;
    service.database.insert_product(&product)?;
    Ok(Reply::Created(product.document()))
}

fn update(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let id = call.parameter("id");
    let proposed = proposed(caller, call, id.to_owned())?;
    let changed = service.database.change_product(caller.record.account(), id, &|stored| {
        caller.check_update(stored, &proposed)?;
        Ok(Some(proposed.clone()))
    })?;
    changed.map(|product| Reply::Document(product.document())).ok_or_else(Refused::not_found)
}

fn delete(service: &Service, caller: &Caller, call: &Call) -> Answer {
    service.database.change_product(caller.record.account(), call.parameter("id"), &|stored| {
        caller.check(stored)?;
        Ok(None)
    })?;
    Ok(Reply::Done)
}

fn proposed(caller: &Caller, call: &Call, id: String) -> Result<Product, Refused> {
    let body = Body::read(call, &["name", "brand"])?;
    let (name, brand) = (body.text("name")?, body.optional_text("brand")?);
    if name.len().max(brand.map_or(0, str::len)) > MAX_TEXT {
        return Err(invalid("a name or a brand is longer than 1024 bytes"));
    }
    let account = caller.record.account().to_owned();
    Ok(Product { account, id, name: name.to_owned(), brand: brand.map(str::to_owned) })
}

/// Drawn at random, as the ids of keys are.
fn new_id(service: &Service) -> Result<String, Refused> {
    let drawn = service.format().generate_access_token(service.entropy()?, None);
    Ok(drawn.id.to_string())
}
