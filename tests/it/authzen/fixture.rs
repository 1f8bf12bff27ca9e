//! A world from a document, and questions to it as a server would get them.

use std::{collections::BTreeMap, convert::Infallible};

use keyward::{
    Attributes,
    authzen::{
        AccountWorld, ActionSearch, DecisionPoint, Entity, Evaluation, Evaluations, Found, PageError, PageTokens,
        RequestError, ResourceSearch, Subject, SubjectSearch, World,
    },
    document::{ActorKind, Directory},
    key::KeyEntropy,
};
use serde_json::Value;

use crate::support::json;

/// A directory of one account, a table of actions, what is stored of resources, and what is known of people.
pub(super) struct Fixture {
    pub(super) document: Value,
    directory: Directory,
    types: Vec<(String, ActorKind)>,
    pub(super) point: DecisionPoint,
    pub(super) tokens: PageTokens,
}

/// Made by a key of this byte.
pub(super) fn tokens(byte: u8) -> PageTokens {
    PageTokens::new(KeyEntropy::take(&mut [byte; 32]).unwrap())
}

/// A request that is refused: its status, and the message.
pub(super) type Refused = (u16, String);

impl Fixture {
    pub(super) fn read(text: &str) -> Self {
        let document: Value = serde_json::from_str(text).unwrap();
        let directory =
            Directory::from_json(&document["directory"].to_string()).unwrap_or_else(|error| panic!("{error}"));
        let kind = |kind: &Value| match kind.as_str() {
            Some("operator") => ActorKind::Operator,
            Some("accessToken") => ActorKind::AccessToken,
            _ => panic!("{kind} is no kind of actor"),
        };
        let types = document["types"].as_object().unwrap().iter().map(|(name, of)| (name.clone(), kind(of))).collect();
        let point = DecisionPoint::from_json(directory.schema(), &document["actions"].to_string())
            .unwrap_or_else(|error| panic!("{error}"));
        Self { document, directory, types, point, tokens: tokens(7) }
    }

