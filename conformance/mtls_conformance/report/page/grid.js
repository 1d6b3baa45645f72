// The matrix. Only the rows in view are in the page; the grid itself has the focus and names its active cell
// (aria-activedescendant), so a row may come and go without the focus being lost.
const ROW = 30;
const FIXED = 2; // columns before the targets: the case, and what is expected
const grid = { at: { row: 0, column: 0 }, drawn: new Map(), frame: 0 };
const element = (id) => document.getElementById(id);

function buildGrid() {
  const head = model.head;
  const box = element("grid");
  const longest = Math.max(...head.runs.map((run, index) => nameOf(index).length), 8);
  box.style.setProperty("--targets", head.runs.length);
  box.style.setProperty("--cell", head.runs.length > 18 ? "26px" : "32px");
  box.classList.toggle("many", head.runs.length > 18);
  box.style.setProperty("--names", `${Math.min(longest * 7 + 22, 200)}px`);
  box.setAttribute("aria-colcount", head.runs.length + FIXED);
  const column = (index, name, extra) =>
    make("div", { role: "columnheader", "aria-colindex": index + 1, ...extra }, make("span", {}, name));
  element("columns").append(
    column(0, "Case", { class: "case" }),
    column(1, "Expected", { class: "expected" }),
    ...head.runs.map((run, index) =>
      column(FIXED + index, nameOf(index), { class: "target", title: `${nameOf(index)}: ${run.version}`, "data-run": index })),
  );
  box.addEventListener("scroll", () => {
    if (!grid.frame) grid.frame = requestAnimationFrame(() => { grid.frame = 0; drawRows(); });
  });
  new ResizeObserver(() => drawRows()).observe(box);
  box.addEventListener("keydown", onGridKey);
  box.addEventListener("focus", showActive);
  element("rows").addEventListener("click", (event) => {
    const cell = event.target.closest("[data-column]");
    if (!cell) return;
    moveTo(Number(cell.parentElement.dataset.at), Number(cell.dataset.column));
    openCase(model.rows[grid.at.row], grid.at.column - FIXED);
  });
}

// After the choice of rows changed.
function resetRows(keep) {
  for (const row of grid.drawn.values()) row.remove();
  grid.drawn.clear();
  const rows = element("rows");
  rows.style.height = `${model.rows.length * ROW}px`;
  element("grid").setAttribute("aria-rowcount", model.rows.length + 1);
  element("nothing").hidden = model.rows.length > 0;
  const at = keep === undefined ? -1 : model.rows.indexOf(keep);
  if (at < 0) element("grid").scrollTop = 0;
  moveTo(Math.max(at, 0), grid.at.column, at >= 0);
  drawRows();
}

function drawRows() {
  const box = element("grid");
  const first = Math.max(0, Math.floor(box.scrollTop / ROW) - 6);
  const last = Math.min(model.rows.length, Math.ceil((box.scrollTop + box.clientHeight) / ROW) + 6);
  for (const [at, row] of grid.drawn) {
    if (at < first || at >= last) {
      row.remove();
      grid.drawn.delete(at);
    }
  }
  const fresh = document.createDocumentFragment();
  for (let at = first; at < last; at++) {
    if (grid.drawn.has(at)) continue;
    const row = drawRow(at);
    grid.drawn.set(at, row);
    fresh.append(row);
  }
  element("rows").append(fresh);
  showActive();
}

function drawRow(at) {
  const number = model.rows[at];
  const head = model.head;
  const id = head.ids[number];
  const slash = id.lastIndexOf("/") + 1;
  const cell = (column, role, attributes, ...children) =>
    make("div", { role, id: `cell-${at}-${column}`, "data-column": column, "aria-colindex": column + 1, ...attributes }, ...children);
  const row = make("div", { role: "row", class: number === opened.row ? "row open" : "row", "aria-rowindex": at + 2, "data-at": at },
    cell(0, "rowheader", { class: "case", title: `${id}\n${head.texts[head.summaries[number]]}` },
      make("span", { class: "folder" }, id.slice(0, slash)), id.slice(slash)),
    cell(1, "gridcell", { class: "expected", title: head.texts[head.expected[number]] }, head.texts[head.expected[number]]),
    head.runs.map((run, index) => {
      const mark = markAt(rankAt(number, index));
      const name = `${nameOf(index)}: ${mark.word}`;
      return cell(FIXED + index, "gridcell", { class: index === model.chosen.target ? "target chosen" : "target", title: name, "aria-label": name }, badge(mark));
    }));
  row.style.transform = `translateY(${at * ROW}px)`;
  return row;
}

