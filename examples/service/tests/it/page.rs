//! The service's own page, in a real browser: what a click does, what is shown of a key, and for whom it can be read.

use serde_json::{Value, json};

use crate::{client::Client, driver::Driver, server::Server};

const TAB: char = '\u{e004}';

/// The page of a new service, in a browser.
fn opened() -> Option<(Driver, Server)> {
    let driver = Driver::start()?;
    let server = Server::start(&[]);
    driver.look_at(1280, "light", "reduce");
    driver.go(&page(&server));
    Some((driver, server))
}

fn page(server: &Server) -> String {
    format!("http://{}/", server.admin.address)
}

/// The row of this place among those that are to try.
fn row(place: usize) -> String {
    format!("[data-row='{place}']")
}

fn number_the_rows(driver: &Driver) {
    driver.script("document.querySelectorAll('[data-method]').forEach((row, place) => { row.dataset.row = place; })");
}

/// Types a key, and waits for what is said of it.
fn give(driver: &Driver, key: &str, said: &str) {
    driver.type_into("#key", key);
    driver.wait(&format!("document.querySelector('#identity').innerText.includes({})", json!(said)));
}

/// Clicks a row, and waits for its answer.
fn attempt(driver: &Driver, place: usize, said: &str) {
    driver.script("document.querySelector('#said').replaceChildren()");
    driver.click(&row(place));
    driver.wait(&format!("document.querySelector('#said').innerText.includes({})", json!(said)));
    let code = said.split(' ').next().unwrap();
    assert_eq!(driver.text(&format!("{} .status", row(place))), code);
}

fn marks(driver: &Driver) -> [u64; 2] {
    let count = |class| driver.eval(&format!("document.querySelectorAll('#may td.{class}').length")).as_u64().unwrap();
    [count("yes"), count("not")]
}

fn sent_nothing(driver: &Driver, path: &str, why: &str) {
    driver.type_into("#path", path);
    driver.script("document.querySelector('#said').replaceChildren(); performance.clearResourceTimings()");
    driver.click(".send");
    driver.wait("document.querySelector('#said').innerText.includes('not sent')");
    assert!(driver.text("#said").contains(why), "{path}: {}", driver.text("#said"));
    assert_eq!(driver.eval("performance.getEntriesByType('resource').length"), 0, "{path}");
}

#[test]
fn beside_a_key_is_what_it_may_do() {
    let Some((driver, server)) = opened() else { return };
    driver.wait("document.querySelector('#identity').innerText.includes('no key')");
    assert_eq!(marks(&driver), [0, 0]);

    give(&driver, &server.admin.key, "olivia");
    assert_eq!(marks(&driver), [21, 0]);
    assert_eq!(driver.eval("document.querySelector('#why').hidden"), true);

    let token = server.token("window", &["products:read,list"], &["productBrand:brand_one"]);
    give(&driver, &token.key, "window");
    let summary = token.get("/access/summary").json();
    assert_eq!(marks(&driver), [2, 19]);
    for said in ["role-of-window", "productBrand:brand_one", "demo"] {
        assert!(driver.text("#identity").contains(said));
    }
    let words = |text: &Value| text.as_str().unwrap().replace(['`', '\n'], "").replace("- ", "");
    assert_eq!(driver.text("#words").replace('\n', ""), words(&summary["text"]));

    // The filter in words, and the condition with the values that are bound; of no other list.
    let list = &summary["types"][0]["list"];
    assert_eq!(driver.text(".filters").replace('\n', " "), format!("products {}", words(&list["text"])));
    let shown = driver.text(".sql").split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(shown, format!("WHERE {}", list["sql"].as_str().unwrap()));
    let bound = driver.eval("[...document.querySelectorAll('#lists .tags code')].map((code) => code.innerText)");
    assert_eq!(bound, list["parameters"]);

    // Each refusal with its reason, when it is asked for.
    driver.click("#why summary");
    let told = driver.text("#why ul");
    let operations = summary["types"].as_array().unwrap().iter().flat_map(|of| of["operations"].as_array().unwrap());
    let reasons: Vec<String> =
        operations.filter(|each| !each["refused"].is_null()).map(|each| words(&each["refused"]["errors"][0])).collect();
    assert_eq!(reasons.len(), 19);
    assert_eq!(told.lines().collect::<Vec<_>>(), [vec!["403 permission_missing".to_owned()], reasons].concat());

    // Of a key that has ended nothing is left but that it has.
    server.admin.delete("/accessTokens/window").is(204);
    give(&driver, &server.admin.key, "olivia");
    give(&driver, &token.key, "the key is not valid");
    assert!(driver.text("#identity").contains("401"));
    assert_eq!(marks(&driver), [0, 0]);
    assert!(!driver.text("#lists").contains("brand"));
    give(&driver, "", "no key");
}

