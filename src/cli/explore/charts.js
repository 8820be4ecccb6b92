"use strict";
// Small charts as SVG, drawn at the width that they have, so that text keeps its size.

const NAMESPACE = "http://www.w3.org/2000/svg";

const element = (name, attributes = {}, text) => {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
};

// Numbers as the report writes them: three figures, a true minus sign, commas for thousands.
const figures = (value, digits = 3) => {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const places = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  const rounded = Number(value.toFixed(Math.min(places, 6)));
  const text = Math.abs(rounded).toLocaleString("en-GB", {
    minimumFractionDigits: size < 1000 ? Math.min(places, 2) : 0, maximumFractionDigits: Math.min(places, 6),
  });
  return (rounded < 0 ? "−" : "") + text;
};

// A number on an axis or beside a slider: no digit that says nothing.
const plain = (value) => {
  const found = Number(value.toPrecision(4));
  return (found < 0 ? "−" : "") + Math.abs(found).toLocaleString("en-GB", { maximumFractionDigits: 6 });
};

// A mean with its limits, all with the decimals that the interval's width bears.
const together = (s) => {
  const width = s.high - s.low;
  if (!(width > 0)) return [s.mean, s.low, s.high].map((value) => figures(value));
  const places = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(width))));
  return [s.mean, s.low, s.high].map((value) => {
    const text = Math.abs(value).toLocaleString("en-GB", { minimumFractionDigits: places, maximumFractionDigits: places });
    return (value < 0 && /[1-9]/.test(text) ? "−" : "") + text;
  });
};

const ticks = (low, high, about) => {
  const span = high - low || 1;
  const power = 10 ** Math.floor(Math.log10(span / about));
  const step = [1, 2, 5, 10].map((times) => times * power).find((found) => span / found <= about) || 10 * power;
  const all = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * span; k += 1) all.push(Number((k * step).toPrecision(12)));
  return all;
};

class Chart {
  constructor(place, height, margins, alt) {
    this.place = place;
    this.width = Math.max(240, Math.floor(place.clientWidth || 600));
    this.height = height;
    this.margins = margins;
    this.svg = element("svg", { viewBox: `0 0 ${this.width} ${height}`, role: "img", "aria-label": alt });
    this.left = margins.left;
    this.right = this.width - margins.right;
    this.top = margins.top;
    this.bottom = height - margins.bottom;
  }

  scale(x, y) {
    const between = (value, [low, high], from, to) => from + ((value - low) / (high - low || 1)) * (to - from);
    this.x = (value) => between(value, x, this.left, this.right);
    this.y = (value) => between(value, y, this.bottom, this.top);
  }

  add(name, attributes, text) {
    const made = element(name, attributes, text);
    this.svg.append(made);
    return made;
  }

  text(x, y, text, attributes = {}) {
    return this.add("text", { x, y, ...attributes }, text);
  }

  grid(y) {
    for (const at of ticks(y[0], y[1], Math.max(2, Math.floor((this.bottom - this.top) / 40)))) {
      this.add("line", { x1: this.left, x2: this.right, y1: this.y(at), y2: this.y(at), class: at === 0 ? "axis" : "grid" });
      this.text(this.left - 6, this.y(at) + 4, plain(at), { "text-anchor": "end" });
    }
  }

  line(points, name) {
    const d = points.map(([x, y], i) => `${i ? "L" : "M"}${this.x(x).toFixed(1)} ${this.y(y).toFixed(1)}`).join("");
    this.add("path", { d, class: name });
  }

  band(points, name) {
    if (!points.length) return;
    const there = points.map(([x, , high]) => `${this.x(x).toFixed(1)} ${this.y(high).toFixed(1)}`);
    const back = [...points].reverse().map(([x, low]) => `${this.x(x).toFixed(1)} ${this.y(low).toFixed(1)}`);
    this.add("path", { d: `M${[...there, ...back].join("L")}Z`, class: name });
  }

