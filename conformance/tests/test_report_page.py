"""The page in a real browser: it opens fast, its filters and keys work, nothing that a certificate says is obeyed."""

import json
from dataclasses import replace

import chromium
import pytest
from mtls_conformance.compare import UNEXPLAINED
from mtls_conformance.report import html
from project import base_cases
from report_samples import hostile, sample

pytestmark = pytest.mark.skipif(chromium.PROGRAM is None, reason="there is no chromium: apt-get install chromium")

CASES = base_cases()[::3]
MANY = 20_000
SECONDS_TO_OPEN = 1.0
SECONDS_TO_FILTER = 0.5


@pytest.fixture(scope="module")
def browser():
    with chromium.Chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(html.document(sample(CASES), CASES), encoding="utf-8")
    return path


@pytest.fixture
def tab(browser, page):
    browser.window()
    browser.open(page)
    browser.messages.clear()
    yield browser
    assert browser.messages == []


def shown(tab) -> list[str]:
    return tab.run("model.rows.map((row) => model.head.ids[row])")


def choose(tab, script: str) -> list[str]:
    tab.run(script)
    return shown(tab)


def check(name: str, value: str) -> str:
    return f"document.querySelector('[name={name}][value=\"{value}\"]').click()"


def outcome(letter: str) -> str:
    return f"document.querySelector(`#outcomes [data-rank=\"${{RANK['{letter}']}}\"] input`).click()"


def differs(target: int, stage: str | None = None) -> list[str]:
    run = sample(CASES).runs[target]
    wrong = {v.case_id for v in run.verdicts if v.outcome in UNEXPLAINED and stage in (None, v.stage)}
    return [case.id for case in CASES if case.id in wrong]


def test_it_shows_every_case_and_target(tab):
    assert shown(tab) == [case.id for case in CASES]
    assert tab.run("document.getElementById('count').textContent") == f"{len(CASES)} cases"
    assert tab.run("document.getElementById('grid').getAttribute('aria-rowcount')") == str(len(CASES) + 1)
    assert tab.run("document.querySelectorAll('#columns [role=columnheader]').length") == 2 + 4
    drawn = tab.run("document.querySelectorAll('#rows [role=row]').length")
    assert 10 < drawn < 80  # those in view


def test_every_cell_has_a_shape_a_name_and_its_outcome(tab):
    cells = tab.run(
        "[...document.querySelectorAll('#rows .row')].slice(0, 12).map((row) => [...row.querySelectorAll('.target')]"
        ".map((cell) => [cell.textContent, cell.getAttribute('aria-label'), cell.getAttribute('role')]))"
    )
    flat = [cell for row in cells for cell in row]
    assert len(flat) == 48 and all(role == "gridcell" for _, _, role in flat)
    glyphs = {label.split(": ")[1]: glyph for glyph, label, _ in flat}
    assert len(glyphs) > 3 and len(set(glyphs.values())) == len(glyphs)


def test_text_filter(tab):
    tab.press("/")
    assert tab.run("document.activeElement.id") == "text"
    tab.press(*"ROOT ca/")
    assert shown(tab) == tab.run(
        "model.head.ids.filter((id, row) => model.words[row].includes('root') && model.words[row].includes('ca/'))"
    )
    assert 0 < len(shown(tab)) < len(CASES)
    choose(tab, "element('text').value = 'no such thing'; element('text').dispatchEvent(new Event('input'))")
    assert shown(tab) == [] and tab.run("!element('nothing').hidden")
    tab.press("Enter", "ArrowDown", "Enter", "n")  # nothing to move in, nothing breaks


def test_outcomes_of_one_target(tab):
    for letter in "CHPlsr":
        tab.run(f"if (document.querySelector(`#outcomes [data-rank=\"${{RANK['{letter}']}}\"]`)) {outcome(letter)}")
    assert choose(tab, check("target", "1")) == differs(1)
    assert choose(tab, check("stage", "handshake")) == differs(1, "handshake")
    assert choose(tab, check("stage", "upload")) == differs(1, "upload")