#[test]
fn what_is_to_try_takes_a_click() {
    let Some((driver, server)) = opened() else { return };
    number_the_rows(&driver);
    attempt(&driver, 0, "401 Unauthorized");
    assert!(driver.text("#said").contains("missing_credentials"));

    give(&driver, &server.admin.key, "olivia");
    attempt(&driver, 0, "200 OK");
    assert!(driver.text("#shown").contains("toaster"));
    attempt(&driver, 1, "201 Created");
    attempt(&driver, 3, "201 Created");
    let at_home = server.admin.with_key(driver.text("#shown mark").trim_matches('"'));
    at_home.get("/products").is(200);
    attempt(&driver, 2, "201 Created");
    assert_eq!(
        driver.eval("document.querySelector('#body').value"),
        driver.eval("document.querySelector('[data-row=\"2\"]').dataset.body")
    );

    // The key that is in the answer is offered, and is the one that goes on.
    let secret = driver.text("#shown mark").trim_matches('"').to_owned();
    let token = server.admin.with_key(&secret);
    token.get("/products").is(200);
    driver.click(".offer button");
    driver.wait("document.querySelector('#identity').innerText.includes('shop-window')");
    assert_eq!(driver.eval("document.querySelector('#key').value"), secret.as_str());
    attempt(&driver, 4, "200 OK");
    assert!(driver.text("#shown").contains("kettle") && !driver.text("#shown").contains("toaster"));

    // A refusal says why, in red and in words, and where it is explained.
    attempt(&driver, 5, "403 Forbidden");
    let said = driver.text("#said");
    assert!(said.contains("condition_unmet") && said.contains("condition productBrand is not met"), "{said}");
    assert_eq!(driver.eval("document.querySelector('#said .chip').className"), "chip no");
    assert_eq!(driver.eval("document.querySelector('#said a').getAttribute('href')"), "#refusal-403");
    attempt(&driver, 6, "403 Forbidden");
    assert!(driver.text("#said").contains("no role grants create on products"));

    // Back to the operator, who ends it.
    driver.click("#keys button:first-child");
    driver.wait("document.querySelector('#identity').innerText.includes('olivia')");
    attempt(&driver, 7, "204 No Content");
    assert_eq!(driver.text("#shown"), "no body");
    attempt(&driver, 8, "204 No Content");
    attempt(&driver, 8, "404 Not Found");
    assert_eq!(driver.eval("document.querySelector('#said .chip').className"), "chip other");
    driver.click("#keys button:last-child");
    driver.wait("document.querySelector('#identity').innerText.includes('401')");
    attempt(&driver, 4, "401 Unauthorized");
    token.get("/products").refused(401, "invalid_token");
}

