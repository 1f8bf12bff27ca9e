//! The examples `cors` and `review` as programs: what they say to who doesn't know them.

use crate::decide_example::run_example;

#[test]
fn help_is_no_error_and_an_unknown_option_is() {
    for name in ["cors", "decide", "review"] {
        for help in ["--help", "-h"] {
            let ran = run_example(name, &[help], b"");
            assert_eq!((ran.status, &*ran.err), (0, ""), "{name}");
            assert!(ran.out.starts_with(&format!("usage: {name} ")), "{}", ran.out);
        }
        for option in ["--hlep", "-x", "--\u{1b}[2J"] {
            let ran = run_example(name, &[option], b"");
            assert_eq!((ran.status, &*ran.out), (2, ""), "{name}");
            assert!(ran.err.contains("`--help`") && ran.err.contains(&format!("usage: {name} ")), "{}", ran.err);
            assert!(!ran.err.contains('\u{1b}'), "{}", ran.err);
        }
    }
}

#[test]
fn cors_has_cases_of_its_own() {
    let ran = run_example("cors", &["--example"], b"");
    assert_eq!((ran.status, &*ran.err), (0, ""));
    let lines: Vec<&str> = ran.out.lines().filter(|line| !line.is_empty()).collect();
    let cases: Vec<&str> = lines.iter().step_by(2).copied().collect();
    let again = run_example("cors", &[], cases.join("\n").as_bytes());
    assert_eq!(again.out.lines().collect::<Vec<_>>(), lines.iter().skip(1).step_by(2).copied().collect::<Vec<_>>());
    let passes: Vec<_> = again.answers().iter().map(|answer| answer["ok"].as_bool()).collect();
    assert_eq!(passes, [Some(true), Some(false)]);
}

#[test]
fn cors_tells_the_form_of_a_case_to_who_wrote_something_else() {
    for (line, message) in [
        ("Origin: https://a.example", "`Origin` looks like a header; headers stand in the case: "),
        ("access-control-request-method:PUT", "`access-control-request-method` looks like a header"),
        ("GET /products HTTP/1.1", "the line is no JSON (expected value at line 1 column 1): "),
        ("[]", "the line is JSON, but no object: "),
        ("{\"policy\":", "the line ends inside of the case: "),
        ("{}", "`policy` is missing: "),
    ] {
        let ran = run_example("cors", &[], line.as_bytes());
        assert_eq!(ran.status, 0);
        let error = ran.answers()[0]["error"].as_str().unwrap().to_owned();
        assert!(error.starts_with(message), "{line}: {error}");
        assert!(error.contains(r#"{"policy": {"origins": [...]}, "request": {"method": "GET""#), "{line}: {error}");
    }
    assert_eq!(run_example("cors", &[], b"").out, "", "nothing is asked, and nothing answered");
}
