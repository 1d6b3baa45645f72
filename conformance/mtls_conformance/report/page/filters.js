// The filters, and what they count.
function buildFilters() {
  const { head, chosen } = model;
  const changed = () => applyFilters();
  element("text").addEventListener("input", (event) => { chosen.text = event.target.value; changed(); });
  element("text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "ArrowDown") { event.preventDefault(); element("grid").focus(); }
  });
  for (const [value, name] of [["", "Both"], ["upload", "Upload"], ["handshake", "Handshake"]]) {
    element("stages").append(make("label", {}, make("input", { type: "radio", name: "stage", value, onchange: () => { chosen.stage = value; changed(); } }), make("span", {}, name)));
  }
  MARKS.forEach((mark, rank) => {
    if (!head.runs.some((run) => run.counts[mark.letter])) return;
    element("outcomes").append(make("label", { class: "outcome", title: mark.about, "data-rank": rank },
      make("input", { type: "checkbox", onchange: (event) => { chosen.outcomes[event.target.checked ? "add" : "delete"](rank); changed(); } }),
      badge(mark), make("span", { class: "word" }, mark.word), make("span", { class: "number" })));
  });
  element("legend").append(...MARKS.filter((mark) => !mark.known).map((mark) => make("li", {}, badge(mark), make("span", {}, make("b", {}, mark.word), ` ${mark.about}`))),
    make("li", {}, badge(MARKS.find((mark) => mark.letter === "x")), make("span", {}, make("b", {}, "outlined"), " a difference that is written down, with its reason")));
  element("every").addEventListener("click", () => { chosen.outcomes.clear(); changed(); });
  element("split").addEventListener("change", (event) => { chosen.split = event.target.checked; changed(); });
  const folders = new Map();
  for (const id of head.ids) {
    const folder = id.slice(0, id.indexOf("/") + 1);
    if (folder) folders.set(folder, (folders.get(folder) || 0) + 1);
  }
  const tagged = head.tags.map(() => 0);
  head.tagged.forEach((tags) => tags.forEach((tag) => { tagged[tag]++; }));
  element("tag").append(make("option", { value: "" }, "all"),
    make("optgroup", { label: "Groups" }, ...[...folders].map(([folder, count]) => make("option", { value: folder }, `${folder} (${count})`))),
    ...(head.tags.length ? [make("optgroup", { label: "Tags and features" }, ...head.tags.map((tag, index) => make("option", { value: index }, `${tag} (${tagged[index]})`)))] : []));
  element("tag").addEventListener("change", (event) => { chosen.tag = event.target.value; changed(); });
  const radio = (value, attributes, ...children) =>
    make("label", { class: "one", ...attributes }, make("input", { type: "radio", name: "target", value, onchange: () => { chosen.target = value; changed(); } }), ...children);
  element("targets").append(radio(-1, {}, make("span", { class: "name" }, "all")),
    ...head.runs.map((run, index) => radio(index, { title: `${run.version}, ${run.kind}, under ${run.profile}${run.ended ? `; ${run.ended}` : ""}` },
      make("span", { class: "name" }, nameOf(index), run.ended ? " (not finished)" : ""), make("span", { class: "number" }), make("span", { class: "stack", "aria-hidden": "true" }))));
}

function applyFilters(keep) {
  const wasAt = keep === undefined ? model.rows[grid.at.row] : keep;
  choose();
  showFilters();
  resetRows(wasAt);
  saveHash();
}

function showFilters() {
  const { chosen, head } = model;
  element("text").value = chosen.text;
  element("split").checked = chosen.split;
  element("tag").value = chosen.tag;
  element("every").hidden = chosen.outcomes.size === 0;
  for (const input of document.querySelectorAll("[name=stage]")) input.checked = input.value === chosen.stage;
  for (const input of document.querySelectorAll("[name=target]")) input.checked = Number(input.value) === chosen.target;
  for (const label of element("outcomes").querySelectorAll(".outcome")) {
    const rank = Number(label.dataset.rank);
    const count = model.byOutcome[rank];
    label.querySelector("input").checked = chosen.outcomes.has(rank);
    label.querySelector(".number").textContent = count.toLocaleString("en");
    label.classList.toggle("empty", count === 0);
  }
  [...element("targets").querySelectorAll(".stack")].forEach((stack, run) => {
    const counts = model.byTarget[run];
    const parts = ["good", "other", "refuses", "lets-in", "broken", "skipped"].map((style) => {
      const count = MARKS.reduce((sum, mark, rank) => sum + (mark.style === style ? counts[rank] : 0), 0);
      const part = make("i", { class: style });
      part.style.flexGrow = count;
      return count ? part : null;
    });
    stack.replaceChildren(...parts.filter(Boolean));
    const news = counts.slice(0, DIFFERENCES).reduce((sum, count) => sum + count, 0);
    stack.parentElement.querySelector(".number").textContent = news ? `${news.toLocaleString("en")} differ` : "";
  });
  const shown = model.rows.length.toLocaleString("en");
  element("count").textContent = model.rows.length === head.ids.length ? `${shown} cases` : `${shown} of ${head.ids.length.toLocaleString("en")} cases`;
  for (const column of element("columns").children) column.classList.toggle("chosen", column.dataset.run === String(chosen.target));
}
