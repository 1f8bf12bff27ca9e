//! Checks engines, and measures them in turn.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use crate::{
    engines::Engine,
    world::{Question, World},
};

/// How long an engine is measured before the next has its turn.
const TURN: Duration = Duration::from_micros(100);
const ROUNDS: usize = 3_000;

/// An [`Engine`] of whichever type.
trait Timed {
    fn allows(&mut self, question: &Question<'_>) -> bool;

    /// So many decisions, each with a request of its own, or all with one.
    fn time(&mut self, question: &Question<'_>, per_call: bool, count: u32) -> Duration;
}

impl<E: Engine> Timed for E {
    fn allows(&mut self, question: &Question<'_>) -> bool {
        let request = self.request(question);
        let (lent, owned) = (self.decide(&request), self.decide_owned(request));
        assert_eq!(lent, owned, "the same request is answered in two ways");
        owned
    }

    fn time(&mut self, question: &Question<'_>, per_call: bool, count: u32) -> Duration {
        if per_call {
            let start = Instant::now();
            for _ in 0..count {
                let request = self.request(black_box(question));
                black_box(self.decide_owned(request));
            }
            start.elapsed()
        } else {
            let request = self.request(question);
            let start = Instant::now();
            for _ in 0..count {
                black_box(self.decide(black_box(&request)));
            }
            start.elapsed()
        }
    }
}

/// One engine in one world, and what was found.
struct Entry {
    row: &'static str,
    world: usize,
    engine: Box<dyn Timed>,
    /// Decisions in a turn.
    count: u32,
    least: f64,
}

/// The engines in their worlds.
pub(crate) struct Contest {
    worlds: [World; 3],
    entries: Vec<Entry>,
}

impl Contest {
    pub(crate) fn new(worlds: [World; 3]) -> Self {
        Self { worlds, entries: Vec::new() }
    }

    /// Enters an engine in every world, or in those where `new` makes one.
    pub(crate) fn enter<E: Engine + 'static>(&mut self, row: &'static str, new: impl Fn(&World) -> Option<E>) {
        for (world, loaded) in self.worlds.iter().enumerate() {
            if let Some(engine) = new(loaded) {
                self.entries.push(Entry { row, world, engine: Box::new(engine), count: 1, least: f64::INFINITY });
            }
        }
    }

    /// Every wrong answer, in words.
    pub(crate) fn wrong_answers(&mut self) -> Vec<String> {
        let mut wrong = Vec::new();
        for entry in &mut self.entries {
            for case in self.worlds[entry.world].cases() {
                if case.ask(|question| entry.engine.allows(question)) != case.allowed {
                    let right = if case.allowed { "allow" } else { "deny" };
                    wrong.push(format!("{}, W{}: {}: {right} is right", entry.row, entry.world + 1, case.note));
                }
            }
        }
        wrong
    }

    /// The first case of each world, round by round, every engine once in each.
    pub(crate) fn run(&mut self) {
        let firsts = self.worlds.each_ref().map(|world| world.cases().swap_remove(0));
        for round in 0..=ROUNDS {
            for entry in &mut self.entries {
                let per_call = self.worlds[entry.world].per_call;
                let case = &firsts[entry.world];
                if round == 0 {
                    entry.count = case.ask(|question| turn(entry.engine.as_mut(), question, per_call));
                    continue;
                }
                // What the others drove out of the caches comes back first.
                let warm = entry.count.div_ceil(8);
                case.ask(|question| entry.engine.time(question, per_call, warm));
                let took = case.ask(|question| entry.engine.time(question, per_call, entry.count));
                let each = took.as_secs_f64() * 1e9 / f64::from(entry.count);
                entry.least = entry.least.min(each);
            }
        }
    }

    /// The least of every engine in every world, with its ratio to the first.
    pub(crate) fn print(&self) {
        println!("| | permission only | ratio | two conditions | ratio | 100 roles, 256 values | ratio |");
        println!("|---|---|---|---|---|---|---|");
        let mut rows: Vec<&str> = Vec::new();
        for entry in &self.entries {
            if !rows.contains(&entry.row) {
                rows.push(entry.row);
            }
        }
        let least = |row: &str, world| {
            let mut found = self.entries.iter().filter(|entry| entry.row == row && entry.world == world);
            found.next().map(|entry| entry.least)
        };
        for row in &rows {
            print!("| {row} |");
            for world in 0..self.worlds.len() {
                match (least(row, world), least(rows[0], world)) {
                    (Some(floor), _) if *row == rows[0] => print!(" {} | |", digits(floor)),
                    (Some(own), Some(floor)) => print!(" {} | {} |", digits(own), digits(own / floor)),
                    _ => print!(" – | |"),
                }
            }
            println!();
        }
    }
}

/// How many decisions fill a turn. The least of a few tries counts: a try that was interrupted would end this early.
fn turn(engine: &mut dyn Timed, question: &Question<'_>, per_call: bool) -> u32 {
    let mut filled = |count| (0..5).all(|_| engine.time(question, per_call, count) >= TURN);
    let mut count = 1;
    while count < 1 << 20 && !filled(count) {
        count *= 2;
    }
    count
}

/// Three digits or so, with thousands apart.
fn digits(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let whole = format!("{value:.0}");
    let mut apart = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart
}
