import re
import subprocess
import sys
from html.parser import HTMLParser

import matplotlib as mpl
import numpy as np
import pytest
from example_cube import example_cube
from markupsafe import Markup

from leadmc.measures.rounding import NO_ESTIMATE
from leadmc.measures.summary import summary
from leadmc.measures.tables import FULL, percentile_table
from leadmc.report import evidence, figures, results
from leadmc.report.drawing import STYLE, palette, styled, svg
from leadmc.report.html import typeset, write_report

MANIFEST = {
    "command": "leadmc run quickstart.yaml",
    "seed": 7,
    "config_sha256": "ab" * 32,
    "counts": {"beneficiaries": 12_000},
    "tracks": ["global", "professional"],
    "unverified_terms": [
        {"path": "a.b", "title": "Term <one>", "value": [0.6, 0.5], "confidence": "C", "source": "W0"},
        {"path": "c.d", "value": {"2027": 0.3}, "confidence": "E", "source": "<script>alert(1)</script>"},
    ],
    "assumptions": ["Calibrated preset & nothing else."],
}
INFLUENCE = {
    "n_scenarios": 64,
    "terms": [
        {
            "path": "rate_book.mode",
            "title": "Transition to the regional rate book",
            "source": "M2",
            "confidence": "D",
            "alternative": "NONE",
            "tracks": {track: {"mean_usd": {"value": 3e6, "se": 2e5}, "p5_usd": {"value": -4e6, "se": 1e6}}},
        }
        for track in ("global", "professional")
    ],
    "rate_book": [
        {
            "mode": "CLIFF",
            "path": None,
            "alternative": None,
            "tracks": {
                track: {
                    "ten_year_usd": {name: {"value": 1e6, "se": 1e5} for name in ("mean", "p5", "p95")},
                    "change_usd": {"value": 0.0, "se": 0.0},
                }
                for track in ("global", "professional")
            },
        }
    ],
}
VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """Collects what the tests ask of a page, and refuses tags that do not close."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.headings, self.links, self.tags, self.refs = [], [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        self.ids += [attrs["id"]] if "id" in attrs else []
        self.links += [v for k, v in attrs.items() if k in ("src", "href", "xlink:href")]
        self.refs += re.findall(r"url\(#([^)]+)\)", " ".join(str(v) for v in attrs.values()))
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


SETTINGS = {
    "tracks": ["global", "professional"],
    "assumptions": {"preset": "calibrated", "people": {"exit_hazard": 0.123}},
    "rules": {"add_on.duration": 3},
}


@pytest.fixture(scope="module")
def record(cube):
    return summary(cube) | {"rule_influence": INFLUENCE}


@pytest.fixture(scope="module")
def written(cube, record, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(cube, record, MANIFEST, path, settings=SETTINGS)
    return path.read_text(encoding="utf-8")


def test_page_is_well_formed_and_self_contained(written):
    page = Page(written)
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    own = [link for link in page.links if link != "data:,"]
    assert all(link.startswith("#") and link[1:] in page.ids for link in own)
    assert set(page.refs) <= set(page.ids)
    assert "@import" not in written
    assert not re.search(r"https?://(?!www\.w3\.org/)", written)
    assert len(written.encode()) < 2_000_000


def test_page_is_accessible(written):
    page = Page(written)
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    drawings = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert len(drawings) == len(re.findall("<figcaption>", written)) > 20
    assert all(a["role"] == "img" and a["aria-labelledby"] in page.ids for a in drawings)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("table") == tags.count("caption") > 20
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
    assert "prefers-color-scheme: dark" in written
    assert "@media print" in written


def test_every_part_is_there_without_a_script(written):
    switched = [attrs for tag, attrs in Page(written).tags if {"data-track", "data-unit"} & set(attrs)]
    hidden = [attrs for attrs in switched if "hidden" in attrs and attrs.get("data-unit") == "usd"]
    assert {one.get("data-track") for one in switched} >= {"global", "professional"}
    assert {one.get("data-unit") for one in switched} >= {"usd", "percent_of_benchmark", "usd_pbpm"}
    assert all("data-percentile" in attrs for attrs in hidden)  # of the first screen: the tables below have them all


def test_assumptions_and_changed_rules_stand_with_their_sources(written):
    assert "national trend: innovation sd" in written
    assert re.search(r'class="own"><th scope="row">people: exit hazard</th><td><code>0.123</code>', written)
    assert "Rules that the configuration changes" in written
    assert "<code>add_on.duration</code>" in written


def test_sections_in_the_shape_of_the_standards(written):
    for heading in ("Purpose and intended users", "Data (ASOP 23)", "Methods (ASOP 56)", "Assumptions", "Limitations"):
        assert f"<h3>{heading}</h3>" in written
    assert "<h3>Reliance on others (ASOP 41)</h3>" in written
    assert "<dt>Responsible actuary, credentials</dt><dd></dd>" in written


def test_every_percentile_is_printed_as_its_error_allows(record, written):
    for track in record["tracks"]:
        for scale in ("usd", "percent_of_benchmark", "usd_pbpm"):
            for _, cells in percentile_table(record, track, statistics=FULL, scale=scale).rows:
                for cell in cells:
                    shown = f'>{typeset(cell.value)}<span class="se">±&nbsp;{cell.se}</span>'
                    assert shown in written or cell.value == NO_ESTIMATE


def test_a_number_changed_in_the_cube_changes_on_the_page(cube, written, tmp_path, monkeypatch):
    for module in (evidence, results):
        monkeypatch.setattr(module, "svg", lambda *_: Markup())  # only numbers are looked at
    changed = cube.copy(deep=True)
    changed["net_result"][:, 0] -= 1e6
    record = summary(changed) | {"rule_influence": INFLUENCE}
    write_report(changed, record, MANIFEST, tmp_path / "r.html", settings=SETTINGS)
    after = (tmp_path / "r.html").read_text(encoding="utf-8")
    (_, (mean, *_)), *_ = percentile_table(record, "global").rows
    assert f'>{typeset(mean.value)}<span class="se">±&nbsp;{mean.se}</span>' in after
    lines = [set(re.findall(r"<td[^>]*>.*?</td>", text)) for text in (written, after)]
    assert len(lines[1] - lines[0]) > 50


def test_everything_from_outside_is_escaped(written):
    assert "Term &lt;one&gt;" in written
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in written
    assert "Calibrated preset &amp; nothing else." in written


def test_origin_and_terms_are_shown(written):
    for text in ("leadmc run quickstart.yaml", "ab" * 32, "beneficiaries: <code>12000</code>", "0.6, 0.5", "c.d"):
        assert text in written
    assert "unverified_terms" not in written


def test_same_input_same_bytes(cube, record, written, tmp_path, monkeypatch):
    monkeypatch.setitem(mpl.rcParams, "font.size", 30)  # the user's own settings do not matter
    write_report(cube, record, MANIFEST, tmp_path / "again.html", settings=SETTINGS)
    assert mpl.rcParams["font.size"] == 30
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == written


@pytest.mark.parametrize("scenarios", [1, 37])
def test_small_runs_one_track_and_no_rate_book(scenarios, tmp_path):
    ds = example_cube(scenarios, rate_book=False).sel(track=["professional"])
    write_report(ds, summary(ds), {"seed": 1}, tmp_path / "r.html")
    text = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "The regional rate book" not in text
    assert "The choice of a track" not in text
    assert "No unverified term of the contract was used." in text
    assert Page(text).open == []


def test_a_world_without_risk(tmp_path):
    ds = example_cube(20)
    for name in ("net_result", "gross_savings", "shared_result", "net_cash", "rate_book_effect"):
        ds[name][:] = 0.0
    write_report(ds, summary(ds), {}, tmp_path / "r.html")
    assert "in 0% (none of 20 scenarios)" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_bars_have_an_edge_at_zero():
    for low, high in ((-3.0, 7.0), (-0.02, 0.4), (-250e6, 13e6)):
        edges = figures.bin_edges(low, high, 1_000)
        assert np.abs(edges).min() < 1e-9 * (high - low)
        assert np.diff(edges) == pytest.approx(edges[1] - edges[0])
        assert 5 <= edges.size <= figures.MOST_BARS + 3


def test_colours_are_left_to_the_page():
    with styled() as paper:
        line = figures.Line("A", 0, np.array([0.2, 0.8]))
        figure = figures.distribution(paper, np.array([-1.0, 0.0, 1.0]), [line], [-0.5], "x [1]")
        drawing = svg(figure, "x", "<finding>")
    assert not any(colour in drawing for colour in palette().values())
    assert "var(--track-0)" in drawing
    assert '<title id="x-title">&lt;finding&gt;</title>' in drawing
    assert "<metadata>" not in drawing


def test_dark_page_knows_every_colour(written):
    dark = written[written.index("prefers-color-scheme: dark") :].split("}")[0]
    assert all(f"--{name}:" in dark for name in palette())
    assert STYLE.exists()


def test_drawing_library_stays_in_the_report():
    code = "import sys, leadmc.measures.tables, leadmc.measures.summary; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
