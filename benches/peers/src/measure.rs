//! Checks engines, and measures them in turn.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use crate::{
    engines::Engine,
    world::{Answer, Question, World},
};

/// An [`Engine`] of whichever type.
pub(crate) trait Timed {
    fn answer(&mut self, question: &Question<'_>) -> Answer;

    /// So many requests made and decided, each question after the other and again from the first.
    fn decisions(&mut self, questions: &mut Questions<'_>, count: u32) -> Duration;

    /// The same requests, made and dropped.
    fn requests(&mut self, questions: &mut Questions<'_>, count: u32) -> Duration;
}

impl<E: Engine> Timed for E {
    fn answer(&mut self, question: &Question<'_>) -> Answer {
        let request = self.request(question);
        self.decide(question, request)
    }

    fn decisions(&mut self, questions: &mut Questions<'_>, count: u32) -> Duration {
        let start = Instant::now();
        for _ in 0..count {
            let question = questions.next();
            let question = black_box(&question);
            let request = self.request(question);
            black_box(self.decide(question, request));
        }
        start.elapsed()
    }

    fn requests(&mut self, questions: &mut Questions<'_>, count: u32) -> Duration {
        let start = Instant::now();
        for _ in 0..count {
            let question = questions.next();
            black_box(self.request(black_box(&question)));
        }
        start.elapsed()
    }
}

/// One question, asked by each of some actors in turn.
pub(crate) struct Questions<'a> {
    question: Question<'a>,
    actors: &'a [String],
    next: usize,
}

impl<'a> Questions<'a> {
    #[inline]
    fn next(&mut self) -> Question<'a> {
        let actor = &self.actors[self.next];
        self.next += 1;
        if self.next == self.actors.len() {
            self.next = 0;
        }
        Question { actor, ..self.question }
    }
}

/// What is measured.
pub(crate) struct Workload {
    pub(crate) name: &'static str,
    /// Where its world stands.
    pub(crate) world: usize,
    /// The note of the case.
    pub(crate) case: &'static str,
    /// Who asks: ids in an order that no cache expects, or the case's own actor.
    pub(crate) actors: Vec<String>,
    /// How long an engine is measured before the next has its turn.
    pub(crate) turn: Duration,
    pub(crate) rounds: usize,
}

/// What one engine took for one workload: nanoseconds, the least of all rounds.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// With its request made for each decision.
    pub(crate) gross: f64,
    /// Its request alone.
    pub(crate) alone: f64,
}

impl Cost {
    pub(crate) fn net(self) -> f64 {
        // What is below the clock's noise is not told from nothing.
        (self.gross - self.alone).max(0.1)
    }
}

type Loaded = Vec<Option<Box<dyn Timed>>>;

/// The engines in their worlds.
pub(crate) struct Contest {
    pub(crate) worlds: Vec<World>,
    /// Each engine's name, and it in every world that it can be in.
    pub(crate) engines: Vec<(&'static str, Loaded)>,
}

impl Contest {
    pub(crate) fn new(worlds: Vec<World>) -> Self {
        Self { worlds, engines: Vec::new() }
    }

    /// Enters an engine in every world where `new` makes one.
    pub(crate) fn enter<E: Engine + 'static>(&mut self, name: &'static str, new: impl Fn(&World) -> Option<E>) {
        let boxed = |engine| Box::new(engine) as Box<dyn Timed>;
        self.engines.push((name, self.worlds.iter().map(|world| new(world).map(boxed)).collect()));
    }

    /// Every wrong answer, in words. An engine may leave out what was missing, but not say it wrongly.
    pub(crate) fn wrong_answers(&mut self) -> Vec<String> {
        let mut wrong = Vec::new();
        for (name, loaded) in &mut self.engines {
            for (number, engine) in loaded.iter_mut().enumerate() {
                let Some(engine) = engine else { continue };
                for case in &self.worlds[number].cases {
                    let answer = engine.answer(&case.question());
                    let silent = matches!((answer, case.right), (Answer::Deny(None), Answer::Deny(_)));
                    if answer != case.right && !silent {
                        wrong.push(format!(
                            "{name}, world {number}: {}: {answer:?}, {:?} is right",
                            case.note, case.right
                        ));
                    }
                }
            }
        }
        wrong
    }

    /// Whether an engine says what was missing, wherever it denies.
    pub(crate) fn tells(&mut self, engine: usize) -> bool {
        let (_, loaded) = &mut self.engines[engine];
        let mut worlds = self.worlds.iter().zip(loaded);
        worlds.all(|(world, engine)| {
            let mut answers =
                world.cases.iter().map(|case| engine.as_mut().map(|engine| engine.answer(&case.question())));
            !answers.any(|answer| answer == Some(Answer::Deny(None)))
        })
    }

    /// What each engine takes for a workload, round by round, every engine once in each.
    pub(crate) fn measure(&mut self, workload: &Workload) -> Vec<Option<Cost>> {
        let case = self.worlds[workload.world].cases.iter().find(|case| case.note == workload.case).expect("a case");
        let question = case.question();
        let own = [question.actor.to_owned()];
        let actors = if workload.actors.is_empty() { &own } else { workload.actors.as_slice() };
        let mut runs: Vec<Option<Run<'_>>> = Vec::new();
        for (_, loaded) in &mut self.engines {
            let questions = Questions { question, actors, next: 0 };
            runs.push(
                loaded[workload.world].as_mut().map(|engine| Run::new(engine.as_mut(), questions, workload.turn)),
            );
        }
        for _ in 0..workload.rounds {
            runs.iter_mut().flatten().for_each(Run::round);
        }
        runs.into_iter().map(|run| run.map(|run| run.cost)).collect()
    }
}

/// One engine at one workload.
struct Run<'a> {
    engine: &'a mut dyn Timed,
    questions: Questions<'a>,
    /// Decisions and requests that fill a turn.
    counts: [u32; 2],
    cost: Cost,
}

impl<'a> Run<'a> {
    fn new(engine: &'a mut dyn Timed, mut questions: Questions<'a>, turn: Duration) -> Self {
        // Of a few actors at a time the least would be that of the cheapest ones.
        let least = questions.actors.len().min(128) as u32;
        let decisions = filling(turn, least, |count| engine.decisions(&mut questions, count));
        let requests = filling(turn, least, |count| engine.requests(&mut questions, count));
        let cost = Cost { gross: f64::INFINITY, alone: f64::INFINITY };
        Self { engine, questions, counts: [decisions, requests], cost }
    }

    fn round(&mut self) {
        let [decisions, requests] = self.counts;
        // What the others drove out of the caches comes back first.
        self.engine.decisions(&mut self.questions, decisions.div_ceil(8));
        let gross = self.engine.decisions(&mut self.questions, decisions);
        let alone = self.engine.requests(&mut self.questions, requests);
        let each = |took: Duration, count| took.as_secs_f64() * 1e9 / f64::from(count);
        self.cost.gross = self.cost.gross.min(each(gross, decisions));
        self.cost.alone = self.cost.alone.min(each(alone, requests));
    }
}

/// How many fill a turn, `least` or more. A try that was interrupted would end this early, so that three have to.
fn filling(turn: Duration, least: u32, mut time: impl FnMut(u32) -> Duration) -> u32 {
    let mut count = least;
    while count < 1 << 20 && !(0..3).all(|_| time(count) >= turn) {
        count *= 2;
    }
    count
}
