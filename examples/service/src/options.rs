//! The command line.

use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use keyward::{
    authzen::{Endpoint, Metadata, MetadataError},
    http::{
        BrowserPolicy, OriginList, OriginListError,
        cors::{ExposedHeaders, MaxAge, Methods, Origins, Policy, PolicyError, RequestHeaders},
    },
};

use crate::{
    guard::{ACCOUNT_VERSION, AT_LEAST},
    proxies::Proxies,
};

/// What `--help` says.
pub const HELP: &str = "\
keyward-service [--listen ADDRESS:PORT] [--database FILE | --postgres URL [--postgres-ca FILE]] [--cache MILLISECONDS]
                [--origin ORIGIN]... [--console ORIGIN]... [--keys-in-browsers off|warn|refuse] [--proxy ADDRESS]...
                [--decision-point URL]

--listen            where to listen; 127.0.0.1:8787 if not given, port 0 for any
--database          the SQLite file; one in a temporary folder, gone with the process, if not given
--postgres          a PostgreSQL to use instead; in a build with `--features postgresql`
--postgres-ca       the authorities whose certificates it may have, in PEM; those that the system trusts if not given
--cache             for how many milliseconds a key may be used after it was read; 0, a read for each request, if not given
--origin            an origin whose pages may read the answers (CORS); none if not given
--console           an origin whose pages may send keys; it needs --origin, too
--keys-in-browsers  what happens to keys from pages of other origins; refuse if not given
--proxy             a proxy of one's own, by whose X-Forwarded-For the caller's address is told; none if not given
--decision-point    the public https:// address under which gateways ask for decisions; they are told none if not given
";

/// What the command line says.
#[derive(Clone)]
pub struct Options {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The SQLite file.
    pub database: Option<PathBuf>,
    /// The PostgreSQL to use instead.
    pub postgres: Option<String>,
    /// The authorities that may have signed its certificate.
    pub authorities: Option<PathBuf>,
    /// For how long a key may be used after it was read.
    pub cache: Duration,
    /// The proxies of one's own.
    pub proxies: Proxies,
    /// What is told of the decision point, where it has a public address.
    pub decision_point: Option<Metadata>,
    origins: Vec<String>,
    consoles: Vec<String>,
    browsers: BrowserPolicy,
}

