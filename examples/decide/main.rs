//! One JSON document in, decisions out: the crate's main job for someone who has not written a line of Rust.
//!
//! ```text
//! cargo run --release --example decide                                  a small built-in account
//! cargo run --release --example decide -- DIRECTORY.json REQUESTS.json      your own, as a table
//! cargo run --release --example decide -- --json DIRECTORY.json -           requests from standard input, as JSON
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
const USAGE: &str = "usage: decide [--json] [DIRECTORY.json REQUESTS.json]   (- is standard input, for one of them)";
/// Requests, one a line, may be more than a single document.
const MOST_REQUEST_BYTES: u64 = 1 << 30;

fn main() -> ExitCode {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let json = arguments.iter().position(|argument| argument == "--json").map(|at| arguments.remove(at)).is_some();
    match run(&arguments, json) {
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

/// Answers every request and says how many could not be read.
fn run(arguments: &[String], json: bool) -> Result<usize, Failure> {
    let (directory, requests) = match arguments {
        [] => {
            (("built-in directory", DIRECTORY.as_bytes().to_vec()), ("built-in requests", REQUESTS.as_bytes().to_vec()))
        }
        [directory, requests] if directory == "-" && requests == "-" => {
            return Err(Failure::Input(format!("only one document can be standard input\n{USAGE}")));
        }
        [directory, requests] if ![directory, requests].iter().any(|path| path.starts_with("--")) => {
            (read(directory, Json::MAX_BYTES as u64)?, read(requests, MOST_REQUEST_BYTES)?)
        }
        _ => return Err(Failure::Input(USAGE.into())),
    };
    let directory = load(&directory)?;
    let requests = Requests::read(&requests.1).map_err(|cause| Failure::Input(format!("{}: {cause}", requests.0)))?;

    let mut out = BufWriter::new(io::stdout().lock());
    let mut unanswered = 0;
    if json {
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
        table::print(&mut out, &rows, colour).map_err(Failure::Output)?;
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
