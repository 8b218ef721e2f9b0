"""The books of all programmes: complete, sourced, told apart by the prefix of a path, and all faults at once."""

import re

import pytest

from leadmc.base.errors import InputError
from leadmc.contract.book import PROGRAMMES, TRACKS_OF, legend, neutral_overrides, printed_sources
from leadmc.contract.programmes import ALL_TRACKS, load_agreements, programme_of, rule_book, unverified
from leadmc.inputs.settings import Settings

RIVALS = ("mssp", "reach")
BOOK = {term.path: (programme, term) for programme in RIVALS for term in rule_book(programme)}


@pytest.mark.parametrize(("programme", "term"), BOOK.values(), ids=BOOK)
def test_every_term_says_where_it_comes_from(programme, term):
    assert term.path == f"{programme}.{term.place}"
    assert term.title
    assert term.unit
    assert re.fullmatch(r"all|20\d\d(-20\d\d)?", term.years)
    assert term.source in printed_sources(programme)
    assert term.confidence in set("ABCDEMR")
    assert set(term.tracks) <= set(TRACKS_OF[programme])
    assert all(path in BOOK for path in term.when)


@pytest.mark.parametrize(
    "term", [term for _, term in BOOK.values() if term.used and term.alternatives], ids=lambda term: term.path
)
def test_every_alternative_of_a_used_term_is_allowed(term):
    for alternative in term.alternatives:
        load_agreements({term.path: alternative})


def test_a_source_key_means_the_same_in_every_book():
    meanings = {}
    for programme in PROGRAMMES:
        for key, source in printed_sources(programme).items():
            assert meanings.setdefault(key, source) == source, key


def test_the_legend_is_that_of_the_books_in_use():
    assert "FOG" in legend(["reach-global"])
    assert "FOG" not in legend(["global", "stay-out"])
    assert legend(["stay-out"])["A"] == "stated by CMS itself"


def test_tracks_are_those_that_a_configuration_may_name():
    annotation = Settings.model_fields["tracks"].annotation
    allowed = set(annotation.__args__[0].__args__)
    assert allowed == set(ALL_TRACKS)
    assert [programme_of(track) for track in ALL_TRACKS] == [
        *["lead"] * 2,
        *["mssp"] * 2,
        *["reach"] * 2,
        "stay-out",
    ]


def test_an_override_goes_to_the_book_that_its_path_names():
    overrides = {"reach.quality.at_risk": "until_2025", "mssp.prior_savings.weight": 0.6, "quality.at_risk": 0.01}
    terms = load_agreements(overrides)
    assert (terms.reach.quality.at_risk, terms.mssp.prior_savings.weight, terms.lead.quality.at_risk) == (
        0.02,
        0.6,
        0.01,
    )
    for programme in PROGRAMMES:
        changed = [term.place for term in rule_book(programme, overrides) if term.overridden]
        assert len(changed) == 1


def test_faults_of_all_books_come_at_once():
    with pytest.raises(InputError) as error:
        load_agreements(
            {
                "quality.at_risk": 2,
                "reach.blend.historical_wait": 1,
                "mssp.minimum_rate.election": "sometimes",
                "reach.corridors.global.losses": [[0.3, 1.0], [0.2, 0.5], ["inf", 0.0]],
                "mssp.minimum_rate.by_size": [[5000, 0.039], [4000, 0.03]],
                "mssp.truncation.percentile": 0.98,
            }
        )
    text = str(error.value)
    assert "6 faults" in text
    assert "rules: quality.at_risk: 2." in text
    assert "Nearest: reach.blend.historical_weight" in text
    assert "rules: mssp.minimum_rate.election" in text
    assert "bands [upper edge, ACO share] in rising order" in text
    assert "points [beneficiaries, rate] in rising order of beneficiaries" in text
    assert "This one is in the book but has no effect." in text


def test_unverified_terms_are_those_of_the_tracks():
    paths = {term.path for term in unverified(tracks=["mssp-basic-e"])}
    assert "mssp.minimum_rate.election" in paths
    assert "mssp.minimum_rate.by_size" not in paths  # confirmed, and not in use
    assert "mssp.savings.basic_e.rate" not in paths  # stated by the regulation
    assert "mssp.regional_adjustment.enhanced.positive" not in paths  # the other track's
    assert not any(path.startswith("reach.") for path in paths)
    assert unverified(tracks=["stay-out"]) == ()
    everything = unverified()
    assert {term.path.partition(".")[0] for term in everything} >= {"reach", "mssp", "corridors"}
    low = {term.path for term in unverified({"mssp.minimum_rate.election": 0.02}, ["mssp-enhanced"])}
    assert "mssp.minimum_rate.election" in low


def test_neutral_overrides_reach_all_books():
    terms = load_agreements(neutral_overrides())
    assert terms.reach.discount.global_[2030] == 0.0
    assert terms.mssp.agreement.years == 10
    assert terms.lead.discount.tracks == ()