  legend(own) {
    const baseline = "baseline", setting = "this setting";
    let at = this.left;
    for (const [name, text] of own ? [["own", setting], ["base", baseline]] : [["base", baseline]]) {
      this.add("line", { x1: at, x2: at + 22, y1: 9, y2: 9, class: name });
      this.text(at + 27, 13, text, { class: "ink" });
      at += 27 + text.length * 7 + 18;
    }
  }

  show() {
    this.place.replaceChildren(this.svg);
  }
}

const months = (place, rows, dates) => {
  const own = rows.some((row) => row.setting);
  const last = rows[rows.length - 1];
  const words = own
    ? `Cumulative attacks at the end: baseline ${figures(last.baseline.mean)}, this setting ${figures(last.setting.mean)}.`
    : `Cumulative attacks at the end: baseline ${figures(last.baseline.mean)}.`;
  const chart = new Chart(place, 270, { left: 44, right: 12, top: 24, bottom: 24 }, words);
  const top = Math.max(1, ...rows.flatMap((row) => [row.baseline.high, row.setting ? row.setting.high : 0]));
  chart.scale([0, rows.length], [0, top]);
  chart.grid([0, top]);
  // Attacks are counted at ends of months, and nothing has happened on the first day.
  const curve = (pick) => [[0, 0, 0, 0], ...rows.map((row, i) => [i + 1, pick(row).low, pick(row).high, pick(row).mean])];
  const base = curve((row) => row.baseline);
  chart.band(base, "base-band");
  const mine = own ? curve((row) => row.setting) : [];
  chart.band(mine, "own-band");
  chart.line(base.map(([x, , , mean]) => [x, mean]), "base");
  if (own) chart.line(mine.map(([x, , , mean]) => [x, mean]), "own");
  const every = Math.max(1, Math.ceil(rows.length / Math.max(2, Math.floor((chart.right - chart.left) / 80))));
  const step = [1, 2, 3, 6, 12, 24, 60, 120].find((found) => found >= every) || every;
  dates.forEach((date, i) => {
    if (i % step) return;
    chart.add("line", { x1: chart.x(i), x2: chart.x(i), y1: chart.bottom, y2: chart.bottom + 4, class: "axis" });
    if (chart.x(i) < chart.right - 24) chart.text(chart.x(i), chart.bottom + 17, date.slice(0, 7), { "text-anchor": i ? "middle" : "start" });
  });
  chart.legend(own);
  chart.show();
};

const spread = (place, found) => {
  const own = found.setting.length > 0;
  const count = Math.max(found.baseline.length, found.setting.length);
  const chart = new Chart(place, 230, { left: 48, right: 12, top: 24, bottom: 38 },
    "Share of simulated histories by their number of completed attacks.");
  const top = Math.max(0.02, ...found.baseline, ...found.setting);
  const ends = [found.low, found.low + found.width * count];
  chart.scale(ends, [0, top]);
  for (const at of ticks(0, top, 4)) {
    chart.add("line", { x1: chart.left, x2: chart.right, y1: chart.y(at), y2: chart.y(at), class: at === 0 ? "axis" : "grid" });
    chart.text(chart.left - 6, chart.y(at) + 4, `${plain(100 * at)} %`, { "text-anchor": "end" });
  }
  const outline = (shares) => shares.flatMap((share, i) => [
    [found.low + i * found.width, share], [found.low + (i + 1) * found.width, share]]);
  if (own) {
    found.setting.forEach((share, i) => {
      const [x, end] = [chart.x(found.low + i * found.width), chart.x(found.low + (i + 1) * found.width)];
      chart.add("rect", { x: x + 0.5, y: chart.y(share), width: Math.max(0.5, end - x - 1), height: chart.bottom - chart.y(share), class: "own-bar" });
    });
    chart.line(outline(found.setting), "own");
  }
  chart.line(outline(found.baseline), "base");
  const whole = found.width >= 1;
  for (const at of ticks(ends[0], ends[1], Math.max(3, Math.floor((chart.right - chart.left) / 50)))) {
    if (whole && !Number.isInteger(at)) continue;
    chart.text(chart.x(at), chart.bottom + 16, plain(at), { "text-anchor": "middle" });
  }
  chart.text((chart.left + chart.right) / 2, chart.bottom + 33, "attacks completed", { "text-anchor": "middle" });
  chart.legend(own);
  chart.show();
};