#[test]
fn an_operators_key_is_offered_too() {
    let Some((driver, server)) = opened() else { return };
    give(&driver, &server.admin.key, "olivia");
    driver.script("document.querySelector('#method').value = 'POST'; document.querySelector('#method').dispatchEvent(new Event('change'))");
    driver.type_into("#path", "/accounts/demo/operatorAccess");
    driver.type_into("#body", r#"{"operator": "frank", "policies": ["admin"], "conditions": []}"#);
    driver.click(".send");
    driver.wait("document.querySelector('.offer button') !== null");
    driver.click(".offer button");
    driver.wait("document.querySelector('#identity').innerText.includes('frank')");
    assert_eq!(driver.eval("document.querySelectorAll('#keys button').length"), 2);

    // One that was replaced is not shown beside its successor.
    driver.type_into("#path", "/accounts/demo/operatorAccess/frank/operatorApiKey");
    driver.type_into("#body", "{}");
    driver.click(".send");
    driver.wait("document.querySelector('#said').innerText.includes('frank/operatorApiKey')");
    driver.click(".offer button");
    driver.wait("document.querySelector('.offer').innerText.includes('In use')");
    assert_eq!(driver.eval("document.querySelectorAll('#keys button').length"), 2);
}

#[test]
fn what_an_answer_holds_is_text() {
    let Some((driver, server)) = opened() else { return };
    let mark_up = r#"<img id="in" src="x"><b id="in2">"\: `</b>"#;
    server.admin.post("/products", &json!({"name": mark_up, "brand": "<script>1</script>"})).is(201);
    give(&driver, &server.admin.key, "olivia");
    driver.click(".send");
    driver.wait("document.querySelector('#shown').textContent.includes('<script>')");
    let shown: Value = serde_json::from_str(&driver.text("#shown")).unwrap();
    assert!(shown.as_array().unwrap().iter().any(|product| product["name"] == mark_up), "{shown}");
    driver.type_into("#path", "/products/`<b id=in3>`");
    driver.click(".send");
    driver.wait("document.querySelector('#said').textContent.includes('<b id=in3>')");
    assert_eq!(driver.eval("document.querySelectorAll('#in, #in2, #in3, b[id], main script, img').length"), 0);
    let source = server.admin.get("/page.js").body;
    for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "setHTML"] {
        assert!(!source.contains(way), "{way}");
    }
}

#[test]
fn a_key_goes_nowhere_else() {
    let Some((driver, server)) = opened() else { return };
    let key = server.admin.key.clone();
    number_the_rows(&driver);
    give(&driver, &key, "olivia");
    attempt(&driver, 0, "200 OK");
    for (path, why) in [
        ("https://example.com/products", "one `/`"),
        ("//example.com/products", "one `/`"),
        (r"/\example.com/products", "one `/`"),
        ("products", "one `/`"),
        (&format!("/products?key={key}"), "belong in a path"),
    ] {
        sent_nothing(&driver, path, &why.replace('`', ""));
    }
    driver.type_into("#path", "/products");
    attempt(&driver, 0, "200 OK");

    assert_eq!(driver.eval("location.href"), page(&server).as_str());
    assert_eq!(driver.eval("localStorage.length + sessionStorage.length + document.cookie.length"), 0);
    assert_eq!(driver.eval("document.documentElement.outerHTML.includes(document.querySelector('#key').value)"), false);
    let addresses = driver.eval("performance.getEntriesByType('resource').map((entry) => entry.name).join()");
    assert!(!addresses.as_str().unwrap().contains("svc_"), "{addresses}");
    assert_eq!(driver.eval("document.querySelector('#key').type"), "password");

    driver.go(&page(&server));
    assert_eq!(driver.eval("document.querySelector('#key').value"), "");
    sent_nothing_with(&driver, "a key with spaces");
    sent_nothing_with(&driver, "schlüssel");
    let log = format!("{:?}", server.into_log());
    assert!(!log.contains(&key) && !log.contains("spaces"), "a key is in the log");
}

fn sent_nothing_with(driver: &Driver, key: &str) {
    driver.type_into("#key", key);
    sent_nothing(driver, "/products", "letter beyond ASCII");
}

