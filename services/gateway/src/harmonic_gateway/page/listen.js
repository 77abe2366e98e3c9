// The listening page: sign in, choose a preset, press play, watch, hear, see, download. Talks to this origin alone.

const $ = (id) => document.getElementById(id);
const kept = window.sessionStorage;
const session = { access: null, refresh: kept.getItem("refresh") };
let running = null;
let urls = [];

class Problem extends Error {
  constructor(status, document) {
    const fields = (document.errors ?? []).map((e) => `${e.field} ${e.reason}${e.allowed ? ` (allowed: ${e.allowed})` : ""}`);
    super([document.detail || document.title || `The server answered ${status}.`, ...fields].join(" "));
    this.status = status;
  }
}

// ---- talking to the API ----

async function call(path, { method = "GET", body, open = false, headers = {}, signal } = {}) {
  const answer = await fetch(path, {
    method, signal,
    headers: {
      ...(body ? { "content-type": "application/json" } : {}),
      ...(session.access && !open ? { authorization: `Bearer ${session.access}` } : {}),
      ...headers,
    },
    body: body ? JSON.stringify(body) : undefined,
  });
  if (answer.status === 401 && !open && (await renew())) return call(path, { method, body, headers, signal });
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
  return answer;
}

async function renew() {
  if (!session.refresh) return false;
  const token = session.refresh;
  session.refresh = null;
  try {
    keep(await (await call("/v1/auth/refresh", { method: "POST", body: { refresh_token: token }, open: true })).json());
    return true;
  } catch {
    forget();
    return false;
  }
}

function keep(tokens) {
  session.access = tokens.access_token;
  session.refresh = tokens.refresh_token;
  kept.setItem("refresh", tokens.refresh_token);
}

function forget() {
  session.access = session.refresh = null;
  kept.clear();
  show("sign-in", true);
  for (const id of ["choose", "progress", "result", "sign-out"]) show(id, false);
}

// ---- the page's parts ----

function show(id, visible) { $(id).hidden = !visible; }

