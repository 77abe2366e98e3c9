// The documentation page: draws /openapi.json, and sends requests to this origin for those who want to try.

const $ = (id) => document.getElementById(id);
const METHODS = ["get", "post", "put", "patch", "delete"];
const api = await (await fetch("/openapi.json")).json();
$("description").textContent = api.info.description;

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children.filter((child) => child != null));
  return made;
}

const resolve = (node) => (node?.$ref ? node.$ref.slice(2).split("/").reduce((at, key) => at[key], api) : node);

// A schema in words, one line a field, as deep as a reader wants to read at once.
function words(schema, depth = 0, seen = []) {
  if (!schema) return "anything";
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return seen.includes(name) ? name : words(resolve(schema), depth, [...seen, name]);
  }
  const options = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (options) return [...new Set(options.map((option) => words(option, depth, seen)))].join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.type === "array") return `[${words(schema.items, depth, seen)}]`;
  if (schema.properties) return depth > 2 ? "{ … }" : fields(schema, depth, seen);
  return bounds(schema);
}

function fields(schema, depth, seen) {
  const pad = "  ".repeat(depth + 1);
  const lines = Object.entries(schema.properties).map(([name, field]) => {
    const mark = schema.required?.includes(name) ? "" : "?";
    const note = field.description ? `   // ${field.description}` : "";
    return `${pad}${name}${mark}: ${words(field, depth + 1, seen)}${note}`;
  });
  return `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
}

function bounds(schema) {
  const type = [schema.type ?? "anything"].flat().join(" | ");
  const said = {
    minimum: "≥ ", exclusiveMinimum: "> ", maximum: "≤ ", exclusiveMaximum: "< ", minLength: "length ≥ ", maxLength: "length ≤ ",
  };
  const limits = Object.entries(said).filter(([key]) => schema[key] !== undefined).map(([key, sign]) => sign + schema[key]);
  const preset = schema.default !== undefined && schema.default !== null ? [`default ${JSON.stringify(schema.default)}`] : [];
  return [schema.format ?? type, ...limits, ...preset].join(", ");
}

function drawOperation(path, method, operation) {
  const title = element("summary", {},
    element("span", { className: `method ${method}`, textContent: method }),
    element("code", { textContent: path }),
    element("small", { textContent: operation.summary ?? "" }));
  const shown = element("details", { id: operation.operationId }, title);
  shown.addEventListener("toggle", () => {
    if (shown.open && shown.children.length === 1) shown.append(drawBody(path, method, operation));
  });
  return shown;
}

function drawBody(path, method, operation) {
  const request = resolve(operation.requestBody)?.content ?? {};
  const schema = Object.values(request)[0]?.schema;
  return element("div", { className: "body" },
    operation.description ? element("p", { textContent: operation.description }) : null,
    operation.security ? element("p", { className: "lock", textContent: "Needs a token." }) : null,
    parameters(operation),
    schema ? element("div", {}, element("h3", { textContent: "Body" }), element("pre", { textContent: words(schema), tabIndex: 0 })) : null,
    answers(operation),
    trial(path, method, operation, schema));
}

function parameters(operation) {
  if (!operation.parameters?.length) return null;
  const rows = operation.parameters.map(resolve).map((parameter) => element("tr", {},
    element("th", { scope: "row" }, element("code", { textContent: parameter.name })),
    element("td", { textContent: `${parameter.in}${parameter.required ? ", required" : ""}` }),
    element("td", { textContent: `${words(parameter.schema)} ${parameter.description ?? ""}` })));
  return element("table", {}, element("tbody", {}, ...rows));
}

function answers(operation) {
  const parts = Object.entries(operation.responses ?? {}).flatMap(([status, given]) => {
    const response = resolve(given), schema = Object.values(response.content ?? {})[0]?.schema;
    const title = element("h3", { textContent: `${status} ${response.description ?? ""}` });
    return schema && status !== "4XX" ? [title, element("pre", { textContent: words(schema), tabIndex: 0 })] : [title];
  });
  return element("div", {}, ...parts);
}

function trial(path, method, operation, schema) {
  const inputs = (operation.parameters ?? []).map(resolve).map((parameter) =>
    element("label", { textContent: `${parameter.name} ` }, element("input", { name: parameter.name })));
  const body = schema ? element("label", { textContent: "JSON body " }, element("textarea", { name: "(body)", value: "{}" })) : null;
  const shown = element("pre", { hidden: true, tabIndex: 0 });
  const form = element("form", {}, ...inputs, body, element("button", { type: "submit", className: "quiet", textContent: "Try it" }), shown);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    shown.hidden = false;
    shown.textContent = "…";
    shown.textContent = await send(path, method, operation, new FormData(form)).catch(String);
  });
  return form;
}

async function send(path, method, operation, values) {
  const headers = {}, query = new URLSearchParams();
  let address = path;
  for (const parameter of (operation.parameters ?? []).map(resolve)) {
    const value = values.get(parameter.name);
    if (!value) continue;
    if (parameter.in === "path") address = address.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (parameter.in === "header") headers[parameter.name] = value;
    else query.append(parameter.name, value);
  }
  if ($("token").value) headers.authorization = `Bearer ${$("token").value}`;
  const body = values.get("(body)");
  if (body) headers["content-type"] = "application/json";
  const answer = await fetch(address + (query.size ? `?${query}` : ""), { method: method.toUpperCase(), headers, body: body || undefined });
  return `${answer.status} ${answer.statusText}\n\n${await pretty(answer)}`;
}

async function pretty(answer) {
  const type = answer.headers.get("content-type") ?? "";
  if (type.includes("json")) return JSON.stringify(await answer.json(), null, 2);
  if (type.startsWith("text/event-stream")) { answer.body.cancel(); return "(a stream: follow it with curl -N)"; }
  return type.startsWith("text/") ? answer.text() : `(${type || "no body"})`;
}

function draw() {
  const wanted = $("words").value.toLowerCase().split(/\s+/).filter(Boolean);
  const byTag = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of METHODS.filter((each) => item[each])) {
      const operation = item[method];
      const text = `${method} ${path} ${operation.summary ?? ""} ${operation.description ?? ""} ${operation.operationId}`.toLowerCase();
      if (!wanted.every((word) => text.includes(word))) continue;
      const tag = operation.tags?.[0] ?? "other";
      if (!byTag.has(tag)) byTag.set(tag, []);
      byTag.get(tag).push(drawOperation(path, method, operation));
    }
  }
  $("operations").replaceChildren(...[...byTag].map(([tag, found]) =>
    element("section", {}, element("h2", { textContent: tag }), ...found)));
}

$("words").addEventListener("input", draw);
$("find").addEventListener("submit", (event) => event.preventDefault());
draw();
