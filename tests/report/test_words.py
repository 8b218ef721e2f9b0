import pytest
from example_cube import example_cube

from leadmc.measures.summary import summary
from leadmc.report import words
from leadmc.report.html import typeset


@pytest.fixture(scope="module")
def record(cube):
    return summary(cube)


def test_names_of_tracks():
    assert words.track_title("global") == "LEAD Global"
    assert words.track_title("mssp-basic-e") == "MSSP Basic E"
    assert words.track_title("reach-global") == "REACH Global"
    assert words.track_title("stay-out") == "Signing nothing"


def test_money_in_words():
    assert words.amount({"value": -12_345_678.0, "se": 234_567.0}) == "a loss of $12.3 ± 0.2 million"
    assert words.amount({"value": 12_345_678.0, "se": 234_567.0}, error=False) == "a gain of $12.3 million"
    assert (
        words.amount({"value": -2.34, "se": 0.2}, scale="percent_of_benchmark") == "a loss of 2.3 ± 0.2% of benchmark"
    )
    assert words.amount({"value": 2.34, "se": 0.2}, scale="usd_pbpm") == "a gain of $2.3 ± 0.2 per person-month"
    assert words.amount({"value": None, "se": None}) == "an unknown amount"


def test_chance_in_words():
    assert words.chance({"value": 0.5213, "se": 0.0112}, 2_000) == "52 ± 1%"
    assert words.chance({"value": 0.0, "se": 0.0003}, 2_000) == "0% (none of 2,000 scenarios)"
    assert words.chance({"value": 1.0, "se": 0.0003}, 2_000) == "100% (all of 2,000 scenarios)"


def compared(means, differences, better=0.7, best=0.6):
    """Make what a verdict reads of a summary: means of tracks, and their paired differences, by name [USD]."""
    tracks = {
        track: {"net_result": {"ten_year": {"usd": {"mean": {"value": mean, "se": 1.0}}}}}
        for track, mean in means.items()
    }
    pairs = [
        {
            "first": first,
            "second": second,
            "ten_year": {
                "difference_usd": {"mean": {"value": value, "se": 0.5e6}},
                "better": {"value": better, "se": 0.01},
            },
        }
        for (first, second), value in differences.items()
    ]
    regret = {track: {"best": {"value": best, "se": 0.01}} for track in tracks}
    return {"n_scenarios": 500, "tracks": tracks, "pairs": pairs, "regret": regret}


@pytest.mark.parametrize(
    ("means", "difference", "said"),
    [
        (
            {"global": 5e6, "professional": 2e6},
            3e6,
            "LEAD Global leaves the ACO $3.0 ± 0.5 million better off than LEAD Professional, on average over "
            "ten years.",
        ),
        (
            {"global": 2e6, "professional": 5e6},
            -3e6,
            "LEAD Professional leaves the ACO $3.0 ± 0.5 million better off than LEAD Global, on average over "
            "ten years.",
        ),
        (
            {"global": 2e6, "professional": 1.1e6},
            0.9e6,
            "On average over ten years LEAD Global and LEAD Professional cannot be told apart: the difference is "
            "$0.9 ± 0.5 million.",
        ),
    ],
)
def test_verdict_claims_no_more_than_the_error_allows(means, difference, said):
    first, *more = words.verdict(compared(means, {("global", "professional"): difference}))
    assert first == said
    assert more == ["LEAD Global is better than LEAD Professional in 70 ± 1% of scenarios."]


def test_verdict_on_rivals_names_the_best_of_all_and_the_better_of_lead():
    means = {"global": 1e6, "professional": 3e6, "mssp-enhanced": 9e6}
    pairs = {
        ("global", "professional"): -2e6,
        ("global", "mssp-enhanced"): -8e6,
        ("professional", "mssp-enhanced"): -6e6,
    }
    said = words.verdict(compared(means, pairs))
    assert said == [
        "MSSP Enhanced leaves the ACO best off: $6.0 ± 0.5 million more over ten years on average than the next, "
        "LEAD Professional.",
        "MSSP Enhanced is the best of the three in 60 ± 1% of scenarios.",
        "LEAD Professional leaves the ACO $2.0 ± 0.5 million better off than LEAD Global, on average over ten years.",
        "LEAD Global is better than LEAD Professional in 70 ± 1% of scenarios.",
    ]


def test_verdict_on_one_track():
    (said,) = words.verdict(summary(example_cube(200).sel(track=["global"])))
    assert said.startswith("LEAD Global loses money over ten years with a chance of ")


def test_one_scenario_makes_no_claim():
    first, *_ = words.verdict(summary(example_cube(1)))
    assert first.endswith("cannot be told apart: the difference is an unknown amount.")


def test_findings_hold_the_numbers(record):
    assert words.fan_finding(record, "global", "usd").startswith(
        "LEAD Global: a bad year, one in 20, goes from a loss of $"
    )
    assert words.step_finding(record).startswith(
        "From 2031 to 2032 the benchmark of LEAD Global falls behind its trend in "
    )
    assert words.total_finding(record, "usd").startswith("Over ten years, one scenario in 20 ends worse than ")
    assert words.loss_finding(record).startswith("A ten-year loss has a chance of ")
    assert words.effect_finding(record, "global").startswith("LEAD Global: the rate book ")


def test_typesetting():
    assert typeset("(-6.9 ± 0.2%)") == "(\u22126.9\u00a0±\u00a00.2%)"
    assert typeset("rate-book 2-3") == "rate-book 2-3"
