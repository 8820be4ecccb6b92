// The page: where the levers stand, what is asked of the server, and what it answers.

const at = (id) => document.getElementById(id);
const make = (name, properties = {}, ...children) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
};
// After the last move of a slider, so long until a run begins.
const SETTLE = 120;
// Time between two estimates that a screen reader is told.
const SPEAK = 5000;

let subject = null;
let policy = null;
let moved = new Map();
let nearness = 0.1;
let generation = 0; // of this page: raised whenever anything moves, so that no late answer is shown
let stop = null;
let timer = null;
let trace = [];
let latest = null;
let began = 0;
let spokenAt = 0;

const trouble = (place, reason) => {
  place.textContent = reason || "";
  place.hidden = !reason;
};

const ask = async (path, body, signal) => {
  const options = body === undefined ? { signal } : {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal,
  };
  const response = await fetch(`api/${path}`, { cache: "no-store", ...options });
  if (!response.ok) {
    const found = await response.json().catch(() => null);
    throw new Error(found && found.error ? found.error.reason : `the server answered ${response.status}`);
  }
  return response;
};

// Server-sent events out of the answer to a POST.
const events = async function* (response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    held += value;
    const parts = held.split("\n\n");
    held = parts.pop();
    for (const part of parts) {
      const field = (name) => part.split("\n").filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trim()).join("\n");
      if (field("data")) yield { name: field("event"), data: JSON.parse(field("data")) };
    }
  }
};

const words = (text) => text.replaceAll("_", " ");
const label = (path) => {
  const name = words(path.split(".").slice(path.startsWith("countries.") ? 1 : -1).join(" "));
  return name[0].toUpperCase() + name.slice(1);
};

// What is shown while there is no answer: never the last setting's.
const clear = () => {
  at("number").textContent = "…";
  at("interval").textContent = "waiting for the first runs";
  at("pairs").textContent = "";
  at("bar").style.width = "0";
  at("results").classList.add("stale");
  at("results").setAttribute("aria-busy", "true");
  trace = [];
  latest = null;
};

const change = () => {
  generation += 1;
  if (stop) stop.abort();
  clear();
  trouble(at("trouble"), "");
  standing();
  clearTimeout(timer);
  timer = setTimeout(subject.kind === "sweep" ? look : run, SETTLE);
};

const setting = () => ({ policy, levers: Object.fromEntries(moved) });

const run = async () => {
  const mine = generation;
  stop = new AbortController();
  began = performance.now();
  try {
    const response = await ask("run", setting(), stop.signal);
    for await (const { name, data } of events(response)) {
      if (mine !== generation) return;
      if (name === "estimate" || name === "end") show(data.estimate, name === "end");
      if (name === "end" && data.failure) trouble(at("trouble"), `Some runs failed: ${data.failure}`);
      if (name === "failed") trouble(at("trouble"), data.reason);
      if (name === "stopped") at("pairs").textContent += " Stopped: another page of this explorer has moved on, or the program ends.";
    }
  } catch (error) {
    if (mine === generation) {
      trouble(at("trouble"), error instanceof TypeError ? "The program does not answer any more; start it again." : error.message);
      at("interval").textContent = "";
      at("number").textContent = "–";
    }
  }
};

const look = async () => {
  const mine = generation;
  stop = new AbortController();
  try {
    const response = await ask("look", { policy, near: Object.fromEntries(moved), width: nearness }, stop.signal);
    const found = await response.json();
    if (mine !== generation) return;
    show(found.estimate, true);
    const points = `${found.points.toLocaleString("en-GB")} of ${found.of.toLocaleString("en-GB")} points`;
    at("pairs").textContent = found.nearest
      ? `No point lies so near: the nearest one is shown, ${found.estimate.n} runs. The interval is over its runs alone.`
      : `${points}, ${found.estimate.n} ${policy ? "pairs" : "runs"}. ${found.points > 1 ? "The interval is over points." : ""}`;
    for (const [name, [low, high]] of Object.entries(found.ranges)) {
      const place = document.querySelector(`[data-path="${CSS.escape(name)}"] .values`);
      if (place && place.dataset.kind === "range") place.textContent = `points shown: ${plain(low)} to ${plain(high)}`;
    }
  } catch (error) {
    if (mine === generation) trouble(at("trouble"), error.message);
  }
};

