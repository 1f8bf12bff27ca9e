//! From an evaluation to its answer.

use alloc::{string::ToString, vec::Vec};

use super::{
    answers::{Answer, Answers},
    decision_point::DecisionPoint,
    evaluation::Evaluation,
    evaluations::Evaluations,
    question::Question,
    world::World,
};
use crate::decision::Denial;

/// How many characters of a name that nobody knows are told back.
const TOLD_BACK: usize = 80;

impl DecisionPoint {
    /// Answers one evaluation.
    ///
    /// A subject that there isn't, an action or a type that the table doesn't have, and a subject to whom no role grants it have
    /// one answer: nobody learns from it who there is.
    ///
    /// - `create` asks of the resource as the question says it; nothing is stored yet.
    /// - `update` asks of the resource as it is stored, and as the question says that it would become: a property that it
    ///   leaves out stays. Where the host stores no such resources, both are what the question says.
    /// - Anything else asks of the resource as it is stored, or else as the question says.
    ///
    /// # Errors
    ///
    /// Those of the world, which could not tell. The decision itself has none.
    pub fn evaluate<W: World + ?Sized>(&self, world: &W, asked: &Evaluation) -> Result<Answer, W::Error> {
        let (subject, kind, context) = (asked.subject(), asked.resource().kind(), asked.context());
        let question = self.look_up(world, subject, kind, asked.action(), context)?;
        self.answer(world, question.as_ref(), asked)
    }

    /// Answers many evaluations, as many of them as their semantic asks for.
    ///
    /// # Errors
    ///
    /// Those of the world, as of [`evaluate`](Self::evaluate): then there is no answer to any.
    pub fn evaluate_all<W: World + ?Sized>(&self, world: &W, asked: &Evaluations) -> Result<Answers, W::Error> {
        let mut answers = Vec::new();
        for evaluation in asked.iter() {
            let answer = match evaluation {
                Ok(evaluation) => self.evaluate(world, evaluation)?,
                Err(error) => Answer::unreadable(error.to_string()),
            };
            let is_last = asked.semantic().ends_with(answer.decision());
            answers.push(answer);
            if is_last {
                break;
            }
        }
        Ok(Answers::new(answers, asked.is_single()))
    }

    /// The answer to a question that was looked up; where it could not be, as to one who may do nothing.
    fn answer<W: World + ?Sized>(
        &self,
        world: &W,
        question: Option<&Question<'_>>,
        asked: &Evaluation,
    ) -> Result<Answer, W::Error> {
        let resource = asked.resource();
        let Some(question) = question else {
            let (resource, operation) = (cut(resource.kind()), cut(asked.action().name()));
            return Ok(Answer::from(Denial::PermissionMissing { resource, operation }).in_full(self.tells_in_full));
        };
        let found = question.find(world, resource)?;
        Ok(question.decide(resource.id(), &found, resource.properties(), |decided| match decided {
            Ok(()) => Answer::permitted(),
            Err(denial) => Answer::from(denial).in_full(self.tells_in_full),
        }))
    }
}

fn cut(name: &str) -> &str {
    name.char_indices().nth(TOLD_BACK).and_then(|(end, _)| name.get(..end)).unwrap_or(name)
}
