"""The filters of a rule book."""

import pytest

from leadmc.base.errors import InputError
from leadmc.contract.book import CONFIRMED
from leadmc.contract.listing import chosen_programme, listed
from leadmc.contract.programmes import rule_book, unverified


def paths(**filters):
    return [term.path for term in listed(rule_book("lead"), **filters)]


def test_without_a_filter_every_term_is_listed():
    assert paths() == [term.path for term in rule_book("lead")]


def test_a_track_leaves_out_what_concerns_the_other():
    assert "corridors.global.savings" not in paths(track="professional")
    assert "corridors.professional.savings" in paths(track="professional")
    assert "sequestration.rate" in paths(track="professional")


def test_unverified_terms_are_those_that_a_run_reports():
    for track in ("professional", "global"):
        reported = [term.path for term in unverified(tracks=[track]) if track in term.tracks]
        assert paths(unverified=True, track=track) == reported
    assert all(term.confidence not in CONFIRMED for term in listed(rule_book("lead"), unverified=True))


def test_a_year_gives_its_value_and_leaves_out_what_has_not_begun():
    found = {term.path: term.value for term in listed(rule_book("lead"), year=2028)}
    assert found["discount.higher_spending"] == 0.02
    assert "risk_adjustment.ai_score_weight" not in found  # stated for 2029 on
    assert "corridors.global.savings" in found  # stated for 2027, carried on
    assert "risk_adjustment.ai_score_weight" in paths(year=2029)


@pytest.mark.parametrize(
    ("programme", "track", "chosen"),
    [(None, None, "lead"), ("mssp", None, "mssp"), (None, "reach-global", "reach"), ("lead", "global", "lead")],
)
def test_the_programme_is_as_stated_or_that_of_the_track(programme, track, chosen):
    assert chosen_programme(programme, track, 2030) == chosen


def test_all_that_is_unknown_is_told_at_once():
    with pytest.raises(InputError) as error:
        chosen_programme("mips", "globl", 2026)
    assert str(error.value).splitlines()[1:] == [
        "  - programme: 'mips'. Allowed: lead or mssp or reach.",
        "  - --track: 'globl'. Allowed: professional or global or mssp-enhanced or mssp-basic-e or reach-global or "
        "reach-professional.",
        "  - --year: 2026. Allowed: 2027 to 2036.",
    ]
    with pytest.raises(InputError, match=r"--track: 'global'\. Allowed: mssp-enhanced or mssp-basic-e\."):
        chosen_programme("mssp", "global", None)
