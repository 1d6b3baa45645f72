// What is shown: the head of the report, what was chosen, and the rows that match it.
const STAGES = ["upload", "handshake"];
const model = {
  head: null,
  ranks: null, // of each case, run and stage: an index into MARKS
  rows: [], // numbers of the cases that match
  chosen: { text: "", stage: "", outcomes: new Set(), target: -1, tag: "", split: false },
};

function setHead(head) {
  const runs = head.runs.length;
  model.head = head;
  model.ranks = new Uint8Array(head.ids.length * runs * 2);
  head.marks.forEach((letters, row) => {
    for (let i = 0; i < letters.length; i++) model.ranks[row * runs * 2 + i] = RANK[letters[i]];
  });
  model.words = head.ids.map((id, row) =>
    `${id}\n${head.texts[head.summaries[row]]}\n${head.texts[head.expected[row]]}\n${head.tagged[row].map((tag) => head.tags[tag]).join("\n")}\n${head.causes[row].map((cause) => head.texts[cause]).join("\n")}`.toLowerCase());
}

// The rank of a cell: of one stage, or the worse of both.
function rankAt(row, run) {
  const at = (row * model.head.runs.length + run) * 2;
  const [upload, handshake] = [model.ranks[at], model.ranks[at + 1]];
  if (model.chosen.stage === "upload") return upload;
  if (model.chosen.stage === "handshake") return handshake;
  return Math.min(upload, handshake);
}

function matches(row, words) {
  const { stage, tag, split } = model.chosen;
  const { ids, tagged, splits } = model.head;
  if (split && !(splits[row] & (stage === "upload" ? 1 : stage === "handshake" ? 2 : 3))) return false;
  if (tag && !(tag.endsWith("/") ? ids[row].startsWith(tag) : tagged[row].includes(Number(tag)))) return false;
  return words.every((word) => model.words[row].includes(word));
}

// Finds the rows that match, and counts along the way: of those that would match but for their outcome, how many have
// each outcome; and of those shown, how many of each a target has.
function choose() {
  const { text, outcomes, target } = model.chosen;
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const runs = model.head.runs.length;
  const [first, last] = target < 0 ? [0, runs] : [target, target + 1];
  const wanted = [...outcomes].reduce((mask, rank) => mask | (1 << rank), 0);
  model.rows = [];
  model.byOutcome = new Uint32Array(MARKS.length + 1);
  model.byTarget = Array.from({ length: runs }, () => new Uint32Array(MARKS.length + 1));
  for (let row = 0; row < model.head.ids.length; row++) {
    if (!matches(row, words)) continue;
    let mask = 0;
    for (let run = first; run < last; run++) mask |= 1 << rankAt(row, run);
    for (let rank = 0; rank < MARKS.length; rank++) if (mask & (1 << rank)) model.byOutcome[rank]++;
    if (wanted && !(mask & wanted)) continue;
    model.rows.push(row);
    for (let run = 0; run < runs; run++) model.byTarget[run][rankAt(row, run)]++;
  }
}

const blocks = new Map(); // number -> promise of its cases
async function detailOf(row) {
  const number = Math.floor(row / model.head.block);
  if (!blocks.has(number)) blocks.set(number, unpack(`block-${number}`));
  return (await blocks.get(number))[row % model.head.block];
}

// A target's name, with its profile where it has a run under each of several.
function nameOf(run) {
  const one = model.head.runs[run];
  const several = model.head.runs.filter((other) => other.target === one.target).length > 1;
  return several ? `${one.target} (${one.profile})` : one.target;
}