const show = (estimate, done) => {
  latest = estimate;
  const attacks = estimate.outcomes.find((outcome) => outcome.name === "attacks_completed");
  const compared = Boolean(attacks && attacks.setting !== null);
  const value = estimate.prevented || (attacks ? attacks.spread : null);
  at("answer-heading").textContent = compared || moved.size && subject.kind !== "sweep" || policy
    ? "Attacks prevented" : "Attacks completed, baseline";
  const [mean, low, high] = value ? together(value) : [figures(attacks ? attacks.baseline : null)];
  at("number").textContent = mean;
  const alike = value && value.low === value.high;
  at("interval").textContent = alike
    ? `${value.mean === 0 ? "no difference in any" : "the same difference in all"} of ${estimate.n} pairs: no interval can be told` : value
    ? `95 % interval ${low} to ${high} (width ${figures(value.high - value.low, 2)})` : "no interval yet";
  if (subject.kind !== "sweep") {
    const drawn = estimate.draws ? `, ${estimate.draws} of ${subject.draws} draws from the posterior` : "";
    const failed = estimate.failures ? `; ${estimate.failures} failed` : "";
    const seconds = (performance.now() - began) / 1000;
    at("pairs").textContent = `n = ${estimate.n} of ${estimate.most} ${compared ? "pairs" : "runs"}${drawn}${failed}; `
      + `${done ? "done" : "running"}, ${seconds.toFixed(1)} s.`;
    at("bar").style.width = `${100 * estimate.n / estimate.most}%`;
  } else {
    at("bar").style.width = "100%";
  }
  if (compared && value) trace.push({ n: estimate.n, ...value });
  const now = performance.now();
  if (value && (done || now - spokenAt > SPEAK)) {
    spokenAt = now;
    at("spoken").textContent = `${at("answer-heading").textContent}: ${at("number").textContent}, ${at("interval").textContent}, n = ${estimate.n}`;
  }
  at("results").classList.remove("stale");
  at("results").removeAttribute("aria-busy");
  draw();
};

const PATHWAYS = { inspired: "inspired", networked: "networked", online_directed: "directed online", dispatched: "dispatched", all: "all" };

const draw = () => {
  if (!latest) return;
  const estimate = latest;
  at("months-figure").hidden = !estimate.months.length;
  if (estimate.months.length) months(at("months"), estimate.months, subject.months);
  at("spread-figure").hidden = !estimate.distribution;
  if (estimate.distribution) spread(at("spread"), estimate.distribution);
  at("narrowing-figure").hidden = trace.length < 2;
  if (trace.length > 1) narrowing(at("narrowing"), trace);
  price(estimate);
  at("instead").hidden = !estimate.displacement.length;
  if (!estimate.displacement.length) return;
  const pick = (measure) => estimate.displacement.filter((change) => change.measure === measure);
  const total = (measure) => { const found = pick(measure).find((c) => c.group === "all"); return found ? figures(found.spread.mean) : "–"; };
  at("instead-note").textContent = `Matched plot by plot: ${total("attacks_averted")} attacks removed and ${total("attacks_induced")} added in a `
    + "simulated history. The difference of the two is what is prevented; each alone depends on how runs are paired.";
  const rows = (measure, words) => pick(measure).map((c) => ({ label: words(c.group), ...c.spread }));
  forest(at("pathways"), "Attacks completed by pathway, change", rows("attacks_completed", (group) => PATHWAYS[group] || group));
  const names = new Map(subject.countries || []);
  const places = rows("attacks_completed_in", (group) => names.get(group) || group);
  places.sort((a, b) => Math.abs(b.mean) - Math.abs(a.mean));
  forest(at("places"), `Attacks completed by country, change${places.length > 10 ? " (the ten that move most)" : ""}`, places.slice(0, 10));
};

const price = (estimate) => {
  const compared = estimate.outcomes.some((outcome) => outcome.setting !== null);
  const heads = compared ? ["Outcome", "Baseline", "This setting", "Change [95 % interval]", "n"] : ["Outcome", "Baseline mean [95 % interval]", "n"];
  const row = (outcome) => {
    const words = subject.measures[outcome.name];
    const unit = outcome.unit && !words.heading.toLowerCase().includes(outcome.unit) ? `, ${outcome.unit}` : "";
    const whole = (s) => {
      if (!s) return "–";
      const [mean, low, high] = together(s);
      return `${mean} [${low}, ${high}]`;
    };
    const cells = compared
      ? [figures(outcome.baseline), figures(outcome.setting), whole(outcome.spread), outcome.n]
      : [whole(outcome.spread), outcome.n];
    return make("tr", {}, make("th", { scope: "row", textContent: words.heading + unit }),
      ...cells.map((cell) => make("td", { textContent: cell })));
  };
  const order = ["attacks_completed", "cost", "held_without_plot", "searched_without_plot", "watched_without_plot", "assessed_without_plot",
    "people_harmed", "plots_started", "plots_foiled"];
  const shown = order.map((name) => estimate.outcomes.find((outcome) => outcome.name === name)).filter(Boolean);
  at("price").replaceChildren(
    make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col", textContent: head })))),
    make("tbody", {}, ...shown.map(row)));
};

