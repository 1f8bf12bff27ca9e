//! Judges CORS cases: one JSON document a line from standard input, one answer a line to standard output.
//!
//! ```text
//! $ echo '{"policy": {"origins": ["https://a.example"]}, "request": {"method": "GET",
//!   "headers": {"Origin": "https://a.example"}}}' | tr -d '\n' | cargo run -q --example cors
//! {"class":"actual","headers":{"Access-Control-Allow-Origin":"https://a.example"},"ok":true,"vary":["Origin"]}
//! ```
//!
//! A policy has `origins` (`"*"`, or a list of origins and patterns such as `https://*.example.com` and
//! `http://localhost:*`), `methods`, `headers` and `expose` (`"*"`, a list, or null for what the standard
//! safelists), `credentials`, `max_age` and `private_network`; what is left out denies. What is listed is
//! what is allowed: `Authorization`, which a policy in code allows unless it says otherwise, has to be named in
//! `headers` here, also beside `"*"` (`["*", "Authorization"]`). A host's own function for origins can be tried as
//! `{"predicate": "true" | "false" | "== https://a.example" | "suffix .example.com"}`.
//!
//! A header of the request is a text, or a list of texts for as many lines. Without a request only the
//! policy is built. `ok` says whether the request takes part in CORS and passes. A line that can't be
//! read, or whose policy can't be built, is answered with `{"error": ...}`.
//!
//! `--example` shows two cases and their answers; so does a terminal, where nobody would type one.

use std::{
    env,
    error::Error,
    io::{self, BufRead, IsTerminal, Write},
    process::ExitCode,
};

use keyward::http::cors::{
    Class, Credentials, ExposedHeaders, MaxAge, Methods, Origins, Policy, PrivateNetwork, RequestHeaders,
};
use serde_json::{Map, Value, json};

const KNOBS: [&str; 7] = ["origins", "methods", "headers", "expose", "credentials", "max_age", "private_network"];

type Failure = Box<dyn Error>;

/// A pre-flight that passes, and a request of a page that is not let in.
const EXAMPLES: [&str; 2] = [
    r#"{"policy": {"origins": ["https://a.example"], "methods": ["PUT"]}, "request": {"method": "OPTIONS", "headers": {"Origin": "https://a.example", "Access-Control-Request-Method": "PUT"}}}"#,
    r#"{"policy": {"origins": ["https://a.example"]}, "request": {"method": "GET", "headers": {"Origin": "https://b.example"}}}"#,
];
const USAGE: &str = "\
usage: cors [--example] < CASES

