// A case that is opened: what is in it, why the answer is what it is, and what each target said.
const opened = { row: -1, target: -1 };

async function openCase(row, target) {
  if (row === undefined) return;
  opened.row = row;
  opened.target = Math.max(target, -1);
  for (const drawn of grid.drawn.values()) drawn.classList.toggle("open", model.rows[Number(drawn.dataset.at)] === row);
  saveHash();
  let detail;
  try {
    detail = await detailOf(row);
  } catch (error) {
    return fault(`The data of this case cannot be read: ${error.message}`);
  }
  if (opened.row !== row) return; // another was opened meanwhile
  const panel = element("detail");
  const wasHidden = panel.hidden;
  panel.replaceChildren(...caseParts(row, detail));
  panel.hidden = false;
  element("layout").classList.add("opened");
  panel.scrollTop = 0;
  const chosen = panel.querySelector("tr.chosen");
  if (chosen && wasHidden === false) chosen.scrollIntoView({ block: "nearest" });
  drawRows();
  if (wasHidden) moveTo(grid.at.row, grid.at.column);
}

function closeCase() {
  if (element("detail").hidden) return false;
  opened.row = -1;
  element("detail").hidden = true;
  element("layout").classList.remove("opened");
  for (const drawn of grid.drawn.values()) drawn.classList.remove("open");
  saveHash();
  element("grid").focus();
  return true;
}

const section = (title, ...children) => make("section", {}, make("h3", {}, title), ...children);

// A long code may break before its capitals.
const breakable = (text) => text.split(/(?=[A-Z][a-z])/).flatMap((part, index) => (index ? [make("wbr", {}), part] : [part]));

// An answer in words: the decision, and what else it states.
function answerWords(answer) {
  if (!answer) return ["no answer"];
  const more = [];
  if (answer.reason) more.push([].concat(answer.reason).join(" or "));
  if (answer.code) more.push(answer.code);
  if (answer.clientCertIssuerDN) more.push(answer.clientCertIssuerDN);
  if (answer.httpStatus) more.push(`HTTP ${answer.httpStatus}`);
  return [make("b", {}, answer.result), ...(more.length ? [" ", ...breakable(more.join(", "))] : [])];
}

function expectedTable(detail) {
  const used = new Set(model.head.runs.map((run) => run.profile));
  const rows = [];
  for (const [profile, stages] of Object.entries(detail.expect)) {
    for (const stage of STAGES) {
      const one = stages[stage];
      if (!one) continue;
      const alternatives = one.anyOf.map((answer, index) => make("div", {}, index ? make("i", {}, "or ") : null, ...answerWords(answer)));
      rows.push(make("tr", { class: used.has(profile) ? null : "aside" },
        make("th", { scope: "row" }, profile, make("small", {}, stage)),
        make("td", {}, ...alternatives, one.note ? make("p", { class: "note" }, one.note) : null),
        make("td", {}, make("span", { class: "basis" }, one.basis))));
    }
  }
  return make("table", { class: "expectations" },
    make("thead", {}, make("tr", {}, ...["Profile", "Must answer", "Basis"].map((name) => make("th", { scope: "col" }, name)))),
    make("tbody", {}, ...rows));
}

function said(answer) {
  if (!answer) return make("td", {});
  const [letter, got, raw, why, known] = answer;
  const mark = markOf(letter);
  return make("td", {},
    make("div", { class: "verdict" }, badge(mark),
      make("span", {}, make("span", { class: "word" }, mark.word), got && letter !== "-" ? make("span", { class: "got" }, ...answerWords(got)) : null)),
    why ? make("p", { class: "why" }, why) : null,
    known ? make("p", { class: "why" }, `${known.reason} (${known.cite}; seen in ${known.seen}) `,
      make("button", { type: "button", class: "quiet", onclick: () => searchFor(known.reason) }, "all such cases")) : null,
    raw ? make("pre", { class: "raw" }, raw) : null);
}

// The targets in which a reader is interested first: the chosen one, then those that differ.
function worstFirst(row) {
  const order = (run) => (run === opened.target ? 0 : rankAt(row, run) < DIFFERENCES ? 1 : 2);
  return model.head.runs.map((run, index) => index).sort((a, b) => order(a) - order(b) || a - b);
}

function searchFor(text) {
  model.chosen.text = text;
  applyFilters(opened.row);
}

function answersTable(row, detail) {
  return make("table", { class: "answers" },
    make("thead", {}, make("tr", {}, ...["Target", "Upload", "Handshake"].map((name) => make("th", { scope: "col" }, name)))),
    make("tbody", {}, ...worstFirst(row).map((index) =>
      make("tr", { class: index === opened.target ? "chosen" : null },
        make("th", { scope: "row" }, nameOf(index), make("small", {}, model.head.runs[index].version)), ...detail.answers[index].map(said)))));
}

function download(name, text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

function fileParts(id, detail) {
  const files = detail.files || {};
  const stem = id.replace(/[^A-Za-z0-9.=@-]+/g, "_");
  const inside = Object.entries(files).map(([name, text]) =>
    make("button", { type: "button", class: "file", onclick: () => download(`${stem}.${name}`, text) }, `↓ ${name}`));
  const outside = (detail.has || []).filter((name) => !(name in files));
  return [
    inside.length ? make("p", { class: "files" }, ...inside) : null,
    make("p", { class: "note" }, outside.length ? `${outside.join(", ")} ${outside.length > 1 ? "are" : "is"} not in this page. ` : "", "All files of this case, the same on any machine:"),
    command(`mtls-gen corpus --suite full --only '${id}' --out case`),
    make("p", { class: "note" }, "Ask a target again:"),
    command(`mtls-conformance run --target ${model.head.runs[Math.max(opened.target, 0)].target} --only '${id}'`),
  ];
}

const command = (text) => make("pre", { class: "command", tabindex: 0 }, text);

function caseParts(row, detail) {
  const head = model.head;
  const id = head.ids[row];
  const chips = [...head.tagged[row].map((tag) => head.tags[tag]), ...(detail.options || [])];
  const step = (by, name, glyph) =>
    make("button", { type: "button", "aria-label": name, title: name, onclick: () => { moveTo(grid.at.row + by, grid.at.column); openCase(model.rows[grid.at.row], grid.at.column - FIXED); } }, glyph);
  return [
    make("div", { class: "handle" }, step(-1, "Previous case", "↑"), step(1, "Next case", "↓"),
      make("button", { type: "button", class: "close", "aria-label": "Close the case", title: "Close (Esc)", onclick: closeCase }, "✕")),
    make("h2", {}, id),
    make("p", { class: "summary" }, head.texts[head.summaries[row]]),
    chips.length || detail.time ? make("p", { class: "chips" }, detail.time ? make("span", {}, `clock ${detail.time}`) : null, ...chips.map((chip) => make("span", {}, chip))) : null,
    detail.certificates && detail.certificates.length ? section("Certificates", chainPicture(detail.certificates)) : null,
    detail.expect ? section("Expected", expectedTable(detail)) : null,
    section("What they said", answersTable(row, detail)),
    detail.cites && detail.cites.length
      ? section("Why", make("ul", { class: "cites" }, ...detail.cites.map(([cite, words, address]) =>
        make("li", {}, make("code", {}, cite), " ", address ? make("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, words) : words))))
      : null,
    section("Files", ...fileParts(id, detail)),
  ].filter(Boolean);
}
