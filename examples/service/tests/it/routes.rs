//! A route without a declared permission doesn't start.

use keyward::http::Refused;
use keyward_service::{
    administration,
    call::{Answer, Call, Reply},
    evaluation,
    guard::Caller,
    own, page, products,
    registry::{Act, Route, check},
    service::{Service, schema},
};

fn open(_: &Service, _: &Caller, call: &Call) -> Answer {
    if call.body.is_empty() { Ok(Reply::Done) } else { Err(Refused::not_found()) }
}

#[test]
fn what_is_undeclared_or_unknown_is_refused_at_start_up() {
    let route = |method| Route::new(method, "/x", open);
    let cases = [
        (route("GET"), "route `GET /x`: declares no permission"),
        (route("GET").item("product"), "route `GET /x`: unknown resource type `product`; did you mean `products`?"),
        (route("GET").permission("products", "raed"), "route `GET /x`: unknown operation `raed`; did you mean `read`?"),
        (route("POST").item("products"), "route `POST /x`: the method asks for no operation here; name one"),
        (route("DELETE").collection("products"), "route `DELETE /x`: the method asks for no operation here; name one"),
        (Route::new("GET", "x", open).key(), "route `GET x`: the path doesn't begin with `/`"),
    ];
    let schema = schema().unwrap();
    for (route, message) in cases {
        // One that is wrong, among others that are right.
        let routes = [products::routes(), vec![route]].concat();
        assert_eq!(check(&routes, &schema).unwrap_err().to_string(), message);
    }
    let twice = [products::routes(), products::routes()].concat();
    assert_eq!(check(&twice, &schema).unwrap_err().to_string(), "route `GET /products`: is declared twice");
}

#[test]
fn an_operation_of_another_type_is_refused() {
    let schema =
        keyward::Schema::from_json(r#"{"resources": {"orders": {"operations": ["read", "approve"]}, "products": {}}}"#)
            .unwrap();
    let approve = |resource| Route::new("POST", "/x", open).permission(resource, "approve");
    assert!(check(&[approve("orders")], &schema).is_ok());
    let refused = check(&[approve("products")], &schema).unwrap_err();
    assert_eq!(refused.to_string(), "route `POST /x`: `products` has no operation `approve`");
}

#[test]
fn every_route_of_the_service_but_the_page_and_the_metadata_is_behind_the_guard() {
    let schema = schema().unwrap();
    let guarded = [own::routes(), administration::routes(), products::routes(), evaluation::routes()].concat();
    for route in check(&guarded, &schema).unwrap() {
        assert!(matches!(route.act, Act::Guarded(..)), "{} {}", route.method, route.path);
    }
    let paths: Vec<&str> = check(&page::routes(), &schema).unwrap().iter().map(|route| route.path).collect();
    assert_eq!(paths, ["/", "/page.js", "/page.css"]);
    let published = check(&evaluation::published(), &schema).unwrap();
    assert_eq!(published.iter().map(|route| route.path).collect::<Vec<_>>(), ["/.well-known/authzen-configuration"]);
}
