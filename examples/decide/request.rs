//! Requests: a JSON array, or one JSON object a line.

use std::str;

use keyward::json::{DocumentError, DocumentProblem, Json, JsonObject};

/// One question.
pub(crate) enum Request {
    /// May this actor do this?
    Decide(Box<Question>),
    /// Is the one actor's access within the other's?
    Within { access: String, of: String },
}

/// Who wants to do what, and with which new attributes.
pub(crate) struct Question {
    pub(crate) actor: String,
    pub(crate) operation: String,
    pub(crate) resource: Resource,
    pub(crate) proposed: Option<Json>,
    /// Of the request rather than the resource: the caller's address, the time.
    pub(crate) context: Option<Json>,
    /// Whether it asks for all resources on which the operation is allowed.
    pub(crate) rows: bool,
}

/// What a question is about.
pub(crate) struct Resource {
    pub(crate) kind: String,
    pub(crate) account: Option<String>,
    pub(crate) attributes: Option<Json>,
}

/// Requests as they were sent, each readable or not.
pub(crate) enum Requests<'a> {
    Array(Vec<Json>),
    /// Each with its number.
    Lines(Vec<(usize, &'a [u8])>),
}

type Result<T> = std::result::Result<T, String>;

impl<'a> Requests<'a> {
    /// Says what can't be used: no request at all, or an array that is no JSON.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self> {
        let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace());
        match start.and_then(|at| bytes.get(at)) {
            None => Err("line 1, column 1, $: there is no request".into()),
            // An array, or what is told that it begins with a byte order mark.
            Some(b'[' | 0xEF) => match Json::parse(utf8(bytes)?).map_err(|error| error.to_string())? {
                Json::List(requests) => Ok(Self::Array(requests)),
                _ => Err("line 1, column 1, $: not an array".into()),
            },
            Some(_) => {
                let lines = bytes.split(|byte| *byte == b'\n').zip(1..).map(|(line, number)| (number, line));
                Ok(Self::Lines(lines.filter(|(_, line)| !line.trim_ascii().is_empty()).collect()))
            }
        }
    }

    pub(crate) fn iter(&self) -> Box<dyn Iterator<Item = Result<Request>> + '_> {
        match self {
            Self::Array(requests) => Box::new(requests.iter().map(Request::read)),
            Self::Lines(lines) => Box::new(lines.iter().map(|(number, line)| {
                let read = || {
                    let json = Json::parse(utf8(line)?).map_err(|error| incomplete(&error))?;
                    Request::read(&json)
                };
                // A line is a text of one line: what is wrong with it stands in the line with this number.
                let place =
                    |error: String| format!("line {number}, {}", error.strip_prefix("line 1, ").unwrap_or(&error));
                read().map_err(place)
            })),
        }
    }
}

impl Request {
    fn read(json: &Json) -> Result<Self> {
        let request = object("$", json)?;
        let context = attributes("$.context", request.get("context"))?;
        if let Some(within) = request.get("within") {
            // A comparison is over every context.
            known("$", request, &["within", "context"])?;
            let within = object("$.within", within)?;
            known("$.within", within, &["access", "of"])?;
            return Ok(Self::Within {
                access: text("$.within", within, "access")?,
                of: text("$.within", within, "of")?,
            });
        }
        if request.contains_key("filter") {
            known("$", request, &["actor", "filter", "resource", "context"])?;
            let resource = object("$.resource", request.get("resource").ok_or("$: the field `resource` is missing")?)?;
            known("$.resource", resource, &["type", "account"])?;
            let (actor, operation) = (text("$", request, "actor")?, text("$", request, "filter")?);
            let resource = Resource::read(resource)?;
            let question = Question { actor, operation, resource, proposed: None, context, rows: true };
            return Ok(Self::Decide(Box::new(question)));
        }
        known("$", request, &["actor", "operation", "resource", "proposed", "context"])?;
        let (actor, operation) = (text("$", request, "actor")?, text("$", request, "operation")?);
        let resource = object("$.resource", request.get("resource").ok_or("$: the field `resource` is missing")?)?;
        known("$.resource", resource, &["type", "account", "attributes"])?;
        let resource = Resource::read(resource)?;
        let proposed = attributes("$.proposed", request.get("proposed"))?;
        match &*operation {
            "create" if resource.attributes.is_some() => {
                Err("$.resource.attributes: `create` tests `proposed` attributes; nothing is stored yet".into())
            }
            "update" if proposed.is_none() => {
                Err("$: the field `proposed` is missing: an update tests what is stored and \
                 what it would become; add `\"proposed\": {…}` with the attributes as they would be"
                    .into())
            }
            "create" | "update" => Ok(()),
            _ if proposed.is_some() => Err(format!("$.proposed: `{}` proposes nothing", operation.escape_debug())),
            _ => Ok(()),
        }?;
        Ok(Self::Decide(Box::new(Question { actor, operation, resource, proposed, context, rows: false })))
    }
}

impl Resource {
    fn read(resource: &JsonObject) -> Result<Self> {
        Ok(Self {
            kind: text("$.resource", resource, "type")?,
            account: resource.contains_key("account").then(|| text("$.resource", resource, "account")).transpose()?,
            attributes: attributes("$.resource.attributes", resource.get("attributes"))?,
        })
    }
}

/// Of a request that ends with its line, as when it is written over several, what to do.
fn incomplete(error: &DocumentError) -> String {
    match error.problem() {
        DocumentProblem::Syntax(message) if message.starts_with("EOF") => {
            format!("{error}: each line holds one request; write it on one line, or put the requests into an array")
        }
        _ => error.to_string(),
    }
}

fn object<'a>(path: &str, json: &'a Json) -> Result<&'a JsonObject> {
    json.as_object().ok_or_else(|| format!("{path}: an object is wanted"))
}

fn attributes(path: &str, json: Option<&Json>) -> Result<Option<Json>> {
    json.map(|json| object(path, json).map(|_| json.clone())).transpose()
}

fn known(path: &str, object: &JsonObject, fields: &[&str]) -> Result<()> {
    match object.keys().find(|key| !fields.contains(&&***key)) {
        Some(key) => {
            Err(format!("{path}: unknown field `{}`", key.chars().take(80).collect::<String>().escape_debug()))
        }
        None => Ok(()),
    }
}

fn text(path: &str, object: &JsonObject, field: &str) -> Result<String> {
    match object.get(field) {
        Some(Json::Text(text)) => Ok(text.clone()),
        Some(_) => Err(format!("{path}.{field}: a string is wanted")),
        None => Err(format!("{path}: the field `{field}` is missing")),
    }
}

/// The bytes as text, or the line and column where they are none.
pub(crate) fn utf8(bytes: &[u8]) -> Result<&str> {
    str::from_utf8(bytes).map_err(|error| {
        let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
        let line = before.split('\n').count();
        let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
        format!("line {line}, column {column}, $: the text is not UTF-8")
    })
}