Judges cases of CORS: one JSON document a line from standard input, one answer a line to standard output. A case is
  {\"policy\": {\"origins\": [\"https://a.example\"], \"methods\": [\"PUT\"]},
   \"request\": {\"method\": \"GET\", \"headers\": {\"Origin\": \"https://a.example\"}}}
in one line. A policy has `origins`, `methods`, `headers`, `expose`, `credentials`, `max_age`, `private_network`.

--example  cases that are built in, and their answers";
/// What a case looks like, for whoever wrote something else.
const FORM: &str = r#"a case is one line, {"policy": {"origins": [...]}, "request": {"method": "GET", "headers": {"Origin": "https://a.example"}}}; `--help` says more"#;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--help" | "-h"] => writeln!(io::stdout(), "{USAGE}"),
        ["--example"] => show(),
        [] if io::stdin().is_terminal() => {
            eprintln!("{USAGE}\n");
            show()
        }
        [] => judge_lines(),
        [argument, ..] => {
            eprintln!("cors: unexpected `{}`; `--help` tells what there is\n{USAGE}", argument.escape_debug());
            return ExitCode::from(2);
        }
    };
    match done {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("cors: {error}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

fn show() -> io::Result<()> {
    let mut output = io::stdout().lock();
    EXAMPLES.iter().try_for_each(|case| writeln!(output, "{case}\n{}\n", answer(case.as_bytes())))
}

fn judge_lines() -> io::Result<()> {
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().split(b'\n') {
        let line = line?;
        if !line.trim_ascii().is_empty() {
            writeln!(output, "{}", answer(&line))?;
        }
    }
    Ok(())
}

fn answer(line: &[u8]) -> Value {
    judge(line).unwrap_or_else(|error| json!({ "error": error.to_string() }))
}

/// A line of HTTP is what one tries first.
fn read_case(line: &[u8]) -> Result<Map<String, Value>, Failure> {
    let text = String::from_utf8_lossy(line);
    let name = text.split(':').next().unwrap_or_default().trim();
    match serde_json::from_slice(line) {
        Ok(Value::Object(case)) => Ok(case),
        Ok(_) => Err(format!("the line is JSON, but no object: {FORM}").into()),
        Err(_) if is_token(name) && text.contains(':') => {
            Err(format!("`{name}` looks like a header; headers stand in the case: {FORM}").into())
        }
        Err(error) if error.is_eof() => Err(format!("the line ends inside of the case: {FORM}").into()),
        Err(error) => Err(format!("the line is no JSON ({error}): {FORM}").into()),
    }
}

fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn judge(line: &[u8]) -> Result<Value, Failure> {
    let case = read_case(line)?;
    let policy = case.get("policy").ok_or_else(|| format!("`policy` is missing: {FORM}"))?;
    let policy = read_policy(object(policy, "policy")?)?;
    let Some(request) = case.get("request").filter(|request| !request.is_null()) else {
        return Ok(json!({ "ok": true }));
    };
    let method = request.get("method").and_then(Value::as_str).ok_or("`method` is not a text")?;
    let lines = read_headers(object(request.get("headers").ok_or("`headers` is missing")?, "headers")?)?;

    let answer = policy.evaluate(method, lines.iter().map(|(name, value)| (*name, value.as_bytes())));
    let class = match answer.class() {
        Class::NonCors => "non_cors",
        Class::Preflight => "preflight",
        Class::Actual => "actual",
    };
    let headers: Map<String, Value> =
        answer.headers().map(|(name, value)| (name.to_owned(), Value::from(value))).collect();
    Ok(json!({ "class": class, "ok": answer.is_allowed(), "headers": headers, "vary": answer.vary().names() }))
}

fn read_policy(policy: &Map<String, Value>) -> Result<Policy, Failure> {
    let mut builder = Policy::builder().request_headers(RequestHeaders::safelisted());
    for (name, value) in policy {
        if !KNOBS.contains(&name.as_str()) {
            return Err(format!("`{}` is not part of a policy", name.escape_debug()).into());
        }
        if value.is_null() {
            continue;
        }
        builder = match (name.as_str(), value) {
            ("credentials" | "private_network", Value::Bool(false)) => builder,
            ("origins", value) => builder.origins(read_origins(value)?),
            ("methods", value) => builder.methods(match Names::read(value, name)? {
                Names::Any => Methods::any(),
                Names::List(list) => Methods::list(list),
            }),
            ("headers", value) => builder.request_headers(match Names::read(value, name)? {
                Names::Any => RequestHeaders::any().without_authorization(),
                Names::List(list) if is_any_with_authorization(&list) => RequestHeaders::any().with_authorization(),
                Names::List(list) if list.iter().any(|name| name.eq_ignore_ascii_case("authorization")) => {
                    RequestHeaders::list(list)
                }
                Names::List(list) => RequestHeaders::list(list).without_authorization(),
            }),
            ("expose", value) => builder.exposed_headers(match Names::read(value, name)? {
                Names::Any => ExposedHeaders::any(),
                Names::List(list) => ExposedHeaders::list(list),
            }),
            ("credentials", Value::Bool(true)) => builder.credentials(Credentials::allow()),
            ("private_network", Value::Bool(true)) => builder.private_network(PrivateNetwork::allow()),
            ("max_age", value) => {
                builder.max_age(MaxAge::seconds(value.as_i64().ok_or("`max_age` is not a number of seconds")?))
            }
            _ => return Err(format!("`{name}` is not true or false").into()),
        };
    }
    Ok(builder.build()?)
}

fn read_origins(value: &Value) -> Result<Origins, Failure> {
    if let Some(rule) = value.get("predicate").and_then(Value::as_str) {
        return match rule.split_once(' ') {
            None if rule == "true" => Ok(Origins::predicate(|_| true)),
            None if rule == "false" => Ok(Origins::predicate(|_| false)),
            Some(("==", origin)) => {
                let origin = origin.to_owned();
                Ok(Origins::predicate(move |asked| asked.as_str() == origin))
            }
            Some(("suffix", domain)) if domain.starts_with('.') => {
                let domain = domain.trim_start_matches('.').to_owned();
                Ok(Origins::predicate(move |asked| asked.is_subdomain_of(&domain)))
            }
            _ => Err("`predicate` is not `true`, `false`, `== ORIGIN` or `suffix .DOMAIN`".into()),
        };
    }
    Ok(match Names::read(value, "origins")? {
        Names::Any => Origins::any(),
        Names::List(list) => Origins::list(list),
    })
}

enum Names {
    Any,
    List(Vec<String>),
}

impl Names {
    fn read(value: &Value, name: &str) -> Result<Self, Failure> {
        match value {
            Value::String(text) if text == "*" => Ok(Self::Any),
            Value::Array(items) => {
                let texts = items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>();
                texts.map(Self::List).ok_or_else(|| format!("`{name}` holds something that is not a text").into())
            }
            _ => Err(format!("`{name}` is not `*`, a list of texts, or null").into()),
        }
    }
}

fn is_any_with_authorization(list: &[String]) -> bool {
    match list {
        [one, other] => {
            (one == "*" && other.eq_ignore_ascii_case("authorization"))
                || (other == "*" && one.eq_ignore_ascii_case("authorization"))
        }
        _ => false,
    }
}

fn read_headers(headers: &Map<String, Value>) -> Result<Vec<(&str, &str)>, Failure> {
    let mut lines = Vec::new();
    for (name, value) in headers {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for value in values {
            let text = value.as_str().ok_or_else(|| format!("header `{}` is not a text", name.escape_debug()))?;
            lines.push((name.as_str(), text));
        }
    }
    Ok(lines)
}

fn object<'a>(value: &'a Value, name: &str) -> Result<&'a Map<String, Value>, Failure> {
    value.as_object().ok_or_else(|| format!("`{name}` is not an object").into())
}