function moveTo(row, column, quietly) {
  const columns = model.head.runs.length + FIXED;
  grid.at = {
    row: Math.min(Math.max(row, 0), Math.max(model.rows.length - 1, 0)),
    column: Math.min(Math.max(column, 0), columns - 1),
  };
  const box = element("grid");
  const head = element("columns").offsetHeight;
  const top = grid.at.row * ROW;
  if (!quietly || grid.at.row) {
    if (quietly) box.scrollTop = top - (box.clientHeight - head) / 3;
    else if (top < box.scrollTop) box.scrollTop = top;
    else if (top + ROW + head > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW + head - box.clientHeight;
  }
  drawRows();
  const active = element(`cell-${grid.at.row}-${grid.at.column}`);
  if (active && !quietly && grid.at.column >= FIXED) {
    const pinned = element("columns").firstElementChild.offsetWidth;
    const left = active.offsetLeft;
    if (left - pinned < box.scrollLeft) box.scrollLeft = left - pinned;
    else if (left + active.offsetWidth > box.scrollLeft + box.clientWidth) box.scrollLeft = left + active.offsetWidth - box.clientWidth;
  }
}

function showActive() {
  const box = element("grid");
  for (const old of box.querySelectorAll(".active")) old.classList.remove("active");
  for (const old of box.querySelectorAll(".crossed")) old.classList.remove("crossed");
  const cell = element(`cell-${grid.at.row}-${grid.at.column}`);
  if (!cell) return box.removeAttribute("aria-activedescendant");
  cell.classList.add("active");
  if (grid.at.column >= FIXED && document.activeElement === box) element("columns").children[grid.at.column].classList.add("crossed");
  box.setAttribute("aria-activedescendant", cell.id);
}

// The next cell with a difference, to the right and then down; backwards with step -1.
function nextDifference(step) {
  const runs = model.head.runs.length;
  const size = model.rows.length * runs;
  let at = grid.at.row * runs + grid.at.column - FIXED;
  if (grid.at.column < FIXED) at = grid.at.row * runs - (step > 0 ? 1 : 0);
  for (at += step; at >= 0 && at < size; at += step) {
    if (rankAt(model.rows[Math.floor(at / runs)], at % runs) < DIFFERENCES) return moveTo(Math.floor(at / runs), FIXED + (at % runs));
  }
}

function onGridKey(event) {
  if (event.altKey || event.metaKey) return;
  const { row, column } = grid.at;
  const page = Math.max(1, Math.floor(element("grid").clientHeight / ROW) - 4);
  const whole = event.ctrlKey;
  const moves = {
    ArrowUp: () => moveTo(whole ? 0 : row - 1, column),
    ArrowDown: () => moveTo(whole ? model.rows.length : row + 1, column),
    ArrowLeft: () => moveTo(row, whole ? 0 : column - 1),
    ArrowRight: () => moveTo(row, whole ? Infinity : column + 1),
    PageUp: () => moveTo(row - page, column),
    PageDown: () => moveTo(row + page, column),
    Home: () => moveTo(whole ? 0 : row, 0),
    End: () => moveTo(whole ? model.rows.length : row, Infinity),
    n: () => nextDifference(1),
    N: () => nextDifference(-1),
    p: () => nextDifference(-1),
    Enter: () => openCase(model.rows[row], column - FIXED),
    " ": () => openCase(model.rows[row], column - FIXED),
  };
  const move = moves[event.key];
  if (!move || !model.rows.length || (whole && event.key.length === 1)) return;
  event.preventDefault();
  move();
  if (!element("detail").hidden && event.key !== "Enter" && event.key !== " ") openCase(model.rows[grid.at.row], grid.at.column - FIXED);
}