const narrowing = (place, trace) => {
  const last = trace[trace.length - 1];
  const chart = new Chart(place, 200, { left: 48, right: 12, top: 10, bottom: 36 },
    `After ${last.n} pairs: ${figures(last.mean)}, from ${figures(last.low)} to ${figures(last.high)}.`);
  // The first intervals, of two or three pairs, would press all others flat.
  const calm = trace.length > 4 ? trace.slice(Math.floor(trace.length / 8) + 1) : trace;
  let low = Math.min(0, ...calm.map((t) => t.low)), high = Math.max(0, ...calm.map((t) => t.high));
  if (low === high) [low, high] = [-1, 1];
  const end = Math.max(10, last.n);
  chart.scale([0, end], [low, high]);
  chart.grid([low, high]);
  const clamp = (value) => Math.min(high, Math.max(low, value));
  chart.band(trace.map((t) => [t.n, clamp(t.low), clamp(t.high)]), "own-band");
  chart.line(trace.map((t) => [t.n, clamp(t.mean)]), "own");
  for (const at of ticks(0, end, Math.max(3, Math.floor((chart.right - chart.left) / 80)))) {
    chart.text(chart.x(at), chart.bottom + 16, plain(at), { "text-anchor": at ? "middle" : "start" });
  }
  chart.text((chart.left + chart.right) / 2, chart.bottom + 32, "pairs of runs", { "text-anchor": "middle" });
  chart.show();
};

// Changes with their intervals, one below the other about zero.
const forest = (place, heading, rows) => {
  if (!rows.length) {
    place.replaceChildren();
    return;
  }
  const row = 24;
  const narrow = (place.clientWidth || 600) < 420;
  const longest = Math.max(...rows.map((r) => r.label.length));
  const left = Math.min(narrow ? 120 : 190, longest * 7 + 12);
  const right = 148;
  const words = rows.map((r) => `${r.label}: ${figures(r.mean)}, ${figures(r.low)} to ${figures(r.high)}`).join("; ");
  const chart = new Chart(place, 52 + row * rows.length, { left, right, top: 26, bottom: 24 }, `${heading}. ${words}.`);
  let low = Math.min(0, ...rows.map((r) => r.low)), high = Math.max(0, ...rows.map((r) => r.high));
  if (low === high) [low, high] = [-1, 1];
  const room = (high - low) * 0.05;
  chart.scale([low - room, high + room], [0, 1]);
  chart.text(0, 14, heading, { class: "ink", "font-weight": "600" });
  for (const at of ticks(low, high, Math.max(2, Math.floor((chart.right - chart.left) / 60)))) {
    chart.add("line", { x1: chart.x(at), x2: chart.x(at), y1: chart.top, y2: chart.bottom, class: at === 0 ? "axis" : "grid" });
    chart.text(chart.x(at), chart.bottom + 15, plain(at), { "text-anchor": "middle" });
  }
  rows.forEach((r, i) => {
    const y = chart.top + row * (i + 0.5);
    chart.text(left - 8, y + 4, r.label, { "text-anchor": "end", class: "ink" });
    chart.add("line", { x1: chart.x(r.low), x2: chart.x(r.high), y1: y, y2: y, class: "own" });
    const [mean, low, high] = together(r);
    chart.add("circle", { cx: chart.x(r.mean), cy: y, r: 4, class: "own-dot" });
    chart.text(chart.right + 8, y + 4, `${mean} [${low}, ${high}]`);
  });
  chart.show();
};