// Where all levers stand, in the buttons and beside the sliders.
const standing = () => {
  const own = (candidate) => candidate.levers !== null && !policy
    && Object.keys(candidate.levers).length === moved.size
    && Object.entries(candidate.levers).every(([path, value]) => moved.get(path) === value);
  for (const button of at("policies").children) {
    const candidate = button.candidate;
    const pressed = candidate ? candidate.name === policy || own(candidate) : !policy && (!moved.size || subject.kind === "sweep");
    button.setAttribute("aria-pressed", String(pressed));
  }
  const base = policy && subject.policies.find((candidate) => candidate.name === policy);
  at("under").textContent = base && base.label
    ? `${base.description} ${moved.size ? "The levers below act on top of it." : "It does more than levers can show, such as dates or single countries; levers act on top of it."}` : "";
  at("save").disabled = !policy && !moved.size;
  at("reset").disabled = !policy && !moved.size;
  for (const lever of document.querySelectorAll(".lever")) lever.refresh();
};

const effect = (lever, value) => {
  const act = (x) => (lever.act === "times" ? x * value : lever.act === "add" ? x + value : value);
  const round = (x) => (lever.kind === "count" ? Math.round(x) : x);
  if (lever.kind === "switch" || lever.kind === "choice") return "";
  const all = lever.baseline;
  const one = ([code, x]) => (value === null ? `${code} ${plain(x)}` : `${code} ${plain(x)} → ${plain(round(act(x)))}`).trim();
  if (all.length === 1) return value === null ? `baseline ${plain(all[0][1])}` : `baseline ${one(["", all[0][1]])}`;
  const sum = (of) => all.reduce((total, [, x]) => total + of(x), 0);
  if (all.length > 4 && lever.kind === "count") {
    const before = `${all.length} countries, together ${plain(sum((x) => x))}`;
    return value === null ? before : `${before} → ${plain(sum((x) => round(act(x))))}`;
  }
  if (all.length > 4) {
    const ends = (of) => `${plain(Math.min(...all.map(([, x]) => of(x))))} to ${plain(Math.max(...all.map(([, x]) => of(x))))}`;
    return value === null ? `by country ${ends((x) => x)}` : `by country ${ends((x) => x)} → ${ends(act)}`;
  }
  return all.map(one).join(", ");
};

const fits = (lever, value) => Number.isFinite(value) && (lever.least === null || value >= lever.least)
  && (lever.most === null || value <= lever.most) && (lever.kind !== "count" || lever.act !== "set" || Number.isInteger(value));

