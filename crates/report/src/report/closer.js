// Any policy, outcome and country that is picked, drawn anew from the numbers in the page.
if (document.getElementById("closer-data")) {
  const part = (name) => document.getElementById(`closer-${name}`);
  const { first, policies, countries, outcomes } = JSON.parse(part("data").textContent);
  const [figure, heading, caption, words, note] = ["figure", "title", "caption", "words", "note"].map(part);
  const [pickPolicy, pickOutcome, pickCountry] = ["policy", "outcome", "country"].map(part);
  const svg = figure.querySelector("svg");
  const family = svg.getAttribute("font-family");
  const WHOLE = countries.length ? "All countries" : "The whole";
  const MEAN = "Mean [95 % interval]";
  // The look of the other charts.
  const [INK, MUTED, GRID, AXIS, BLUE, VERMILION] = ["#222222", "#555555", "#e2e2e2", "#787878", "#0072b2", "#d55e00"];
  const [LABEL, BOLD] = [{ size: 12 }, { size: 12, bold: true }];
  const [HEADING, SMALL] = [{ size: 11.5, bold: true }, { size: 11 }];
  const [LEADING, PRINTED] = [15.84, 700];

  // Numbers are written as everywhere on the page: with the digits that suit the largest of those side by side.
  const fixed = (value, decimals) => {
    let text = Math.abs(value).toFixed(decimals);
    // Halves go to the even digit.
    const exact = Math.abs(value).toFixed(decimals + 25);
    const cut = exact.slice(0, exact.length - 25).replace(/\.$/, "");
    if (/^50*$/.test(exact.slice(-25)) && /[02468]$/.test(cut)) text = cut;
    const [whole, fraction] = text.split(".");
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction ? `.${fraction}` : "");
    return value < 0 && /[1-9]/.test(text) ? `−${grouped}` : grouped;
  };
  const powers = (value) => {
    const [mantissa, power] = value.toExponential(1).split("e");
    const raised = power.replace("+", "").replace(/./g, (c) => c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]);
    return `${mantissa.replace("-", "−")}×10${raised}`;
  };
  const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const magnitude = (size) => [[1e12, " tn"], [1e9, " bn"], [1e6, " M"]].find(([least]) => size >= least) ?? [1, ""];
  const written = (values, decimals) => {
    const size = largest(values);
    if ((size > 0 && size < 1e-3) || size >= 1e18) return values.map((value) => value === 0 ? "0" : powers(value));
    const [divisor, word] = magnitude(size);
    const digits = decimals(size / divisor, divisor);
    return values.map((value) => value === 0 ? "0" : fixed(value / divisor, digits) + word);
  };
  const together = (values) => written(values, (size, divisor) =>
    (divisor === 1 && values.every(Number.isInteger)) || size >= 100 ? 0
      : size >= 10 ? 1 : size >= 1 ? (divisor === 1 ? 1 : 2) : size >= 0.1 ? 2 : size >= 0.01 ? 3 : 4);
  const short = (value) => value === null ? "undefined" : together([value])[0];

  // A list holds one value for all, those of one policy for all policies, or every policy's.
  const at = (list, policy, place, places) => !Array.isArray(list) ? list
    : list[list.length === places ? place : policy * places + place];
  const effect = (outcome, policy, country) => {
    const [from, place, places] = country === null ? [outcome.whole, 0, 1] : [outcome.by, country, countries.length];
    const [n, baseline, under, difference, low, high] = ["n", "baseline", "policy", "difference", "low", "high"]
      .map((name) => at(from[name], policy, place, places));
    const turned = (value) => value === null ? null : outcome.sign * value + 0;
    const ends = low === null || high === null ? null : [turned(low), turned(high)].sort((a, b) => a - b);
    const value = turned(difference);
    const found = { policy, country, n: n ?? 0, baseline, under, value, ends, whole: country === null };
    found.leavesZeroOut = ends !== null && (ends[0] > 0 || ends[1] < 0);
    const numbers = value === null ? [] : together([value, ...ends ?? []]);
    found.text = value === null ? "undefined"
      : ends ? `${numbers[0]} [${numbers[1]}, ${numbers[2]}]` : `${numbers[0]} [undefined]`;
    return found;
  };
  const picked = () => {
    const outcome = outcomes[pickOutcome.value];
    const policy = pickPolicy.value === "" ? null : Number(pickPolicy.value);
    const there = pickCountry !== null && outcome.by !== null;
    const country = !there || pickCountry.value === "" ? null : Number(pickCountry.value);
    const byPolicy = policy === null || !there;
    const row = (p, c) => {
      const label = byPolicy ? policies[p].label : c === null ? WHOLE : countries[c].name;
      return { ...effect(outcome, p, c), label };
    };
    const largestFirst = (rows) => rows.sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity));
    let rows;
    if (policy === null) rows = largestFirst(policies.map((_, p) => row(p, country)));
    else if (!there) rows = [row(policy, null)];
    else if (country === null) rows = [row(policy, null), ...largestFirst(countries.map((_, c) => row(policy, c)))];
    else rows = [row(policy, country), row(policy, null)];
    const where = country === null ? "" : ` in ${countries[country].name}`;
    const under = policy === null ? "" : ` under ${policies[policy].label}`;
    const each = policy === null ? ", by policy" : there && country === null ? ", by country" : "";
    return { outcome, policy, country, there, rows, byPolicy, title: `${outcome.effect}${where}${under}${each}` };
  };

  // Placing words.
  const pen = document.createElement("canvas").getContext("2d");
  const font = (kind) => `${kind.bold ? "bold " : ""}${kind.size}px ${family}`;
  const wide = (text, kind) => {
    pen.font = font(kind);
    return pen.measureText(text).width;
  };
  const widest = (texts, kind) => Math.max(0, ...texts.map((text) => wide(text, kind)));
  const wrap = (text, kind, width) => {
    const lines = [];
    let line = "";
    for (const word of text.split(/\s+/)) {
      const longer = line ? `${line} ${word}` : word;
      if (wide(longer, kind) <= width) {
        line = longer;
        continue;
      }
      if (line) lines.push(line);
      line = "";
      for (const c of word) {
        if (line && wide(line + c, kind) > width) {
          lines.push(line);
          line = "";
        }
        line += c;
      }
    }
    return [...lines, line];
  };
  const draw = (name, attributes, text) => {
    const made = document.createElementNS(svg.namespaceURI, name);
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    if (text !== undefined) made.textContent = text;
    svg.append(made);
    return made;
  };
  const print = (x, y, text, kind, fill, anchor = "start") => draw("text", {
    x, y: y + 0.36 * kind.size, fill, "font-size": kind.size, "text-anchor": anchor, "font-weight": kind.bold ? 700 : 400,
  }, text);
  const line = (x1, y1, x2, y2, stroke, width) => draw("line", { x1, y1, x2, y2, stroke, "stroke-width": width });

  // An axis with round ends and ticks.
  const axis = (values, count) => {
    let [low, high] = [Math.min(...values), Math.max(...values)];
    if (high - low < 1e-12 * Math.max(Math.abs(high), 1e-12)) high = low + 1;
    const raw = (high - low) / count;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= raw * 0.999);
    const [from, to] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
    const ticks = Array.from({ length: to - from + 1 }, (_, i) => Number(((from + i) * step).toPrecision(12)));
    const needed = (divisor) => [...Array(8).keys()].find((d) => {
      const scaled = step / divisor * 10 ** d;
      return Math.round(scaled) >= 1 && Math.abs(scaled - Math.round(scaled)) < 1e-6 * Math.max(scaled, 1);
    }) ?? 8;
    return { ticks, texts: written(ticks, (_, divisor) => needed(divisor)) };
  };

  const picture = ({ outcome, rows, byPolicy }, width) => {
    svg.replaceChildren();
    const narrow = width < 560;
    const head = byPolicy ? "Policy" : "Country";
    const kind = (row) => row.whole && !byPolicy ? BOLD : LABEL;
    const numbers = Math.max(widest(rows.map((row) => row.text), BOLD), wide(MEAN, HEADING));
    const most = narrow ? width - 4 : Math.min(240, width - numbers - 260);
    const labels = rows.map((row) => wrap(row.label, kind(row), most));
    const ends = rows.flatMap((row) => row.value === null ? [] : [row.value, ...row.ends ?? []]);
    const { ticks, texts } = axis([0, ...ends], narrow ? 4 : 6);
    const half = widest(texts, SMALL) / 2 + 2;
    const labelled = Math.max(...rows.map((row, i) => widest(labels[i], kind(row))), wide(head, HEADING));
    const [left, right] = narrow ? [half, width - half] : [labelled + 24, width - numbers - 28];
    const x = (value) => left + (value - ticks[0]) / (ticks.at(-1) - ticks[0]) * (right - left);
    // Narrow, the mark stands below its words, and the numbers beside the last line of them if they fit.
    const beside = (i, row) => wide(labels[i].at(-1), kind(row)) + 16 + wide(row.text, kind(row)) <= width;
    const lines = (row, i) => labels[i].length + (narrow && !beside(i, row) ? 1 : 0);
    const height = (row, i) => narrow ? lines(row, i) * LEADING + 26 : Math.max(lines(row, i) * LEADING + 10, 26);
    const heights = rows.map(height);
    const top = narrow ? 40 : 26;
    const bottom = top + heights.reduce((sum, one) => sum + one, 0);
    const units = wrap(outcome.unit, SMALL, narrow ? width : right - left + 2 * Math.min(left, width - right));
    const whole = bottom + 24 + units.length * 14.5 + 4;
    svg.setAttribute("viewBox", `0 0 ${width} ${Math.ceil(whole)}`);
    svg.setAttribute("width", width);
    svg.setAttribute("height", Math.ceil(whole));

    print(0, 8, head, HEADING, INK);
    print(width, 8, MEAN, HEADING, INK, "end");
    const [less, more] = outcome.favours ? ["← favours baseline", "favours policy →"] : ["← less", "more →"];
    const sides = narrow ? 26 : 8;
    if (x(0) + 8 + wide(more, SMALL) <= right + 8) print(x(0) + 8, sides, more, SMALL, MUTED);
    if (x(0) - 8 - wide(less, SMALL) >= left - 8) print(x(0) - 8, sides, less, SMALL, MUTED, "end");
    let y = top;
    rows.forEach((row, i) => {
      line(0, y, width, y, GRID, 1);
      const begin = narrow ? y + 11 : y + heights[i] / 2 - (labels[i].length - 1) / 2 * LEADING;
      labels[i].forEach((words, k) => print(0, begin + k * LEADING, words, kind(row), INK));
      const last = narrow ? begin + (lines(row, i) - 1) * LEADING : y + heights[i] / 2;
      print(width, last, row.text, kind(row), INK, "end");
      y += heights[i];
    });
    y = top;
    rows.forEach((row, i) => {
      const middle = narrow ? y + heights[i] - 11 : y + heights[i] / 2;
      // Narrow, no line goes through words.
      const free = narrow ? y + heights[i] - 21 : y;
      ticks.forEach((tick) => line(x(tick), free, x(tick), y + heights[i], GRID, 0.75));
      line(x(0), free, x(0), y + heights[i], AXIS, 1.2);
      const colour = !row.leavesZeroOut ? MUTED : row.value > 0 ? BLUE : VERMILION;
      if (row.ends) {
        const [a, b] = row.ends.map(x);
        line(a, middle, b, middle, colour, 2);
        [a, b].forEach((end) => line(end, middle - 4, end, middle + 4, colour, 1.5));
      }
      if (row.value !== null) {
        const fill = row.leavesZeroOut ? colour : "#ffffff";
        draw("circle", { cx: x(row.value), cy: middle, r: 4.5, fill, stroke: colour, "stroke-width": 1.5 });
      }
      const place = draw("rect", { x: 0, y, width, height: heights[i], fill: "none", "pointer-events": "all" });
      const means = `baseline ${short(row.baseline)}, policy ${short(row.under)}`;
      const told = document.createElementNS(svg.namespaceURI, "title");
      told.textContent = `${row.label}: ${row.text}; ${means}; ${row.n} ${row.n === 1 ? "pair" : "pairs"} of runs`;
      place.append(told);
      y += heights[i];
    });
    line(left, bottom, right, bottom, AXIS, 1);
    let free = -Infinity;
    ticks.forEach((tick, i) => {
      line(x(tick), bottom, x(tick), bottom + 4, AXIS, 1);
      const reach = wide(texts[i], SMALL) / 2;
      if (x(tick) - reach <= free) return;
      print(x(tick), bottom + 13, texts[i], SMALL, MUTED, "middle");
      free = x(tick) + reach + 8;
    });
    units.forEach((unit, k) => print((left + right) / 2, bottom + 31 + k * 14.5, unit, SMALL, INK, "middle"));
  };

  const table = ({ outcome, rows }) => {
    const cell = (text, value) => {
      const made = document.createElement("td");
      made.className = value !== undefined ? "number" : text.length > 14 ? "text" : "short";
      if (value !== undefined) made.dataset.value = value ?? "";
      made.textContent = text;
      return made;
    };
    const made = rows.map((row) => {
      const line = document.createElement("tr");
      const { name, label } = policies[row.policy];
      const texts = [name, label, row.whole ? WHOLE : countries[row.country].name, outcome.column];
      const numbers = [row.baseline, row.under, row.value, ...row.ends ?? [null, null]];
      line.append(...texts.map((text) => cell(text)), cell(String(row.n), row.n));
      line.append(...numbers.map((number) => cell(short(number), number)));
      return line;
    });
    figure.querySelector("tbody").replaceChildren(...made);
    figure.querySelectorAll("th").forEach((head) => head.removeAttribute("aria-sort"));
  };

  const about = ({ outcome, rows, policy, country, title }) => {
    const pairs = rows.map((row) => row.n);
    const [fewest, most] = [Math.min(...pairs), Math.max(...pairs)];
    const over = fewest === most ? String(most) : `${fewest} to ${most}`;
    heading.textContent = title;
    caption.textContent = `${outcome.unit}. Means of paired differences over ${over} ${over === "1" ? "pair" : "pairs"} of runs `
      + "on common random numbers; 95 % intervals: Student’s t over runs, or over draws of the parameters where runs share "
      + "them. Open circle: the interval includes no difference."
      + (outcome.by ? " Plots and attacks count in the country that they aim at." : "")
      + (rows.some((row) => row.value === null) ? " An effect needs two pairs of runs to be defined." : "");
    const beyond = rows.filter((row) => row.leavesZeroOut).length;
    words.textContent = `${title}: ${rows.length === 1 ? "one effect" : `${rows.length} effects`}; `
      + `the interval leaves zero out for ${beyond === 0 ? "none" : beyond} of them.`;
    const code = country === null ? "" : countries[country].code;
    const names = ["closer", outcome.column, code, policy === null ? "" : policies[policy].name];
    figure.dataset.chart = names.filter(Boolean).join("_").replace(/[^\w-]/g, "_");
    for (const button of figure.querySelectorAll("button[data-download]")) {
      button.setAttribute("aria-label", `${button.textContent} of ${title}`);
    }
  };

  let drawn = 0;
  const size = () => Math.max(260, Math.floor(svg.getBoundingClientRect().width));
  const redraw = (width) => {
    drawn = width;
    picture(picked(), width);
  };
  const pick = () => {
    const now = picked();
    if (pickCountry) {
      pickCountry.disabled = !now.there;
      note.textContent = now.there ? "" : "This outcome is counted for the whole only.";
    }
    about(now);
    table(now);
    redraw(size());
  };

  const option = (value, text) => new Option(text, value);
  if (policies.length > 1) pickPolicy.append(option("", "All policies"));
  pickPolicy.append(...policies.map(({ label }, i) => option(i, label)));
  pickCountry?.append(option("", WHOLE), ...countries.map(({ name }, i) => option(i, name)));
  for (const [label, main] of [["Main outcomes", true], ["Further counts", false]]) {
    const group = document.createElement("optgroup");
    group.label = label;
    outcomes.forEach((outcome, i) => outcome.main === main && group.append(option(i, outcome.name)));
    if (group.children.length) pickOutcome.append(group);
  }
  pickOutcome.value = first;
  [pickPolicy, pickOutcome, pickCountry].forEach((select) => select?.addEventListener("change", pick));
  pick();
  // Words are placed by their width, which is known once the typeface is there.
  Promise.all([LABEL, BOLD].map((kind) => document.fonts.load(font(kind)))).then(() => redraw(size()));
  new ResizeObserver(() => size() !== drawn && redraw(size())).observe(svg.parentElement);
  // Paper is wider than a phone.
  addEventListener("beforeprint", () => redraw(PRINTED));
  addEventListener("afterprint", () => redraw(size()));
}
