//! Bodies, read strictly: no key twice, none that isn't known, none left out that means something.

use keyward::{
    Condition,
    http::Refused,
    json::{Json, JsonObject},
};

use crate::call::Call;

/// What a condition is that is no text.
const OBJECT: &str =
    "a condition is an object of `name` and `value`, both texts, or of `name` and `except`, a list of texts";

/// The members of a body that is one JSON object.
#[derive(Debug)]
pub struct Body(JsonObject);

impl Body {
    /// Reads a body whose members are among these.
    ///
    /// # Errors
    ///
    /// 415 for what doesn't say that it is JSON, 400 for what isn't, or isn't an object of these members.
    pub fn read(call: &Call, known: &[&str]) -> Result<Self, Refused> {
        if !call.is_json {
            return Err(Refused::new(415, "unsupported_media_type", "send `Content-Type: application/json`"));
        }
        let text = std::str::from_utf8(&call.body).map_err(|_| invalid("the body is not UTF-8"))?;
        let json = Json::parse(text).map_err(|error| invalid(error.to_string()))?;
        // Not every database has such a text.
        if has_nul(&json) {
            return Err(invalid("a text has a NUL in it"));
        }
        Self::of(&json, known)
    }

    fn of(json: &Json, known: &[&str]) -> Result<Self, Refused> {
        let Json::Object(object) = json else { return Err(invalid("it must be a JSON object")) };
        match object.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(Self(object.clone())),
            Some(name) => {
                let known = known.join("`, `");
                Err(invalid(format!("unknown member `{}`; known are `{known}`", name.escape_debug())))
            }
        }
    }

    /// A text that must be there.
    ///
    /// # Errors
    ///
    /// 400 where it isn't, or is no text.
    pub fn text(&self, name: &str) -> Result<&str, Refused> {
        match self.0.get(name) {
            Some(Json::Text(text)) => Ok(text),
            _ => Err(invalid(format!("`{name}` must be a text"))),
        }
    }

    /// A text that may be left out, and may not be null.
    ///
    /// # Errors
    ///
    /// 400 where it is there and no text.
    pub fn optional_text(&self, name: &str) -> Result<Option<&str>, Refused> {
        if self.0.contains_key(name) { self.text(name).map(Some) } else { Ok(None) }
    }

    /// A count that may be left out.
    ///
    /// # Errors
    ///
    /// 400 where it is there and no integer from 0 on.
    pub fn optional_count(&self, name: &str) -> Result<Option<u64>, Refused> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Json::Integer(integer)) if u64::try_from(*integer).is_ok() => Ok(u64::try_from(*integer).ok()),
            Some(_) => Err(invalid(format!("`{name}` must be an integer from 0 on"))),
        }
    }

    /// A count that may be left out, or be null.
    ///
    /// # Errors
    ///
    /// 400 where it is there, and neither null nor an integer from 0 on.
    pub fn optional_end(&self, name: &str) -> Result<Option<Option<u64>>, Refused> {
        match self.0.get(name) {
            Some(Json::Null) => Ok(Some(None)),
            _ => Ok(self.optional_count(name)?.map(Some)),
        }
    }

    /// A list of texts. It must be there: one that is left out would be an empty one, and that has a meaning.
    ///
    /// # Errors
    ///
    /// 400 where it isn't, or isn't a list of texts.
    pub fn texts(&self, name: &str) -> Result<Vec<&str>, Refused> {
        self.0.get(name).and_then(texts).ok_or_else(|| invalid(format!("`{name}` must be a list of texts")))
    }

    /// A list of objects that may be left out, whose members are among these.
    ///
    /// # Errors
    ///
    /// 400 where it is there and no list of such objects.
    pub fn optional_objects(&self, name: &str, known: &[&str]) -> Result<Option<Vec<Self>>, Refused> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Json::List(list)) => list.iter().map(|json| Self::of(json, known)).collect::<Result<_, _>>().map(Some),
            Some(_) => Err(invalid(format!("`{name}` must be a list of objects"))),
        }
    }

    /// Refuses a member beside another in whose place it stands.
    ///
    /// # Errors
    ///
    /// 400 where one of these is there.
    pub fn refuse_beside(&self, name: &str, others: &[&str]) -> Result<(), Refused> {
        match others.iter().find(|other| self.0.contains_key(**other)) {
            Some(other) => Err(invalid(format!("`{name}` stands in place of `{other}`: there can't be both"))),
            None => Ok(()),
        }
    }

    /// A list of conditions, each `"name:value"`, `{"name": …, "value": …}` or `{"name": …, "except": […]}`. It must be
    /// there: without conditions an access is to the whole account.
    ///
    /// # Errors
    ///
    /// 400 where it isn't, or isn't a list of conditions.
    pub fn conditions(&self, name: &str) -> Result<Vec<Condition>, Refused> {
        let Some(Json::List(list)) = self.0.get(name) else {
            return Err(invalid(format!("`{name}` must be a list of conditions")));
        };
        list.iter().map(condition).collect()
    }
}

fn has_nul(json: &Json) -> bool {
    match json {
        Json::Text(text) => text.contains('\0'),
        Json::List(list) => list.iter().any(has_nul),
        Json::Object(object) => object.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}

fn text(json: &Json) -> Option<&str> {
    if let Json::Text(text) = json { Some(text) } else { None }
}

fn texts(json: &Json) -> Option<Vec<&str>> {
    if let Json::List(list) = json { list.iter().map(text).collect() } else { None }
}

fn condition(json: &Json) -> Result<Condition, Refused> {
    let read = match json {
        Json::Text(text) => text.parse(),
        Json::Object(object) if object.len() == 2 => {
            let [name, value] = ["name", "value"].map(|member| object.get(member).and_then(text));
            match (name, value, object.get("except").and_then(texts)) {
                (Some(name), Some(value), None) => Condition::new(name, value),
                (Some(name), None, Some(values)) => Condition::except(name, values),
                _ => return Err(invalid(OBJECT)),
            }
        }
        Json::Object(_) => return Err(invalid(OBJECT)),
        _ => return Err(invalid("a condition is a text or an object")),
    };
    read.map_err(|error| invalid(error.to_string()))
}

/// The refusal of a body.
pub fn invalid(message: impl Into<Box<str>>) -> Refused {
    Refused::new(400, "invalid_document", message)
}
