//! A real browser: a page on an allowed origin reads and writes, one on a foreign origin is refused.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::server::Server;

/// Serves one page from an origin of its own for as long as the test runs.
fn page(listener: TcpListener, html: String) {
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let _ = stream.set_read_timeout(Some(Duration::from_secs(5)));
            let _ = stream.read(&mut [0; 8192]);
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n";
            let _ = write!(stream, "{head}Content-Length: {}\r\n\r\n{html}", html.len());
        }
    });
}

/// Reads, then writes what needs a pre-flight, and shows what came of both.
fn script(service: SocketAddr, key: &str) -> String {
    format!(
        r#"<!doctype html><meta charset="utf-8"><p id="shown">waiting</p><script>
        const ask = async (name, method, path, body) => {{
          const headers = {{ Authorization: "Bearer {key}", ...(body && {{ "Content-Type": "application/json" }}) }};
          try {{
            const answer = await fetch("http://{service}" + path, {{ method, headers, body }});
            return `${{name}}:${{answer.status}}:${{(await answer.text()).length > 0}}`;
          }} catch (error) {{
            return `${{name}}:blocked`;
          }}
        }};
        (async () => {{
          const shown = [
            await ask("read", "GET", "/products"),
            await ask("create", "POST", "/products", '{{"name": "from a page", "brand": "page"}}'),
            await ask("update", "PUT", "/products/p1", '{{"name": "renamed", "brand": "page"}}'),
            await ask("patch", "PATCH", "/products/p1", "{{}}"),
          ];
          document.getElementById("shown").textContent = shown.join(" ");
        }})();
        </script>"#
    )
}

/// How the browser is started: without a window, and without a word to anyone but this machine.
pub(crate) const ARGUMENTS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--disable-default-apps",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
];

/// Where a program of one of these names is.
pub(crate) fn program(names: &[&str]) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let mut found = std::env::split_paths(&folders).flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    found.find(|path| path.is_file())
}

/// A test without what it needs passes, but not in CI.
pub(crate) fn skip(why: &str) {
    assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "{why}, and this is CI");
    println!("skipped: {why} here");
}

/// What the page at this address is in the end, scripts and all.
fn dump(browser: &PathBuf, address: SocketAddr, path: &str) -> String {
    let profile =
        std::env::temp_dir().join(format!("keyward-service-profile-{}-{}", std::process::id(), address.port()));
    std::fs::create_dir_all(&profile).unwrap();
    let mut process = Command::new(browser)
        .args(ARGUMENTS)
        .arg(format!("--user-data-dir={}", profile.display()))
        .args(["--virtual-time-budget=10000", "--dump-dom"])
        .arg(format!("http://{address}{path}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdout = process.stdout.take().unwrap();
    let reader = thread::spawn(move || {
        let mut dom = String::new();
        stdout.read_to_string(&mut dom).map(|_| dom)
    });
    let start = Instant::now();
    while process.try_wait().unwrap().is_none() && start.elapsed() < Duration::from_mins(1) {
        thread::sleep(Duration::from_millis(50));
    }
    let _ = process.kill();
    let _ = process.wait();
    let dom = reader.join().unwrap().unwrap();
    let _ = std::fs::remove_dir_all(&profile);
    dom
}

fn shown(dom: &str) -> &str {
    let (_, rest) = dom.split_once(r#"<p id="shown">"#).unwrap_or_else(|| panic!("no page: {dom}"));
    rest.split_once('<').unwrap().0
}

#[test]
fn a_page_of_an_allowed_origin_works_and_others_dont() {
    let Some(browser) = program(&["chromium", "chromium-browser"]) else { return skip("no chromium") };
    let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let [console, shop, foreign] = listeners.each_ref().map(|listener| listener.local_addr().unwrap());
    let of = |address: SocketAddr| format!("http://{address}");
    let server = Server::start(&["--origin", &of(console), "--origin", &of(shop), "--console", &of(console)]);
    let html = script(server.admin.address, &server.admin.key);
    for listener in listeners {
        page(listener, html.clone());
    }

    // `PATCH` is no method that the policy lets in: the browser doesn't send it.
    let dom = dump(&browser, console, "/");
    assert_eq!(shown(&dom), "read:200:true create:201:true update:200:true patch:blocked");
    let product = server.admin.get("/products/p1").json();
    assert_eq!((&product["name"], &product["brand"]), (&"renamed".into(), &"page".into()));

    // May read answers, and may not hold a key: what it reads is the refusal.
    let dom = dump(&browser, shop, "/");
    assert_eq!(shown(&dom), "read:403:true create:403:true update:403:true patch:blocked");

    let before = server.admin.get("/products").body;
    let dom = dump(&browser, foreign, "/");
    assert_eq!(shown(&dom), "read:blocked create:blocked update:blocked patch:blocked");
    assert_eq!(server.admin.get("/products").body, before, "nothing was written");

    // And the service's own page is shown, with its script let in by its own policy.
    let dom = dump(&browser, server.admin.address, "/");
    assert!(dom.contains("A service under keyward"), "{dom}");
}