def test_group_and_tag_filters(tab):
    folder = choose(tab, "element('tag').value = 'key/'; element('tag').dispatchEvent(new Event('change'))")
    assert folder == [case.id for case in CASES if case.id.startswith("key/")] != []
    tagged = choose(
        tab, "element('tag').value = model.head.tags.indexOf('ocsp'); element('tag').dispatchEvent(new Event('change'))"
    )
    assert tagged == [case.id for case in CASES if "ocsp" in case.features] != []


def test_only_where_targets_disagree(tab):
    rows = choose(tab, "element('split').click()")
    assert 0 < len(rows) < len(CASES)
    assert rows == tab.run("model.head.ids.filter((id, row) => model.head.splits[row])")


def active(tab) -> str:
    return tab.run("document.getElementById(element('grid').getAttribute('aria-activedescendant')).id")


def test_keys(tab):
    tab.run("element('grid').focus()")
    assert active(tab) == "cell-0-0"
    tab.press("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp")
    assert active(tab) == "cell-1-3"
    tab.press("End", "ArrowRight")
    assert active(tab) == "cell-1-5"
    tab.press("Home", "ArrowLeft")
    assert active(tab) == "cell-1-0"
    for _ in range(60):
        tab.press("ArrowDown")
    assert active(tab) == "cell-61-0"
    box = tab.run(
        "(() => { const a = document.getElementById('cell-61-0').getBoundingClientRect(), g = element('grid').getBoundingClientRect(); return [a.top - g.top, g.bottom - a.bottom] })()"
    )
    assert all(distance >= 0 for distance in box)  # it came into view
    tab.press("Enter")
    tab.wait(f"document.querySelector('#detail h2').textContent === {json.dumps(CASES[61].id)}")
    assert "open" in tab.run("document.getElementById('cell-61-0').parentElement.className")
    tab.press("ArrowUp")  # the opened case follows
    tab.wait(f"document.querySelector('#detail h2').textContent === {json.dumps(CASES[60].id)}")
    tab.press("Escape")
    assert tab.run("element('detail').hidden && document.activeElement.id") == "grid"


def test_next_difference(tab):
    tab.run("element('grid').focus()")
    seen = []
    for _ in range(10):
        tab.press("n")
        seen.append(active(tab))
        assert tab.run("rankAt(model.rows[grid.at.row], grid.at.column - FIXED) < DIFFERENCES")
    assert len(set(seen)) == 10
    tab.press("N")
    assert active(tab) == seen[-2]


def test_focus_is_visible(tab):
    tab.press("/")
    assert tab.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    tab.press("Enter", "ArrowDown")
    assert tab.run("getComputedStyle(element('grid')).boxShadow") != "none"
    assert tab.run("getComputedStyle(document.getElementById('cell-1-0')).outlineStyle") == "solid"


def open_case(tab, number: int) -> dict:
    tab.run(f"openCase({number}, 0)")
    tab.wait(f"document.querySelector('#detail h2').textContent === model.head.ids[{number}]")
    return tab.run(
        """(() => ({text: element('detail').innerText, links: [...document.querySelectorAll('.cites a')].map((a) => a.href),
        files: [...document.querySelectorAll('.file')].map((b) => b.textContent),
        nodes: [...document.querySelectorAll('.chain .cert title')].map((t) => t.textContent)}))()"""
    )


