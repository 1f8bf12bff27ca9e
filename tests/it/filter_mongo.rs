//! The law of filters in MongoDB's query language, as far as it can be had here: an interpreter of the operators
//! that the queries use, and of no others, written from the manual ("Query and Projection Operators", "Query an
//! Array", "Comparison/Sort Order"). A server was not to be had.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops where something is not as it says")]

use std::cmp::Ordering;

use keyward::{
    filter::{Filter, ListError, MappingError, MongoCollection, MongoError, MongoField},
    json::{Json, JsonObject},
    schema::ValueKind,
};

use crate::filter_law::{self as law, ACCOUNT, BOTH, Reads, Stored, TYPE, Wanted};

/// Whether the document passes. A query's numbers are integers, a document's are integers or doubles.
fn matches(document: &Json, query: &Json) -> bool {
    object(query).iter().all(|(key, value)| match key.as_str() {
        "$and" => list(value).iter().all(|query| matches(document, query)),
        "$or" => list(value).iter().any(|query| matches(document, query)),
        "$nor" => !list(value).iter().any(|query| matches(document, query)),
        key if key.starts_with('$') => panic!("unknown operator {key}"),
        path => {
            let mut found = Vec::new();
            walk(document, &path.split('.').collect::<Vec<_>>(), &mut found);
            object(value).iter().all(|(operator, operand)| holds(&found, operator, operand))
        }
    })
}

/// Everything that a dotted path leads to: through objects by name, and through arrays by place and into each of
/// their objects.
fn walk<'a>(value: &'a Json, path: &[&str], found: &mut Vec<&'a Json>) {
    let Some((name, rest)) = path.split_first() else { return found.push(value) };
    match value {
        Json::Object(object) => {
            if let Some(value) = object.get(*name) {
                walk(value, rest, found);
            }
        }
        Json::List(list) => {
            if let Some(value) = name.parse::<usize>().ok().and_then(|index| list.get(index)) {
                walk(value, rest, found);
            }
            for element in list.iter().filter(|element| matches!(element, Json::Object(_))) {
                walk(element, path, found);
            }
        }
        _ => {}
    }
}

/// An operator on a field: it holds for an array if it holds for the array or for one of its elements.
fn holds(found: &[&Json], operator: &str, operand: &Json) -> bool {
    let arrays = || found.iter().filter_map(|value| if let Json::List(list) = value { Some(list) } else { None });
    match operator {
        "$not" => !object(operand).iter().all(|(operator, operand)| holds(found, operator, operand)),
        "$nin" => !holds(found, "$in", operand),
        "$size" => arrays().any(|list| Json::Integer(list.len().try_into().unwrap()) == *operand),
        "$elemMatch" => arrays()
            .flatten()
            .any(|element| object(operand).iter().all(|(operator, operand)| holds_for_one(element, operator, operand))),
        _ => found.iter().copied().chain(arrays().flatten()).any(|value| holds_for_one(value, operator, operand)),
    }
}

/// An operator on one value, an array as a whole.
fn holds_for_one(value: &Json, operator: &str, operand: &Json) -> bool {
    match operator {
        "$not" => !object(operand).iter().all(|(operator, operand)| holds_for_one(value, operator, operand)),
        "$nin" => !holds_for_one(value, "$in", operand),
        "$gte" => compare(value, operand).is_some_and(Ordering::is_ge),
        "$gt" => compare(value, operand).is_some_and(Ordering::is_gt),
        "$lt" => compare(value, operand).is_some_and(Ordering::is_lt),
        "$lte" => compare(value, operand).is_some_and(Ordering::is_le),
        "$in" => list(operand).iter().any(|wanted| equal(value, wanted)),
        "$type" => {
            let is = |name: &Json| *name == Json::Text(type_of(value).into());
            if let Json::List(types) = operand { types.iter().any(is) } else { is(operand) }
        }
        _ => panic!("unknown operator {operator}"),
    }
}

