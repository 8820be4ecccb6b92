"use strict";
// Works without: tables are then complete, in their written order.
document.documentElement.classList.remove("no-script");
const key = (row, column) => {
  const cell = row.cells[column];
  const value = cell.dataset.value;
  return value === undefined ? cell.textContent.trim() : value === "" ? null : Number(value);
};
const order = (a, b) => typeof a === "number" && typeof b === "number"
  ? a - b : String(a).localeCompare(String(b), "en", { numeric: true });
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => [key(row, column), row]);
      // What is undefined stays last in either direction.
      rows.sort(([a], [b]) => a === null ? (b === null ? 0 : 1) : b === null ? -1 : down ? order(b, a) : order(a, b));
      body.append(...rows.map(([, row]) => row));
    });
  });
}
for (const input of document.querySelectorAll("input[data-filter]")) {
  const rows = [...document.getElementById(input.dataset.filter).tBodies[0].rows];
  const count = input.parentElement.querySelector("output");
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = words.length ? `${shown} of ${rows.length} rows` : "";
  });
}
// Downloads of each chart: the drawing, the drawing as pixels, and its numbers with what they are and whence.
const scale = 2;
const origin = [...document.querySelectorAll("#origin ~ dl dt")]
  .map((dt) => `${dt.textContent}: ${dt.nextSibling.textContent}`);
const faces = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
  .filter((rule) => rule instanceof CSSFontFaceRule).map((rule) => rule.cssText).join("\n");
const save = (blob, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
};
const drawing = (figure) => {
  const svg = figure.querySelector("svg").cloneNode(true);
  svg.removeAttribute("aria-labelledby");
  const style = document.createElementNS(svg.namespaceURI, "style");
  style.textContent = faces;
  svg.prepend(style);
  return new XMLSerializer().serializeToString(svg);
};
const ways = {
  svg: (figure, name) => save(new Blob([drawing(figure)], { type: "image/svg+xml" }), `${name}.svg`),
  png: (figure, name) => {
    const { width, height } = figure.querySelector("svg").viewBox.baseVal;
    const picture = new Image();
    picture.onload = () => {
      const canvas = document.createElement("canvas");
      const factor = scale * Number(figure.querySelector("svg").getAttribute("width")) / width;
      [canvas.width, canvas.height] = [width * factor, height * factor];
      const context = canvas.getContext("2d");
      context.fillStyle = "#fff";
      context.fillRect(0, 0, canvas.width, canvas.height);
      context.drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => save(blob, `${name}.png`));
    };
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(drawing(figure))}`;
  },
  csv: (figure, name) => {
    const quoted = (text) => /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    const about = [document.title, figure.querySelector("figcaption").textContent.trim(), ...origin];
    const rows = [...figure.querySelector("table").rows].map((row) => [...row.cells]
      .map((cell) => quoted(cell.dataset.value ?? cell.textContent.trim())).join(","));
    const lines = [...about.map((line) => `# ${line}`), ...rows, ""];
    save(new Blob([lines.join("\n")], { type: "text/csv" }), `${name}.csv`);
  },
};
for (const figure of document.querySelectorAll("figure[data-chart]")) {
  const line = document.createElement("p");
  line.className = "downloads";
  line.append("Download: ");
  for (const [kind, way] of Object.entries(ways)) {
    if (kind === "csv" && !figure.querySelector("table")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.download = kind;
    button.textContent = kind.toUpperCase();
    button.setAttribute("aria-label", `${kind.toUpperCase()} of ${figure.previousElementSibling.textContent}`);
    button.addEventListener("click", () => way(figure, figure.dataset.chart));
    line.append(button, " ");
  }
  figure.append(line);
}
