//! Starts the service, and shows the first key once.

use std::{
    error::Error,
    io::{self, Write},
    net::SocketAddr,
    process::ExitCode,
    sync::Arc,
};

use keyward::Schema;
#[cfg(feature = "postgresql")]
use keyward_service::store::PostgreSql;

use keyward_service::{
    administration,
    options::{OptionError, Options},
    own, page, products, registry,
    service::{self, FIRST, Service},
    store::{Database, Product, Store, StoreError},
    transport,
};
use tokio::net::TcpListener;

fn main() -> ExitCode {
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<(), Box<dyn Error>> {
    let options = match Options::read(std::env::args().skip(1)) {
        Err(help @ OptionError::Help) => {
            writeln!(io::stdout(), "{help}")?;
            return Ok(());
        }
        options => options?,
    };
    let schema = service::schema()?;
    let declared = [page::routes(), own::routes(), administration::routes(), products::routes()].concat();
    let routes = registry::check(&declared, &schema)?;

    let listener = std::net::TcpListener::bind(options.listen)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let database = database(&options, &schema)?;
    // Whatever can fail comes before the first key is made: it is shown once, and then must be.
    let (browsers, cors) = (options.browsers(address.port())?, options.cors()?);
    let (service, first) = Service::start(database, browsers)?;
    let service = Arc::new(service);
    let new = first.is_some();
    announce(address, first)?;
    if new {
        stock(&service)?;
    }
    let served = transport::router(&service, routes, cors)?;

    // After the service, and so dropped before it: a client of PostgreSQL can't be dropped by a task.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(64).build()?;
    runtime.block_on(async {
        let listener = TcpListener::from_std(listener)?;
        axum::serve(listener, served).with_graceful_shutdown(stopped()).await
    })?;
    Ok(())
}

fn database(options: &Options, schema: &Schema) -> Result<Arc<dyn Store>, StoreError> {
    #[cfg(feature = "postgresql")]
    if let Some(url) = &options.postgres {
        return Ok(Arc::new(PostgreSql::connect(url, schema)?));
    }
    Ok(Arc::new(match &options.database {
        Some(path) => Database::open(path, schema)?,
        None => Database::temporary(schema)?,
    }))
}

fn announce(address: SocketAddr, first: Option<String>) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "listening on http://{address}")?;
    if let Some(key) = first {
        let (account, operator) = FIRST;
        writeln!(out, "account {account}, operator {operator}; her key, shown this once:\n  {key}")?;
        writeln!(out, "try it:\n  curl -H 'Authorization: Bearer {key}' http://{address}/products")?;
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
