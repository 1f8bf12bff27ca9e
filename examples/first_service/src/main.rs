//! A service behind keyward: two roles, a condition, keys and products in SQLite, tokens created over HTTP, and CORS.
//! `cargo run` keeps all of it in memory, `DATABASE=products.sqlite cargo run` in a file. The README says what to ask it.

use std::{env, error::Error, sync::Arc};

use axum::{Json, extract::Path, extract::State, http::Method, response::Result};
use keyward::{
    Authenticator, Grant, Operation, Role, Schema,
    administration::{Accounts, SqliteAccounts, SqliteConnection},
    axum::Routes,
    filter::{SqlColumn, SqlDialect, SqlTable, SqlValue},
    http::{BrowserPolicy, Challenge, OriginList, Refused, cors},
    key::{KeyEntropy, KeyFormat, KeyPrefix},
    tower::{Caller, Guard, Need, system_clock},
};
use rusqlite::{Connection, params_from_iter, types::Value};

const SCHEMA: &str =
    r#"{"resources": {"products": {}}, "conditions": {"brand": {"restricts": {"products": "brand"}}}}"#;
const PRODUCTS: &str = "
    CREATE TABLE IF NOT EXISTS products (id TEXT PRIMARY KEY, account TEXT NOT NULL, brand TEXT NOT NULL) STRICT;
    INSERT OR IGNORE INTO products VALUES ('kettle', 'acme', 'one'), ('toaster', 'acme', 'two'), ('pan', 'acme', 'one')";
const PAGE: &str = "https://app.example";

struct Product {
    account: String,
    brand: String,
}
keyward::resource!(Product as "products" in account { brand });

/// How keyward runs a statement, and the service its own.
struct Database(Connection);

impl SqliteConnection for Database {
    type Error = rusqlite::Error;

    fn run(&mut self, statement: &str, values: &[SqlValue]) -> rusqlite::Result<Vec<Vec<String>>> {
        let mut statement = self.0.prepare_cached(statement)?;
        let columns = statement.column_count();
        let values = values.iter().map(|value| match value {
            SqlValue::Text(text) => Value::Text(text.clone()),
            SqlValue::Integer(integer) => Value::Integer(*integer),
            SqlValue::Boolean(boolean) => Value::Integer((*boolean).into()),
        });
        let rows = statement.query_map(params_from_iter(values), |row| (0..columns).map(|at| row.get(at)).collect())?;
        rows.collect()
    }
}

struct Service {
    accounts: Arc<Accounts<SqliteAccounts<Database>>>,
    products: SqlTable,
}
type App = State<Arc<Service>>;

async fn list(State(app): App, caller: Caller) -> Result<Json<Vec<String>>> {
    let passes = caller.access().sql("products", &app.products)?;
    let select = format!("SELECT id FROM products WHERE {passes} ORDER BY id");
    Ok(Json(app.accounts.store().run(&select, passes.parameters())?.concat()))
}

async fn read(State(app): App, caller: Caller, Path(id): Path<String>) -> Result<String> {
    let select = "SELECT account, brand FROM products WHERE id = ?";
    let found = app.accounts.store().run(select, &[SqlValue::Text(id)])?.concat();
    let [account, brand] = found.try_into().map_err(|_| Refused::not_found())?;
    let product = Product { account, brand };
    caller.access().decide(Operation::READ, &product).into_result()?;
    Ok(product.brand)
}

async fn create_token(State(app): App, caller: Caller, id: Path<String>, grant: Json<Grant>) -> Result<String> {
    let new = app.accounts.authenticator().format().generate_access_token(KeyEntropy::from_os()?, None);
    app.accounts.administer(caller.record(), system_clock(), |acting| acting.create_token(&id, &grant, &new, None))?;
    Ok(new.key.reveal().to_owned())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let schema = Schema::from_json(SCHEMA)?;
    schema.check_attributes::<Product>("products")?;
    let database = Connection::open(env::var("DATABASE").unwrap_or_else(|_| ":memory:".into()))?;
    database.execute_batch(PRODUCTS)?;
    let products = SqlTable::new(SqlDialect::Sqlite, "account")?.alike(["brand"], SqlColumn::text)?;
    products.check(&schema, "products")?;
    database.execute_batch(&products.probe("products")?)?;

    let authenticator = Authenticator::new(&schema, KeyFormat::new(KeyPrefix::new("first")?));
    let accounts = Arc::new(Accounts::new(SqliteAccounts::new(&schema, Database(database))?, authenticator));
    if accounts.load("acme")?.is_none() {
        let new = accounts.authenticator().format().generate_operator_key(KeyEntropy::from_os()?, None);
        accounts.create("acme", "olivia", &new, system_clock())?;
        let olivia = accounts.authenticate(new.key.reveal(), system_clock())?;
        for (id, permission) in [("lister", "products:list"), ("reader", "products:read,list")] {
            let role = Role::new(id, [permission])?;
            accounts.administer(olivia.record(), system_clock(), |acting| acting.create_role(role.clone()))?;
        }
        println!("key of the administrator, shown this once: {}", new.key.reveal());
    }

    let cors = cors::Policy::builder().origins(cors::Origins::list([PAGE])).methods(cors::Methods::list(["PUT"]));
    let (keys, challenge) = (Arc::clone(&accounts), Challenge::new("first")?);
    let guard = Guard::of_accounts(keys, challenge, system_clock, |event| eprintln!("{event}"))
        .with_cors(cors.build()?)
        .with_browsers(BrowserPolicy::refuse().except(OriginList::new([PAGE])?));
    let routes = Routes::new(&guard)
        .route(Method::GET, "/products", Need::Permission("products:list"), list)?
        .route(Method::GET, "/products/{id}", Need::Permission("products:read"), read)?
        .route(Method::PUT, "/tokens/{id}", Need::Permission("accessTokens:create"), create_token)?;

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("listening on http://{}", listener.local_addr()?);
    let app = routes.into_router().with_state(Arc::new(Service { accounts, products }));
    Ok(axum::serve(listener, app).await?)
}