def test_a_case_opens_to_all_that_is_known_of_it(tab):
    number = next(
        n
        for n, case in enumerate(CASES)
        if any(c.startswith("rfc5280#") for c in case.cites) and len(case.certificates) > 2
    )
    case = CASES[number]
    view = open_case(tab, number)
    assert case.summary in view["text"] and all(cite in view["text"] for cite in case.cites)
    assert any(link.startswith("https://www.rfc-editor.org/rfc/rfc5280#section-") for link in view["links"])
    assert len(view["nodes"]) == len(case.certificates)
    for certificate, node in zip(case.certificates, view["nodes"]):
        assert certificate["subject"] in node and certificate["sha256"] in node
    assert view["files"] == ["↓ bundle.pem", "↓ client.pem"] and "client.key is not in this page" in view["text"]
    assert f"--only '{case.id}'" in view["text"]
    for target in range(4):
        assert f"target-{target} 1.0" in view["text"]
    assert "observed" in view["text"] or "inferred" in view["text"]


def test_raw_errors_and_reasons_of_known_differences_are_shown(tab):
    text = "".join(open_case(tab, number)["text"] for number in range(40))
    assert "unable to get issuer certificate" in text
    assert "rfc5280#6.1; seen in 0.9" in text and "it cannot be asked" in text


def test_all_cases_of_a_known_cause(tab):
    number = tab.run("model.head.causes.findIndex((causes) => causes.length)")
    open_case(tab, number)
    tab.run("document.querySelector('.why button').click()")
    assert shown(tab) == tab.run("model.head.ids.filter((id, row) => model.head.causes[row].length)") != []


def test_a_downloaded_file_is_the_cases_own(tab):
    number = next(n for n, case in enumerate(CASES) if case.id.startswith("handshake/"))
    open_case(tab, number)
    text = tab.run("""new Promise((done) => {
          const create = URL.createObjectURL;
          URL.createObjectURL = (blob) => { blob.text().then(done); return create(blob); };
          document.querySelector('.file').click();
        })""")
    assert text.encode() == CASES[number].bundle


def test_a_link_opens_the_same_view(tab, page):
    case = CASES[50].id
    tab.run(check("target", "2") + ";" + check("stage", "upload") + "; openCase(50, 1)")
    tab.wait("!element('detail').hidden")
    fragment = tab.run("location.hash")
    before = shown(tab)
    tab.open(page, fragment)
    tab.wait("!element('detail').hidden")
    assert shown(tab) == before
    assert tab.run("[model.chosen.stage, model.chosen.target, document.querySelector('#detail h2').textContent]") == [
        "upload",
        2,
        case,
    ]


@pytest.mark.parametrize(
    "fragment", ["#case=no/such&target=x&outcome=zzq.&tag=nope&stage=__proto__&text=%00%ff", "#%", "#__proto__=1"]
)
def test_a_bad_link_opens_the_whole(tab, page, fragment):
    tab.open(page, fragment)
    assert tab.run("element('fault').hidden")


def test_dark_and_light_differ_and_are_legible(tab):
    """WCAG's contrast of text on its ground: 4.5 for what is read."""
    ratio = """(() => {
      const light = (color) => { const [r, g, b] = color.match(/[\\d.]+/g).map((v) => v / 255).map((v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
      const pairs = [['body', null], ['.mark.good', null], ['.mark.lets-in:not(.known)', null], ['.mark.refuses:not(.known)', null], ['.mark.other:not(.known)', null], ['.mark.broken:not(.known)', null], ['#count', 'body']];
      return pairs.map(([name, ground]) => { const one = document.querySelector(name); if (!one) return [name, 99];
        const [a, b] = [light(getComputedStyle(one).color), light(getComputedStyle(document.querySelector(ground || name)).backgroundColor)];
        return [name, (Math.max(a, b) + .05) / (Math.min(a, b) + .05)]; });
    })()"""
    grounds = []
    for dark in (False, True):
        tab.window(dark=dark)
        assert all(value >= 4.5 for _, value in tab.run(ratio)), tab.run(ratio)
        grounds.append(tab.run("getComputedStyle(document.body).backgroundColor"))
    assert grounds[0] != grounds[1]


