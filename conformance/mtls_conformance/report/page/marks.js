// How an outcome looks: a shape of its own beside its colour. The worst first.
const MARKS = [
  { letter: "C", glyph: "C", word: "crash", style: "broken", about: "the target crashed on this case" },
  { letter: "H", glyph: "H", word: "hang", style: "broken", about: "the target gave no answer in time" },
  { letter: "P", glyph: "P", word: "protocol error", style: "broken", about: "the answer breaks the adapter protocol" },
  { letter: "l", glyph: "▲", word: "lets in", style: "lets-in", about: "accepts what must be refused" },
  { letter: "s", glyph: "▼", word: "refuses", style: "refuses", about: "refuses what must be accepted" },
  { letter: "r", glyph: "≠", word: "other reason", style: "other", about: "the same decision for another reason" },
  { letter: "w", glyph: "C", word: "breaks (known)", style: "broken", known: true, about: "crashes or hangs, and it is written down" },
  { letter: "x", glyph: "△", word: "lets in (known)", style: "lets-in", known: true, about: "accepts what is refused elsewhere, and it is written down why" },
  { letter: "y", glyph: "▽", word: "refuses (known)", style: "refuses", known: true, about: "refuses what is accepted elsewhere, and it is written down why" },
  { letter: "z", glyph: "≠", word: "other reason (known)", style: "other", known: true, about: "the same decision for another reason, and it is written down why" },
  { letter: "o", glyph: "✓", word: "as expected", style: "good", about: "answers as the corpus expects" },
  { letter: "-", glyph: "–", word: "skipped", style: "skipped", about: "cannot be asked, or nothing is expected" },
];
const NOTHING = { letter: ".", glyph: "", word: "not asked", style: "nothing", about: "" };
const RANK = { ".": MARKS.length };
MARKS.forEach((mark, rank) => { RANK[mark.letter] = rank; });
const DIFFERENCES = 10; // ranks below it are differences
const NEWS = 6; // ranks below it are unexplained

const markAt = (rank) => MARKS[rank] || NOTHING;
const markOf = (letter) => markAt(RANK[letter]);
const badge = (mark) => make("span", { class: `mark ${mark.style}${mark.known ? " known" : ""}`, "aria-hidden": "true" }, mark.glyph);
