"""The rule book: complete, sourced, closed, and plain about what is wrong with an override."""

import copy
import pickle
import re

import pytest

from leadmc.base.axes import PERFORMANCE_YEARS
from leadmc.base.errors import InputError
from leadmc.contract.book import neutral_overrides, printed_sources
from leadmc.contract.programmes import load_lead, rule_book, unverified

BOOK = {term.path: term for term in rule_book()}


@pytest.mark.parametrize("term", BOOK.values(), ids=BOOK)
def test_every_term_says_where_it_comes_from(term):
    assert term.title
    assert term.unit
    assert re.fullmatch(r"all|20\d\d(-20\d\d)?", term.years)
    assert term.source in printed_sources("lead")
    assert term.confidence in set("ABCDEMR")
    assert set(term.tracks) <= {"professional", "global"}
    assert all(path in BOOK for path in term.when)


@pytest.mark.parametrize("term", [t for t in BOOK.values() if t.used and t.alternatives], ids=lambda t: t.path)
def test_every_alternative_of_a_used_term_is_allowed(term):
    for alternative in term.alternatives:
        load_lead({term.path: alternative})


def test_the_starter_block():
    terms = load_lead()
    assert [rate for _, rate in terms.corridors.professional.savings] == [0.60, 0.35, 0.15, 0.05]
    assert [rate for _, rate in terms.corridors.professional.losses] == [0.50, 0.35, 0.15, 0.05]
    assert [edge for edge, _ in terms.corridors.global_.losses] == [0.15, 0.35, 0.50, float("inf")]
    assert (terms.add_on.rate, terms.quality.at_risk, terms.sequestration.rate) == (0.015, 0.03, 0.02)
    assert terms.trend.prospective_weight == 1 / 3
    assert terms.risk_adjustment.ai_score_weight[2030] == 2 / 3
    assert (terms.guarantee.professional, terms.guarantee.global_) == (0.02, 0.04)
    assert (terms.capitation.base_pcc, terms.capitation.target, terms.capitation.enhanced_minimum) == (
        0.03164,
        0.07,
        0.02,
    )


def test_terms_are_frozen_and_travel_between_processes():
    terms = load_lead()
    with pytest.raises(ValueError, match="frozen"):
        terms.quality.at_risk = 0.0
    assert pickle.loads(pickle.dumps(terms)) == terms == copy.deepcopy(terms)


def test_an_override_changes_one_term_and_shows_in_the_book():
    overrides = {"rate_book.mode": "LINEAR5", "corridors.professional.savings": "fifty"}
    book = {term.path: term for term in rule_book(overrides=overrides)}
    assert book["rate_book.mode"].value == "LINEAR5"
    assert book["corridors.professional.savings"].value[0] == [0.10, 0.50]
    assert [path for path, term in book.items() if term.overridden] == [
        "rate_book.mode",
        "corridors.professional.savings",
    ]
    assert load_lead(overrides).corridors.professional.savings[0] == (0.10, 0.50)
    assert BOOK["rate_book.mode"].value == "CLIFF"


def test_numbers_may_be_written_as_people_write_them():
    flat = dict.fromkeys(PERFORMANCE_YEARS, "1/50")
    terms = load_lead(
        overrides={
            "base_years.weights.new": ["1/4", "1/4", "1/2"],
            "corridors.professional.savings": [[0.1, 0.5], ["inf", 0]],
            "discount.lower_spending": flat,
            "risk_adjustment.cap.esrd": float("inf"),
        }
    )
    assert terms.base_years.weights.new == (0.25, 0.25, 0.5)
    assert terms.corridors.professional.savings == ((0.1, 0.5), (float("inf"), 0.0))
    assert terms.discount.lower_spending[2036] == 0.02


def test_terms_known_but_without_effect_are_shown_and_refused():
    assert not BOOK["expenditure.truncation"].used
    with pytest.raises(InputError) as error:
        load_lead({"expenditure.truncation": "none"})
    assert (
        "rules: expenditure.truncation. Allowed: terms that a settlement uses. "
        "This one is in the book but has no effect." in str(error.value)
    )


