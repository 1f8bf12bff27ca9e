"use strict";

const field = (id) => document.getElementById(id);

field("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const headers = { Authorization: `Bearer ${field("key").value.trim()}` };
  const request = { method: field("method").value, headers };
  const body = field("body").value.trim();
  if (body !== "" && request.method !== "GET") {
    headers["Content-Type"] = "application/json";
    request.body = body;
  }
  // The key stays in the field: it is stored nowhere.
  try {
    const answer = await fetch(field("path").value, request);
    const text = await answer.text();
    const shown = text === "" ? "" : JSON.stringify(JSON.parse(text), null, 2);
    field("answer").textContent = `${answer.status}\n${shown}`;
  } catch (error) {
    field("answer").textContent = String(error);
  }
});
