// How an outcome looks: a shape of its own beside its colour. The worst first.
const MARKS = [
  { letter: "C", glyph: "C", word: "crash", style: "broken", about: "the target crashed on this case" },
  { letter: "H", glyph: "H", word: "hang", style: "broken", about: "the target gave no answer in time" },
  { letter: "P", glyph: "P", word: "protocol error", style: "broken", about: "the answer breaks the adapter protocol" },
  { letter: "l", glyph: "▲", word: "lets in", style: "lets-in", about: "accepts what must be refused" },
  { letter: "s", glyph: "▼", word: "refuses", style: "refuses", about: "refuses what must be accepted" },
  { letter: "r", glyph: "≠", word: "other reason", style: "other", about: "the same decision for another reason" },
  { letter: "k", glyph: "≈", word: "known", style: "known", about: "differs, and it is written down why" },
  { letter: "o", glyph: "✓", word: "as expected", style: "good", about: "answers as the corpus expects" },
  { letter: "-", glyph: "–", word: "skipped", style: "skipped", about: "cannot be asked, or nothing is expected" },
];
const NOTHING = { letter: ".", glyph: "", word: "not asked", style: "nothing", about: "" };
const RANK = { ".": MARKS.length };
MARKS.forEach((mark, rank) => { RANK[mark.letter] = rank; });
const NEWS = 6; // ranks below it are unexplained differences

const markAt = (rank) => MARKS[rank] || NOTHING;
const markOf = (letter) => markAt(RANK[letter]);
const badge = (mark) => make("span", { class: `mark ${mark.style}`, "aria-hidden": "true" }, mark.glyph);
