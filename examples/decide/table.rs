//! Answers as a table for people.

use std::io::{self, Write};

use keyward::{
    filter::{Clauses, Filter},
    json::Json,
    schema::Match,
};

use crate::{
    answer::Answer,
    explain::Step,
    request::{Question, Request},
};

const HEADINGS: [&str; 5] = ["ACTOR", "OPERATION", "RESOURCE", "DECISION", "WHY"];
/// A column wider than this is cut; the last never is.
const WIDEST: usize = 60;

pub(crate) struct Row {
    cells: [String; 5],
    colour: &'static str,
}

pub(crate) fn row(request: Option<&Request>, answer: &Answer) -> Row {
    let [actor, operation, resource] = match request {
        Some(Request::Decide(question)) => {
            let Question { actor, operation, resource, proposed, context, rows } = &**question;
            let operation = if *rows { format!("{operation} (filter)") } else { operation.clone() };
            let proposed = proposed.as_ref().map(|json| format!(" → {}", attributes(json))).unwrap_or_default();
            let stored = resource.attributes.as_ref().map(|json| format!(" {}", attributes(json))).unwrap_or_default();
            let account = resource.account.as_ref().map(|account| format!(" of {account}")).unwrap_or_default();
            let context = context.as_ref().map(|json| format!(" in {}", attributes(json))).unwrap_or_default();
            [actor.clone(), operation, format!("{}{account}{stored}{proposed}{context}", resource.kind)]
        }
        Some(Request::Within { access, of }) => [access.clone(), "within".into(), of.clone()],
        None => ["?".into(), "?".into(), "?".into()],
    };
    let (colour, decision, why) = match answer {
        Answer::Decided { allowed: true, .. } => ("\x1b[32m", "allow", String::new()),
        Answer::Decided { allowed: false, reason, .. } => ("\x1b[31m", "deny", reason.clone()),
        Answer::Listed(filter) => ("\x1b[32m", "allow", condition(filter)),
        Answer::Compared(None) => ("\x1b[32m", "within", String::new()),
        Answer::Compared(Some(witness)) => ("\x1b[31m", "beyond", witness.to_string()),
        Answer::NotCompared(reason) => ("\x1b[31m", "beyond", format!("not compared: {}", reason.replace('_', " "))),
        Answer::Error(error) => ("\x1b[33m", "error", error.clone()),
    };
    let cells = [actor, operation, resource, decision.into(), why].map(|cell| printable(&cell));
    Row { cells, colour }
}

pub(crate) fn print(out: &mut impl Write, rows: &[Row], colour: bool) -> io::Result<()> {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row.cells[column].chars().count());
        cells.chain([HEADINGS[column].len()]).max().unwrap_or(0).min(WIDEST)
    };
    let widths: [usize; 4] = std::array::from_fn(width);
    let (dim, plain) = if colour { ("\x1b[2m", "\x1b[0m") } else { ("", "") };
    line(out, &HEADINGS.map(String::from), &widths, dim, plain, dim)?;
    for Row { cells, colour: own } in rows {
        line(out, cells, &widths, "", plain, if colour { own } else { "" })?;
    }
    Ok(())
}

/// The request, each step with what it looked at, and at last the decision and why, as in the table.
pub(crate) fn print_explained(out: &mut impl Write, row: &Row, steps: &[Step], colour: bool) -> io::Result<()> {
    let Row { cells: [actor, operation, resource, decision, why], colour: own } = row;
    let [dim, own, plain] = if colour { ["\x1b[2m", own, "\x1b[0m"] } else { [""; 3] };
    writeln!(out, "{actor} {operation} {resource}")?;
    for (step, what) in steps {
        writeln!(out, "  {dim}{step:10}{plain}  {}", printable(what))?;
    }
    let why = if why.is_empty() { String::new() } else { format!("  {why}") };
    writeln!(out, "  {own}{decision}{plain}{why}")
}

fn line(
    out: &mut impl Write,
    cells: &[String; 5],
    widths: &[usize; 4],
    rest: &str,
    plain: &str,
    decision: &str,
) -> io::Result<()> {
    for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let cell = cut(cell, *width);
        let on = if column == 3 { decision } else { rest };
        let gap = if column == 3 && cells[4].is_empty() { "" } else { "  " };
        write!(out, "{on}{cell:width$}{plain}{gap}")?;
    }
    writeln!(out, "{rest}{}{plain}", cells[4])
}

fn cut(cell: &str, width: usize) -> String {
    if cell.chars().count() <= width {
        return cell.into();
    }
    cell.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// `brand=brand_one`, one for each attribute.
fn attributes(json: &Json) -> String {
    let Some(object) = json.as_object() else { return String::new() };
    let pairs = object.iter().map(|(name, value)| {
        let value = match value {
            Json::Text(text) => text.clone(),
            other => serde_json::to_string(other).unwrap_or_default(),
        };
        format!("{name}={value}")
    });
    pairs.collect::<Vec<_>>().join(" ")
}

fn condition(filter: &Filter) -> String {
    match filter {
        Filter::Nothing => "none of them".into(),
        Filter::Everything => "all of them".into(),
        Filter::AllOf(all) => format!("those whose {}", clauses(all)),
        Filter::AnyOf(any) => {
            format!("those whose {}", any.iter().map(clauses).collect::<Vec<_>>().join(", or whose "))
        }
    }
}

fn clauses(clauses: &Clauses) -> String {
    let clauses = clauses.iter().map(|clause| {
        let every = if clause.matching() == Match::All { "every one of " } else { "" };
        let accepted = clause.accepted();
        let named = |texts: Vec<&str>, before: &str| match texts.len() {
            0 => None,
            _ => Some(format!("{before} {}", texts.join(", "))),
        };
        let values = [named(accepted.iter().collect(), "one of"), named(accepted.except().collect(), "none of")];
        let values = values.into_iter().flatten().collect::<Vec<_>>().join(" or ");
        format!("{every}{} is {values}", clause.attribute())
    });
    clauses.collect::<Vec<_>>().join(" and ")
}

/// Nothing of a document may steer the terminal, turn the direction of a line, or hide.
fn printable(cell: &str) -> String {
    let mut printable = String::with_capacity(cell.len());
    for c in cell.chars() {
        if matches!(c, '\'' | '"' | '\\') {
            printable.push(c);
        } else {
            printable.extend(c.escape_debug());
        }
    }
    printable
}
