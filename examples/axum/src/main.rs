//! A service of two routes behind keyward, with keys in memory: `cargo run`, then the lines that it prints.

use std::error::Error;

use axum::{Json, extract::Path, http::Method, response::Result};
use keyward::{
    Authenticator, Operation, ResourceView, Role, Roles, Schema,
    axum::Routes,
    http::{Challenge, Refused},
    key::{KeyEntropy, KeyFormat, KeyKind, KeyPrefix},
    store::{KeyRecord, MemoryStore},
    tower::{Caller, Guard, Need, system_clock},
};

const PRODUCTS: [(&str, Attributes); 3] =
    [("kettle", [("brand", "one")]), ("toaster", [("brand", "two")]), ("teapot", [("brand", "one")])];

/// The ids of the products that the caller may list.
async fn list(caller: Caller) -> Json<Vec<&'static str>> {
    let may = |(_, of): &&(_, _)| caller.access().decide(Operation::LIST, &product(of)).is_allow();
    Json(PRODUCTS.iter().filter(may).map(|(id, _)| *id).collect())
}

/// One product's brand, if the caller may read it.
async fn read(caller: Caller, Path(id): Path<String>) -> Result<String> {
    let (_, of) = PRODUCTS.iter().find(|(of, _)| *of == id).ok_or_else(Refused::not_found)?;
    caller.access().decide(Operation::READ, &product(of)).into_result()?;
    Ok(format!("{id} is of brand {}\n", of[0].1))
}

type Attributes = [(&'static str, &'static str); 1];

fn product(attributes: &Attributes) -> ResourceView<'_, Attributes> {
    ResourceView::new("products", "acme", attributes)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::result::Result<(), Box<dyn Error>> {
    if let Some(argument) = std::env::args().nth(1) {
        let is_help = ["--help", "-h"].contains(&&*argument);
        let usage = "usage: keyward-axum (no arguments; it prints the lines to try, and `--help` this)";
        if is_help {
            println!("{usage}")
        } else {
            eprintln!("unexpected `{argument}`; {usage}")
        }
        std::process::exit(if is_help { 0 } else { 2 });
    }
    let schema = r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#;
    let schema = Schema::from_json(schema)?;
    let authenticator = Authenticator::new(&schema, KeyFormat::new(KeyPrefix::new("demo")?));
    authenticator.set_roles(Roles::new(&schema, "acme")?.with(Role::new("reader", ["products:read,list"])?)?, 1)?;
    let new = authenticator.format().generate_access_token(KeyEntropy::from_os()?, None);
    let record = KeyRecord::new(KeyKind::AccessToken, new.id, new.digest, "acme", "shop")?.with_roles(["reader"]);
    let keys = MemoryStore::from_records([record.with_conditions(["brand:one".parse()?])])?;

    let guard = Guard::new(authenticator, keys, Challenge::new("demo")?, system_clock, |event| eprintln!("{event}"));
    let app = Routes::new(&guard)
        .route(Method::GET, "/products", Need::Permission("products:list"), list)?
        .route(Method::GET, "/products/{id}", Need::Permission("products:read"), read)?
        .into_router();

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let (address, key) = (listener.local_addr()?, new.key.reveal());
    for path in ["products", "products/kettle", "products/toaster"] {
        println!("curl -i -H 'Authorization: Bearer {key}' http://{address}/{path}");
    }
    println!("curl -i http://{address}/products");
    Ok(axum::serve(listener, app).await?)
}
