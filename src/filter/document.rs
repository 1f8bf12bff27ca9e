//! Reads a filter from JSON, in the form in which it is written.

use alloc::{collections::BTreeSet, vec::Vec};

use serde::{Deserialize, Deserializer, de::Error as _};

use super::{
    clause::{Clause, Clauses},
    value::Filter,
};
use crate::{
    access::Access,
    condition::Condition,
    json::{DocumentError, DocumentProblem, Json, Node, Place},
    schema::{Match, Source, read_attribute, read_match, read_source, read_value_kind},
    text::{TextError, TextProblem},
    values::{Misfit, ValueKind, ValueSet},
};

/// It refuses a list in place of an object, an unknown field, a field or value that is there twice, fewer than two
/// alternatives or more than [`Filter::MAX_ALTERNATIVES`], an alternative without
/// clauses, a clause without values, and more values than an access may have.
///
/// ```
/// use keyward::filter::Filter;
///
/// assert_eq!(serde_json::from_str::<Filter>(r#""nothing""#)?, Filter::Nothing);
/// assert!(serde_json::from_str::<Filter>(r#"{"all_of": []}"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<'de> Deserialize<'de> for Filter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        read(Node::root(&json)).map_err(D::Error::custom)
    }
}

fn read(node: Node<'_>) -> Result<Filter, DocumentError> {
    match node.json {
        Json::Text(text) if text == "nothing" => Ok(Filter::Nothing),
        Json::Text(text) if text == "all" => Ok(Filter::Everything),
        Json::Object(fields) if fields.contains_key("any_of") => {
            let fields = node.fields(&["any_of"])?;
            let list = fields.required("any_of")?;
            let alternatives = list.elements()?;
            let length = alternatives.len();
            if length > Filter::MAX_ALTERNATIVES {
                let problem = TextProblem::TooLong { length, most: Filter::MAX_ALTERNATIVES };
                return Err(list.place.invalid(TextError::new("filter, counted in alternatives,", "", problem)));
            }
            if length < 2 {
                return Err(list.refuse_kind("an array of two or more alternatives"));
            }
            let alternatives = alternatives.map(read_all_of).collect::<Result<Vec<_>, _>>()?;
            Ok(Filter::any_of(alternatives))
        }
        Json::Object(_) => read_all_of(node),
        _ => Err(node.refuse_kind("`nothing`, `all` or an object with `all_of` or `any_of`")),
    }
}

fn read_all_of(node: Node<'_>) -> Result<Filter, DocumentError> {
    let fields = node.fields(&["all_of"])?;
    let list = fields.required("all_of")?;
    let clauses = list.elements()?.map(read_clause).collect::<Result<Vec<_>, _>>()?;
    let count: usize = clauses.iter().map(|clause| clause.accepted().named()).sum();
    if count > Access::MAX_CONDITIONS {
        let problem = TextProblem::TooLong { length: count, most: Access::MAX_CONDITIONS };
        return Err(list.place.invalid(TextError::new("filter, counted in values,", "", problem)));
    }
    match Clauses::gather(clauses) {
        Some(clauses) => Ok(Filter::AllOf(clauses)),
        None => Err(list.refuse_kind("an array of clauses that is not empty")),
    }
}

fn read_clause(node: Node<'_>) -> Result<Clause, DocumentError> {
    let fields = node.fields(&["attribute", "of", "one_of", "except", "values", "match"])?;
    let attribute = read_attribute(fields.required("attribute")?)?;
    let source = fields.optional("of").map_or(Ok(Source::Resource), read_source)?;
    let kind = fields.optional("values").map_or(Ok(ValueKind::Text), read_value_kind)?;
    let matching = fields.optional("match").map_or(Ok(Match::Any), read_match)?;
    let except = fields.optional("except");
    let one_of = if except.is_some() { fields.optional("one_of") } else { Some(fields.required("one_of")?) };
    let (values, excepted) = (read_values(one_of.as_ref())?, read_values(except.as_ref())?);
    let set = ValueSet::new(kind, &values, &excepted).map_err(|misfit| {
        let at = |list: Option<Node<'_>>, index, error| Place::Index(&list.unwrap_or(node).place, index).invalid(error);
        match misfit {
            Misfit::Value(index, error) => at(one_of, index, error),
            Misfit::Excepted(index, error) => at(except, index, error),
            Misfit::NothingLeft => except.unwrap_or(node).refuse_kind("an array that leaves some value out"),
        }
    })?;
    Ok(Clause::new(attribute, source, matching, set))
}

fn read_values<'a>(list: Option<&'a Node<'a>>) -> Result<Vec<&'a str>, DocumentError> {
    let mut values = Vec::new();
    let Some(list) = list else { return Ok(values) };
    let mut seen = BTreeSet::new();
    for node in list.elements()? {
        let value = node.text()?;
        if !seen.insert(value) {
            return Err(node.place.refuse(DocumentProblem::duplicate("value", value)));
        }
        if value.len() > Condition::MAX_VALUE_BYTES {
            let problem = TextProblem::TooLong { length: value.len(), most: Condition::MAX_VALUE_BYTES };
            return Err(node.place.invalid(TextError::new("condition value", value, problem)));
        }
        values.push(value);
    }
    if values.is_empty() {
        return Err(list.refuse_kind("an array of values that is not empty"));
    }
    Ok(values)
}
