"""What an ACO may elect, change or fall short of, against numbers worked on paper.

The working is in docs/worked-settlements.md; section n there is test_n here, from 17 on.
"""

import numpy as np
import pytest
from paper import paper_panel, settled

from leadmc.base.axes import AGED_DISABLED, CLAIMS, HIGH_NEEDS, PERFORMANCE_YEARS, VOLUNTARY
from leadmc.contract import quality, risk_adjustment, stop_loss
from leadmc.contract.experience import AcoFacts
from leadmc.contract.programmes import load_lead

RENEWING = AcoFacts(entering="renewing", predecessor="reach")


def check(result, year, **expected):
    y = PERFORMANCE_YEARS.index(year)
    for name, value in expected.items():
        assert getattr(result, name)[0, y] == pytest.approx(value, rel=1e-12, abs=1e-5), name


def scores(*first, rest=1.0):
    """Quality scores of the first years; the rest alike."""
    return np.array([[*first, *[rest] * (10 - len(first))]])


def test_17_stop_loss_with_a_neutral_charge_2027():
    excess = np.zeros((1, 10, 3, 2))
    excess[:, 0, AGED_DISABLED, CLAIMS] = 1_500_000.0
    panel = paper_panel(pbpm=12_200_000 / 12_000, stop_loss_excess=excess)
    result = settled("professional", panel, stop_loss__elected=True)
    check(result, 2027, stop_loss_net=60_000, gross_savings=-140_000, shared_result=-70_000, net_result=110_000)
    check(result, 2028, stop_loss_net=-1_440_000)
    dearer = settled("professional", panel, stop_loss__elected=True, stop_loss__neutrality_factor=1.05)
    check(dearer, 2027, stop_loss_net=-12_000)
    partial = settled("professional", panel, stop_loss__elected=True, stop_loss__payout_rate=0.5)
    check(partial, 2027, stop_loss_net=30_000)


@pytest.mark.parametrize(
    ("multiple", "expected"), [(1.0, 0.34), (2.0, 0.34), (5.0, 0.120), (6.0, 0.0945), (25.0, 0.003), (99.0, 0.003)]
)
def test_17_expected_excess_runs_straight_between_the_points(multiple, expected):
    terms = load_lead({"stop_loss.attachment_multiple": multiple}).stop_loss
    assert stop_loss.expected_excess(terms)[AGED_DISABLED] == pytest.approx(expected)


def test_18_clinical_measures_are_reported_before_they_count():
    panel = paper_panel(quality_score=np.full((1, 10), 0.75))
    result = settled("professional", panel, quality__clinical_measures__weight=0.2)
    for year in PERFORMANCE_YEARS:
        check(result, year, benchmark=11_928_000 if year in (2029, 2030) else 11_910_000)


def test_19_the_improvement_gate():
    panel = paper_panel(quality_score=scores(0.75, 0.8125, 0.85, 0.9, 0.875))
    stated = {"quality__improvement_gate__share": 0.5, "quality__improvement_gate__improvement": 0.0625}
    result = settled("professional", panel, **stated)
    check(result, 2027, benchmark=11_910_000)  # the first year passes: 12 M x (1 - 3% x 0.25)
    check(result, 2028, benchmark=11_932_500)  # improves by the margin exactly
    check(result, 2029, benchmark=11_793_000)  # by less: half of 0.85 is lost
    check(result, 2030, benchmark=11_964_000)  # by less, but 0.9 is exceptional
    check(result, 2031, benchmark=11_797_500)  # falls below: half of 0.875 is lost


@pytest.mark.parametrize(
    ("stated", "score", "earned"),
    [
        ({}, 0.90, 0.95),
        ({}, 0.95, 1.00),
        ({}, 0.98, 1.00),
        ({"submitted": False}, 0.90, 0.85),
        ({"submitted": False}, 0.02, 0.00),
        ({"submitted": False, "required": False}, 0.90, 0.90),
        ({"required": False}, 0.90, 0.95),
    ],
)
def test_20_prevention_quality_plan(stated, score, earned):
    stated = {f"quality.prevention_plan.{name}": value for name, value in stated.items()}
    terms = load_lead({"quality.prevention_plan.points": 0.05} | stated).quality
    found = quality.earned(terms, 2027, score=np.array([score]), last=np.array([-np.inf]))
    assert found == pytest.approx(earned)