@pytest.mark.parametrize("width", [360, 800, 1100, 1920])
def test_nothing_hangs_over_the_edge(tab, width):
    tab.window(width, 800)
    tab.run("openCase(5, 1)")
    tab.wait("!element('detail').hidden")
    assert tab.run("document.documentElement.scrollWidth <= window.innerWidth")


def test_harm_in_every_text_does_none(browser, tmp_path):
    results, cases = hostile(CASES[:60])
    path = tmp_path / "hostile.html"
    path.write_text(html.document(results, cases), encoding="utf-8")
    browser.window()
    browser.messages.clear()
    browser.open(path)
    assert browser.run("model.head.ids.length") == 60
    for number in range(60):
        browser.run(f"openCase({number}, 1)")
        browser.wait(f"document.querySelector('#detail h2').textContent === model.head.ids[{number}]")
    assert "onerror" in browser.run("element('detail').textContent")  # it is there, as text
    assert browser.run(
        "[typeof window.owned, document.querySelectorAll('img').length, document.querySelectorAll('script:not([type])').length]"
    ) == ["undefined", 0, 1]
    assert browser.messages == []


def test_the_policy_stops_a_script_that_got_in(browser, tmp_path, page):
    """The control of the test above: with a script in its markup, the page would run it but for the policy."""
    path = tmp_path / "broken.html"
    path.write_text(page.read_text().replace("<main ", "<script>window.owned = 1</script><main "), encoding="utf-8")
    browser.open(path)
    assert browser.run("typeof window.owned") == "undefined"
    assert any("Content Security Policy" in message for message in browser.messages)
    without = (
        page.read_text()
        .replace("Content-Security-Policy", "X-Nothing")
        .replace("<main ", "<script>window.owned = 1</script><main ")
    )
    path.write_text(without, encoding="utf-8")
    browser.open(path)
    assert browser.run("window.owned") == 1


def test_a_damaged_page_says_so(browser, tmp_path, page):
    text = page.read_text()
    start = text.index('id="head">') + len('id="head">')
    path = tmp_path / "damaged.html"
    path.write_text(text[: start + 100] + "AAAA" + text[start + 104 :], encoding="utf-8")
    browser.open(path)
    assert "cannot be read" in browser.run("element('fault').textContent")


def quickest(act, enough: float) -> float:
    """The least time of ten, or the first that is enough: other programs of the machine only ever add to it."""
    best = act()
    for _ in range(9):
        if best >= enough:
            best = min(best, act())
    return best


def test_twenty_thousand_cases_by_twelve_targets_open_within_a_second(browser, tmp_path):
    base = base_cases()
    cases = tuple(replace(base[n % len(base)], id=f"{base[n % len(base)].id}@variant-{n}") for n in range(MANY))
    path = tmp_path / "many.html"
    path.write_text(html.document(sample(cases, targets=12), cases), encoding="utf-8")
    browser.window()
    browser.messages.clear()

    def open_it() -> float:
        browser.open(path)
        return browser.run("performance.getEntriesByName('opened')[0].startTime") / 1000

    def filter_it() -> float:
        return browser.run(
            "(() => { const start = performance.now(); model.chosen.text = 'expired'; applyFilters(); return (performance.now() - start) / 1000 })()"
        )

    opened, filtered = quickest(open_it, SECONDS_TO_OPEN), quickest(filter_it, SECONDS_TO_FILTER)
    assert browser.run("model.rows.length") < browser.run("model.head.ids.length") == MANY
    browser.run("model.chosen.text = ''; applyFilters(); element('grid').scrollTop = 300000; drawRows()")
    browser.run(f"openCase({MANY - 1}, 3)")
    browser.wait("!element('detail').hidden")
    print(f"opened in {opened:.2f} s, filtered in {filtered:.2f} s, {path.stat().st_size >> 20} MiB")
    assert browser.messages == []
    assert opened < SECONDS_TO_OPEN
    assert filtered < SECONDS_TO_FILTER
