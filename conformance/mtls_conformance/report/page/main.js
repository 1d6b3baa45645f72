// Opens the page, keeps what is chosen in its address, and listens to the keys that hold everywhere.
function fault(text) {
  element("fault").textContent = text;
  element("fault").hidden = false;
}

// What is chosen goes into the address, so that a link shows the same.
function saveHash() {
  const { chosen, head } = model;
  const words = new URLSearchParams();
  if (chosen.text) words.set("text", chosen.text);
  if (chosen.stage) words.set("stage", chosen.stage);
  if (chosen.outcomes.size) words.set("outcome", [...chosen.outcomes].map((rank) => MARKS[rank].letter).join(""));
  if (chosen.target >= 0) words.set("target", head.runs[chosen.target].id);
  if (chosen.tag) words.set("tag", chosen.tag.endsWith("/") ? chosen.tag : head.tags[Number(chosen.tag)]);
  if (chosen.split) words.set("split", "1");
  if (opened.row >= 0) words.set("case", head.ids[opened.row]);
  try {
    history.replaceState(null, "", `#${words}`);
  } catch { /* a page from a file may not be allowed to: nothing is lost but the link */ }
}

function loadHash() {
  const { chosen, head } = model;
  const words = new URLSearchParams(location.hash.slice(1));
  const tag = words.get("tag") || "";
  chosen.text = words.get("text") || "";
  chosen.stage = STAGES.includes(words.get("stage")) ? words.get("stage") : "";
  chosen.outcomes = new Set([...(words.get("outcome") || "")].filter((letter) => letter in RANK && letter !== ".").map((letter) => RANK[letter]));
  chosen.target = head.runs.findIndex((run) => run.id === words.get("target"));
  chosen.tag = tag.endsWith("/") ? tag : head.tags.includes(tag) ? String(head.tags.indexOf(tag)) : "";
  chosen.split = words.get("split") === "1";
  return head.ids.indexOf(words.get("case"));
}

function about() {
  const head = model.head;
  const only = head.suite.only ? `, those that match ${head.suite.only}` : "";
  const when = head.started.startsWith("1970") ? "" : ` · ${head.started.slice(0, 10)}`;
  const cut = head.runs.some((run) => run.ended) ? " · not finished" : "";
  element("about").textContent = `suite ${head.suite.name}${only} · mtls-conformance ${head.tool}${when}${cut}`;
  element("about").title = `SHA-256 of the cases: ${head.suite.sha256}`;
  const sum = (test) => head.runs.reduce((total, run) => total + MARKS.reduce((part, mark, rank) => part + (test(mark, rank) ? run.counts[mark.letter] || 0 : 0), 0), 0);
  const notes = head.runs.flatMap((run, index) => [...(run.ended ? [`not finished: ${run.ended}`] : []), ...run.notes].map((note) => make("li", {}, make("b", {}, nameOf(index)), ` ${note}`)));
  element("notes").append(...notes);
  element("notes").hidden = notes.length === 0;
  const facts = [
    ["cases", head.ids.length],
    ["targets", new Set(head.runs.map((run) => run.target)).size],
    ["answers", sum((mark) => mark.letter !== "-")],
    ["differ", sum((mark, rank) => rank < DIFFERENCES)],
    ["unexplained", sum((mark, rank) => rank < NEWS)],
  ];
  element("totals").append(...facts.map(([name, count]) => make("div", {}, make("dt", {}, name), make("dd", {}, count.toLocaleString("en")))));
}

function onKey(event) {
  const isTyping = event.target.matches("input[type=search], select");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    element("text").focus();
    element("text").select();
  } else if (event.key === "Escape") {
    if (isTyping && event.target.value) return; // the field clears itself
    if (element("how").open) element("how").open = false;
    else if (closeCase()) event.preventDefault();
    else if (isTyping) element("grid").focus();
  }
}

async function start() {
  if (!("DecompressionStream" in window)) return fault("This browser is too old to unpack the report: any of 2023 or later can.");
  try {
    setHead(await unpack("head"));
  } catch (error) {
    return fault(`The data of this page cannot be read: ${error.message}`);
  }
  const row = loadHash();
  if (window.innerWidth <= 760) element("more").open = false;
  about();
  buildFilters();
  buildGrid();
  applyFilters(row < 0 ? undefined : row);
  document.addEventListener("keydown", onKey);
  window.addEventListener("hashchange", () => { const at = loadHash(); applyFilters(at < 0 ? undefined : at); if (at >= 0) openCase(at, model.chosen.target); });
  if (row >= 0) openCase(row, model.chosen.target);
  requestAnimationFrame(() => setTimeout(() => performance.mark("opened"))); // it has been painted
}

start();
