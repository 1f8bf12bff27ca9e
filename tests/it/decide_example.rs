//! The `decide` example as a program: what it prints, where, and with which exit status.

use std::{
    env, fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::{Value, json};

const WORLD: &str = r#"{
  "schema": {
    "resources": {
      "products": {},
      "factories": {},
      "purchaseOrders": { "operations": ["create", "read", "update", "delete", "list", "approve"] }
    },
    "conditions": {
      "productBrand": { "restricts": { "products": "brand" }, "elsewhere": "ignore" },
      "factoryId": { "restricts": { "factories": "id", "purchaseOrders": ["delivery", "factoryId"] } },
      "accessPolicyId": { "restricts": { "operatorAccess": { "attribute": "policies", "match": "all" } }, "elsewhere": "ignore" }
    }
  },
  "accounts": [
    {
      "id": "UFNCRXfCVM87QNawaE8rrKqc",
      "accessPolicies": [
        { "id": "inspector", "name": "BrandInspectorPolicy", "permissions": ["products:read,list"] },
        { "id": "manager", "permissions": ["products:*", "factories:*", "purchaseOrders:*"] }
      ],
      "operatorAccess": [
        { "id": "olga", "operator": "o", "email": "o@example.com", "name": "Olga", "policies": ["admin"], "conditions": [] },
        { "id": "anna", "policies": ["admin"], "conditions": ["accessPolicyId:inspector"] }
      ],
      "accessTokens": [
        { "id": "one", "name": "One", "policies": ["inspector"], "conditions": ["productBrand:brand_one"] },
        { "id": "two", "policies": ["manager"], "conditions": ["productBrand:brand_one", { "name": "productBrand", "value": "brand two" }] },
        { "id": "factory", "policies": ["manager"], "conditions": ["factoryId:1", "factoryId:2"] },
        { "id": "nobody", "policies": [], "conditions": [] }
      ]
    }
  ]
}"#;

/// The program, beside the tests in the build's own folder.
fn program(name: &str) -> PathBuf {
    let tests = env::current_exe().unwrap();
    let program = tests.ancestors().nth(2).unwrap().join("examples").join(format!("{name}{}", env::consts::EXE_SUFFIX));
    assert!(program.exists(), "the example is not built: `cargo test` builds it, `cargo build --example {name}` too");
    program
}

/// A file that is gone when the test is over.
struct File(PathBuf);

impl File {
    fn new(content: impl AsRef<[u8]>) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("decide-{}-{}.json", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&path, content).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    pub(crate) fn answers(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
            .collect()
    }

    /// Nothing is decided, and standard error has the place and the cause.
    fn refused(&self, message: &str) {
        assert_eq!((self.status, &*self.out), (2, ""), "{self:?}");
        assert!(self.err.contains(message), "{message}: {self:?}");
    }
}

fn run(arguments: &[&str], input: &[u8]) -> Ran {
    run_example("decide", arguments, input)
}