EPISODE = {"spending": 0.10, "provider_share": 0.5, "discount": 0.03, "reduction": 0.05, "performance": 0.8}
UP_TO_ONE = dict.fromkeys(PERFORMANCE_YEARS, 0.03)
FAULTS = [
    (
        "rate_book.mod",
        "CLIFF",
        "rules: rate_book.mod. Allowed: a path of the rule book (`leadmc rules` lists them). Nearest: rate_book.mode",
    ),
    ("wholly unlike", 1, "rules: wholly unlike. Allowed: a path of the rule book (`leadmc rules` lists them)."),
    (
        "rate_book.mode",
        "STAIRS",
        "rules: rate_book.mode: 'STAIRS'. Allowed: 'CLIFF', 'LINEAR5', 'EARLY' or 'NONE'. "
        "Source of the term: M2, confidence D.",
    ),
    ("quality.at_risk", 1.5, "rules: quality.at_risk: 1.5. Allowed: less than or equal to 1. Source"),
    ("quality.at_risk", -0.1, "rules: quality.at_risk: -0.1. Allowed: greater than or equal to 0. Source"),
    ("quality.at_risk", True, "rules: quality.at_risk: True. Allowed: a number. Source"),
    ("quality.at_risk", "much", "rules: quality.at_risk: 'much'. Allowed: a number. Source"),
    ("quality.at_risk", "1/0", "rules: quality.at_risk: '1/0'. Allowed: a number. Source"),
    ("quality.at_risk", float("nan"), "rules: quality.at_risk: nan. Allowed: greater than or equal to 0. Source"),
    ("quality.at_risk", None, "rules: quality.at_risk: None. Allowed: a number. Source"),
    (
        "base_years.weights.new",
        [0.1, 0.3, 0.5],
        "rules: base_years.weights.new: [0.1, 0.3, 0.5]. Allowed: weights that sum to one. Source",
    ),
    (
        "corridors.global.losses",
        [[0.35, 0.5], [0.15, 1.0], [float("inf"), 0.1]],
        "Allowed: bands [upper edge, ACO share] in rising order from above 0 to .inf. Source",
    ),
    (
        "corridors.global.losses",
        [[0.35, 0.5]],
        "Allowed: bands [upper edge, ACO share] in rising order from above 0 to .inf. Source",
    ),
    ("corridors.global.losses", [], "Allowed: bands [upper edge, ACO share] in rising order from above 0 to .inf."),
    ("corridors.global.losses", [[0.15, 1.2], ["inf", 0.1]], "rules: corridors.global.losses.0.1: 1.2. Allowed: less"),
    (
        "corridors.professional.savings",
        "half",
        "rules: corridors.professional.savings: 'half'. Allowed: a list; or by name",
    ),
    (
        "discount.lower_spending",
        {2027: 0.03, 2028: 0.03},
        "Allowed: a value for each of the years 2027 to 2036 and for no other. Source",
    ),
    (
        "discount.lower_spending",
        UP_TO_ONE | {2037: 0.03},
        "Allowed: a value for each of the years 2027 to 2036 and for no other. Source",
    ),
    (
        "discount.lower_spending",
        UP_TO_ONE | {2030: 3},
        "rules: discount.lower_spending.2030: 3. Allowed: less than or equal to 1. Source",
    ),
    (
        "discount.lower_spending",
        UP_TO_ONE | {"soon": 0.03},
        "rules: discount.lower_spending.soon: 'soon'. Allowed: ",
    ),
    ("discount.lower_spending", 0.03, "rules: discount.lower_spending: 0.03. Allowed: a value for each year. Source"),
    ("discount.tracks", ["globe"], "rules: discount.tracks.0: 'globe'. Allowed: 'professional' or 'global'. Source"),
    ("stop_loss.elected", "maybe", "rules: stop_loss.elected: 'maybe'. Allowed: a valid boolean. Source"),
    ("rate_book.cliff.first_year", 2040, "Allowed: less than or equal to 2036. Source"),
    ("rate_book.cliff.years_to_full", 1.5, "rules: rate_book.cliff.years_to_full: 1.5. Allowed: "),
    (
        "add_on.duration",
        11,
        "rules: add_on.duration: 11. Allowed: until_rate_book, or a whole number of years from 0 to 10.",
    ),
    ("add_on.duration", "long", "rules: add_on.duration: 'long'. Allowed: until_rate_book, or a whole number"),
    ("discount.higher_spending", {}, "Allowed: a value for each of the years 2027 to 2036 and for no other; or by"),
    (
        "participation.track_change.first_year",
        2027,
        "Allowed: greater than or equal to 2028. Source of the term: leadmc",
    ),
    ("participation.track_change.first_year", 2037, "Allowed: less than or equal to 2036. Source of the term: leadmc"),
    ("participation.track_change.to", "mssp-enhanced", "Allowed: 'professional' or 'global'. Source"),
    ("participation.termination.last_year", 2026, "Allowed: greater than or equal to 2027. Source"),
    ("participation.termination.liability", "half", "Allowed: 'full', 'losses_only' or 'none'. Source"),
    ("tin_list.change_year", 2040, "rules: tin_list.change_year: 2040. Allowed: less than or equal to 2036. Source"),
    ("tin_list.effect", -1, "rules: tin_list.effect: -1. Allowed: greater than -1. Source"),
    ("alignment.retention", 0, "rules: alignment.retention: 0. Allowed: greater than 0. Source of the term: W0"),
    (
        "alignment.minimum.standard",
        {2027: 5000},
        "Allowed: a value for each of the years 2027 to 2036 and for no other.",
    ),
    (
        "quality.clinical_measures.scoring",
        dict.fromkeys(PERFORMANCE_YEARS, "performance") | {2030: "paid"},
        "rules: quality.clinical_measures.scoring.2030: 'paid'. "
        "Allowed: 'optional', 'reporting' or 'performance'. Source of the term: W3",
    ),
    (
        "stop_loss.expected_excess.esrd",
        [[5, 0.1], [3, 0.2]],
        "Allowed: points [attachment multiple, share] in rising order of the multiple, with shares that fall. Source",
    ),
    ("stop_loss.expected_excess.esrd", [[3, 0.1], [5, 0.2]], "with shares that fall. Source of the term: leadmc"),
    ("stop_loss.charge_basis", "fair", "rules: stop_loss.charge_basis: 'fair'. Allowed: 'neutral' or 'stated'. Source"),
    (
        "capitation.total_care_tracks",
        ["professional"],
        "Allowed: global or no track: professional must take primary care capitation; or by name none, global_only.",
    ),
    ("capitation.total_care", 1.1, "rules: capitation.total_care: 1.1. Allowed: less than or equal to 1. Source"),
    (
        "capitation.advanced_payment",
        0.97,
        "rules: capitation.advanced_payment: 0.97. "
        "Allowed: base_pcc, non_primary_care and advanced_payment of 1 together at most. Source of the term: CMS1",
    ),
    ("capitation.claims_lag", 13, "rules: capitation.claims_lag: 13. Allowed: less than or equal to 12. Source"),
    (
        "cara.episodes",
        [EPISODE | {"performance": 0.05}],
        "Allowed: episodes with a performance adjustment from 0.1 to 1.0; or by name none, illustration. Source",
    ),
    ("cara.episodes", [EPISODE | {"spending": 0.6}] * 2, "Allowed: episodes with at most all spending together; or by"),
    ("cara.episodes", [EPISODE | {"price": 1.0}], "rules: cara.episodes.0.price: 1.0. Allowed: "),
    ("beneficiary_programmes.rewards.yearly_cost", -5, "Allowed: greater than or equal to 0. Source"),
    (
        "regional_adjustment.tracks",
        "all",
        "rules: regional_adjustment.tracks: 'all'. Allowed: a list; or by name global_only, both.",
    ),
]


