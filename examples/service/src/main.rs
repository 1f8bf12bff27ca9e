//! Starts the service, and shows the first key once.

use std::{
    error::Error,
    io::{self, Write},
    net::SocketAddr,
    process::ExitCode,
    sync::Arc,
    thread,
    time::Duration,
};

use keyward::{Schema, administration::AccountsError};
#[cfg(feature = "postgresql")]
use keyward_service::store::PostgreSql;

use keyward_service::{
    administration, evaluation, log,
    options::{OptionError, Options},
    own, page, products, registry,
    service::{self, FIRST, Service, StartError},
    store::{Database, Product, Store, StoreError},
    transport::{self, Limits},
};
use tokio::net::TcpListener;

/// Between two tries to reach the database.
const PAUSE: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    match log::start().map_err(Into::into).and_then(serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            // What the command line asks for, and what the machine doesn't give.
            if error.is::<OptionError>() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// Until it is asked to end. The log, whose lines then are written, before `main` says anything itself.
fn serve(_log: log::Started) -> Result<(), Box<dyn Error>> {
    let options = match Options::read(std::env::args().skip(1)) {
        Err(help @ OptionError::Help) => {
            writeln!(io::stdout(), "{help}")?;
            return Ok(());
        }
        options => options?,
    };
    let schema = service::schema()?;
    let own = [page::routes(), own::routes(), administration::routes(), products::routes()].concat();
    let declared = [own, evaluation::routes(), evaluation::published()].concat();
    let routes = registry::check(&declared, &schema)?;

    let listener = std::net::TcpListener::bind(options.listen)
        .map_err(|error| format!("can't listen on {}: {error}; `--listen` says where", options.listen))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let database = database(&options, &schema)?;
    // Whatever can fail comes before the first key is made: it is shown once, and then must be.
    let (browsers, cors) = (options.browsers(address.port())?, options.cors()?);
    let mut service = Service::new(database, browsers, options.cache)?;
    if let Some(metadata) = &options.decision_point {
        service.decisions.publish(metadata);
    }
    let service = Arc::new(service);
    writeln!(io::stdout(), "listening on http://{address}")?;
    match begin(&service, address) {
        Err(error) if may_pass(&*error) && options.postgres.is_some() => {
            // It may come back; until then every answer is 503.
            log::failed(&error);
            let service = Arc::clone(&service);
            thread::Builder::new().name("begin".to_owned()).spawn(move || begin_later(&service, address))?;
        }
        begun => begun?,
    }
    if !options.cache.is_zero() {
        let service = Arc::clone(&service);
        thread::Builder::new().name("follow".to_owned()).spawn(move || follow(&service))?;
    }
    let served = transport::router(&service, routes, cors, options.proxies)?;

    // After the service, and so dropped before it: a client of PostgreSQL can't be dropped by a task.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(transport::BLOCKING_THREADS)
        .build()?;
    runtime.block_on(async {
        transport::serve(TcpListener::from_std(listener)?, served, Limits::default(), stopped()).await;
        Ok(())
    })
}

fn database(options: &Options, schema: &Schema) -> Result<Arc<dyn Store>, StoreError> {
    #[cfg(feature = "postgresql")]
    if let Some(url) = &options.postgres {
        return Ok(Arc::new(PostgreSql::new(url, options.authorities.as_deref(), schema)?));
    }
    Ok(Arc::new(match &options.database {
        Some(path) => Database::open(path, schema)?,
        None => Database::temporary(schema)?,
    }))
}

/// Founds the first account, if there is none, and tells of it.
fn begin(service: &Service, address: SocketAddr) -> Result<(), Box<dyn Error>> {
    let first = service.begin()?;
    let new = first.is_some();
    announce(address, first)?;
    if new { stock(service) } else { Ok(()) }
}

/// Whether the database may come back: not where its name or the password is wrong.
fn may_pass(error: &(dyn Error + 'static)) -> bool {
    match error.downcast_ref() {
        Some(
            StartError::Store(error)
            | StartError::Accounts(AccountsError::Store(error) | AccountsError::Unknown(error)),
        ) => !error.is_lasting(),
        _ => false,
    }
}

/// The same as soon as the database can be reached.
fn begin_later(service: &Service, address: SocketAddr) {
    loop {
        thread::sleep(PAUSE);
        match begin(service, address) {
            Err(error) if may_pass(&*error) => {}
            Err(error) => return log::failed(&error),
            Ok(()) => return,
        }
    }
}

/// Hears of what other processes change, and listens anew wherever the connection broke.
fn follow(service: &Service) {
    while let Err(error) = service.follow() {
        log::failed(&error);
        thread::sleep(PAUSE);
    }
}

fn announce(address: SocketAddr, first: Option<String>) -> io::Result<()> {
    let mut out = io::stdout();
    let (account, operator) = FIRST;
    match first {
        Some(key) => {
            writeln!(out, "account {account}, operator {operator}; her key, shown this once:\n  {key}")?;
            writeln!(out, "try it:\n  curl -H 'Authorization: Bearer {key}' http://{address}/products")?;
        }
        None => writeln!(
            out,
            "account {account} is there already: the key of its first operator was shown when the database was new.\n\
             Whoever lost theirs has it regenerated by another operator, or starts with another database."
        )?,
    }
    out.flush()
}

/// Something to see, in a new database.
fn stock(service: &Service) -> Result<(), Box<dyn Error>> {
    for (id, name, brand) in
        [("p1", "kettle", Some("brand_one")), ("p2", "toaster", Some("brand_two")), ("p3", "teaspoon", None)]
    {
        let (account, brand) = (FIRST.0.to_owned(), brand.map(str::to_owned));
        service.database.insert_product(&Product { account, id: id.to_owned(), name: name.to_owned(), brand })?;
    }
    Ok(())
}

/// Until the process is asked to end; a temporary database goes with it.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
