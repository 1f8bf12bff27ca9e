//! The lines of the guide's page on AuthZEN do what the page says.

use std::process::Command;

use serde_json::Value;

use crate::{browser, server::Server};

const PAGE: &str = include_str!("../../../../src/guide/authzen.md");

/// What stands in the blocks of the page, with what each is written in.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let mut parts = PAGE.split("```");
    let mut blocks = Vec::new();
    parts.next();
    while let (Some(block), Some(_)) = (parts.next(), parts.next()) {
        blocks.push(block.split_once('\n').expect("a block has lines"));
    }
    blocks
}

#[test]
fn each_line_of_curl_works() {
    if browser::program(&["curl"]).is_none() || browser::program(&["sh"]).is_none() {
        browser::skip("no curl or sh");
        return;
    }
    let server = Server::start(&[]);
    let (mut gateway, mut asked, mut answered) = (String::new(), 0, 0);
    let mut last = Value::Null;
    for (language, block) in blocks() {
        match language {
            "text" if block.contains("curl ") => {
                // One command begins with each `curl` at the start of a line; what it exports is for the reader.
                let lines: Vec<&str> = block.lines().filter(|line| !line.starts_with("export ")).collect();
                for command in lines.join("\n").split("\ncurl ") {
                    let command = command.trim_start_matches("curl ");
                    let command =
                        format!("curl -s {command}").replace("127.0.0.1:8787", &server.admin.address.to_string());
                    let mut shell = Command::new("sh");
                    let shell = shell.args(["-c", &command]).env("KEY", &server.admin.key).env("GATEWAY", &gateway);
                    let output = shell.output().unwrap();
                    assert!(output.status.success(), "{command}: {output:?}");
                    last = serde_json::from_slice(&output.stdout)
                        .unwrap_or_else(|error| panic!("{command}: {error}: {output:?}"));
                    assert!(last.get("errors").is_none(), "{command}: {last}");
                    if last["id"] == "gateway" {
                        last["apiKey"].as_str().unwrap().clone_into(&mut gateway);
                    }
                    asked += 1;
                }
            }
            "json" => {
                let wanted: Value = serde_json::from_str(block).unwrap_or_else(|error| panic!("{error}: {block}"));
                assert_eq!(last, wanted);
                answered += 1;
            }
            _ => {}
        }
    }
    assert_eq!((asked, answered), (10, 6));
}