def test_21_high_performers_are_paid_beside_the_corridors():
    panel = paper_panel(pbpm=950.0, region=950.0, quality_score=scores(0.9, 0.899))
    stated = {"quality__high_performers_pool__bonus": 0.005}
    result = settled("global", panel, **stated)
    check(result, 2027, high_performer_bonus=58_950, benchmark=11_754_630, gross_savings=354_630)
    check(result, 2027, sequestration=7_092.60, net_result=354_630 - 7_092.60 + 180_000 + 58_950)
    check(result, 2028, high_performer_bonus=0)
    without = settled("global", panel)
    assert result.net_cash[0, 0] == without.net_cash[0, 0]
    assert result.net_cash[0, 1] - without.net_cash[0, 1] == pytest.approx(58_950)


def test_22_professional_becomes_global_in_2030():
    panel = paper_panel(pbpm=950.0)
    result = settled("professional", panel, participation__track_change__first_year=2030)
    check(result, 2029, benchmark=12_000_000, shared_result=360_000, net_result=532_800)
    check(result, 2030, benchmark=11_700_000, shared_result=300_000, sequestration=6_000, net_result=474_000)
    assert result.guarantee[0] == pytest.approx(240_000)  # of the track that was signed
    stayed = settled("global", panel, participation__track_change__first_year=2030)
    assert np.array_equal(stayed.net_result, settled("global", panel).net_result)
    back = settled(
        "global", panel, participation__track_change__first_year=2036, participation__track_change__to="professional"
    )
    check(back, 2035, shared_result=11_640_000 - 11_400_000)
    check(back, 2036, shared_result=360_000)


def test_22_a_change_of_track_brings_no_new_designation():
    panel = paper_panel(regional_pbpm=np.array([[1_100.0, 1_000.0, 900.0]]))
    result = settled("professional", panel, participation__track_change__first_year=2028)
    check(result, 2028, add_on=0, benchmark_before_discount=12_600_000)


@pytest.mark.parametrize(
    ("pbpm", "liability", "last"),
    [
        (950.0, "full", 352_800),
        (950.0, "losses_only", 0),
        (950.0, "none", 0),
        (1_050.0, "full", -300_000),
        (1_050.0, "losses_only", -300_000),
        (1_050.0, "none", 0),
    ],
)
def test_23_termination_after_2029(pbpm, liability, last):
    stated = {"participation__termination__last_year": 2029, "participation__termination__liability": liability}
    result = settled("professional", paper_panel(pbpm=pbpm), **stated)
    full = settled("professional", paper_panel(pbpm=pbpm))
    assert np.array_equal(result.net_result[:, :2], full.net_result[:, :2])
    check(result, 2029, net_result=last + 180_000, add_on=180_000)
    check(result, 2030, net_cash=last - 460_320, net_result=0, shared_result=0, add_on=0, sequestration=0)
    check(result, 2031, net_cash=0, guarantee_call=0)
    assert np.array_equal(result.gross_savings, full.gross_savings)
    assert result.net_cash.sum() == pytest.approx(result.net_result.sum())


@pytest.mark.parametrize(("liability", "kept"), [("full", 1.0), ("losses_only", 0.0), ("none", 0.0)])
def test_23_who_forfeits_savings_forfeits_the_bonus_and_is_not_sequestered(liability, kept):
    stated = {
        "participation__termination__last_year": 2027,
        "participation__termination__liability": liability,
        "quality__high_performers_pool__bonus": 0.01,
        "sequestration__base": "gross_savings",
    }
    result = settled("professional", paper_panel(pbpm=950.0), **stated)
    check(result, 2027, high_performer_bonus=120_000 * kept, sequestration=12_000 * kept, add_on=180_000)


def test_24_a_new_list_of_participants_reopens_the_designation():
    panel = paper_panel(region=1_020.0)
    stated = {"tin_list__change_year": 2030, "tin_list__effect": 0.04}
    result = settled("professional", panel, **stated)
    check(result, 2029, benchmark=12_000_000, add_on=0)
    check(result, 2030, benchmark=12_480_000, add_on=187_200)
    check(result, 2031, benchmark=12_480_000, add_on=187_200)
    small = settled("professional", panel, tin_list__change_year=2030, tin_list__effect=0.02)
    check(small, 2030, benchmark=12_240_000, add_on=183_600)  # 1,020 is a tie, and a tie is higher-spending
    smaller = settled("professional", panel, tin_list__change_year=2030, tin_list__effect=0.01)
    check(smaller, 2030, benchmark=12_120_000, add_on=0)