/// What makes a page hard to read: text that has not the contrast of WCAG AA, a control without a name or without an
/// edge that can be seen, a word that is broken in the middle, more than the width of the window.
const READABLE: &str = r#"
    const found = [];
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width) found.push(`wider than ${width}`);
    const numbers = (color) => color.match(/[\d.]+/g).map(Number);
    const light = ([red, green, blue]) => {
      const linear = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
      return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
    };
    const behind = (element) => {
      for (let each = element; each !== null; each = each.parentElement) {
        const color = numbers(getComputedStyle(each).backgroundColor);
        if (color.length === 3) return color;
        if (color[3] !== 0) found.push(`half transparent: ${each.className}`);
      }
      return [255, 255, 255];
    };
    const contrast = (one, other) => {
      const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
      return (bright + 0.05) / (dark + 0.05);
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let texts = 0;
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const element = node.parentElement;
      if (node.data.trim() === "" || !element.checkVisibility() || element.closest("datalist, option")) continue;
      texts += 1;
      const ratio = contrast(numbers(getComputedStyle(element).color), behind(element));
      if (ratio < 4.5) found.push(`contrast ${ratio.toFixed(2)}: ${node.data.trim()}`);
      if (element.closest("mark")) continue;
      for (const word of node.data.matchAll(/[\p{L}\p{N}_’]+/gu)) {
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
        if (lines.size > 1) found.push(`broken: ${word[0]}`);
      }
    }
    if (texts < 60) found.push(`only ${texts} texts`);
    for (const control of document.querySelectorAll("input, select, textarea")) {
      if (control.labels.length === 0 || control.labels[0].innerText.trim() === "") found.push(`no label: ${control.id}`);
      const edge = contrast(numbers(getComputedStyle(control).borderTopColor), behind(control.parentElement));
      if (edge < 3 && !control.disabled) found.push(`edge ${edge.toFixed(2)}: ${control.id}`);
    }
    for (const control of document.querySelectorAll("input:not(:disabled), select, button, summary")) {
      const { height } = control.getBoundingClientRect();
      if (control.checkVisibility() && control.nodeName !== "SUMMARY" && height < 24) found.push(`small: ${control.innerText}`);
    }
    return found;
"#;

#[test]
fn it_is_readable_at_every_width_and_in_the_dark() {
    let Some((driver, server)) = opened() else { return };
    let token = server.token("window", &["products:read,list"], &["productBrand:brand_one"]);
    server.admin.post("/accessPolicies", &json!({"id": "inspector", "permissions": ["products:read,list"]})).is(201);
    for (width, scheme) in [(1280, "light"), (1280, "dark"), (800, "light"), (390, "light"), (390, "dark")] {
        let readable = |when: &str| assert_eq!(driver.script(READABLE), json!([]), "{width} {scheme} {when}");
        driver.look_at(width, scheme, "reduce");
        driver.go(&page(&server));
        number_the_rows(&driver);
        readable("at first");
        give(&driver, &server.admin.key, "olivia");
        attempt(&driver, 0, "200 OK");
        readable("with a list");
        attempt(&driver, 2, "201 Created");
        readable("with a new key");
        server.admin.delete("/accessTokens/shop-window").is(204);
        give(&driver, &token.key, "window");
        attempt(&driver, 5, "403 Forbidden");
        driver.click("#why summary");
        readable("with a refusal");
        attempt(&driver, 5, "403 Forbidden");
        let shown = driver.eval(
            "(({ top }) => top >= 0 && top < innerHeight)(document.querySelector('#said').getBoundingClientRect())",
        );
        assert_eq!(shown, true, "{width}: the answer is out of sight");
    }
}

