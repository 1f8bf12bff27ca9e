//! The accounts of the library as worlds.

use std::fmt;

use keyward::{
    Roles, Schema, Timestamp,
    administration::Account,
    authzen::{
        AccountWorld, Action, ActionSearch, Answer, Answers, DecisionPoint, Endpoint, Entity, Evaluation, Evaluations,
        Found, FoundAction, FoundEntity, Metadata, MetadataError, Page, PageError, PageRequest, PageTokens, Question,
        RequestError, ResourceSearch, Search, SearchAnswer, Semantic, Subject, SubjectSearch, TableError, World,
    },
    document::{ActorKind, Directory},
    key::{KeyDigest, KeyId, KeyKind},
    store::{KeyRecord, KeyState},
};

const TYPES: [(&str, ActorKind); 2] = [("user", ActorKind::Operator), ("service", ActorKind::AccessToken)];
const NOW: Timestamp = Timestamp::from_millis(1_000);

#[test]
fn every_type_is_send_and_sync_and_can_be_printed() {
    fn assert<T: Send + Sync + fmt::Debug>() {}
    macro_rules! each {
        ($($type:ty),* $(,)?) => { $( assert::<$type>(); )* };
    }
    each!(
        AccountWorld<'static>,
        Action,
        ActionSearch,
        Answer,
        Answers,
        DecisionPoint,
        Endpoint,
        Entity,
        Evaluation,
        Evaluations,
        Found<'static>,
        FoundAction,
        FoundEntity,
        Metadata,
        MetadataError,
        Page<'static>,
        PageError,
        PageRequest,
        PageTokens,
        Question<'static>,
        RequestError,
        ResourceSearch,
        Search<'static>,
        SearchAnswer<FoundEntity>,
        Semantic,
        Subject<'static>,
        SubjectSearch,
        TableError,
    );
}

fn directory() -> Directory {
    let one = |id: &str| format!(r#"{{"id": "{id}", "policies": ["admin"], "conditions": []}}"#);
    Directory::from_json(&format!(
        r#"{{"schema": {{"resources": {{"things": {{}}}}}}, "accounts": [
            {{"id": "one", "operatorAccess": [{}, {}], "accessTokens": [{}]}},
            {{"id": "two", "operatorAccess": [{}]}}
        ]}}"#,
        one("b"),
        one("a"),
        one("t"),
        one("c"),
    ))
    .unwrap()
}

fn is_known(world: &AccountWorld<'_>, kind: &str, id: &str) -> bool {
    let Ok(found) = world.subject(&Entity::new(kind, id));
    found.is_some()
}

fn listed<'a>(world: &AccountWorld<'a>, kind: &str, after: Option<&str>) -> Vec<&'a str> {
    world.subjects(kind, after).map(|(id, _)| id).collect()
}

#[test]
fn an_account_of_a_directory_knows_its_own() {
    let directory = directory();
    let refused = AccountWorld::of_directory(&directory, "three", &TYPES).unwrap_err();
    assert_eq!(refused.to_string(), "unknown account `three`");
    let world = AccountWorld::of_directory(&directory, "one", &TYPES).unwrap();
    assert_eq!(world.account(), "one");
    for (kind, id, known) in [
        ("user", "a", true),
        ("user", "b", true),
        ("service", "t", true),
        ("user", "t", false),
        ("service", "a", false),
        ("user", "c", false),
        ("operator", "a", false),
        ("", "", false),
    ] {
        assert_eq!(is_known(&world, kind, id), known, "{kind} {id}");
    }
    assert_eq!(listed(&world, "user", None), ["a", "b"]);
    assert_eq!(listed(&world, "user", Some("a")), ["b"]);
    assert_eq!(listed(&world, "user", Some("a0")), ["b"]);
    assert_eq!(listed(&world, "user", Some("b")), [""; 0]);
    assert_eq!(listed(&world, "service", None), ["t"]);
    assert_eq!(listed(&world, "robot", None), [""; 0]);
    assert!(!format!("{world:?}").contains("admin"));
}

#[test]
fn an_administered_account_knows_whose_key_is_in_use() {
    let schema = Schema::builder().resource("things").build().unwrap();
    let mut number = 0;
    let mut record = |kind, actor: &str| {
        number += 1;
        let id = KeyId::parse(&format!("{number:014}")).unwrap();
        KeyRecord::new(kind, id, KeyDigest::DUMMY, "one", actor).unwrap().with_roles(["admin"])
    };
    let records = [
        record(KeyKind::OperatorKey, "zoe"),
        record(KeyKind::OperatorKey, "amy"),
        record(KeyKind::OperatorKey, "gone").with_state(KeyState::Revoked),
        record(KeyKind::OperatorKey, "late").with_not_before(Some(Timestamp::from_millis(1_001))),
        record(KeyKind::AccessToken, "job"),
        record(KeyKind::AccessToken, "over").with_expiry(Some(NOW)),
    ];
    let account = Account::load(Roles::new(&schema, "one").unwrap(), 1, records).unwrap();
    let world = AccountWorld::of_account(&account, NOW, &TYPES);
    assert_eq!(world.account(), "one");
    assert_eq!(listed(&world, "user", None), ["amy", "zoe"]);
    assert_eq!(listed(&world, "service", None), ["job"]);
    for (kind, id, known) in [
        ("user", "amy", true),
        ("service", "job", true),
        ("user", "gone", false),
        ("user", "late", false),
        ("service", "over", false),
        ("user", "job", false),
    ] {
        assert_eq!(is_known(&world, kind, id), known, "{kind} {id}");
    }
    // A token administers nothing, as whose key it is asks for.
    let point = DecisionPoint::of_schema(&schema);
    for (kind, id, resource, decision) in [
        ("user", "amy", "accessTokens", true),
        ("service", "job", "accessTokens", false),
        ("service", "job", "things", true),
    ] {
        let asked = Evaluation::new(Entity::new(kind, id), Action::new("create"), Entity::new(resource, "x"));
        let Ok(answer) = point.evaluate(&world, &asked);
        assert_eq!(answer.decision(), decision, "{id} {resource}");
    }
}

#[test]
fn the_host_s_context_is_read_where_the_question_is_silent() {
    let directory = Directory::from_json(
        r#"{
            "schema": {"resources": {"things": {}}, "conditions": {"during": {"values": "time", "context": "time"}}},
            "accounts": [{"id": "one", "operatorAccess": [
                {"id": "a", "policies": ["admin"], "conditions": [{"name": "during", "value": "2026-01-01T00:00:00Z..2027-01-01T00:00:00Z"}]}
            ]}]
        }"#,
    )
    .unwrap();
    let point = DecisionPoint::of_schema(directory.schema());
    let ask = |host: &str, said: &str| {
        let host = [("time", host)];
        let world = AccountWorld::of_directory(&directory, "one", &TYPES).unwrap().in_context(&host);
        let asked = format!(
            r#"{{"subject": {{"type": "user", "id": "a"}}, "action": {{"name": "read"}}, "resource": {{"type": "things", "id": "1"}},
                "context": {said}}}"#
        );
        let Ok(answer) = point.evaluate(&world, &Evaluation::from_json(&asked).unwrap());
        answer.decision()
    };
    let (then, later) = ("2026-06-01T00:00:00Z", "2028-06-01T00:00:00Z");
    assert!(ask(then, "{}") && !ask(later, "{}"));
    assert!(ask(later, r#"{"time": "2026-06-01T00:00:00Z"}"#) && !ask(then, r#"{"time": "2028-06-01T00:00:00Z"}"#));
    assert!(!ask(then, r#"{"time": null}"#), "null is said, and is no time");
}