def test_24_the_voluntary_band_follows_the_new_list():
    panel = paper_panel()
    for name in ("base_person_months", "base_expenditure", "base_risk_score", "person_months", "risk_score"):
        array = getattr(panel, name)
        array[..., VOLUNTARY] = array[..., CLAIMS]
    panel.base_expenditure[..., AGED_DISABLED, VOLUNTARY] *= 1.3
    result = settled("professional", panel, tin_list__change_year=2030, tin_list__effect=0.10)
    check(result, 2029, benchmark=12_000_000 + 13_200_000)
    check(result, 2030, benchmark=13_200_000 + 12_000_000 * 1.21)


EPISODE = {"spending": 0.10, "provider_share": 0.5, "discount": 0.03, "reduction": 0.05, "performance": 0.8}


def test_25_cara_episodes_enter_expenditure_from_2028():
    panel = paper_panel(pbpm=950.0)
    result = settled("global", panel, cara__episodes="illustration")
    check(result, 2027, episodes_net=0)
    check(result, 2028, episodes_net=-47_880, benchmark=11_760_000, gross_savings=407_880)
    assert not settled("professional", panel, cara__episodes="illustration").episodes_net.any()
    missed = settled("global", panel, cara__episodes=[EPISODE | {"reduction": 0.0}])
    check(missed, 2028, episodes_net=-13_680)  # the provider repays 0.5 x 3% x 0.8 of the target
    dear = settled("global", panel, cara__episodes=[EPISODE | {"reduction": 0.0, "discount": -0.05}, EPISODE])
    check(dear, 2028, episodes_net=11_400_000 * (0.10 * 0.5 * 0.05 * 0.8) - 47_880)


def test_26_capitation_moves_cash_and_its_gain_is_no_result():
    panel = paper_panel(pbpm=950.0)
    stated = {"non_primary_care": 0.05, "advanced_payment": 0.10, "replaced_fees": 0.98, "claims_lag": 2}
    result = settled("professional", panel, **{f"capitation__{name}": value for name, value in stated.items()})
    plain = settled("professional", panel)
    assert np.array_equal(result.net_result, plain.net_result)
    check(result, 2027, capitation_gain=19_593.60, net_cash=1_039_928)
    check(result, 2028, net_cash=552_393.60)
    assert result.net_cash.sum() == pytest.approx((result.net_result + result.capitation_gain).sum())
    late = settled("professional", panel, capitation__claims_lag=2)
    check(late, 2027, net_cash=640_320 + 2 / 12 * 379_680)
    check(late, 2028, net_cash=532_800)
    assert not late.capitation_gain.any()


def test_27_total_care_takes_the_place_of_primary_care_capitation():
    panel = paper_panel(pbpm=950.0, region=950.0)
    stated = {"capitation__total_care_tracks": "global_only", "capitation__replaced_fees": 1.01}
    result = settled("global", panel, capitation__advanced_payment=0.1, **stated)
    check(result, 2027, capitation_gain=-0.01 * 0.3 * 11_790_000, net_cash=180_000 - 35_370)
    professional = settled("professional", panel, **stated)
    check(professional, 2027, capitation_gain=-0.01 * 0.03164 * 12_000_000)


@pytest.mark.parametrize(
    ("pbpm", "unpaid", "call"),
    [
        (1_120.0, 1.0, 240_000),
        (1_040.0, 1.0, 240_000),
        (1_020.0, 1.0, 120_000),
        (1_020.0, 0.5, 60_000),
        (950.0, 1.0, 0),
    ],
)
def test_28_a_loss_calls_the_guarantee_up_to_its_size(pbpm, unpaid, call):
    result = settled("professional", paper_panel(pbpm=pbpm), guarantee__unpaid=unpaid)
    check(result, 2027, guarantee_call=call)


def with_people(number, *, high_needs=0.0):
    panel = paper_panel()
    for name in ("base_person_months", "person_months"):
        months = getattr(panel, name)
        months[..., HIGH_NEEDS, CLAIMS] = round(12 * high_needs * number)
        months[..., AGED_DISABLED, CLAIMS] = 12 * number - round(12 * high_needs * number)
    return panel


