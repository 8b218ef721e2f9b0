"""Mixed rules: what a user may state, and that settling scenarios together is settling each by itself."""

import numpy as np
import pytest
from paper import random_panel

from leadmc.base.errors import InputError
from leadmc.contract.experience import AcoFacts
from leadmc.contract.mixture import Rules, alternatives, load_mixture, named_in_text, of_scenarios, together
from leadmc.contract.programmes import ALL_TRACKS, rule_book, settle

BOOK = {term.path: term for term in rule_book()}
STATED = {
    "rate_book.mode": {"CLIFF": 0.5, "LINEAR5": "1/4", "NONE": 0.25},
    "corridors.professional.savings": {"book": 0.5, "fifty": 0.5},
    "regional_adjustment.cap_other": {0.03: 0.5, 0.05: 0.5},
    "rate_book.yearly_cap": {None: 0.75, 0.03: 0.25},
    "stop_loss.elected": {True: 0.5, False: 0.5},
}


def mixed(stated, fixed=None, preset=None):
    return load_mixture(stated, fixed or {}, preset or {})


def test_alternatives_are_names_of_the_book_values_or_the_book_itself():
    terms = {term.path: term for term in mixed(STATED)}
    assert terms["rate_book.mode"].values == ("CLIFF", "LINEAR5", "NONE")
    assert terms["rate_book.mode"].weights == (0.5, 0.25, 0.25)
    assert terms["corridors.professional.savings"].alternatives == ("book", "fifty")
    assert [bands[0][1] for bands in terms["corridors.professional.savings"].values] == [0.60, 0.50]
    assert terms["regional_adjustment.cap_other"].values == (0.03, 0.05)
    assert terms["rate_book.yearly_cap"].values == (None, 0.03)
    assert terms["stop_loss.elected"].values == (True, False)


def test_book_is_what_the_preset_puts_in_its_place():
    (term,) = mixed({"rate_book.mode": {"book": 0.5, "CLIFF": 0.5}}, preset={"rate_book.mode": "NONE"})
    assert term.values == ("NONE", "CLIFF")


def test_names_are_text_so_that_json_can_hold_them():
    assert named_in_text(STATED)["rate_book.yearly_cap"] == {"null": 0.75, "0.03": 0.25}
    assert mixed(named_in_text(STATED)) == mixed(STATED)


def test_rivals_terms_are_mixed_under_their_own_paths():
    path = next(term.path for term in rule_book("reach") if term.used and term.alternatives)
    names = [name for name, _ in alternatives(next(term for term in rule_book("reach") if term.path == path))]
    (term,) = mixed({path: {"book": 0.5, names[0]: 0.5}})
    assert term.path.startswith("reach.")


WEIGHTS = "positive weights that sum to one. Source of the term: M2, confidence D."
FAULTS = [
    ({"rate_book.mode": {"CLIFF": 0.5, "NONE": 0.4}}, f"rate_book.mode: CLIFF: 0.5, NONE: 0.4. Allowed: {WEIGHTS}"),
    ({"rate_book.mode": {"CLIFF": 1.5, "NONE": -0.5}}, f"CLIFF: 1.5, NONE: -0.5. Allowed: {WEIGHTS}"),
    ({"rate_book.mode": {"CLIFF": 1.0, "NONE": 0}}, f"CLIFF: 1.0, NONE: 0. Allowed: {WEIGHTS}"),
    ({"rate_book.mode": {"CLIFF": "most"}}, f"CLIFF: most. Allowed: {WEIGHTS}"),
    ({"rate_book.mode": {}}, WEIGHTS),
    ({"rate_book.mode": {"CLIF": 0.5, "book": 0.5}}, "mixture, rate_book.mode: 'CLIF'. Allowed: 'CLIFF', 'LINEAR5', "),
    (
        {"corridors.professional.savings": {"sixty": 0.5, "fifty": 0.5}},
        "mixture, corridors.professional.savings: 'sixty'. Allowed: a list; or by name fifty. Source of the term: W0, ",
    ),
    ({"regional_adjustment.cap_other": {3: 0.5, 0.05: 0.5}}, "mixture, regional_adjustment.cap_other: 3. Allowed: "),
    ({"rate_book.mode": {"book": 0.5, "CLIFF": 0.5}}, "book, CLIFF. Allowed: every alternative once (book is CLIFF)"),
    ({"rate_book.mode": ["CLIFF"]}, "rate_book.mode: ['CLIFF']. Allowed: weights by alternative."),
    ({"rate_book.mod": {"CLIFF": 1.0}}, "mixture, rate_book.mod. Allowed: a path of the rule book (`leadmc rules`"),
    ({"participation.tracks": {"book": 1.0}}, "mixture, participation.tracks. Allowed: terms that a settlement uses"),
    ("everything", "rules: mixture: 'everything'. Allowed: weights by alternative, by path of a term."),
]