    /// Asks `with` the world.
    pub(super) fn with_world<T>(&self, with: impl FnOnce(&House<'_>) -> T) -> T {
        let types: Vec<_> = self.types.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
        let account = &self.directory.accounts().next().unwrap().0.id;
        let members = AccountWorld::of_directory(&self.directory, account, &types).unwrap();
        with(&House { members, document: &self.document })
    }

    /// What is answered to a request to the endpoint with this end.
    pub(super) fn ask(&self, to: &str, request: &str) -> Result<Value, Refused> {
        self.ask_for(to, request, 100)
    }

    /// The same, with so many results on a page.
    pub(super) fn ask_for(&self, to: &str, request: &str, most: usize) -> Result<Value, Refused> {
        self.with_world(|world| {
            let account = world.account();
            Ok(match to {
                "evaluation" => {
                    let Ok(answer) =
                        self.point.evaluate(world, &Evaluation::from_json(request).map_err(|error| refused(&error))?);
                    json(&answer)
                }
                "evaluations" => {
                    let Ok(answer) = self
                        .point
                        .evaluate_all(world, &Evaluations::from_json(request).map_err(|error| refused(&error))?);
                    json(&answer)
                }
                "search/subject" => {
                    let search = SubjectSearch::from_json(request).map_err(|error| refused(&error))?;
                    let page = self.tokens.page(account, &search, most).map_err(no_page)?;
                    let subjects = world.subjects(search.kind(), page.after());
                    let Ok(answer) = self.point.search_subjects(world, &search, &page, subjects);
                    json(&answer)
                }
                "search/resource" => {
                    let search = ResourceSearch::from_json(request).map_err(|error| refused(&error))?;
                    let page = self.tokens.page(account, &search, most).map_err(no_page)?;
                    let resources = world.resources(search.kind(), page.after());
                    let Ok(answer) = self.point.search_resources(world, &search, &page, resources);
                    json(&answer)
                }
                "search/action" => {
                    let search = ActionSearch::from_json(request).map_err(|error| refused(&error))?;
                    let page = self.tokens.page(account, &search, most).map_err(no_page)?;
                    let Ok(answer) = self.point.search_actions(world, &search, &page);
                    json(&answer)
                }
                _ => panic!("no endpoint ends with `{to}`"),
            })
        })
    }

    /// Holds each row of a table of the document to what it says of the answer.
    pub(super) fn hold(&self, table: &str) -> usize {
        let rows = self.document[table].as_array().unwrap();
        for row in rows {
            let (note, to) = (&row["note"], row["to"].as_str().unwrap());
            let answer = self.ask(to, &row["request"].to_string());
            if let Some(status) = row.get("status") {
                assert_eq!(answer.as_ref().map_err(|(status, _)| Value::from(*status)), Err(status.clone()), "{note}");
                continue;
            }
            let answer = answer.unwrap_or_else(|(_, error)| panic!("{note}: {error}"));
            super::forms::check(to, &answer);
            if let Some(wanted) = row.get("answer") {
                assert_eq!(&answer, wanted, "{note}");
            }
            if let Some(wanted) = row.get("decision") {
                assert_eq!(&answer["decision"], wanted, "{note}: {answer}");
            }
            if let Some(wanted) = row.get("decisions") {
                let decisions = answer["evaluations"].as_array().unwrap().iter();
                assert_eq!(&decisions.map(|each| each["decision"].clone()).collect::<Value>(), wanted, "{note}");
            }
            let found = || -> Vec<&Value> {
                let results = answer["results"].as_array().unwrap().iter();
                results.map(|found| found.get("id").unwrap_or(&found["name"])).collect()
            };
            if let Some(wanted) = row.get("finds") {
                assert_eq!(found(), wanted.as_array().unwrap().iter().collect::<Vec<_>>(), "{note}");
            }
            if let Some(wanted) = row.get("finds_at_least") {
                assert!(wanted.as_array().unwrap().iter().all(|each| found().contains(&each)), "{note}: {answer}");
            }
            let held = ["answer", "decision", "decisions", "finds", "finds_at_least"];
            assert!(held.iter().any(|held| row.get(held).is_some()), "{note} is held to nothing");
        }
        rows.len()
    }
}

fn refused(error: &RequestError) -> Refused {
    (error.status(), error.to_string())
}

fn no_page(error: PageError) -> Refused {
    (error.status(), error.to_string())
}

/// The world of a fixture.
pub(super) struct House<'a> {
    members: AccountWorld<'a>,
    document: &'a Value,
}

impl<'a> House<'a> {
    fn known<'s>(&self, id: &str, subject: Subject<'s>) -> Subject<'s>
    where
        'a: 's,
    {
        let document = self.document;
        match document["people"].get(id) {
            Some(properties) => subject.with_properties(properties),
            None => subject,
        }
    }

    pub(super) fn subjects(&self, kind: &str, after: Option<&str>) -> impl Iterator<Item = (&'a str, Subject<'a>)> {
        self.members.subjects(kind, after).map(|(id, subject)| (id, self.known(id, subject)))
    }

    fn resources(&self, kind: &str, after: Option<&str>) -> Vec<(&'a str, &'a Value)> {
        let document = self.document;
        let stored = document["stored"].get(kind).and_then(Value::as_object).into_iter().flatten();
        let mut stored: Vec<_> = stored.map(|(id, attributes)| (id.as_str(), attributes)).collect();
        stored.sort_unstable_by_key(|(id, _)| *id);
        stored.retain(|(id, _)| after.is_none_or(|after| *id > after));
        stored
    }
}

impl World for House<'_> {
    type Error = Infallible;

    fn account(&self) -> &str {
        self.members.account()
    }

    fn subject(&self, subject: &Entity) -> Result<Option<Subject<'_>>, Infallible> {
        let found = self.members.subject(subject)?;
        Ok(found.map(|found| self.known(subject.id(), found)))
    }

    fn resource(&self, resource: &Entity) -> Result<Found<'_>, Infallible> {
        let kinds: BTreeMap<&str, &Value> =
            self.document["stored"].as_object().into_iter().flatten().map(|(kind, of)| (kind.as_str(), of)).collect();
        Ok(match kinds.get(resource.kind()) {
            None => Found::AsAsked,
            Some(stored) => match stored.get(resource.id()) {
                Some(attributes) => Found::stored(attributes as &dyn Attributes),
                None => Found::Nowhere,
            },
        })
    }
}
