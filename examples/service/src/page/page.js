"use strict";

// Whatever an answer holds is set as text. Keys are in this page's memory and in one header, and nowhere else.

const at = (id) => document.getElementById(id);

const make = (name, classes, ...children) => {
  const element = document.createElement(name);
  if (classes !== "") element.className = classes;
  element.append(...children);
  return element;
};

/** A message, with what stands between backticks as code. */
const prose = (name, classes, text) =>
  make(
    name,
    classes,
    ...String(text)
      .split("`")
      .map((part, index) => (index % 2 === 1 ? make("code", "", part) : part)),
  );

const chip = (status, text) => {
  const kind = status < 400 ? "ok" : status === 401 || status === 403 || status >= 500 ? "no" : "other";
  return make("span", `chip ${kind}`, text);
};

/** The keys that were good in this visit, with whom each of them names. */
const keys = new Map();

const present = () => at("key").value.trim();

/** Why this is not sent; nothing where it may be. */
const objection = (key, path) => {
  if (!/^[\x21-\x7e]*$/.test(key)) return "no key has a space or a letter beyond ASCII in it: it was not sent";
  if (/svc_[a-z]+_/i.test(path)) return "a key doesn’t belong in a path: it was not sent";
  try {
    if (path.startsWith("/") && new URL(path, location.origin).origin === location.origin) return "";
  } catch {
    // What is no address is not this service's.
  }
  return "the path of this service begins with one `/`: the key was not sent elsewhere";
};

const ask = async (key, method, path, body) => {
  const wrong = objection(key, path);
  if (wrong !== "") throw new Error(wrong);
  const headers = key === "" ? {} : { Authorization: `Bearer ${key}` };
  const request = { method, headers, credentials: "omit", cache: "no-store", redirect: "error" };
  if (body !== "" && method !== "GET") {
    headers["Content-Type"] = "application/json";
    request.body = body;
  }
  const answer = await fetch(path, request);
  const text = await answer.text();
  let read = null;
  try {
    read = JSON.parse(text);
  } catch {
    // Shown as it is.
  }
  return { status: answer.status, name: answer.statusText, text, document: read };
};

const failed = (error) => make("p", "line", chip(500, "not sent"), prose("span", "", error.message));

// What the key may do.

const nobody = () => {
  at("lists").replaceChildren(
    make("p", "note", "With a key: by what each list goes, and the condition that the database is asked with."),
  );
  at("words").replaceChildren();
  const operations = ["create", "read", "update", "delete", "list"].map((operation) => ({ operation }));
  const standard = (type) => ({ type, operations });
  const evaluations = { type: "evaluations", operations: operations.slice(0, 1) };
  const administered = ["accessPolicies", "accessTokens", "operatorAccess"].map(standard);
  showOperations([standard("products"), evaluations, ...administered]);
};

/** A line for each type, a column for each operation. */
const showOperations = (types) => {
  const operations = [...new Set(types.flatMap((of) => of.operations.map((each) => each.operation)))];
  const head = (name, scope) => {
    const cell = make("th", "", name);
    cell.scope = scope;
    return cell;
  };
  const cell = (of, operation) => {
    const found = of.operations.find((each) => each.operation === operation);
    if (found === undefined || found.refused === undefined) return make("td", "none", "·");
    const [kind, sign, word] = found.refused === null ? ["yes", "✓", "allowed"] : ["not", "×", "refused"];
    const shown = make("span", "", sign);
    shown.setAttribute("aria-hidden", "true");
    return make("td", kind, shown, make("span", "unseen", word));
  };
  const rows = types.map((of) => make("tr", "", head(of.type, "row"), ...operations.map((name) => cell(of, name))));
  at("may").tHead.replaceChildren(make("tr", "", make("td", ""), ...operations.map((name) => head(name, "col"))));
  at("may").tBodies[0].replaceChildren(...rows);
  const refused = types.flatMap((of) => of.operations.filter((each) => each.refused));
  at("why").hidden = refused.length === 0;
  at("why").querySelector("summary").textContent =
    refused.length === 1 ? "Why one is refused" : `Why ${refused.length} are refused`;
  const codes = Map.groupBy(refused, (each) => each.refused.code);
  const reasons = [...codes].flatMap(([code, all]) => [
    make("li", "code", make("code", "", `${all[0].refused.status} ${code}`)),
    ...all.map((each) => prose("li", "", each.refused.errors.join("; "))),
  ]);
  at("why").querySelector("ul").replaceChildren(...reasons);
};

