//! The command line: what contradicts itself is an error, and nothing of it is left out in silence.

use keyward_service::options::{OptionError, Options};

fn read(line: &str) -> Result<Options, OptionError> {
    Options::read(line.split_whitespace().map(str::to_owned))
}

#[test]
fn what_cannot_be_meant_is_an_error() {
    assert!(read("--database a.sqlite --cache 2000").is_ok());
    assert!(matches!(read("--postgres-ca a.pem"), Err(OptionError::AuthoritiesOnly)));
    for wrong in ["--cache 2s", "--cache -1", "--cache 0.5"] {
        assert!(matches!(read(wrong), Err(OptionError::Cache)), "{wrong}");
    }
    assert!(matches!(read("--cache"), Err(OptionError::NoValue(_))));
    #[cfg(feature = "postgresql")]
    assert!(matches!(read("--database a.sqlite --postgres host=x"), Err(OptionError::TwoDatabases)));
}