pub(crate) fn run_example(name: &str, arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = Command::new(program(name))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // The program may end before it has read everything.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |bytes| String::from_utf8(bytes).expect("what is printed is UTF-8");
    Ran { status: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

pub(crate) fn ask(world: impl AsRef<[u8]>, requests: impl AsRef<[u8]>) -> Ran {
    let (world, requests) = (File::new(world), File::new(requests));
    run(&["--json", world.path(), requests.path()], b"")
}

fn table(world: impl AsRef<[u8]>, requests: impl AsRef<[u8]>) -> Ran {
    let (world, requests) = (File::new(world), File::new(requests));
    run(&[world.path(), requests.path()], b"")
}

const ACCOUNT: &str = "UFNCRXfCVM87QNawaE8rrKqc";

/// Note, request, answer.
fn exchanges() -> Vec<(&'static str, Value, Value)> {
    let products = |attributes: Value| json!({"type": "products", "account": ACCOUNT, "attributes": attributes});
    let unmet = |found: Option<Value>, accepted: Value, side: Option<&str>| {
        let mut reason =
            json!({"kind": "condition_unmet", "condition": "productBrand", "attribute": "brand", "accepted": accepted});
        if let Some(found) = found {
            reason["found"] = found;
        }
        if let Some(side) = side {
            reason["side"] = json!(side);
        }
        json!({"decision": "deny", "status": 403, "reason": reason})
    };
    let allow = json!({"decision": "allow"});
    let one = json!(["brand_one"]);
    let two = json!(["brand_one", "brand two"]);
    let missing = |resource: &str, operation: &str| json!({"decision": "deny", "status": 403, "reason": {"kind": "permission_missing", "resource": resource, "operation": operation}});
    let elsewhere = json!({"decision": "deny", "status": 404, "reason": {"kind": "other_account"}});
    vec![
        (
            "allow",
            json!({"actor": "one", "operation": "read", "resource": products(json!({"brand": "brand_one"}))}),
            allow.clone(),
        ),
        (
            "without the account",
            json!({"actor": "one", "operation": "read", "resource": {"type": "products", "attributes": {"brand": "brand_one"}}}),
            allow.clone(),
        ),
        (
            "unmet",
            json!({"actor": "one", "operation": "read", "resource": products(json!({"brand": "brand_two"}))}),
            unmet(Some(json!("brand_two")), one.clone(), None),
        ),
        (
            "absent",
            json!({"actor": "one", "operation": "read", "resource": products(json!({}))}),
            unmet(None, one.clone(), None),
        ),
        (
            "no attributes",
            json!({"actor": "one", "operation": "read", "resource": {"type": "products"}}),
            unmet(None, one.clone(), None),
        ),
        (
            "null",
            json!({"actor": "one", "operation": "read", "resource": products(json!({"brand": null}))}),
            unmet(Some(json!(null)), one.clone(), None),
        ),
        (
            "an object",
            json!({"actor": "one", "operation": "read", "resource": products(json!({"brand": {"a": [1, 1.5, {}]}}))}),
            unmet(Some(json!({"a": [1, 1.5, {}]})), one.clone(), None),
        ),
        (
            "the most u64",
            json!({"actor": "one", "operation": "read", "resource": products(json!({"brand": u64::MAX}))}),
            unmet(Some(json!(u64::MAX)), one.clone(), None),
        ),
        (
            "permission",
            json!({"actor": "one", "operation": "delete", "resource": products(json!({"brand": "brand_one"}))}),
            missing("products", "delete"),
        ),
        (
            "no roles",
            json!({"actor": "nobody", "operation": "read", "resource": products(json!({}))}),
            missing("products", "read"),
        ),
        (
            "another account",
            json!({"actor": "olga", "operation": "read", "resource": {"type": "products", "account": "other"}}),
            elsewhere.clone(),
        ),
        (
            "an account by its case",
            json!({"actor": "olga", "operation": "read", "resource": {"type": "products", "account": "ufncrxfcvm87qnawae8rrkqc"}}),
            elsewhere.clone(),
        ),
        (
            "an empty account",
            json!({"actor": "olga", "operation": "read", "resource": {"type": "products", "account": ""}}),
            elsewhere.clone(),
        ),
        (
            "unbound",
            json!({"actor": "factory", "operation": "read", "resource": products(json!({}))}),
            json!({"decision": "deny", "status": 403, "reason": {"kind": "condition_unbound", "condition": "factoryId", "resource": "products"}}),
        ),
        (
            "a path",
            json!({"actor": "factory", "operation": "approve", "resource": {"type": "purchaseOrders", "attributes": {"delivery": {"factoryId": 2}}}}),
            allow.clone(),
        ),
        (
            "a path unmet",
            json!({"actor": "factory", "operation": "approve", "resource": {"type": "purchaseOrders", "attributes": {"delivery": {"factoryId": 3}}}}),
            json!({"decision": "deny", "status": 403, "reason": {"kind": "condition_unmet", "condition": "factoryId", "attribute": ["delivery", "factoryId"], "found": 3, "accepted": ["1", "2"]}}),
        ),
        (
            "all of a list",
            json!({"actor": "anna", "operation": "read", "resource": {"type": "operatorAccess", "attributes": {"policies": ["inspector"]}}}),
            allow.clone(),
        ),
        (
            "not all of a list",
            json!({"actor": "anna", "operation": "read", "resource": {"type": "operatorAccess", "attributes": {"policies": ["inspector", "admin"]}}}),
            json!({"decision": "deny", "status": 403, "reason": {"kind": "condition_unmet", "condition": "accessPolicyId", "attribute": "policies", "found": ["inspector", "admin"], "accepted": ["inspector"]}}),
        ),
        (
            "create",
            json!({"actor": "two", "operation": "create", "resource": {"type": "products"}, "proposed": {"brand": "brand two"}}),
            allow.clone(),
        ),
        (
            "create, unmet",
            json!({"actor": "two", "operation": "create", "resource": {"type": "products"}, "proposed": {"brand": "x"}}),
            unmet(Some(json!("x")), two.clone(), None),
        ),
        (
            "create, nothing proposed",
            json!({"actor": "two", "operation": "create", "resource": {"type": "products"}}),
            unmet(None, two.clone(), None),
        ),
        (
            "update",
            json!({"actor": "two", "operation": "update", "resource": products(json!({"brand": "brand_one"})), "proposed": {"brand": "brand two"}}),
            allow.clone(),
        ),
        (
            "update, out of reach",
            json!({"actor": "two", "operation": "update", "resource": products(json!({"brand": "brand_one"})), "proposed": {"brand": "x"}}),
            unmet(Some(json!("x")), two.clone(), Some("proposed")),
        ),
        (
            "update, into reach",
            json!({"actor": "two", "operation": "update", "resource": products(json!({"brand": "x"})), "proposed": {"brand": "brand_one"}}),
            unmet(Some(json!("x")), two.clone(), Some("stored")),
        ),
        (
            "update, both",
            json!({"actor": "two", "operation": "update", "resource": products(json!({"brand": "x"})), "proposed": {"brand": "y"}}),
            unmet(Some(json!("x")), two.clone(), Some("stored")),
        ),
        (
            "update, nothing proposed",
            json!({"actor": "two", "operation": "update", "resource": products(json!({"brand": "brand_one"})), "proposed": {}}),
            unmet(None, two.clone(), Some("proposed")),
        ),
        (
            "list, everything",
            json!({"actor": "olga", "operation": "list", "resource": {"type": "products", "account": ACCOUNT}}),
            json!({"decision": "allow", "filter": "all"}),
        ),
        (
            "list, ignored elsewhere",
            json!({"actor": "two", "operation": "list", "resource": {"type": "factories"}}),
            json!({"decision": "allow", "filter": "all"}),
        ),
        (
            "list, a clause",
            json!({"actor": "one", "operation": "list", "resource": {"type": "products"}}),
            json!({"decision": "allow", "filter": {"all_of": [{"attribute": "brand", "one_of": ["brand_one"]}]}}),
        ),
        (
            "list, a path",
            json!({"actor": "factory", "operation": "list", "resource": {"type": "purchaseOrders"}}),
            json!({"decision": "allow", "filter": {"all_of": [{"attribute": ["delivery", "factoryId"], "one_of": ["1", "2"]}]}}),
        ),
        (
            "list, all of a list",
            json!({"actor": "anna", "operation": "list", "resource": {"type": "operatorAccess"}}),
            json!({"decision": "allow", "filter": {"all_of": [{"attribute": "policies", "match": "all", "one_of": ["inspector"]}]}}),
        ),
        (
            "list, nothing",
            json!({"actor": "nobody", "operation": "list", "resource": {"type": "products"}}),
            missing("products", "list"),
        ),
        (
            "list, unbound",
            json!({"actor": "factory", "operation": "list", "resource": {"type": "products"}}),
            json!({"decision": "deny", "status": 403, "reason": {"kind": "condition_unbound", "condition": "factoryId", "resource": "products"}}),
        ),
        (
            "list, another account",
            json!({"actor": "olga", "operation": "list", "resource": {"type": "products", "account": "other"}}),
            elsewhere,
        ),
    ]
}

#[test]
fn every_form_of_answer() {
    let exchanges = exchanges();
    let requests: Vec<String> = exchanges.iter().map(|(_, request, _)| request.to_string()).collect();
    let forms = [
        ("lines", requests.join("\n")),
        ("lines with an end", requests.join("\n") + "\n"),
        ("lines of Windows", requests.join("\r\n") + "\r\n"),
        ("lines apart", format!("\n\n{}\n \t\n", requests.join("\n\n"))),
        ("an array", format!("[{}]", requests.join(","))),
        ("an array over lines", format!(" \n[\n{}\n]\n", requests.join(",\n"))),
    ];
    for (form, text) in forms {
        let ran = ask(WORLD, text);
        assert_eq!((ran.status, &*ran.err), (0, ""), "{form}");
        let answers = ran.answers();
        assert_eq!(answers.len(), exchanges.len(), "{form}");
        for ((note, request, wanted), answer) in exchanges.iter().zip(answers) {
            assert_eq!(answer, *wanted, "{form}, {note}: {request}");
        }
        assert!(ran.out.ends_with('\n'));
    }
}

#[test]
fn answers_read_as_in_the_contract() {
    let ran =
        ask(WORLD, exchanges()[..2].iter().map(|(_, request, _)| request.to_string()).collect::<Vec<_>>().join("\n"));
    assert_eq!(ran.out, "{\"decision\":\"allow\"}\n{\"decision\":\"allow\"}\n", "one object a line, without blanks");
}

#[test]
fn errors_answer_their_request_alone() {
    let good = r#"{"actor": "olga", "operation": "read", "resource": {"type": "products"}}"#;
    let cases = [
        (
            "{",
            "line 2, column 1, $: EOF while parsing an object: each line holds one request; write it on one line, or put \
             the requests into an array",
            "the first line of a request over several",
        ),
        (
            r#"{"actor": "olga", "operation": "update", "resource": {"type": "products"}}"#,
            "$: the field `proposed` is missing: an update tests what is stored and what it would become; add \
             `\"proposed\": {…}` with the attributes as they would be",
            "an update without what it would become",
        ),
        ("nonsense", "expected ident", "no JSON at all"),
        (&format!("{good} {good}"), "trailing characters", "two on a line"),
        ("7", "$: an object is wanted", "a number"),
        ("null", "$: an object is wanted", "null"),
        ("\"x\"", "$: an object is wanted", "a text"),
        ("{}", "$: the field `actor` is missing", "empty"),
        (r#"{"actor": "olga"}"#, "$: the field `operation` is missing", "half"),
        (r#"{"actor": "olga", "operation": "read"}"#, "$: the field `resource` is missing", "no resource"),
        (
            r#"{"actor": 7, "operation": "read", "resource": {"type": "products"}}"#,
            "$.actor: a string is wanted",
            "a number for the actor",
        ),
        (
            r#"{"actor": "olga", "operation": ["read"], "resource": {"type": "products"}}"#,
            "$.operation: a string is wanted",
            "a list for the operation",
        ),
        (
            r#"{"actor": "olga", "operation": "read", "resource": "products"}"#,
            "$.resource: an object is wanted",
            "a text for the resource",
        ),
        (
            r#"{"actor": "olga", "operation": "read", "resource": {}}"#,
            "$.resource: the field `type` is missing",
            "no type",
        ),
        (
            r#"{"actor": "olga", "operation": "read", "resource": {"type": null}}"#,
            "$.resource.type: a string is wanted",
            "null for the type",
        ),
        (
            r#"{"actor": "olga", "operation": "read", "resource": {"type": "products", "account": null}}"#,
            "$.resource.account: a string is wanted",
            "null for the account is not: left out",
        ),
        (
            r#"{"actor": "olga", "operation": "read", "resource": {"type": "products", "attributes": null}}"#,
            "$.resource.attributes: an object is wanted",
            "null for the attributes",
        ),
        (
            r#"{"actor": "olga", "operation": "read", "resource": {"type": "products", "attributes": []}}"#,
            "$.resource.attributes: an object is wanted",
            "a list for the attributes",
        ),
        (
            r#"{"actor": "olga", "operation": "update", "resource": {"type": "products"}, "proposed": null}"#,
            "$.proposed: an object is wanted",
            "null for the proposed",
        ),
        (
            r#"{"actor": "olga", "operation": "read", "resource": {"type": "products"}, "proposed": {}}"#,
            "$.proposed: `read` proposes nothing",
            "a read that proposes",
        ),
        (
            r#"{"actor": "olga", "operation": "create", "resource": {"type": "products", "attributes": {}}}"#,
            "$.resource.attributes: `create` tests `proposed` attributes",
            "a create with attributes",
        ),
        (
            r#"{"actor": "olga", "operation": "read", "resource": {"type": "products"}, "extra": 1}"#,
            "$: unknown field `extra`",
            "a field too many",
        ),
        (
            r#"{"actor": "olga", "operation": "read", "resource": {"type": "products", "id": 1}}"#,
            "$.resource: unknown field `id`",
            "a field too many in the resource",
        ),
        (
            r#"{"actor": "olga", "actor": "olga", "operation": "read", "resource": {"type": "products"}}"#,
            "$.actor: the key is there twice",
            "a key twice",
        ),
        (
            r#"{"actor": "olga", "operation": "read", "resource": {"type": "products", "attributes": {"a": 1, "a": 1}}}"#,
            "$.resource.attributes.a: the key is there twice",
            "a key twice, within",
        ),
        (
            r#"{"actor": "olag", "operation": "read", "resource": {"type": "products"}}"#,
            "unknown actor `olag`; did you mean `olga`?",
            "an unknown actor",
        ),
        (r#"{"actor": "", "operation": "read", "resource": {"type": "products"}}"#, "unknown actor ``", "no actor"),
        (
            r#"{"actor": "olga", "operation": "raed", "resource": {"type": "products"}}"#,
            "unknown operation `raed`; did you mean `read`?",
            "an unknown operation",
        ),
        (
            r#"{"actor": "olga", "operation": "*", "resource": {"type": "products"}}"#,
            "unknown operation `*`",
            "a wildcard operation",
        ),
        (
            r#"{"actor": "olga", "operation": "read", "resource": {"type": "product"}}"#,
            "unknown resource type `product`; did you mean `products`?",
            "an unknown type",
        ),
        (
            r#"{"actor": "olga", "operation": "read", "resource": {"type": "product", "account": "other"}}"#,
            "unknown resource type `product`; did you mean `products`?",
            "an unknown type of another account",
        ),
        (
            &format!(
                r#"{{"actor": "olga", "operation": "read", "resource": {{"type": "products", "attributes": {{"a": {}{}}}}}}}"#,
                "[".repeat(62),
                "]".repeat(62)
            ),
            "nested deeper than 64",
            "too deep",
        ),
    ];
    for (line, message, note) in cases {
        let ran = ask(WORLD, format!("{good}\n{line}\n{good}"));
        assert_eq!(ran.status, 1, "{note}: {ran:?}");
        let answers = ran.answers();
        assert_eq!(answers.len(), 3, "{note}");
        assert_eq!(
            (&answers[0], &answers[2]),
            (&json!({"decision": "allow"}), &json!({"decision": "allow"})),
            "{note}"
        );
        let error = answers[1].as_object().unwrap();
        assert_eq!(error.keys().collect::<Vec<_>>(), ["error"], "{note}");
        assert!(error["error"].as_str().unwrap().contains(message), "{note}: {error:?}");
        if serde_json::from_str::<Value>(line).is_ok() && !message.contains("twice") && !message.contains("deeper") {
            let error = error["error"].as_str().unwrap();
            let in_array = json!({"error": error.strip_prefix("line 2, ").unwrap_or(error)});
            let answers = vec![answers[0].clone(), in_array, answers[2].clone()];
            let ran = ask(WORLD, format!("[{good},{line},{good}]"));
            assert_eq!((ran.status, ran.answers()), (1, answers), "{note}: in an array");
        }
    }
}

#[test]
fn a_line_that_is_no_utf_8() {
    let good = r#"{"actor": "olga", "operation": "read", "resource": {"type": "products"}}"#.as_bytes();
    let bad = b"{\"actor\": \"\xff\"}";
    let ran = ask(WORLD, [good, b"\n", bad, b"\n", good].concat());
    assert_eq!(ran.status, 1);
    assert_eq!(ran.answers()[1], json!({"error": "line 2, column 12, $: the text is not UTF-8"}));
    assert_eq!(ran.answers().len(), 3);
    ask(WORLD, [b"[", good, b",", bad, b"]"].concat()).refused("$: the text is not UTF-8");
}

#[test]
fn within_is_answered() {
    let ran = ask(WORLD, r#"{"within": {"access": "one", "of": "two"}}"#);
    let answer = &ran.answers()[0];
    assert!(answer["within"].is_boolean() || answer["error"].is_string(), "{answer}");
    for (request, message) in [
        (r#"{"within": {"access": "one"}}"#, "$.within: the field `of` is missing"),
        (r#"{"within": {"access": "one", "of": 7}}"#, "$.within.of: a string is wanted"),
        (r#"{"within": {"access": "one", "of": "two", "x": 1}}"#, "$.within: unknown field `x`"),
        (r#"{"within": {"access": "one", "of": "two"}, "actor": "one"}"#, "$: unknown field `actor`"),
        (r#"{"within": true}"#, "$.within: an object is wanted"),
    ] {
        let ran = ask(WORLD, request);
        assert_eq!((ran.status, ran.answers()), (1, vec![json!({"error": format!("line 1, {message}")})]));
    }
}

#[test]
fn several_accounts() {
    let mut world: Value = serde_json::from_str(WORLD).unwrap();
    world["accounts"]
        .as_array_mut()
        .unwrap()
        .push(json!({"id": "other", "operatorAccess": [{"id": "otto", "policies": ["admin"], "conditions": []}]}));
    let request = |actor: &str, account: Option<&str>| {
        let mut resource = json!({"type": "products"});
        if let Some(account) = account {
            resource["account"] = json!(account);
        }
        json!({"actor": actor, "operation": "read", "resource": resource}).to_string()
    };
    let requests = [
        request("otto", Some("other")),
        request("otto", Some(ACCOUNT)),
        request("olga", Some(ACCOUNT)),
        request("olga", Some("other")),
        request("olga", None),
    ];
    let ran = ask(world.to_string(), requests.join("\n"));
    assert_eq!(ran.status, 1);
    let elsewhere = json!({"decision": "deny", "status": 404, "reason": {"kind": "other_account"}});
    let answers = ran.answers();
    assert_eq!(
        answers[..4],
        [json!({"decision": "allow"}), elsewhere.clone(), json!({"decision": "allow"}), elsewhere]
    );
    assert!(answers[4]["error"].as_str().unwrap().contains("`account` is missing"), "{}", answers[4]);
}

const REQUEST: &str = r#"{"actor": "olga", "operation": "read", "resource": {"type": "products"}}"#;

#[test]
fn standard_input_for_one_of_them() {
    let (world, requests) = (File::new(WORLD), File::new(REQUEST));
    let ran = run(&["--json", world.path(), "-"], REQUEST.as_bytes());
    assert_eq!((ran.status, ran.answers()), (0, vec![json!({"decision": "allow"})]));
    let ran = run(&["--json", "-", requests.path()], WORLD.as_bytes());
    assert_eq!((ran.status, ran.answers()), (0, vec![json!({"decision": "allow"})]));
    let ran = run(&[world.path(), requests.path(), "--json"], b"");
    assert_eq!((ran.status, ran.answers()), (0, vec![json!({"decision": "allow"})]), "the option last");
    run(&["--json", "-", "-"], WORLD.as_bytes()).refused("only one");
    run(&["--json", "-", requests.path()], b"{").refused("standard input: line 1, column 1, $: EOF");
    run(&["--json", world.path(), "-"], b"").refused("standard input: line 1, column 1, $: there is no request");
}

#[test]
fn documents_that_cant_be_used() {
    let cases: [(&[u8], &str, &str); 13] = [
        (b"", "line 1, column 1, $: EOF while parsing a value", "empty"),
        (b"[]", "line 1, column 1, $: an array where an object is wanted", "an array"),
        (b"{\"schema\": {},\n \"accounts\": [{\"id\": 7}]}", "line 2, column 22, $.accounts[0].id: a number where a string is wanted", "a wrong kind"),
        (b"{\"schema\": {},\n \"schema\": {}}", "line 2, column 9, $.schema: the key is there twice", "a key twice"),
        (b"{\"schema\": {}", "line 1, column 13, $: EOF while parsing an object", "truncated"),
        (b"{\"schema\": {}, \"accounts\": []}\n{}", "line 2, column 1, $: trailing characters", "two"),
        (
            b"\xef\xbb\xbf{}",
            "line 1, column 1, $: the document begins with a byte order mark: save it as UTF-8 without one",
            "a byte order mark",
        ),
        (b"{\"a\":\n \"\xff\"}", "line 2, column 3, $: the text is not UTF-8", "no UTF-8"),
        (b"{\"schema\": {}, \"accounts\": [{\"id\": \"a\", \"accessTokens\": [{\"id\": \"t\", \"policies\": [\"x\"], \"conditions\": []}]}]}", "$.accounts[0].accessTokens[0].policies[0]: unknown role `x`", "an unknown policy"),
        (b"{\"schema\": {}, \"accounts\": [{\"id\": \"a\", \"accessTokens\": [{\"id\": \"t\", \"policies\": [\"admin\"]}]}]}", "line 1, column 58, $.accounts[0].accessTokens[0]: the field `conditions` is missing", "no conditions is not the whole account"),
        (b"{\"schema\": {}, \"accounts\": [{\"id\": \"a\", \"operatorAccess\": [{\"id\": \"o\", \"conditions\": []}]}]}", "line 1, column 60, $.accounts[0].operatorAccess[0]: the field `policies` is missing", "no policies"),
        (b"{\"schema\": {}, \"accounts\": [{\"id\": \"a\", \"accessTokens\": [{\"id\": \"t\", \"policies\": [\"admin\"], \"conditions\": null}]}]}", "$.accounts[0].accessTokens[0].conditions: null where an array is wanted", "null is not the whole account either"),
        (b"{\"schema\": {}, \"account\": []}", "$.account: unknown field `account`; did you mean `accounts`?", "a field misspelt"),
    ];
    for (world, message, note) in cases {
        let ran = ask(world, REQUEST);
        ran.refused(message);
        assert!(ran.err.lines().count() == 1, "{note}: {ran:?}");
        assert!(!ran.err.trim_end().chars().any(char::is_control), "{note}: {ran:?}");
        table(world, REQUEST).refused(message);
    }
    for (requests, message) in [
        ("", "there is no request"),
        (" \n\t\n", "there is no request"),
        ("[", "line 1, column 1, $"),
        ("[{}", "line 1, column 3, $"),
        (
            "\u{feff}{}\n{}",
            "line 1, column 1, $: the document begins with a byte order mark: save it as UTF-8 without one",
        ),
        (
            "\u{feff}[{}]",
            "line 1, column 1, $: the document begins with a byte order mark: save it as UTF-8 without one",
        ),
        ("[{},]", "line 1, column 5, $[1]: trailing comma"),
        ("[]x", "line 1, column 3, $: trailing characters"),
    ] {
        ask(WORLD, requests).refused(message);
    }
    let ran = ask(WORLD, "[]");
    assert_eq!((ran.status, &*ran.out), (0, ""), "no question, no answer");
    let file = File::new(WORLD);
    run(&[file.path(), "/no/such/file"], b"").refused("/no/such/file: ");
    run(&["/no/such/file", file.path()], b"").refused("/no/such/file: ");
    run(&[env!("CARGO_MANIFEST_DIR"), file.path()], b"").refused(": ");
    for arguments in
        [vec![file.path()], vec![file.path(); 3], vec!["--jsn", file.path()], vec!["--json", "--json", "--json"]]
    {
        run(&arguments, b"").refused("usage: decide");
    }
}

#[test]
fn a_world_that_is_too_large() {
    let mut world = vec![b' '; 64 << 20];
    world.extend(WORLD.as_bytes());
    ask(world, REQUEST).refused("line 1, column 1, $: the document has more than 67108864 bytes");
}

#[test]
fn the_bare_command_shows_something() {
    let ran = run(&[], b"");
    assert_eq!((ran.status, &*ran.err), (0, ""));
    assert!(ran.out.lines().count() > 8 && ran.out.contains("allow") && ran.out.contains("deny"), "{}", ran.out);
    assert!(!ran.out.contains('\u{1b}'), "no colour where nobody looks");
    let as_json = run(&["--json"], b"");
    assert_eq!(as_json.status, 0);
    assert_eq!(as_json.answers().len() + 1, ran.out.lines().count(), "a heading, and a line for each");
    assert!(as_json.answers().iter().all(|answer| answer["decision"].is_string() || answer["within"].is_boolean()));
    for help in ["--help", "-h"] {
        let ran = run(&[help], b"");
        assert_eq!(ran.status, 0);
        assert!(ran.out.starts_with("usage: decide"));
    }
}

/// The explanations of a table's requests: each with its first line, its steps, and its last line.
fn explained(ran: &Ran) -> Vec<(&str, Vec<&str>, &str)> {
    let blocks = ran.out.split("\n\n").map(|block| {
        let lines: Vec<&str> = block.trim_end().lines().collect();
        (lines[0], lines[1..lines.len() - 1].to_vec(), lines[lines.len() - 1])
    });
    blocks.collect()
}

#[test]
fn an_explanation_ends_with_the_decision() {
    let (explained_run, table, as_json) = (run(&["--explain"], b""), run(&[], b""), run(&["--json"], b""));
    assert_eq!((explained_run.status, &*explained_run.err), (0, ""));
    let column = table.out.lines().next().unwrap().find("DECISION").unwrap();
    let words = |line: &str| line.split_whitespace().map(String::from).collect::<Vec<_>>();
    let blocks = explained(&explained_run);
    assert_eq!(blocks.len(), table.out.lines().count() - 1);
    for ((first, steps, last), (line, answer)) in blocks.iter().zip(table.out.lines().skip(1).zip(as_json.answers())) {
        let at = line.char_indices().nth(column).unwrap().0;
        assert_eq!(words(last), words(&line[at..]), "{line}");
        assert_eq!(words(first), words(&line[..at]), "{line}");
        // Every step is there that was taken, and no step after the one that denied.
        let bad = |step: &str| {
            let signs = [": not met", "is not `", "is not bound to", "is granted by none of", "is not granted"];
            signs.iter().any(|sign| step.contains(sign))
        };
        let denied = answer["decision"] == "deny";
        assert_eq!(steps.iter().filter(|step| bad(step)).count(), usize::from(denied), "{steps:?}");
        assert!(!denied || bad(steps[steps.len() - 1]), "{steps:?}");
        let kind = answer["reason"]["kind"].as_str().map(|kind| match kind {
            "other_account" => "account",
            "permission_missing" => "permission",
            _ => "condition",
        });
        if let Some(kind) = kind {
            assert!(steps[steps.len() - 1].trim_start().starts_with(kind), "{kind}: {steps:?}");
        }
    }
}

#[test]
fn an_explanation_tells_what_each_step_looked_at() {
    let (world, requests) = (File::new(WORLD), exchanges());
    let lines: Vec<String> = requests.iter().map(|(_, request, _)| request.to_string()).collect();
    let requests_file = File::new(lines.join("\n"));
    let ran = run(&["--explain", world.path(), requests_file.path()], b"");
    let blocks = explained(&ran);
    assert_eq!(blocks.len(), requests.len());
    let steps = |note: &str| {
        let at = requests.iter().position(|(of, ..)| *of == note).unwrap();
        blocks[at].1.iter().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    let account = format!("account `{ACCOUNT}` is the actor's own");
    let granted = |what: &str, by: &str| format!("permission `{what}` is granted by `{by}`");
    assert_eq!(
        steps("unmet"),
        [
            account.clone(),
            granted("products:read", "inspector"),
            "condition `productBrand`: `brand` is `brand_two`, accepted are `brand_one`: not met".into(),
        ],
    );
    assert_eq!(
        steps("permission"),
        [account.clone(), "permission `products:delete` is granted by none of `inspector`".into()],
    );
    assert_eq!(
        steps("no roles"),
        [account.clone(), "permission `products:read` is not granted: the actor has no role".into()],
    );
    assert_eq!(steps("another account"), [format!("account `other` is not `{ACCOUNT}`, the actor's own")]);
    assert_eq!(
        steps("unbound"),
        [
            account.clone(),
            granted("products:read", "manager"),
            "condition `factoryId` is not bound to `products`".into()
        ],
    );
    assert_eq!(
        steps("not all of a list"),
        [
            account.clone(),
            granted("operatorAccess:read", "admin"),
            "condition `accessPolicyId`: every one of `policies` is [`inspector`, `admin`], accepted are `inspector`: not met"
                .into(),
        ],
    );
    let update = r#"{"actor": "two", "operation": "update", "resource": {"type": "products", "attributes": {"brand": "brand two"}}, "proposed": {"brand": 3}}"#;
    let update = File::new(update);
    let ran = run(&["--explain", world.path(), update.path()], b"");
    let (_, steps, last) = explained(&ran).remove(0);
    let accepted = "accepted are `brand_one`, `brand two`";
    assert_eq!(
        steps[2..],
        [
            format!("  condition   `productBrand`: stored `brand` is `brand two`, {accepted}: met"),
            format!("  condition   `productBrand`: proposed `brand` is 3, {accepted}: not met"),
        ],
    );
    assert_eq!(last, format!("  deny  condition `productBrand`: proposed `brand` is 3, {accepted}"));
}

#[test]
fn an_explanation_says_that_a_token_administers_nothing() {
    let world = r#"{"schema": {"resources": {}}, "accounts": [{"id": "a", "accessTokens": [{"id": "t", "policies": ["admin"], "conditions": []}]}]}"#;
    let question = |operation: &str| {
        format!(r#"{{"actor": "t", "operation": "{operation}", "resource": {{"type": "accessTokens"}}}}"#)
    };
    let (world, requests) = (File::new(world), File::new([question("create"), question("read")].join("\n")));
    let ran = run(&["--explain", world.path(), requests.path()], b"");
    let blocks = explained(&ran);
    let nothing = "`accessTokens:create` is not granted: an access token administers nothing, whatever its roles";
    assert_eq!(blocks[0].1[1..], [format!("  permission  {nothing}")]);
    assert_eq!(blocks[1].1[1], "  permission  `accessTokens:read` is granted by `admin`");
    assert!(blocks[1].1[2].ends_with("none is given: any resource of the account"), "{}", blocks[1].1[2]);
    assert_eq!(blocks[1].2, "  allow");
}

#[test]
fn the_json_is_not_explained() {
    for arguments in [["--json", "--explain"], ["--explain", "--json"]] {
        run(&arguments, b"").refused("`--json` and `--explain` don't go together");
    }
    run(&["--explain", "--why"], b"").refused("unexpected option `--why`; `--help` tells which there are");
}

#[test]
fn the_table() {
    let requests = [
        r#"{"actor": "one", "operation": "read", "resource": {"type": "products", "attributes": {"brand": "brand_two"}}}"#,
        r#"{"actor": "one", "operation": "list", "resource": {"type": "products"}}"#,
        r#"{"actor": "olga", "operation": "list", "resource": {"type": "products"}}"#,
        "nonsense",
    ];
    let ran = table(WORLD, requests.join("\n"));
    assert_eq!(ran.status, 1);
    assert!(ran.err.contains("1 of the requests"), "{}", ran.err);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 5, "{}", ran.out);
    let words = |line: &str| line.split_whitespace().map(String::from).collect::<Vec<_>>();
    assert_eq!(words(lines[0]), ["ACTOR", "OPERATION", "RESOURCE", "DECISION", "WHY"]);
    assert_eq!(words(lines[1])[..5], ["one", "read", "products", "brand=brand_two", "deny"]);
    assert!(lines[1].ends_with("condition `productBrand`: `brand` is `brand_two`, accepted are `brand_one`"));
    assert!(lines[2].contains("allow") && lines[2].ends_with("those whose brand is one of brand_one"), "{}", lines[2]);
    assert!(lines[3].contains("allow") && lines[3].ends_with("all of them"), "{}", lines[3]);
    assert_eq!(words(lines[4])[..4], ["?", "?", "?", "error"]);
    let column = lines[0].find("DECISION").unwrap();
    for line in &lines[1..] {
        assert!(["deny", "allow", "error"].iter().any(|word| line[column..].starts_with(word)), "{line}");
        assert_eq!(line.trim_end(), *line, "no blanks at the end");
    }
}

/// Documents try to steer the terminal from every text that is printed.
fn hostile(text: &str) -> Vec<Ran> {
    let world = json!({
        "schema": {"resources": {"products": {}}, "conditions": {"c": {"restricts": {"products": text}}}},
        "accounts": [{"id": "acme", "operatorAccess": [{"id": "olga", "policies": ["admin"], "conditions": [{"name": "c", "value": text}]}]}],
    });
    let requests = [
        json!({"actor": "olga", "operation": "read", "resource": {"type": "products", "attributes": {text: "x"}}}),
        json!({"actor": "olga", "operation": "read", "resource": {"type": "products", "attributes": {text: [text, {text: text}]}}}),
        json!({"actor": "olga", "operation": "read", "resource": {"type": "products", "account": text, "attributes": {}}}),
        json!({"actor": "olga", "operation": "list", "resource": {"type": "products"}}),
        json!({"actor": text, "operation": "read", "resource": {"type": "products"}}),
        json!({"actor": "olga", "operation": text, "resource": {"type": "products"}}),
        json!({"actor": "olga", "operation": "read", "resource": {"type": text}}),
        json!({"actor": "olga", "operation": "read", "resource": {"type": "products"}, text: 1}),
        json!({"within": {"access": text, "of": text}}),
    ];
    let lines = requests.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let world_text = world.to_string();
    let ran = table(&world_text, &lines);
    assert_eq!(ran.status, 1);
    assert_eq!(ran.out.lines().count(), requests.len() + 1, "a request, a line: {}", ran.out);
    let mut broken = world.clone();
    broken["accounts"][0]["operatorAccess"][0]["policies"] = json!([text]);
    let mut unknown = world;
    unknown["accounts"][0][text] = json!(1);
    let (world, requests) = (File::new(world_text), File::new(lines));
    let explained = run(&["--explain", world.path(), requests.path()], b"");
    vec![ran, explained, table(broken.to_string(), "{}"), table(unknown.to_string(), "{}")]
}

#[test]
fn control_characters_are_escaped() {
    for ran in hostile("\u{1b}[2J\r\n\u{9b}31m\u{7}\u{8}\u{7f}\t\0end") {
        let stray = ran.out.chars().chain(ran.err.chars()).find(|c| c.is_control() && *c != '\n');
        assert_eq!(stray, None, "{ran:?}");
        assert!(ran.out.contains("\\u{1b}") || ran.err.contains("\\u{1b}"), "it is there, escaped: {ran:?}");
    }
}

#[test]
fn direction_and_line_characters_are_escaped() {
    for ran in hostile("\u{202e}\u{2066}\u{2028}\u{200b}end") {
        let stray = ran
            .out
            .chars()
            .chain(ran.err.chars())
            .find(|c| matches!(c, '\u{200b}' | '\u{2028}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'));
        assert_eq!(stray, None, "{ran:?}");
    }
}

#[test]
fn an_overlap_is_escaped_on_standard_error() {
    let world = json!({
        "schema": {"resources": {"t": {}}, "conditions": {"a": {"restricts": {"t": "\u{1b}[2J\nx"}}, "b": {"restricts": {"t": "\u{1b}[2J\nx"}}}},
        "accounts": [],
    });
    let ran = table(world.to_string(), REQUEST);
    assert!(!ran.err.trim_end().chars().any(char::is_control), "{ran:?}");
}

#[test]
fn long_cells_are_cut_and_reasons_are_not() {
    let long = "é".repeat(500);
    let ran = table(
        WORLD,
        json!({"actor": "one", "operation": "read", "resource": {"type": "products", "attributes": {"brand": long}}})
            .to_string(),
    );
    let line = ran.out.lines().nth(1).unwrap();
    assert!(line.contains('…') && line.contains(&long), "{line}");
    assert_eq!(line.find("deny").map(|at| line[..at].chars().count()), ran.out.find("DECISION"));
}

#[test]
fn many_requests() {
    let requests = format!("{REQUEST}\n").repeat(20_000);
    let ran = ask(WORLD, requests);
    assert_eq!((ran.status, ran.out.lines().count()), (0, 20_000));
}
