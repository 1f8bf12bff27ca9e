//! One JSON document in, decisions out: the crate's main job for someone who has not written a line of Rust.
//!
//! ```text
//! cargo run --release --example decide                                  a small built-in account
//! cargo run --release --example decide -- DIRECTORY.json REQUESTS.json      your own, as a table
//! cargo run --release --example decide -- --json DIRECTORY.json -           requests from standard input, as JSON
//! cargo run --release --example decide -- --explain                         each step, with what it looked at
//! ```
//!
//! Exit status: 0 when every request got an answer (deny is an answer), 1 when a request could not be read,
//! 2 when a document can't be used; then nothing is decided.

#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a program that is run by hand may count and index; the library may not"
)]

mod answer;
mod explain;
mod request;
mod table;

use std::{
    env,
    fs::File,
    io::{self, BufWriter, ErrorKind, IsTerminal, Read, Write},
    process::ExitCode,
};

use answer::Answer;
use keyward::{document::Directory, json::Json};
use request::Requests;

const DIRECTORY: &str = include_str!("directory.json");
const REQUESTS: &str = include_str!("requests.jsonl");
const USAGE: &str = "\
usage: decide [--json | --explain] [DIRECTORY.json REQUESTS.json]

Answers requests by the documents of accounts; without documents, those that are built in.
`-` is standard input, for one of the two documents. Requests are a JSON array, or one object a line:
  {\"actor\": \"inspector\", \"operation\": \"read\",
   \"resource\": {\"type\": \"products\", \"attributes\": {\"brand\": \"brand_one\"}}}

--json     each answer as JSON, one a line
--explain  each answer with its steps, and what each step looked at";
/// Requests, one a line, may be more than a single document.
const MOST_REQUEST_BYTES: u64 = 1 << 30;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let mut take = |option| {
        let at = arguments.iter().position(|argument| argument == option);
        at.map(|at| arguments.remove(at)).is_some()
    };
    let form = match (take("--json"), take("--explain")) {
        (true, true) => {
            return fail("`--json` and `--explain` don't go together: the JSON has its own form; see `--help`");
        }
        (true, false) => Form::Json,
        (false, true) => Form::Explained,
        (false, false) => Form::Table,
    };
    match run(&arguments, form) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(unanswered) => {
            eprintln!("decide: {unanswered} of the requests could not be read");
            ExitCode::from(1)
        }
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(Failure::Output(error)) => fail(&error.to_string()),
        Err(Failure::Input(message)) => fail(&message),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("decide: {message}");
    ExitCode::from(2)
}

enum Failure {
    Input(String),
    Output(io::Error),
}

/// How answers are printed.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Table,
    Json,
    Explained,
}

/// Answers every request and says how many could not be read.
fn run(arguments: &[String], form: Form) -> Result<usize, Failure> {
    if let Some(option) = arguments.iter().find(|argument| argument.starts_with('-') && *argument != "-") {
        let option = option.escape_debug();
        return Err(Failure::Input(format!("unexpected option `{option}`; `--help` tells which there are\n{USAGE}")));
    }
    let (directory, requests) = match arguments {
        [] => {
            (("built-in directory", DIRECTORY.as_bytes().to_vec()), ("built-in requests", REQUESTS.as_bytes().to_vec()))
        }
        [directory, requests] if directory == "-" && requests == "-" => {
            return Err(Failure::Input(format!("only one document can be standard input\n{USAGE}")));
        }
        [directory, requests] => {
            if (directory == "-" || requests == "-") && io::stdin().is_terminal() {
                return Err(Failure::Input(format!(
                    "`-` is standard input, and that is a terminal: give it a file, or a path instead\n{USAGE}"
                )));
            }
            (read(directory, Json::MAX_BYTES as u64)?, read(requests, MOST_REQUEST_BYTES)?)
        }
        _ => return Err(Failure::Input(format!("no documents, or two: a directory and its requests\n{USAGE}"))),
    };
    let directory = load(&directory)?;
    let requests = Requests::read(&requests.1).map_err(|cause| Failure::Input(format!("{}: {cause}", requests.0)))?;

    let mut out = BufWriter::new(io::stdout().lock());
    let mut unanswered = 0;
    if form == Form::Json {
        for request in requests.iter() {
            let answer = Answer::of(&directory, request.as_ref());
            unanswered += usize::from(answer.is_error());
            serde_json::to_writer(&mut out, &answer).map_err(|error| Failure::Output(error.into()))?;
            out.write_all(b"\n").map_err(Failure::Output)?;
        }
    } else {
        let colour = io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none();
        let requests: Vec<_> = requests.iter().collect();
        let rows: Vec<_> = requests
            .iter()
            .map(|request| {
                let answer = Answer::of(&directory, request.as_ref());
                unanswered += usize::from(answer.is_error());
                table::row(request.as_ref().ok(), &answer)
            })
            .collect();
        if form == Form::Explained {
            for (index, (request, row)) in requests.iter().zip(&rows).enumerate() {
                if index > 0 {
                    out.write_all(b"\n").map_err(Failure::Output)?;
                }
                let steps = request.as_ref().map(|request| explain::steps(&directory, request)).unwrap_or_default();
                table::print_explained(&mut out, row, &steps, colour).map_err(Failure::Output)?;
            }
        } else {
            table::print(&mut out, &rows, colour).map_err(Failure::Output)?;
        }
    }
    out.flush().map_err(Failure::Output)?;
    Ok(unanswered)
}

type Document<'a> = (&'a str, Vec<u8>);

fn read(path: &str, most: u64) -> Result<Document<'_>, Failure> {
    let name = if path == "-" { "standard input" } else { path };
    let refuse = |cause: String| Failure::Input(format!("{name}: {cause}"));
    let mut bytes = Vec::new();
    let source: Box<dyn Read> = match path {
        "-" => Box::new(io::stdin().lock()),
        path => Box::new(File::open(path).map_err(|error| refuse(error.to_string()))?),
    };
    source.take(most + 1).read_to_end(&mut bytes).map_err(|error| refuse(error.to_string()))?;
    if bytes.len() as u64 > most {
        return Err(refuse(format!("line 1, column 1, $: the document has more than {most} bytes")));
    }
    Ok((name, bytes))
}

fn load((name, bytes): &Document<'_>) -> Result<Directory, Failure> {
    let text = request::utf8(bytes).map_err(|cause| Failure::Input(format!("{name}: {cause}")))?;
    Directory::from_json(text).map_err(|error| Failure::Input(format!("{name}: {error}")))
}