/** A condition with a line for each part, and its placeholders told apart. */
const sql = (condition) => {
  let depth = 0;
  const parts = condition.split(/( AND |[()]|\?|\$\d+)/).map((part) => {
    if (part === "(") depth += 1;
    if (part === ")") depth -= 1;
    if (part === " AND ") return `\n${"  ".repeat(depth)}AND `;
    return /^(\?|\$\d+)$/.test(part) ? make("b", "", part) : part;
  });
  return make("pre", "sql", "WHERE ", ...parts);
};

/** The summary in words. */
const showWords = (words) => {
  const [head, ...lines] = words.split("\n");
  const items = lines.map((line) => prose("li", "", line.replace(/^- /, "")));
  at("words").replaceChildren(prose("p", "small", head), make("ul", "", ...items));
};

/** The filter of each list; of the one that a database has, with what it is asked. */
const showLists = (types) => {
  const open = types.filter((of) => !of.list.refused);
  const line = (of) => make("div", "", make("dt", "", of.type), prose("dd", "", of.list.text));
  const asked = open
    .filter((of) => of.list.sql !== undefined)
    .flatMap((of) => [sql(of.list.sql), ...tags("bound", of.list.parameters.map(String))]);
  const none = open.length === 0 ? [make("p", "note", "It may list nothing.")] : [];
  at("lists").replaceChildren(make("dl", "filters", ...open.map(line)), ...asked, ...none);
};

/** All that were good: to go from one to another takes two. */
const showKeys = () => {
  const one = ([key, { id, type }]) => {
    const button = make("button", "quiet", id, make("span", "note", type === "operator" ? "operator" : "token"));
    button.type = "button";
    button.setAttribute("aria-pressed", String(key === present()));
    button.addEventListener("click", () => use(key));
    return button;
  };
  at("keys").replaceChildren(...(keys.size < 2 ? [] : [...keys].map(one)));
};

const tags = (name, values) =>
  values.length === 0
    ? []
    : [make("p", "tags", make("span", "note", name), ...values.map((of) => make("code", "", of)))];

/** A condition in words, where it has no text form. */
const text = (condition) => {
  if (typeof condition === "string") return condition;
  const { name, value, except } = condition;
  return except === undefined ? `${name}:${value}` : `${name}: anything but ${except.join(", ")}`;
};

let looks = 0;

/** Asks what the present key may do. An answer that another key's question has overtaken is not shown. */
const look = async () => {
  const [turn, key] = [++looks, present()];
  if (key === "") {
    nobody();
    at("identity").replaceChildren(
      make("p", "line", make("span", "chip idle", "no key")),
      make("p", "small", "The first operator’s key was printed when the service started."),
    );
    return showKeys();
  }
  let shown;
  let found = null;
  try {
    const answer = await ask(key, "GET", "/access/summary", "");
    if (turn !== looks) return;
    if (answer.status === 200) found = answer.document;
    else shown = [make("p", "line", chip(answer.status, `${answer.status} ${answer.name}`)), reason(answer)];
  } catch (error) {
    if (turn !== looks) return;
    shown = [failed(error)];
  }
  if (found === null) {
    nobody();
  } else {
    const { actor, account, text: words, types } = found;
    const assignments = found.assignments ?? [found];
    for (const [other, { id, type }] of keys) {
      if (other !== key && id === actor.id && type === actor.type) keys.delete(other);
    }
    keys.set(key, actor);
    const kind = actor.type === "operator" ? "operator" : "token";
    shown = [
      make("p", "line", make("span", "chip ok", "✓ good"), make("strong", "", actor.id), make("span", "note", kind)),
      ...tags("account", [account]),
      ...assignments.flatMap(({ policies, conditions }, at) => [
        ...tags(at === 0 ? "roles" : "or roles", policies),
        ...tags("where", conditions.map(text)),
      ]),
    ];
    showOperations(types);
    showWords(words);
    showLists(types);
  }
  at("identity").replaceChildren(...shown);
  showKeys();
};