@pytest.mark.parametrize(
    ("people", "high_needs", "facts", "below"),
    [
        (1_000, 0.0, AcoFacts(), [False] + [True] * 9),
        (999, 0.0, AcoFacts(), [True] * 10),
        (3_000, 0.0, AcoFacts(), [False] * 3 + [True] * 7),
        (5_000, 0.0, AcoFacts(), [False] * 10),
        (5_000, 0.0, RENEWING, [False] * 10),
        (4_999, 0.0, RENEWING, [True] * 10),
        (1_000, 0.5, RENEWING, [False] * 3 + [True] * 7),
        (800, 0.5, AcoFacts(), [False] + [True] * 9),
        (1_200, 0.5, RENEWING, [False] * 10),
        (1_250, 0.4, RENEWING, [True] * 10),  # not more than 40%
    ],
)
def test_29_alignment_minimums(people, high_needs, facts, below):
    result = settled("global", with_people(people, high_needs=high_needs), facts=facts, alignment__retention=1.0)
    assert result.below_minimum[0].tolist() == below


def test_29_people_are_counted_at_the_start_of_the_year():
    kept = settled("global", with_people(970), alignment__retention=0.97)
    assert not kept.below_minimum[0, 0]
    assert settled("global", with_people(969), alignment__retention=0.97).below_minimum[0, 0]


def test_29_claims_aligned_people_of_one_base_year_suffice():
    panel = with_people(1_000)
    panel.base_person_months[:, 0, AGED_DISABLED, CLAIMS] = 12.0 * 600
    panel.base_person_months[:, 1:, AGED_DISABLED, CLAIMS] = 12.0 * 100
    assert not settled("global", panel, alignment__retention=1.0).below_minimum[0, 0]
    panel.base_person_months[:, 0, AGED_DISABLED, CLAIMS] -= 1.0
    assert settled("global", panel, alignment__retention=1.0).below_minimum[0, 0]


def test_30_programmes_for_beneficiaries_stay_outside():
    panel = paper_panel(pbpm=950.0)
    offered = {
        "beneficiary_programmes__part_d_premium__tracks": "global_only",
        "beneficiary_programmes__part_d_premium__yearly_cost": 120.0,
        "beneficiary_programmes__part_d_premium__uptake": 0.25,
        "beneficiary_programmes__rewards__tracks": "both",
        "beneficiary_programmes__rewards__yearly_cost": 50.0,
        "beneficiary_programmes__rewards__uptake": 0.1,
    }
    plain, result = settled("global", panel), settled("global", panel, **offered)
    check(result, 2028, beneficiary_programme_cost=5_000)
    check(result, 2029, beneficiary_programme_cost=35_000)
    check(settled("professional", panel, **offered), 2029, beneficiary_programme_cost=5_000)
    assert np.array_equal(plain.net_result, result.net_result)
    assert np.array_equal(plain.net_cash, result.net_cash)


def ratio_with_demography(score, year=2027, last=1.0, **overrides):
    growth = dict.fromkeys(PERFORMANCE_YEARS, 1.03) | {2027: 1.02}
    stated = {"risk_adjustment.demographic_offset": True, "risk_adjustment.demographic_growth": growth} | overrides
    cells = np.ones((1, 3, 2))
    return risk_adjustment.capped_ratio(
        load_lead(stated).risk_adjustment, year, score=score * cells, reference=cells, last=last * cells
    )[0, AGED_DISABLED, CLAIMS]


def test_31_demographic_growth_moves_the_cap():
    assert ratio_with_demography(1.08) == pytest.approx(1.05)
    assert ratio_with_demography(1.04) == pytest.approx(1.04)
    assert ratio_with_demography(0.90) == pytest.approx(0.99)
    off = {"risk_adjustment.demographic_offset": False}
    assert ratio_with_demography(1.08, **off) == pytest.approx(1.03)
    rolling = {"risk_adjustment.reference": "rolling"}
    assert ratio_with_demography(1.20, last=1.05, **rolling) == pytest.approx(1.05 * (1.02 + 0.03))
    assert ratio_with_demography(1.20, 2028, last=1.05, **rolling) == pytest.approx(1.05 * (1.03 / 1.02 + 0.03))