function notice(error) {
  show("notice", Boolean(error));
  $("notice").textContent = error ? error.message : "";
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

async function signedIn() {
  show("sign-in", false);
  show("sign-out", true);
  show("choose", true);
  await offerPresets();
}

async function offerPresets() {
  const document_ = await (await call("/v1/presets")).json();
  const presets = Array.isArray(document_) ? document_ : document_.items ?? document_.presets;
  $("presets").replaceChildren(...presets.map((preset, place) => {
    const key = preset.preset ?? preset.id ?? preset.slug ?? preset.name;
    const title = preset.title ?? preset.label ?? preset.name ?? key;
    const words = preset.summary ?? preset.description ?? preset.system ?? "";
    const radio = element("input", { type: "radio", name: "preset", value: key, checked: place === 0, required: true });
    return element("label", { className: "card" }, radio, title, element("small", { textContent: words }));
  }));
}

// ---- the main job ----

async function play(preset) {
  notice(null);
  forgetResult();
  showSteps([]);
  show("progress", true);
  say("Making the universe …");
  const universe = await (await call("/v1/universes", { method: "POST", body: { preset } })).json();
  const begun = await (await call("/v1/performances", {
    method: "POST", body: { universe_id: universe.universe_id }, headers: { "idempotency-key": crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` },
  })).json();
  running = begun.operation_id;
  show("cancel", true);
  const ended = await follow(begun);
  if (ended.state !== "succeeded") throw new Error(ended.problem?.detail ?? `The performance was ${ended.state}.`);
  say("Done.");
  await present(ended.result);
}

// Follows the operation to its end. A connection that breaks is taken up where it broke.
async function follow(operation) {
  let latest = operation, after = "0", failures = 0;
  showSteps(latest.steps);
  while (!final(latest.state)) {
    try {
      const answer = await call(`/v1/operations/${latest.operation_id}/events?after=${after}`);
      for await (const event of events(answer.body)) {
        failures = 0;
        if (event.event === "operation") { latest = event.data; after = event.id; showSteps(latest.steps); }
        if (event.event === "progress" && event.data.step) showStep(event.data.step, event.data.step_progress);
      }
    } catch (error) {
      if (error instanceof Problem || ++failures > 20) throw error;
      await new Promise((done) => setTimeout(done, 500));
    }
  }
  return latest;
}

const final = (state) => ["succeeded", "failed", "cancelled"].includes(state);

async function* events(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    text += value;
    const blocks = text.split("\n\n");
    text = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => {
        const colon = line.indexOf(": ");
        return [line.slice(0, colon), line.slice(colon + 2)];
      }));
      if (fields.event) yield { ...fields, data: JSON.parse(fields.data) };
    }
  }
}

function showSteps(steps) {
  const words = { simulate: "Computing the motion …", render: "Making the sound …", export: "Packaging …" };
  for (const line of document.querySelectorAll("[data-step]")) {
    const step = steps.find((each) => each.name === line.dataset.step) ?? { progress: 0, state: "queued" };
    line.classList.toggle("done", step.state === "succeeded");
    line.querySelector("progress").value = step.progress;
    line.querySelector("output").textContent = step.wall_seconds == null ? "" : `${step.wall_seconds.toFixed(2)} s`;
    if (step.operation_id && !final(step.state)) say(words[step.name]);
  }
}

function showStep(name, progress) {
  const bar = document.querySelector(`[data-step="${CSS.escape(name)}"] progress`);
  if (bar) bar.value = Math.max(bar.value, progress);
}

function say(words) { $("status").textContent = words; }

// ---- the result ----

const FACTS = [
  ["Simulated", (f) => f.simulated != null && `${round(f.simulated, 1)} ${{ d: "days", s: "seconds" }[f.simulated_unit] ?? f.simulated_unit}`],
  ["Largest relative energy error", (f) => f.largest_relative_energy_error?.toExponential(1)],
  ["Physical events", (f) => f.physical_events],
  ["Notes", (f) => f.notes],
  ["Key", (f) => f.key],
  ["Length", (f) => f.duration_s != null && `${round(f.duration_s, 1)} s`],
  ["Integrated loudness", (f) => f.integrated_loudness_lufs != null && `${round(f.integrated_loudness_lufs, 1)} LUFS`],
  ["True peak", (f) => f.true_peak_dbtp != null && `${round(f.true_peak_dbtp, 1)} dBTP`],
  ["Wall time", (f) => f.wall_seconds && `${round(Object.values(f.wall_seconds).reduce((a, b) => a + b, 0), 2)} s`],
];
const round = (value, digits) => Number(value).toFixed(digits);

async function present(result) {
  show("result", true);
  $("facts").replaceChildren(...FACTS.map(([name, read]) => [name, read(result.facts)])
    .filter(([, value]) => value != null && value !== false)
    .map(([name, value]) => element("tr", {}, element("th", { textContent: name, scope: "row" }), element("td", { textContent: value }))));
  $("files").replaceChildren(...result.files.map((file) => {
    const size = element("span", { textContent: sized(file.artifact.size_bytes) });
    const button = element("button", { type: "button", className: "quiet" }, element("span", { textContent: file.name }), size);
    button.addEventListener("click", () => download(file).catch(notice));
    return element("li", {}, button);
  }));
  const sound = pick(result.files, [/master\.flac$/, /master\.wav$/, /\.flac$/, /\.wav$/]);
  const picture = pick(result.files, [/\.png$/]);
  if (sound) $("player").src = await blobUrl(sound);
  if (picture) {
    $("picture").src = await blobUrl(picture);
    $("picture").alt = `The score of this performance: ${result.facts.notes} notes over time and pitch, with the motion that made them`;
    $("picture").hidden = false;
    $("caption").textContent = "The score, and the motion that made it.";
  }
  $("result-title").focus();
}

const pick = (files, patterns) => patterns.map((pattern) => files.find((file) => pattern.test(file.name))).find(Boolean);

function sized(bytes) {
  const units = ["B", "kB", "MB", "GB"];
  let unit = 0;
  while (bytes >= 1000 && unit < 3) { bytes /= 1000; unit += 1; }
  return `${bytes.toFixed(unit ? 1 : 0)} ${units[unit]}`;
}

async function blobUrl(file) {
  const url = URL.createObjectURL(await (await call(file.url)).blob());
  urls.push(url);
  return url;
}

async function download(file) {
  const url = await blobUrl(file);
  element("a", { href: url, download: file.name }).click();
}

function forgetResult() {
  show("result", false);
  $("player").removeAttribute("src");
  $("picture").hidden = true;
  urls.forEach(URL.revokeObjectURL);
  urls = [];
}

// ---- what the listener does ----

$("sign-in-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  notice(null);
  const form = event.target, way = event.submitter?.value ?? "login";
  if (!form.reportValidity()) return;
  const body = { email: form.email.value, password: form.password.value };
  try {
    keep(await (await call(`/v1/auth/${way}`, { method: "POST", body, open: true })).json());
    form.reset();
    await signedIn();
  } catch (error) {
    notice(error);
  }
});

$("choose").addEventListener("submit", async (event) => {
  event.preventDefault();
  const preset = new FormData(event.target).get("preset");
  $("play").disabled = true;
  try {
    await play(preset);
  } catch (error) {
    notice(error);
    say("");
  } finally {
    running = null;
    show("cancel", false);
    $("play").disabled = false;
  }
});

$("cancel").addEventListener("click", () => {
  if (running) call(`/v1/operations/${running}/cancel`, { method: "POST" }).catch(notice);
});

$("sign-out").addEventListener("click", async () => {
  const token = session.refresh;
  forget();
  notice(null);
  if (token) await call("/v1/auth/logout", { method: "POST", body: { refresh_token: token }, open: true }).catch(() => {});
});

if (await renew()) await signedIn().catch(notice);