/// Values of one type, or numbers, have an order: strings that of their bytes.
#[expect(clippy::cast_precision_loss, reason = "what MongoDB compares is exact here")]
fn compare(value: &Json, wanted: &Json) -> Option<Ordering> {
    match (value, wanted) {
        (Json::Text(value), Json::Text(wanted)) => Some(value.as_bytes().cmp(wanted.as_bytes())),
        (Json::Integer(value), Json::Integer(wanted)) => Some(value.cmp(wanted)),
        (Json::Float(value), Json::Integer(wanted)) => value.partial_cmp(&(*wanted as f64)),
        // Binary data: by its length, its subtype, its bytes. What stands for data of another subtype is empty, or has a higher
        // one.
        (Json::Object(value), Json::Object(wanted)) => {
            match (value.get("$uuid"), value.get("$binary"), wanted.get("$uuid")) {
                (Some(Json::Text(value)), _, Some(Json::Text(wanted))) => Some(value.to_lowercase().cmp(wanted)),
                (_, Some(Json::Text(value)), Some(_)) if value.is_empty() => Some(Ordering::Less),
                (_, Some(_), Some(_)) => Some(Ordering::Greater),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Numbers of different types are equal when their values are.
#[expect(clippy::cast_precision_loss, clippy::float_cmp, reason = "what MongoDB compares is exact here")]
fn equal(value: &Json, wanted: &Json) -> bool {
    match (value, wanted) {
        (Json::Float(value), Json::Integer(wanted)) => *value == *wanted as f64,
        // A value of a type that JSON has not is compared by its bytes, and hexadecimal digits have no case.
        (Json::Object(_), Json::Object(_)) if type_of(value) != "object" => {
            let text = |json: &Json| serde_json::to_string(json).unwrap().to_lowercase();
            text(value) == text(wanted)
        }
        _ => value == wanted,
    }
}

fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Boolean(_) => "bool",
        Json::Integer(value) if i32::try_from(*value).is_ok() => "int",
        Json::Integer(_) => "long",
        Json::Float(_) => "double",
        Json::Text(_) => "string",
        Json::List(_) => "array",
        Json::Object(object) if object.contains_key("$oid") => "objectId",
        Json::Object(object) if object.contains_key("$uuid") || object.contains_key("$binary") => "binData",
        Json::Object(_) => "object",
    }
}

fn object(json: &Json) -> &JsonObject {
    json.as_object().unwrap_or_else(|| panic!("no object: {json:?}"))
}

fn list(json: &Json) -> &Vec<Json> {
    let Json::List(list) = json else { panic!("no list: {json:?}") };
    assert!(!list.is_empty(), "MongoDB refuses an empty $and, $or and $nor");
    list
}

/// What BSON has: no integer beyond 64 bits.
fn is_bson(json: &Json) -> bool {
    match json {
        Json::Integer(value) => i64::try_from(*value).is_ok(),
        Json::List(list) => list.iter().all(is_bson),
        Json::Object(object) => object.values().all(is_bson),
        _ => true,
    }
}

fn hold(documents: &[String], attribute: &[&str], texts: &[String]) {
    let documents = documents.iter().filter(|text| text.len() < 200).filter_map(|text| Json::parse(text).ok());
    let documents: Vec<(Stored, Json)> = documents
        .filter(is_bson)
        .map(|inner| {
            let mut document = JsonObject::default();
            document.insert("account".into(), Json::Text(ACCOUNT.into()));
            document.insert("v".into(), inner.clone());
            (Stored::Json(inner), Json::Object(document))
        })
        .collect();
    let mapped = keyward::attributes::AttributePath::new(attribute).unwrap();
    let collection = MongoCollection::new("account").unwrap().alike([mapped], MongoField::plain).unwrap();
    for accepted in law::accepted(texts) {
        for reads in BOTH {
            let access = law::access(attribute, reads, &accepted);
            let query = access.mongo(TYPE, &collection).unwrap();
            for (stored, document) in &documents {
                let allowed = law::allowed(&access, ACCOUNT, &[("v", stored)]);
                let found = matches(document, &query);
                assert_eq!(found, allowed, "{attribute:?} {reads:?} {accepted:.200?}: {stored:.200?}\n{query:.900?}");
            }
        }
    }
}

#[test]
fn every_document_under_every_match() {
    hold(&law::documents(), &["v"], &law::texts().into_iter().filter(|text| text.len() < 100).collect::<Vec<_>>());
}

#[test]
fn every_document_along_a_path() {
    let texts = ["a", "A", "b", "1", "-0", "true", "é", "", "a\0b"].map(String::from);
    for attribute in [&["v", "k"][..], &["v", "k", "l"], &["v", "k", "l", "l"], &["v", "0"], &["v", "k", "0"]] {
        hold(&law::nested(), attribute, &texts);
    }
}

#[test]
fn every_document_under_every_kind_of_values() {
    let documents = law::documents().into_iter().filter(|text| text.len() < 100).chain(law::near_documents());
    let documents: Vec<Json> = documents.filter_map(|text| Json::parse(&text).ok()).filter(is_bson).collect();
    for (field, integers) in [(MongoField::plain("v"), false), (MongoField::integer("v"), true)] {
        let collection = MongoCollection::new("account").unwrap().field("v", field).unwrap();
        let rows = documents.iter().map(|inner| {
            let document = [("account", Json::Text(ACCOUNT.into())), ("v", inner.clone())];
            let document = document.into_iter().map(|(name, json)| (name.into(), json)).collect();
            (Stored::Json(if integers { only_integers(inner) } else { inner.clone() }), Json::Object(document))
        });
        let rows: Vec<(Stored, Json)> = rows.collect();
        let mut found = 0;
        for wanted in law::wanted() {
            for reads in BOTH {
                let Some(access) = law::access_to(&["v"], reads, &wanted) else { continue };
                let query = access.mongo(TYPE, &collection);
                if wanted.kind == ValueKind::Integer && !integers {
                    assert!(matches!(query, Err(ListError::Mapping(MongoError::Values { .. }))));
                    continue;
                }
                let query = query.unwrap();
                for (stored, document) in &rows {
                    let allowed = law::passes(&access, ACCOUNT, &[("v", stored)]);
                    assert_eq!(matches(document, &query), allowed, "{reads:?} {wanted:?}: {stored:?}\n{query:.900?}");
                    found += usize::from(allowed);
                }
            }
        }
        assert!(found > 1000, "{found}");
    }
}

/// What the host reads of a field of integers: nothing else.
fn only_integers(json: &Json) -> Json {
    match json {
        Json::Integer(_) => json.clone(),
        Json::List(list) => {
            let element = |json: &Json| if let Json::Integer(_) = json { json.clone() } else { Json::Null };
            Json::List(list.iter().map(element).collect())
        }
        _ => Json::Null,
    }
}

#[test]
fn an_account_that_is_an_integer() {
    let collection = MongoCollection::new(MongoField::integer("account")).unwrap();
    let query = Filter::Everything.mongo("7", &collection).unwrap();
    for (account, passes) in
        [("7", true), ("\"7\"", false), ("7.0", false), ("[7]", false), ("8", false), ("null", false)]
    {
        let document = Json::parse(&format!(r#"{{"account": {account}}}"#)).unwrap();
        assert_eq!(matches(&document, &query), passes, "{account}");
        for other in ["07", "acme"] {
            assert!(!matches(&document, &Filter::Everything.mongo(other, &collection).unwrap()), "{account}");
        }
    }
}

#[test]
fn every_document_under_two_and_three_alternatives() {
    let collection = MongoCollection::new("account").unwrap();
    let collection = collection.alike([["v"], ["w"]], MongoField::plain).unwrap();
    let mut documents = Vec::new();
    for account in [ACCOUNT, "emca"] {
        for pair in law::pairs() {
            let stored = law::pair(pair);
            // What is null, and what is not there.
            for [leaves_v, leaves_w] in [[false, false], [true, false], [false, true], [true, true]] {
                if (leaves_v && pair.0.is_some()) || (leaves_w && pair.1.is_some()) {
                    continue;
                }
                let fields = ["v", "w"].into_iter().zip(&stored).zip([leaves_v, leaves_w]);
                let fields: Vec<(&str, &Stored)> =
                    fields.filter(|(_, leaves)| !leaves).map(|(field, _)| field).collect();
                let mut document = JsonObject::default();
                document.insert("account".into(), Json::Text(account.into()));
                for (name, stored) in &fields {
                    let Stored::Json(json) = stored else { panic!("{stored:?}") };
                    document.insert((*name).into(), json.clone());
                }
                let fields = fields.into_iter().map(|(name, stored)| (name, stored.clone())).collect::<Vec<_>>();
                documents.push((account, fields, Json::Object(document)));
            }
        }
    }
    let mut found = 0;
    for access in BOTH.into_iter().flat_map(law::unions) {
        let query = access.mongo(TYPE, &collection).unwrap();
        for (account, fields, document) in &documents {
            let fields: Vec<(&str, &Stored)> = fields.iter().map(|(name, stored)| (*name, stored)).collect();
            let allowed = law::passes(&access, account, &fields);
            assert_eq!(matches(document, &query), allowed, "{document:?}\n{query:?}\n{access:?}");
            found += usize::from(allowed);
        }
    }
    assert!(found > 1000, "{found}");
}

/// A document's value as the host reads it from a field of this kind: what stands for an `ObjectId` or a uuid as its
/// text, and one of the other kind as something else.
fn read(json: &Json, key: &str) -> Json {
    match json {
        Json::List(list) => Json::List(list.iter().map(|element| read(element, key)).collect()),
        Json::Object(object) => match object.get(key) {
            Some(Json::Text(text)) => Json::Text(text.to_lowercase()),
            _ => json.clone(),
        },
        other => other.clone(),
    }
}

#[test]
fn values_of_types_that_json_has_not() {
    let id = "507f1f77bcf86cd799439011";
    let long = format!("{id}1");
    let ids = [id, &id.to_uppercase(), "507f1f77bcf86cd79943901", &long, "507f1f77bcf86cd79943901g", "a"];
    let ids: Vec<String> = ids.map(String::from).into();
    let other = r#"{"$oid": "507f1f77bcf86cd799439012"}"#;
    let uuid = &law::uuids()[0];
    for (key, texts, field) in
        [("$oid", ids, MongoField::object_id("v")), ("$uuid", law::uuids(), MongoField::uuid("v"))]
    {
        let value = format!(r#"{{"{key}": "{}"}}"#, texts[0]);
        let documents = [
            value.clone(),
            format!("\"{}\"", texts[0]),
            format!("\"{}\"", texts[1]),
            format!("[{value}]"),
            format!("[{value}, \"{}\"]", texts[0]),
            format!("[{value}, \"{}\"]", texts[1]),
            format!("[{value}, 1]"),
            format!("[{value}, {value}]"),
            format!("[[{value}]]"),
            format!("{{\"id\": {value}}}"),
            format!("[{value}, {other}]"),
            other.to_string(),
            format!(r#"{{"$binary": "{uuid}"}}"#),
            r#"{"$binary": ""}"#.to_string(),
            format!(r#"[{value}, {{"$binary": ""}}]"#),
            format!(r#"[{value}, {{"$binary": "{uuid}"}}]"#),
            "[]".to_string(),
            "null".to_string(),
            "{}".to_string(),
        ];
        let collection = MongoCollection::new(MongoField::plain("account")).unwrap().field("v", field).unwrap();
        let except = |accepted: Vec<String>| Wanted { kind: ValueKind::Text, values: Vec::new(), except: accepted };
        let path = |accepted: Vec<String>| Wanted { kind: ValueKind::Path, values: accepted, except: Vec::new() };
        let listed = |accepted| Wanted { kind: ValueKind::Text, values: accepted, except: Vec::new() };
        let all = law::accepted(&texts).into_iter().filter(|all| !all.iter().any(String::is_empty));
        for wanted in all.flat_map(|accepted| [listed(accepted.clone()), except(accepted.clone()), path(accepted)]) {
            for reads in BOTH {
                let access = law::access_to(&["v"], reads, &wanted).unwrap();
                let query = access.mongo(TYPE, &collection).unwrap();
                for document in &documents {
                    let stored = Stored::Json(read(&Json::parse(document).unwrap(), key));
                    let allowed = law::allowed(&access, ACCOUNT, &[("v", &stored)]);
                    let whole = Json::parse(&format!(r#"{{"account": "{ACCOUNT}", "v": {document}}}"#)).unwrap();
                    assert_eq!(matches(&whole, &query), allowed, "{reads:?} {wanted:?}: {document}\n{query:?}");
                }
            }
        }
    }
}

#[test]
fn an_account_that_is_an_object_id() {
    let id = "507f1f77bcf86cd799439011";
    let collection = MongoCollection::new(MongoField::object_id("account")).unwrap();
    let query = Filter::Everything.mongo(id, &collection).unwrap();
    let value = format!(r#"{{"$oid": "{id}"}}"#);
    for (account, passes) in [
        (value.clone(), true),
        (format!("\"{id}\""), true),
        (format!("[{value}]"), false),
        (r#"{"$oid": "507f1f77bcf86cd799439012"}"#.to_string(), false),
        ("null".to_string(), false),
    ] {
        let document = Json::parse(&format!(r#"{{"account": {account}}}"#)).unwrap();
        assert_eq!(matches(&document, &query), passes, "{account}");
    }
    let elsewhere = Filter::Everything.mongo(&id.to_uppercase(), &collection).unwrap();
    assert!(!matches(&Json::parse(&format!(r#"{{"account": {value}}}"#)).unwrap(), &elsewhere));
}

#[test]
fn a_mapping_that_fits_no_type_is_found_at_the_start() {
    let schema = keyward::Schema::from_json(
        r#"{"resources": {"orders": {}}, "conditions": {"factory": {"restricts": {"orders": ["delivery", "factoryId"]}}}}"#,
    )
    .unwrap();
    let collection = || MongoCollection::new("account").unwrap();
    for (collection, resource, refused) in [
        (collection(), "orders", Some("attribute `delivery.factoryId` is mapped to no field")),
        (collection().alike([["delivery", "factoryId"]], MongoField::uuid).unwrap(), "orders", None),
        (collection().field(["delivery", "factoryId"], "factory").unwrap(), "orders", None),
        (
            collection().alike([["delivery", "factoryId"], ["delivery", "factory"]], MongoField::plain).unwrap(),
            "orders",
            Some("attribute `delivery.factory` is mapped, and no condition reads it of `orders`"),
        ),
        (collection(), "order", Some("unknown resource type `order`; did you mean `orders`?")),
    ] {
        let found = collection.check(&schema, resource).err().map(|error| error.to_string());
        assert_eq!(found.as_deref(), refused);
    }
    let access = law::access(&["v"], Reads::Any, &["a"]);
    assert!(matches!(
        access.mongo(TYPE, &collection()),
        Err(ListError::Mapping(MongoError::Mapping(MappingError::Unmapped { .. })))
    ));
}

#[test]
fn the_account_is_one_string() {
    let query = Filter::Everything.mongo("acme", &MongoCollection::new("account").unwrap()).unwrap();
    for (document, passes) in [
        (r#"{"account": "acme"}"#, true),
        (r#"{"account": ["acme"]}"#, false),
        (r#"{"account": ["acme", "emca"]}"#, false),
        (r#"{"account": null}"#, false),
        (r#"{"account": {"id": "acme"}}"#, false),
        (r"{}", false),
    ] {
        assert_eq!(matches(&Json::parse(document).unwrap(), &query), passes, "{document}");
    }
    let within = MongoCollection::new(["owner", "account"]).unwrap();
    let query = Filter::Everything.mongo("acme", &within).unwrap();
    for (document, passes) in [
        (r#"{"owner": {"account": "acme"}}"#, true),
        (r#"{"owner": [{"account": "acme"}, {"account": "emca"}]}"#, false),
        (r#"{"owner.account": "acme"}"#, false),
    ] {
        assert_eq!(matches(&Json::parse(document).unwrap(), &query), passes, "{document}");
    }
    let anything = Json::parse("{}").unwrap();
    let only = MongoCollection::of_one_account("acme");
    assert!(matches(&anything, &Filter::Everything.mongo("acme", &only).unwrap()));
    assert!(!matches(&anything, &Filter::Everything.mongo("emca", &only).unwrap()));
    assert!(!matches(&anything, &Filter::Nothing.mongo("acme", &only).unwrap()));
}

#[test]
fn names_that_a_query_can_t_say_are_refused() {
    for name in ["$where", "a.b", "a\0", "."] {
        assert!(matches!(MongoCollection::new([name]), Err(MongoError::Field(_))), "{name:?}");
        let access = law::access(&[name], Reads::Any, &["a"]);
        let collection = MongoCollection::of_one_account(ACCOUNT);
        assert!(
            matches!(
                access.mongo(TYPE, &collection),
                Err(ListError::Mapping(MongoError::Mapping(MappingError::Unmapped { .. })))
            ),
            "{name:?}"
        );
        let alike = collection.clone().alike([[name]], MongoField::plain);
        assert!(matches!(alike, Err(MongoError::Field(_))), "{name:?}");
        assert!(access.mongo(TYPE, &collection.field([name], "v").unwrap()).is_ok(), "{name:?}");
    }
    // Alone, a name with a dot would be meant for a path.
    assert!(matches!(MongoCollection::of_one_account(ACCOUNT).field("a.b", "v"), Err(MongoError::Name(_))));
    let twice = MongoCollection::of_one_account(ACCOUNT).field("a", "b").unwrap().field("a", "c");
    assert!(matches!(twice, Err(MongoError::Mapping(MappingError::MappedTwice(_)))));
}