const use = (key) => {
  at("key").value = key;
  return look();
};

// The answer.

/** The reason of a refusal, and where such are explained. */
const reason = ({ status, document: refusal }) => {
  const { code = "", errors = [] } = refusal ?? {};
  const more = make("a", "", `what a ${status} means`);
  more.href = at(`refusal-${status}`) === null ? "#refusals" : `#refusal-${status}`;
  return make("p", "reason", make("code", "code", code), prose("span", "", errors.join("; ")), more);
};

/** The key that an answer holds, to go on with. */
const offer = (secret) => {
  const button = make("button", "", "Use this key");
  button.type = "button";
  button.addEventListener("click", async () => {
    await use(secret);
    button.textContent = "In use";
  });
  return make("p", "offer", make("span", "", "A new key. It is shown this once."), button);
};

/** JSON with its names and its secrets told apart. */
const pretty = (answer, secret) => {
  if (answer.text === "") return [make("span", "note", "no body")];
  if (answer.document === null) return [answer.text];
  const parts = JSON.stringify(answer.document, null, 2).split(/("(?:[^"\\]|\\.)*"(?::)?)/);
  return parts.map((part) => {
    if (part.startsWith('"') && part.endsWith('":')) return make("span", "name", part);
    return secret !== undefined && part === JSON.stringify(secret) ? make("mark", "", part) : part;
  });
};

let sent = 0;

const send = async (row) => {
  const turn = ++sent;
  const [key, method, path, body] = [present(), at("method").value, at("path").value.trim(), at("body").value.trim()];
  const request = make("code", "", `${method} ${path}`);
  at("answer").setAttribute("aria-busy", "true");
  let said;
  let shown = [];
  let status = null;
  try {
    const answer = await ask(key, method, path, body);
    status = chip(answer.status, String(answer.status));
    const by = keys.get(key)?.id ?? (key === "" ? "nobody" : "this key");
    const outcome = chip(answer.status, `${answer.status} ${answer.name}`);
    said = [make("p", "line", outcome, request, make("span", "note", `as ${by}`))];
    if (answer.status >= 400) said.push(reason(answer));
    const { apiKey, operatorApiKey } = answer.document ?? {};
    const secret = [apiKey, operatorApiKey].find((value) => typeof value === "string");
    if (secret !== undefined) said.push(offer(secret));
    shown = pretty(answer, secret);
  } catch (error) {
    said = [failed(error)];
  }
  if (status !== null && row !== undefined) row.querySelector(".status").replaceChildren(status);
  // What was changed may be what the key may do.
  if (method !== "GET") look();
  if (turn !== sent) return;
  at("said").replaceChildren(...said);
  at("shown").replaceChildren(...shown);
  at("shown").scrollTop = 0;
  at("answer").setAttribute("aria-busy", "false");
  const { top, bottom } = at("said").getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) at("answer-title").scrollIntoView();
};

const bodyOrNot = () => {
  at("body").disabled = at("method").value === "GET";
};

at("form").addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
at("method").addEventListener("change", bodyOrNot);

let typed;
at("key").addEventListener("input", () => {
  clearTimeout(typed);
  typed = setTimeout(look, 200);
});
at("key").addEventListener("change", () => {
  clearTimeout(typed);
  look();
});

for (const row of document.querySelectorAll("[data-method]")) {
  row.append(make("span", "status"));
  row.addEventListener("click", () => {
    at("method").value = row.dataset.method;
    at("path").value = row.dataset.path;
    at("body").value = (row.dataset.body ?? "").replace("NEXT", String(new Date().getUTCFullYear() + 1));
    bodyOrNot();
    send(row);
  });
}

bodyOrNot();
look();