/// What is there already keeps its place when a key or an answer comes.
#[test]
fn nothing_jumps() {
    let Some((driver, server)) = opened() else { return };
    let token = server.token("window", &["products:read,list"], &["productBrand:brand_one"]);
    for width in [1280, 800, 390] {
        driver.look_at(width, "light", "reduce");
        driver.go(&page(&server));
        number_the_rows(&driver);
        driver.script(
            "window.shifts = []; new PerformanceObserver((list) => list.getEntries().forEach((entry) => \
             entry.hadRecentInput || shifts.push(entry.value))).observe({ type: 'layout-shift', buffered: true })",
        );
        let places = || {
            driver.eval(
                "[...document.querySelectorAll('#may, .lists, .bench, [data-method], #form, #answer, #refusals')]\
                 .map((each) => Math.round(each.getBoundingClientRect().top + scrollY))",
            )
        };
        let before = places();
        for client in [&server.admin, &token] {
            let said = if client.key == token.key { "window" } else { "olivia" };
            give(&driver, &client.key, said);
            assert_eq!(places(), before, "{width} {said}");
            attempt(&driver, 0, "200 OK");
            assert_eq!(places(), before, "{width} {said}, answered");
        }
        attempt(&driver, 5, "403 Forbidden");
        assert_eq!(places(), before, "{width}, refused");
        assert_eq!(driver.eval("shifts"), json!([]), "{width}");
    }
    // Nothing moves for who prefers that, and the test would see it for who doesn't.
    let motion = || {
        driver.eval("[getComputedStyle(document.documentElement).scrollBehavior, getComputedStyle(document.querySelector('.send')).transitionDuration]")
    };
    assert_eq!(motion(), json!(["auto", "0s"]));
    driver.look_at(1280, "light", "no-preference");
    assert_ne!(motion(), json!(["auto", "0s"]));
}

/// All of it works without a mouse, and one sees where one is.
#[test]
fn the_keyboard_is_enough() {
    let Some((driver, server)) = opened() else { return };
    number_the_rows(&driver);
    give(&driver, &server.admin.key, "olivia");
    let mut reached = Vec::new();
    for _ in 0..20 {
        let focus = driver.script(
            "const it = document.activeElement; const style = getComputedStyle(it); \
             return [it.id || it.dataset.row || it.className || it.nodeName, \
             it.matches(':focus-visible') && style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2];",
        );
        if focus[0] == "BODY" {
            break;
        }
        assert_eq!(focus[1], true, "where the focus is, is not seen: {focus}");
        reached.push(focus[0].as_str().unwrap().to_owned());
        driver.press(TAB);
    }
    let expected = ["key", "0", "1", "2", "3", "4", "5", "6", "7", "8", "method", "path", "send", "shown"];
    assert_eq!(reached, expected);

    driver.script("document.querySelector('[data-row=\"0\"]').focus()");
    driver.press('\u{e007}');
    driver.wait("document.querySelector('#said').innerText.includes('200 OK')");
    assert_eq!(driver.eval("document.activeElement.dataset.row"), "0", "the focus stays");
    driver.script("document.querySelector('#path').focus()");
    driver.type_into("#path", "/me");
    driver.press('\u{e007}');
    driver.wait("document.querySelector('#shown').innerText.includes('olivia')");
    // What was said is told to who can't see it.
    assert_eq!(driver.eval("document.querySelector('#said').getAttribute('aria-live')"), "polite");
    assert_eq!(driver.eval("document.querySelector('#identity').getAttribute('role')"), "status");
    assert_eq!(driver.eval("document.querySelector('#may td').nextElementSibling.scope"), "col");
}

/// An answer that comes late is not shown of a key that is there no more.
#[test]
fn a_late_answer_is_of_its_own_key() {
    let Some((driver, server)) = opened() else { return };
    let token: Client = server.token("window", &["products:read"], &[]);
    // The first question is answered after the second.
    driver.script(
        "const real = fetch; window.late = []; let first = true; window.fetch = async (...asked) => { \
         const slow = first; first = false; const answer = await real(...asked); \
         if (slow) await new Promise((go) => late.push(go)); return answer; }",
    );
    driver.type_into("#key", &server.admin.key);
    driver.wait("late.length === 1");
    give(&driver, &token.key, "window");
    driver.script("late[0]()");
    driver.eval("new Promise((done) => setTimeout(done, 300))");
    assert!(!driver.text("#identity").contains("olivia"), "{}", driver.text("#identity"));
    assert_eq!(marks(&driver), [1, 20]);
}
