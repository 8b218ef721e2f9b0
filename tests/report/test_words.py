import pytest
from example_cube import example_cube

from leadmc.measures.summary import summary
from leadmc.report import words
from leadmc.report.html import typeset


@pytest.fixture(scope="module")
def record(cube):
    return summary(cube)


def test_names_of_tracks():
    assert words.track_title("global") == "Global"
    assert words.track_title("mssp-basic-e") == "MSSP Basic E"
    assert words.track_title("reach-global") == "REACH Global"


def test_money_in_words():
    assert words.amount({"value": -12_345_678.0, "se": 234_567.0}) == "a loss of $12.3 ± 0.2 million"
    assert words.amount({"value": 12_345_678.0, "se": 234_567.0}, error=False) == "a gain of $12.3 million"
    assert words.amount({"value": None, "se": None}) == "an unknown amount"


def test_chance_in_words():
    assert words.chance({"value": 0.5213, "se": 0.0112}, 2_000) == "52 ± 1%"
    assert words.chance({"value": 0.0, "se": 0.0003}, 2_000) == "0% (none of 2,000 scenarios)"
    assert words.chance({"value": 1.0, "se": 0.0003}, 2_000) == "100% (all of 2,000 scenarios)"


def compared(mean, se, better):
    total = {"difference_usd": {"mean": {"value": mean, "se": se}}, "better": {"value": better, "se": 0.01}}
    return {"n_scenarios": 500, "choice": {"first": "global", "second": "professional", "ten_year": total}}


@pytest.mark.parametrize(
    ("mean", "better", "said"),
    [
        (3e6, 0.7, "Global pays $3.0 ± 0.5 million more than Professional over ten years on average. Global pays more"),
        (
            -3e6,
            0.3,
            "Professional pays $3.0 ± 0.5 million more than Global over ten years on average. Global pays more",
        ),
        (
            0.9e6,
            0.5,
            "On average over ten years Global and Professional cannot be told apart: the difference is $0.9 ± 0.5",
        ),
    ],
)
def test_verdict_claims_no_more_than_the_error_allows(mean, better, said):
    verdict = words.verdict(compared(mean, 0.5e6, better))
    assert verdict.startswith(said)
    assert verdict.endswith(f"Global pays more than Professional in {100 * better:.0f} ± 1% of scenarios.")


def test_verdict_on_one_track():
    said = words.verdict(summary(example_cube(200).sel(track=["global"])))
    assert said.startswith("Global loses money over ten years with a chance of ")


def test_one_scenario_makes_no_claim():
    said = words.verdict(summary(example_cube(1)))
    assert "cannot be told apart: the difference is $n/a ± n/a million" in said


def test_findings_hold_the_numbers(record):
    described = words.describe(record, "professional")
    assert described.title == "Professional"
    assert described.bad.startswith("One scenario in 20 ends worse than a loss of $")
    assert words.fan_finding(record, "global").startswith("Global: a bad year, one in 20, goes from a loss of $")
    assert words.step_finding(record).startswith("From 2031 to 2032 the benchmark of Global falls behind its trend in ")
    assert words.difference_finding(record).startswith("Global pays more than Professional over ten years in ")
    assert words.distribution_finding(record).startswith(
        "Over ten years, in one scenario in 20, Global ends worse than "
    )


def test_typesetting():
    assert typeset("(-6.9 ± 0.2%)") == "(\u22126.9\u00a0±\u00a00.2%)"
    assert typeset("rate-book 2-3") == "rate-book 2-3"
