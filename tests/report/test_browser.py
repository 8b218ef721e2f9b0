"""The page as a browser shows it: layout at three widths, no error, no request, and the switches."""

import shutil

import pytest
import xarray as xr
from example_cube import example_cube

from leadmc.measures.summary import summary
from leadmc.report.html import write_report

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
WIDTHS = {390: 844, 1280: 900, 1920: 1080}
TRACKS = ["professional", "global", "mssp-enhanced"]

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    two = example_cube(300)
    ds = xr.concat([two, two.isel(track=[0])], dim="track", data_vars="minimal", coords="minimal", compat="override")
    ds = ds.assign_coords(track=TRACKS)
    ds["net_result"][:] = ds["net_result"] + xr.DataArray([0.0, 1e5, 3e7], dims="track")
    ds = ds.transpose("scenario", "track", ...)
    path = tmp_path_factory.mktemp("browser") / "report.html"
    settings = {"tracks": TRACKS, "assumptions": {"preset": "calibrated"}, "rules": {}}
    write_report(ds, summary(ds), {"command": "leadmc run x.yaml", "seed": 1}, path, settings=settings)
    return path


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    with playwright.sync_playwright() as driver:
        made = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def opened(browser, page_file):
    """Open the page at a width; every complaint and every request is collected."""
    pages = []

    def open_page(width=1280, **options):
        page = browser.new_page(viewport={"width": width, "height": WIDTHS[width]}, **options)
        page.complaints, page.requests = [], []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(page_file.as_uri())
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_runs_over_the_edge_and_nothing_is_fetched(opened, page_file, width, scheme):
    page = opened(width, color_scheme=scheme)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    beyond = """[...document.querySelectorAll("h1, h2, h3, p, figure, svg, .fact")]
        .filter(one => one.getClientRects().length && one.getBoundingClientRect().right > innerWidth + 1).length"""
    assert page.evaluate(beyond) == 0
    assert page.complaints == []
    assert [url for url in page.requests if not url.startswith("data:")] == [page_file.as_uri()]


def test_the_answer_fits_the_first_screen(opened):
    page = opened(1280)
    for part in ("#answer", ".answer", ".picture figure", ".fact"):
        box = page.locator(part).first.bounding_box()
        assert box["y"] + box["height"] <= WIDTHS[1280], part
    phone = opened(390)
    box = phone.locator(".answer").bounding_box()
    assert box["y"] + box["height"] <= WIDTHS[390]
    assert phone.evaluate("document.querySelector('.answer').scrollWidth <= innerWidth - 20")


def shown(page, selector):
    return page.evaluate(
        f"[...document.querySelectorAll('{selector}')].filter(one => one.getClientRects().length).length"
    )


def test_the_track_is_switched(opened):
    page = opened()
    switch = page.locator("select[data-switch=track]")
    assert switch.input_value() == "mssp-enhanced"  # leaves the ACO best off
    for track in TRACKS:
        switch.select_option(track)
        assert shown(page, f'figure[data-track="{track}"]') > 3
        assert all(shown(page, f'[data-track="{other}"]') == 0 for other in TRACKS if other != track)
    assert page.locator("#shown").inner_text().startswith("Shown: MSSP Enhanced, $ million")
    switch.select_option("all")
    assert all(shown(page, f'figure[data-track="{track}"]') > 3 for track in TRACKS)


def test_unit_and_percentile_are_switched(opened):
    page = opened()
    first = page.locator(".answer tbody tr").first
    before = first.inner_text()
    page.locator("select[data-switch=unit]").select_option("percent_of_benchmark")
    assert first.inner_text() != before
    assert shown(page, 'figure[data-unit="usd"]') == 0
    assert shown(page, 'figure[data-unit="percent_of_benchmark"]') >= 2
    page.locator("select[data-switch=percentile]").select_option("p1")
    assert page.locator(".answer thead").inner_text().split("\t")[3] == "One in 100 ends below"
    assert shown(page, 'th[data-percentile="p1"]') >= 1
    assert shown(page, 'th[data-percentile="p5"]') == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.complaints == []


def test_everything_is_there_without_a_script(browser, page_file):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_file.as_uri())
    assert not page.locator("#switches").is_visible()
    for track in TRACKS:
        for unit in ("usd", "percent_of_benchmark", "usd_pbpm"):
            assert page.locator(f'figure[data-track="{track}"][data-unit="{unit}"]').is_visible()
            assert page.locator(f'.sheet[data-track="{track}"][data-unit="{unit}"]').is_visible()
    context.close()


def test_the_keyboard_leads_through(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.switch") == "track":
            break
    page.keyboard.press("ArrowUp")
    assert page.locator("#shown").inner_text().startswith("Shown: LEAD Global")


def test_print_is_light_and_leaves_switches_out(opened):
    page = opened(color_scheme="dark")
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert not page.locator("select[data-switch=track]").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.sheet')).breakInside") == "avoid"
