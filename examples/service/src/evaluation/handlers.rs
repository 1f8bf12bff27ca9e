//! From a body to the answer. What can't be read is refused; a decision is an answer, whichever it is.

use keyward::{
    Operation,
    authzen::{
        ActionSearch, Evaluation, Evaluations, FoundEntity, Page, Question, RequestError, ResourceSearch, Search,
        SubjectSearch,
    },
    filter::Filter,
    http::Refused,
};
use serde_json::{Value, to_value};

use super::members::Members;
use crate::{
    body::invalid,
    call::{Answer, Call, Reply},
    guard::Caller,
    products,
    service::Service,
    store,
};

/// The most results of a page.
const PAGE: u16 = 100;

pub(super) fn evaluation(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let asked = read(call, Evaluation::from_json)?;
    reply(to_value(service.decisions.point.evaluate(&Members::of(service, caller)?, &asked)?))
}

pub(super) fn evaluations(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let asked = read(call, Evaluations::from_json)?;
    reply(to_value(service.decisions.point.evaluate_all(&Members::of(service, caller)?, &asked)?))
}

pub(super) fn subjects(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let search = read(call, SubjectSearch::from_json)?;
    let (members, page) = (Members::of(service, caller)?, page(service, caller, &search)?);
    let subjects = members.subjects(search.kind(), page.after())?;
    reply(to_value(service.decisions.point.search_subjects(&members, &search, &page, subjects)?))
}

/// The database searches, by the filter of whoever is asked about.
pub(super) fn resources(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let search = read(call, ResourceSearch::from_json)?;
    let (members, page) = (Members::of(service, caller)?, page(service, caller, &search)?);
    let question = service.decisions.point.question(&members, &search)?;
    let filter = question.as_ref().map_or(Filter::Nothing, Question::filter);
    let found = match &question {
        Some(question) if !filter.is_nothing() && searches_products(question) => {
            // One more than fits tells whether there is another page.
            let limit = u32::try_from(page.limit()).unwrap_or(u32::MAX).saturating_add(1);
            let of = store::Page { after: page.after().unwrap_or_default(), limit };
            service.database.products_for(question.operation(), question.access(), of)?
        }
        _ => Vec::new(),
    };
    let answer = page.answer(found.into_iter().map(|product| FoundEntity::new(search.kind(), product.id)));
    reply(to_value(if search.asks_for_filter() { answer.with_filter(filter) } else { answer }))
}

/// Whether it is for products that there are: nothing that is there is to be created.
fn searches_products(question: &Question<'_>) -> bool {
    let schema = question.access().access().schema();
    schema.type_name(question.resource_type()) == products::TYPE && question.operation() != Operation::CREATE
}

pub(super) fn actions(service: &Service, caller: &Caller, call: &Call) -> Answer {
    let search = read(call, ActionSearch::from_json)?;
    let page = page(service, caller, &search)?;
    reply(to_value(service.decisions.point.search_actions(&Members::of(service, caller)?, &search, &page)?))
}

/// Reads the body. The standard wants 400 for another media type, too.
fn read<T>(call: &Call, from_json: fn(&str) -> Result<T, RequestError>) -> Result<T, Refused> {
    if !call.is_json {
        return Err(invalid("send `Content-Type: application/json`"));
    }
    let text = std::str::from_utf8(&call.body).map_err(|_| invalid("the body is not UTF-8"))?;
    from_json(text).map_err(|error| match error.status() {
        413 => Refused::new(413, "too_large", error.to_string()),
        _ => invalid(error.to_string()),
    })
}

fn page<'a, 's>(service: &'a Service, caller: &Caller, search: impl Into<Search<'s>>) -> Result<Page<'a>, Refused> {
    let page = service.decisions.tokens(service)?.page(caller.record.account(), search, PAGE.into());
    page.map_err(|error| invalid(error.to_string()))
}

fn reply(answer: serde_json::Result<Value>) -> Answer {
    answer.map(Reply::Document).map_err(|_| Refused::internal())
}