let next = 0;
const row = (lever) => {
  next += 1;
  const id = `lever-${next}`;
  const box = make("div", { className: "lever" });
  box.dataset.path = lever.path;
  const name = make("label", { htmlFor: id, textContent: label(lever.path), title: `${lever.path}: ${lever.meaning}` });
  // Which table it belongs to: many have a share or a delay.
  const table = !lever.path.includes(".") ? "" : ` ${words(lever.path.split(".").at(-2))}`;
  name.append(make("span", { textContent: table }));
  const back = make("button", { type: "button", className: "back", textContent: "undo", ariaLabel: `undo: ${name.textContent} back to the baseline` });
  const values = make("p", { className: "values" });
  const wrong = make("p", { className: "wrong", hidden: true });
  wrong.setAttribute("role", "alert");
  const put = (value) => {
    if (lever.act !== "near" && value === lever.neutral) moved.delete(lever.path);
    else moved.set(lever.path, value);
    change();
  };
  back.addEventListener("click", () => { moved.delete(lever.path); change(); (box.querySelector("input, select") || box).focus(); });
  const stands = () => (moved.has(lever.path) ? moved.get(lever.path) : lever.neutral);
  const finish = (refresh, ...parts) => {
    box.append(make("div", { className: "line" }, name, ...parts, back));
    box.refresh = () => {
      const on = moved.has(lever.path);
      box.classList.toggle("moved", on);
      back.hidden = !on;
      wrong.hidden = true;
      refresh(stands());
      if (lever.act === "near") {
        values.dataset.kind = lever.categories ? "" : "range";
        if (!on) values.textContent = "any value";
      } else values.textContent = effect(lever, on ? stands() : null);
    };
  };
  if (lever.kind === "switch") {
    const input = make("input", { type: "checkbox", id });
    input.addEventListener("change", () => put(input.checked ? 1 : 0));
    finish((value) => { input.checked = value !== 0; }, input);
  } else if (lever.kind === "choice") {
    const words = lever.act === "near" ? ["any", ...lever.words] : lever.words;
    const input = make("select", { id }, ...words.map((word, i) => make("option", { value: i, textContent: word })));
    input.addEventListener("change", () => {
      if (lever.act !== "near") put(Number(input.value));
      else if (Number(input.value)) put(Number(input.value) - 1);
      else { moved.delete(lever.path); change(); }
    });
    finish((value) => { input.value = lever.act === "near" ? (moved.has(lever.path) ? value + 1 : 0) : value; }, input);
  } else {
    const unit = lever.act === "times" ? "× baseline" : lever.act === "add" ? `+ (${lever.unit})` : lever.unit;
    const slider = make("input", { type: "range", id, min: lever.low, max: lever.high, step: "any" });
    const number = make("input", { type: "number", step: "any", value: lever.neutral, ariaLabel: `${name.textContent}, as a number` });
    const snap = (value) => {
      if (value <= lever.low || value >= lever.high) return Math.min(lever.high, Math.max(lever.low, value));
      const near = Number((Math.round(value / lever.step) * lever.step).toPrecision(12));
      const found = Math.min(lever.high, Math.max(lever.low, near));
      // The baseline's own value can lie between two steps.
      return Math.abs(value - lever.neutral) <= lever.step / 2 && lever.act !== "near" ? lever.neutral : found;
    };
    slider.addEventListener("input", () => put(snap(Number(slider.value))));
    // One press of an arrow is one step, whatever the browser makes of "any".
    slider.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (!step) return;
      event.preventDefault();
      put(Math.min(lever.high, Math.max(lever.low, Number((stands() + step * lever.step).toPrecision(12)))));
    });
    number.addEventListener("change", () => {
      const value = number.value === "" ? NaN : Number(number.value);
      if (fits(lever, value)) { put(value); return; }
      const most = lever.most === null ? "" : ` to ${plain(lever.most)}`;
      trouble(wrong, `expected ${lever.kind === "count" && lever.act === "set" ? "a whole number" : "a number"} from ${plain(lever.least)}${most}`);
    });
    finish((value) => {
      slider.value = value;
      slider.setAttribute("aria-valuetext", `${plain(value)} ${unit}`);
      number.value = Number(value.toPrecision(6));
    }, make("span", { className: "typed" }, number, make("span", { textContent: unit })));
    box.append(slider);
  }
  box.append(values, wrong);
  box.words = `${lever.path} ${name.textContent} ${lever.meaning}`.toLowerCase().replaceAll("_", " ");
  return box;
};

const GROUPS = {
  scenario: "Set by the scenario’s policies", standard: "Other levers of services and states", world: "The world itself",
};

const levers = () => {
  const note = `In force from ${subject.from}. Anything that is not moved is as in the baseline; × acts on each country’s own value.`;
  at("levers-note").textContent = note;
  for (const [group, title] of Object.entries(GROUPS)) {
    const own = subject.levers.filter((lever) => lever.group === group);
    if (!own.length) continue;
    // What is said of one country comes after what is said of all.
    own.sort((a, b) => Number(a.path.startsWith("countries.")) - Number(b.path.startsWith("countries.")));
    const about = group === "world" ? "parameters, not policies: to move one compares two worlds" : "";
    const box = make("details", { className: "table", open: group === "scenario" },
      make("summary", {}, `${title} (${own.length}) `, make("span", { textContent: about })));
    let table = "";
    for (const lever of own) {
      const head = lever.path.split(".")[0];
      if (head !== table && group !== "scenario") box.append(make("h3", { textContent: label(head) }));
      table = head;
      box.append(row(lever));
    }
    at("levers").append(box);
  }
  if (!document.querySelector("details.table[open]")) at("levers").firstChild.open = true;
};