@pytest.mark.parametrize(("path", "value", "text"), FAULTS)
def test_what_is_wrong_with_an_override(path, value, text):
    with pytest.raises(InputError) as error:
        load_lead({path: value})
    assert text in str(error.value)
    assert len(error.value.faults) == 1


def test_all_faults_are_told_at_once():
    with pytest.raises(InputError) as error:
        rule_book(
            overrides={"nowhere": 1, "rate_book.mode": "STAIRS", "quality.at_risk": 2, "expenditure.truncation": "p99"}
        )
    assert [fault.where for fault in error.value.faults] == [
        "rules: nowhere",
        "rules: expenditure.truncation",
        "rules: rate_book.mode",
        "rules: quality.at_risk",
    ]


def test_an_unknown_programme_is_refused():
    with pytest.raises(InputError, match=re.escape("programme: 'ngaco'. Allowed: lead or mssp or reach.")):
        rule_book("ngaco")


def test_unverified_terms_are_those_in_effect_for_the_track():
    paths = {term.path for term in unverified(tracks=["professional"])}
    assert "corridors.professional.savings" in paths
    assert "corridors.global.savings" not in paths
    assert "quality.at_risk" not in paths  # stated by CMS
    assert "expenditure.truncation" not in paths  # without effect
    assert "rate_book.cliff.first_year" in paths
    assert "rate_book.linear5.first_year" not in paths  # another mode
    assert "stop_loss.charge" not in paths
    linear = {term.path for term in unverified(overrides={"rate_book.mode": "LINEAR5"})}
    assert "rate_book.linear5.first_year" in linear
    assert {"corridors.professional.savings", "corridors.global.savings"} <= linear


def test_neutral_overrides_are_accepted():
    terms = load_lead(neutral_overrides())
    assert terms.quality.at_risk == 0.0
    assert terms.rate_book.mode == "NONE"
    assert terms.discount.tracks == ()