@pytest.mark.parametrize(("stated", "told"), FAULTS)
def test_what_cannot_be_mixed_is_refused_with_path_and_source(stated, told):
    with pytest.raises(InputError) as refused:
        mixed(stated)
    assert told in str(refused.value)


def test_a_term_is_fixed_or_mixed():
    with pytest.raises(
        InputError, match=r"mixture, rate_book.mode: also fixed under rules. Allowed: a term that is fixed"
    ):
        mixed({"rate_book.mode": {"CLIFF": 1.0}}, fixed={"rate_book.mode": "NONE"})


def test_all_faults_come_at_once():
    with pytest.raises(InputError) as refused:
        mixed({"nowhere": {"a": 1}, "rate_book.mode": {"CLIF": 0.5}, "discount.tracks": {}})
    assert len(refused.value.faults) == 4


@pytest.mark.parametrize("track", ALL_TRACKS)
def test_settled_together_is_settled_alone_to_the_last_bit(track):
    scenarios = 24
    rules, panel = Rules({}, mixed(STATED)), random_panel(5, scenarios, empty=0.2)
    rng = np.random.default_rng(1)
    choices = np.stack([rng.integers(len(term.values), size=scenarios) for term in rules.mixture], axis=1)
    parts = [
        (rows, settle(terms, track, AcoFacts(), of_scenarios(panel, rows))) for rows, terms in rules.apart(choices)
    ]
    assert 1 < len(parts) < scenarios
    whole = together(parts)
    for k, choice in enumerate(choices):
        alone = settle(rules.agreements(choice), track, AcoFacts(), of_scenarios(panel, np.array([k])))
        for name, values in alone._asdict().items():
            expected = values if name == "rate_book_weight" else values[0]
            np.testing.assert_array_equal(getattr(whole, name)[k], expected, err_msg=name, strict=True)


def test_what_scenarios_share_is_not_taken_apart():
    panel = random_panel(5, 4)
    shared = panel._replace(base_expenditure=panel.base_expenditure[:1])
    part = of_scenarios(shared, np.array([1, 3]))
    assert part.base_expenditure is shared.base_expenditure
    assert part.aco_share is shared.aco_share
    np.testing.assert_array_equal(part.expenditure, panel.expenditure[[1, 3]])


def test_alternatives_of_a_term_are_the_others():
    assert alternatives(BOOK["rate_book.mode"]) == (("LINEAR5", "LINEAR5"), ("EARLY", "EARLY"), ("NONE", "NONE"))
    assert [name for name, _ in alternatives(BOOK["corridors.professional.savings"])] == ["fifty"]
    assert alternatives(BOOK["rate_book.yearly_cap"])[0] == ("0.02", 0.02)


def test_rules_otherwise_change_one_term_and_leave_the_others():
    rules = Rules({"quality.at_risk": 0.02})
    found = dict(rules.otherwise(BOOK["rate_book.mode"]))
    assert list(found) == ["LINEAR5", "EARLY", "NONE"]
    terms = found["NONE"].agreements(()).lead
    assert (terms.quality.at_risk, terms.rate_book.mode) == (0.02, "NONE")


def test_alternatives_that_the_other_terms_forbid_are_passed_over():
    assert list(Rules({"quality.at_risk": 3}).otherwise(BOOK["rate_book.mode"])) == []
