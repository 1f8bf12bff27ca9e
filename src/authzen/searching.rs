//! From a search to its answer.

use alloc::string::String;

use super::{
    decision_point::DecisionPoint,
    paging::Page,
    question::{Question, Said},
    results::{FoundAction, FoundEntity, SearchAnswer},
    search::{ActionSearch, ResourceSearch, SubjectSearch},
    world::{Found, Subject, World},
};
use crate::{attributes::Attributes, filter::Filter, json::JsonObject, schema::Operation};

impl DecisionPoint {
    /// Who of `subjects` may do what is asked. They are those of the host's of the type that the search names, in the order of
    /// their ids, after [`Page::after`]. What the search says of the subject is not read.
    ///
    /// # Errors
    ///
    /// Those of the world, as of [`evaluate`](Self::evaluate).
    pub fn search_subjects<'a, W: World + ?Sized>(
        &self,
        world: &'a W,
        search: &'a SubjectSearch,
        page: &Page<'_>,
        subjects: impl IntoIterator<Item = (impl Into<String>, Subject<'a>)>,
    ) -> Result<SearchAnswer<FoundEntity>, W::Error> {
        let (action, resource) = (search.action(), search.resource());
        let Some(row) = self.find(resource.kind(), action.name()) else { return Ok(page.answer([])) };
        let found = if row.operation == Operation::CREATE { Found::AsAsked } else { world.resource(resource)? };
        let said = Said { action: Some(action.properties()), context: search.context() };
        let may = |subject| {
            let question = Question::of(world, row, subject, None, said);
            question
                .is_some_and(|of| of.decide(resource.id(), &found, resource.properties(), |decided| decided.is_ok()))
        };
        let allowed = subjects.into_iter().filter_map(|(id, subject)| {
            may(subject).then(|| FoundEntity { kind: search.kind().into(), id: id.into() })
        });
        Ok(page.answer(allowed))
    }

    /// With which of `resources` the subject may do what is asked. They are those of the host's of the type that the search
    /// names, in the order of their ids, after [`Page::after`]: each with its id and its attributes. Nothing that is stored is
    /// found for `create`.
    ///
    /// A database can search by itself: [`question`](Self::question) gives what its query is made of.
    ///
    /// # Errors
    ///
    /// Those of the world, as of [`evaluate`](Self::evaluate).
    pub fn search_resources<W: World + ?Sized, A: Attributes>(
        &self,
        world: &W,
        search: &ResourceSearch,
        page: &Page<'_>,
        resources: impl IntoIterator<Item = (impl Into<String>, A)>,
    ) -> Result<SearchAnswer<FoundEntity>, W::Error> {
        let question = self.question(world, search)?;
        let filter = search.asks_for_filter().then(|| question.as_ref().map_or(Filter::Nothing, Question::filter));
        let stored = question.as_ref().filter(|question| question.operation() != Operation::CREATE);
        let nothing = JsonObject::default();
        let allowed = stored.into_iter().zip(core::iter::once(resources)).flat_map(|(question, resources)| {
            let nothing = &nothing;
            resources.into_iter().filter_map(move |(id, attributes)| {
                let (id, found) = (id.into(), Found::stored(attributes));
                let may = question.decide(&id, &found, nothing, |decided| decided.is_ok());
                may.then(|| FoundEntity { kind: search.kind().into(), id })
            })
        });
        Ok(SearchAnswer { filter, ..page.answer(allowed) })
    }

    /// What a search of resources asks, for a host that lets its database search. `None` where nothing can be found: the
    /// subject, the action or the type is unknown, or no role grants it.
    ///
    /// # Errors
    ///
    /// Those of the world, as of [`evaluate`](Self::evaluate).
    pub fn question<'a, W: World + ?Sized>(
        &self,
        world: &'a W,
        search: &'a ResourceSearch,
    ) -> Result<Option<Question<'a>>, W::Error> {
        self.look_up(world, search.subject(), search.kind(), search.action(), search.context())
    }

    /// Which actions of the table the subject may do with the resource, in the order of their names.
    ///
    /// # Errors
    ///
    /// Those of the world, as of [`evaluate`](Self::evaluate).
    pub fn search_actions<W: World + ?Sized>(
        &self,
        world: &W,
        search: &ActionSearch,
        page: &Page<'_>,
    ) -> Result<SearchAnswer<FoundAction>, W::Error> {
        let (subject, resource) = (search.subject(), search.resource());
        let mut actions = self.actions(resource.kind()).peekable();
        let Some((_, first)) = actions.peek().copied() else { return Ok(page.answer([])) };
        let said = Said { action: None, context: search.context() };
        let asking = world.subject(subject)?;
        let question = asking.and_then(|asking| Question::of(world, first, asking, Some(subject.properties()), said));
        let Some(mut question) = question else { return Ok(page.answer([])) };
        let (stored, proposed) = (world.resource(resource)?, Found::AsAsked);
        let allowed = actions.filter(|(action, _)| page.after().is_none_or(|after| *action > after));
        let allowed = allowed.filter_map(|(action, row)| {
            question.turn_to(row);
            let found = if row.operation == Operation::CREATE { &proposed } else { &stored };
            let may = question.decide(resource.id(), found, resource.properties(), |decided| decided.is_ok());
            may.then(|| FoundAction { name: action.into() })
        });
        Ok(page.answer(allowed))
    }
}
