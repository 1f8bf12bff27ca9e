//! Two directories in, and out comes who gains what and who loses what: for the pull request that changes roles.
//!
//! ```text
//! cargo run --release --example review                                 a small built-in change
//! cargo run --release --example review -- BEFORE.json AFTER.json       your own, as Markdown
//! cargo run --release --example review -- --json BEFORE.json AFTER.json
//! ```
//!
//! Exit status, as `diff` has it: 0 when no decision changes, 1 when some do, 2 when a document can't be used.
//! The built-in change is a demonstration, and ends with 0.

#![expect(clippy::arithmetic_side_effects, reason = "a program that is run by hand may count; the library may not")]

use std::{
    env,
    fs::File,
    io::{self, BufWriter, ErrorKind, IsTerminal, Read, Write},
    process::ExitCode,
};

use keyward::{
    compare::Review,
    document::{ActorKind, Directory},
    json::Json,
};

const BEFORE: &str = include_str!("before.json");
const AFTER: &str = include_str!("after.json");
const USAGE: &str = "\
usage: review [--json] [BEFORE.json AFTER.json]

Tells who gains and who loses what between two directories; without them, between two that are built in.
`-` is standard input, for one of the two.

--json  the review as one JSON document";

fn main() -> ExitCode {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let json = arguments.iter().position(|argument| argument == "--json").map(|at| arguments.remove(at)).is_some();
    let demonstration = arguments.is_empty();
    match run(&arguments, json) {
        Ok(changed) => ExitCode::from(u8::from(changed && !demonstration)),
        Err(message) => {
            eprintln!("review: {message}");
            ExitCode::from(2)
        }
    }
}

/// Prints the review, and says whether there is anything in it.
fn run(arguments: &[String], json: bool) -> Result<bool, String> {
    if let Some(option) = arguments.iter().find(|argument| argument.starts_with('-') && *argument != "-") {
        let option = option.escape_debug();
        return Err(format!("unexpected option `{option}`; `--help` tells which there are\n{USAGE}"));
    }
    let (before, after) = match arguments {
        [] => (load("built-in directory before", BEFORE)?, load("built-in directory after", AFTER)?),
        [before, after] if before == "-" && after == "-" => {
            return Err(format!("only one document can be standard input\n{USAGE}"));
        }
        [before, after] => {
            if (before == "-" || after == "-") && io::stdin().is_terminal() {
                return Err(format!(
                    "`-` is standard input, and that is a terminal: give it a file, or a path instead\n{USAGE}"
                ));
            }
            (load(name(before), &read(before)?)?, load(name(after), &read(after)?)?)
        }
        _ => return Err(format!("no documents, or two: before and after\n{USAGE}")),
    };
    let review = Review::between(&before, &after);
    let mut out = BufWriter::new(io::stdout().lock());
    let printed = if json {
        serde_json::to_writer(&mut out, &review).map_err(io::Error::from).and_then(|()| out.write_all(b"\n"))
    } else {
        let colour = io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none();
        print(&mut out, &review, [&before, &after], colour)
    };
    match printed.and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(!review.is_empty()),
    }
}

fn print(out: &mut impl Write, review: &Review, directories: [&Directory; 2], colour: bool) -> io::Result<()> {
    let (changed, unchanged) = (review.changes().len(), review.unchanged());
    match changed {
        0 => writeln!(out, "**No decision changes**, for any of {unchanged} actors.")?,
        _ => writeln!(out, "**{changed} of {} actors** may do something else than before.", changed + unchanged)?,
    }
    if review.schema_changed() {
        writeln!(out, "\nThe schemas differ: operations, types and attributes were compared by their names.")?;
    }
    for change in review.changes() {
        writeln!(out, "\n### {}\n", title(change.who(), directories))?;
        let [green, red, dim, plain] =
            if colour { ["\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[0m"] } else { ["", "", "", ""] };
        for (verb, on, excesses, now) in
            [("Gains", green, change.gains(), "Now allowed"), ("Loses", red, change.losses(), "No longer allowed")]
        {
            for excess in excesses {
                writeln!(out, "- {on}**{verb}** {}.{plain}", excess.kind())?;
                writeln!(out, "  {dim}{now}, for example: {}.{plain}", excess.witness())?;
            }
        }
    }
    Ok(())
}

/// `frank`, operator of `UFNC…` (Frank of Factories), new
fn title(id: &str, [before, after]: [&Directory; 2]) -> String {
    let actor = after.actor(id).or_else(|_| before.actor(id));
    let (kind, account) = actor.map_or(("actor", "?"), |actor| {
        let kind = match actor.kind {
            ActorKind::Operator => "operator",
            ActorKind::AccessToken => "access token",
        };
        (kind, actor.access.account())
    });
    let people = |directory: &Directory| {
        let documents =
            directory.accounts().flat_map(|(account, _)| account.operator_access.iter().chain(&account.access_tokens));
        documents.filter(|document| document.id == id).find_map(|document| document.name.clone())
    };
    let name = people(after).or_else(|| people(before)).map(|name| format!(" ({})", name.escape_debug()));
    let change = match (before.actor(id), after.actor(id)) {
        (Err(_), _) => ", new",
        (_, Err(_)) => ", removed",
        (Ok(before), Ok(after)) if before.access.account() != after.access.account() => ", moved to another account",
        _ => "",
    };
    format!("`{id}`, {kind} of `{account}`{}{change}", name.unwrap_or_default())
}

fn name(path: &str) -> &str {
    if path == "-" { "standard input" } else { path }
}

fn read(path: &str) -> Result<String, String> {
    let refuse = |cause: String| format!("{}: {cause}", name(path));
    let source: Box<dyn Read> = match path {
        "-" => Box::new(io::stdin().lock()),
        path => Box::new(File::open(path).map_err(|error| refuse(error.to_string()))?),
    };
    let (mut bytes, most) = (Vec::new(), Json::MAX_BYTES as u64);
    source.take(most + 1).read_to_end(&mut bytes).map_err(|error| refuse(error.to_string()))?;
    if bytes.len() as u64 > most {
        return Err(refuse(format!("line 1, column 1, $: the document has more than {most} bytes")));
    }
    String::from_utf8(bytes)
        .map_err(|error| refuse(format!("not UTF-8 after {} bytes", error.utf8_error().valid_up_to())))
}

fn load(name: &str, text: &str) -> Result<Directory, String> {
    Directory::from_json(text).map_err(|error| format!("{name}: {error}"))
}