impl Options {
    /// Reads the arguments that follow the program's name.
    ///
    /// # Errors
    ///
    /// [`OptionError`]: an argument that there isn't, one without its value or with one that can't be, a console
    /// that is no origin.
    pub fn read(arguments: impl IntoIterator<Item = String>) -> Result<Self, OptionError> {
        let mut options = Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8787)),
            database: None,
            postgres: None,
            authorities: None,
            cache: Duration::ZERO,
            proxies: Proxies::default(),
            decision_point: None,
            origins: Vec::new(),
            consoles: Vec::new(),
            browsers: BrowserPolicy::refuse(),
        };
        let mut arguments = arguments.into_iter();
        while let Some(name) = arguments.next() {
            if name == "--help" || name == "-h" {
                return Err(OptionError::Help);
            }
            let mut value = || arguments.next().ok_or_else(|| OptionError::NoValue(name.clone()));
            match name.as_str() {
                "--listen" => options.listen = value()?.parse().map_err(|_| OptionError::Listen)?,
                "--database" => options.database = Some(value()?.into()),
                "--postgres" if cfg!(feature = "postgresql") => options.postgres = Some(value()?),
                "--postgres" => return Err(OptionError::NoPostgreSql),
                "--postgres-ca" => options.authorities = Some(value()?.into()),
                "--cache" => {
                    options.cache = value()?.parse().map(Duration::from_millis).map_err(|_| OptionError::Cache)?;
                }
                "--origin" => options.origins.push(value()?),
                "--console" => options.consoles.push(value()?),
                "--keys-in-browsers" => options.browsers = browsers(&value()?)?,
                "--proxy" => {
                    let proxy: IpAddr = value()?.parse().map_err(|_| OptionError::Proxy)?;
                    options.proxies.insert(proxy);
                }
                "--decision-point" => options.decision_point = Some(Metadata::new(&value()?, &Endpoint::ALL)?),
                // Not with its value: that may be a password.
                _ => return Err(OptionError::Unknown(name.split('=').next().unwrap_or_default().into())),
            }
        }
        if options.postgres.is_some() && options.database.is_some() {
            return Err(OptionError::TwoDatabases);
        }
        if options.postgres.is_none() && options.authorities.is_some() {
            return Err(OptionError::AuthoritiesOnly);
        }
        match options.consoles.iter().find(|console| !options.origins.contains(console)) {
            Some(console) => Err(OptionError::ConsoleOnly(console.clone())),
            None => Ok(options),
        }
    }

    /// What to do with keys from browsers: they may come from the consoles, and from the service's own page.
    ///
    /// # Errors
    ///
    /// [`OptionError`] for an origin that is none.
    pub fn browsers(&self, port: u16) -> Result<BrowserPolicy, OptionError> {
        let port = if port == 80 { String::new() } else { format!(":{port}") };
        let own = ["127.0.0.1", "localhost"].map(|host| format!("http://{host}{port}"));
        let mut may: Vec<&str> = self.consoles.iter().chain(&own).map(String::as_str).collect();
        may.sort_unstable();
        may.dedup();
        Ok(self.browsers.clone().except(OriginList::new(may)?))
    }

    /// Which pages may read the answers.
    ///
    /// # Errors
    ///
    /// [`OptionError`] for an origin that is none, or is there twice.
    pub fn cors(&self) -> Result<Policy, OptionError> {
        let policy = Policy::builder()
            .origins(Origins::list(&self.origins))
            .methods(Methods::list(["PUT", "DELETE"]))
            .request_headers(RequestHeaders::list(["Content-Type", AT_LEAST]))
            .exposed_headers(ExposedHeaders::list(["WWW-Authenticate", ACCOUNT_VERSION]))
            .max_age(MaxAge::seconds(600));
        Ok(policy.build()?)
    }
}

fn browsers(mode: &str) -> Result<BrowserPolicy, OptionError> {
    match mode {
        "off" => Ok(BrowserPolicy::off()),
        "warn" => Ok(BrowserPolicy::warn()),
        "refuse" => Ok(BrowserPolicy::refuse()),
        _ => Err(OptionError::Mode),
    }
}

/// Without the address of the database, which holds its password.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("listen", &self.listen)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

/// A command line that can't be followed.
#[derive(Debug, thiserror::Error)]
pub enum OptionError {
    /// It asks for help.
    #[error("{HELP}")]
    Help,
    /// There is no such option.
    #[error("unknown option `{0}`; --help tells which there are")]
    Unknown(String),
    /// An option stands alone.
    #[error("`{0}` needs a value")]
    NoValue(String),
    /// An address that is none.
    #[error("`--listen` needs an address and a port, such as 127.0.0.1:8787")]
    Listen,
    /// A proxy's address that is none.
    #[error("`--proxy` needs an address, such as 127.0.0.1")]
    Proxy,
    /// Two databases at once.
    #[error("`--database` and `--postgres` name two databases: give one of them")]
    TwoDatabases,
    /// Authorities for a server that there isn't.
    #[error("`--postgres-ca` needs `--postgres`")]
    AuthoritiesOnly,
    /// A time that is none.
    #[error("`--cache` needs a number of milliseconds, such as 2000")]
    Cache,
    /// A public address that is none.
    #[error("--decision-point: {0}")]
    DecisionPoint(#[from] MetadataError),
    /// A mode that there isn't.
    #[error("`--keys-in-browsers` is off, warn or refuse")]
    Mode,
    /// A console whose pages could not read the answers.
    #[error("`--console {0}` needs `--origin {0}`, too: its pages could send keys, and read no answer")]
    ConsoleOnly(String),
    /// It was built without PostgreSQL.
    #[error("this build has no PostgreSQL: build it with `--features postgresql`")]
    NoPostgreSql,
    /// An origin that is none.
    #[error("--origin: {0}")]
    Cors(#[from] PolicyError),
    /// An origin that is none.
    #[error("--console: origin {0}")]
    Console(#[from] OriginListError),
}
