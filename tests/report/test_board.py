import pytest
from example_cube import example_cube

from leadmc.measures.summary import summary
from leadmc.measures.tables import cell
from leadmc.report.board import board


@pytest.fixture(scope="module")
def record(cube):
    return summary(cube)


def share(value):
    return {"value": value, "se": 0.01}


def test_a_row_a_track_with_the_cells_of_the_summary(record):
    shown = board(record)
    assert [row.title for row in shown.rows] == ["LEAD Global", "LEAD Professional"]
    total = record["tracks"]["global"]["net_result"]["ten_year"]
    first = shown.rows[0]
    assert first.loss == cell(total["p_loss"], 0.01)
    assert first.mean["usd"] == cell(total["usd"]["mean"], 1e6)
    assert first.tail["percent_of_benchmark"]["p5"] == cell(total["percent_of_benchmark"]["p5"])
    assert first.best == cell(record["regret"]["global"]["best"], 0.01)


@pytest.mark.parametrize(
    ("split", "said"),
    [
        ({"claim noise": 0.7, "ACO effect": 0.3}, "the luck of single people's claims: it makes 70 ± 1%"),
        (
            {"claim noise": 0.3, "ACO effect": 0.7},
            "what this ACO turns out to cost against its region: it makes 70 ± 1%",
        ),
        ({"trend and region": 0.8, "ACO effect x rules": 0.9}, "how cost grows in the nation and in the region"),
        ({"rules": 0.5, "claim noise": 0.4}, "which rules CMS will publish: it makes 50 ± 1%"),
    ],
)
def test_what_decides_is_the_largest_single_part(record, split, said):
    parts = {name: share(value) for name, value in split.items()}
    shown = board(record | {"variance_split": dict.fromkeys(record["tracks"], parts)})
    assert f"Most of the uncertainty is {said}" in " ".join((shown.fact, *shown.also))


def test_few_scenarios_say_nothing_of_what_decides():
    shown = board(summary(example_cube(20)))
    assert shown.fact.endswith("nothing can be said of what decides the result.")


@pytest.mark.parametrize(
    ("slope", "better"),
    [(0.4, "LEAD Global is better than LEAD Professional"), (-0.4, "LEAD Professional is better than LEAD Global")],
)
def test_where_the_order_turns(record, slope, better):
    turning = {
        "break_even_percent": {"value": 6.12, "se": 0.04},
        "slope": {"value": slope, "se": 0.01},
        "savings_percent": {"value": 1.52, "se": 0.02},
    }
    fact = board(record | {"pairs": [pair | turning for pair in record["pairs"]]}).fact
    assert fact.startswith(f"{better} only where the ACO saves more than 6.12 ± 0.04% of its benchmark before discount")
    assert fact.endswith("on average it saves 1.52 ± 0.02%.")


def test_an_order_that_may_not_turn_is_not_told(record):
    unclear = {"break_even_percent": {"value": 6.12, "se": 0.04}, "slope": {"value": 0.01, "se": 0.02}}
    shown = board(record | {"pairs": [pair | unclear for pair in record["pairs"]]})
    assert not any("only where" in said for said in (shown.fact, *shown.also))


def test_the_rule_that_weighs_most_is_clear_of_its_error(record):
    def term(path, change, se):
        mean = {"mean_usd": {"value": change, "se": se}}
        return {
            "path": path,
            "title": f"Rule {path}",
            "alternative": "other",
            "tracks": dict.fromkeys(record["tracks"], mean),
        }

    influence = {"n_scenarios": 9, "terms": [term("a", 9e6, 8e6), term("b", -4e6, 1e5), term("c", 1e6, 1e5)]}
    said = " ".join(board(record | {"rule_influence": influence}).also)
    assert "\u201cRule b\u201d as other would lower the mean by $4.0 ± 0.1 million." in said


def test_one_track_has_no_rival():
    shown = board(summary(example_cube(100).sel(track=["global"])))
    assert shown.sure == ()
    assert shown.rows[0].best is None