const factors = () => {
  at("levers-note").textContent = "A finished sweep: nothing is simulated. Moving a slider keeps the points near it.";
  const near = make("div", { className: "lever" });
  near.refresh = () => {};
  const width = make("input", { type: "range", id: "width", min: 0.02, max: 0.5, step: 0.02, value: nearness });
  const words = make("span", {});
  const say = () => { words.textContent = `points within ±${Math.round(100 * nearness)} % of each range`; };
  width.addEventListener("input", () => { nearness = Number(width.value); say(); change(); });
  say();
  near.append(make("div", { className: "line" }, make("label", { htmlFor: "width", textContent: "How near" }), words), width);
  at("levers").append(near);
  for (const factor of subject.factors) {
    at("levers").append(row({
      ...factor, path: factor.name, act: "near", kind: factor.categories ? "choice" : "number",
      words: factor.categories || [], step: (factor.high - factor.low) / 100 || 1, least: factor.low, most: factor.high,
      neutral: factor.categories ? 0 : (factor.low + factor.high) / 2, baseline: [],
    }));
  }
};

const policies = () => {
  const button = (candidate, text, title) => {
    const made = make("button", { type: "button", textContent: text, title: title || "" });
    made.candidate = candidate;
    made.addEventListener("click", () => {
      if (subject.kind === "sweep") policy = candidate ? candidate.name : null;
      else {
        policy = candidate && !candidate.levers ? candidate.name : null;
        moved = new Map(candidate && candidate.levers ? Object.entries(candidate.levers) : []);
      }
      change();
    });
    return made;
  };
  at("policies").replaceChildren(button(null, subject.kind === "sweep" ? "Baseline alone" : "Baseline"),
    ...subject.policies.map((one) => button(one, one.label || one.name, one.description)));
};

const filter = () => {
  const words = at("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const lever of document.querySelectorAll(".lever")) {
    lever.hidden = Boolean(lever.words) && !words.every((word) => lever.words.includes(word));
  }
  for (const heading of document.querySelectorAll("details.table h3")) heading.hidden = words.length > 0;
  for (const box of document.querySelectorAll("details.table")) {
    const some = [...box.querySelectorAll(".lever")].some((lever) => !lever.hidden);
    box.hidden = !some;
    if (words.length) box.open = some;
  }
};

const save = async (event) => {
  event.preventDefault();
  trouble(at("save-trouble"), "");
  const text = (id) => at(id).value.trim();
  try {
    const body = { name: text("name"), label: text("label"), description: text("description"), ...setting() };
    const saved = await (await ask("save", body)).json();
    at("saved-words").textContent = `Saved as ${saved.name} in ${saved.file}.`;
    at("block").textContent = saved.block;
    const done = latest ? ` --replications ${latest.n}` : "";
    at("command").textContent = saved.command + done;
    at("saved").hidden = false;
    at("do-save").hidden = true;
    subject.policies = (await (await ask("about")).json()).policies;
    policies();
    standing();
  } catch (error) {
    trouble(at("save-trouble"), error.message);
  }
};

const begin = async () => {
  subject = await (await ask("about")).json();
  const sweep = subject.kind === "sweep";
  if (sweep) subject.policies = subject.policies.map((name) => ({ name, label: "", description: "", levers: null }));
  document.title = `${subject.name} – forestall explore`;
  at("title").textContent = subject.name;
  at("question").textContent = subject.question || "";
  at("facts").textContent = sweep
    ? `A finished sweep of ${subject.points} points, ${subject.replications} replications of each policy run at each.`
    : `${subject.start} to ${subject.end}, seed ${subject.seed}, ${subject.threads} threads`
      + `${subject.draws ? `, ${subject.draws} draws from a posterior` : ""}. Each pair is one simulated history under both.`;
  at("save").hidden = sweep;
  if (sweep) at("reset").textContent = "All points of the baseline";
  at("policies-heading").textContent = sweep ? "Policy against the baseline" : "Policies";
  if (sweep && !subject.policies.length) at("policies-heading").hidden = at("policies").hidden = true;
  at("into").textContent = subject.file || "";
  policies();
  if (sweep) factors(); else levers();
  at("find").addEventListener("input", filter);
  at("reset").addEventListener("click", () => { policy = null; moved = new Map(); change(); });
  at("save").addEventListener("click", () => {
    at("saved").hidden = true;
    at("do-save").hidden = false;
    trouble(at("save-trouble"), "");
    at("dialog").showModal();
  });
  at("close").addEventListener("click", () => at("dialog").close());
  at("form").addEventListener("submit", save);
  let width = 0;
  new ResizeObserver(() => {
    if (width !== at("results").clientWidth) { width = at("results").clientWidth; draw(); }
  }).observe(at("results"));
  change();
};

begin().catch((error) => {
  trouble(at("trouble"), error.message);
  at("title").textContent = "forestall explore";
});
