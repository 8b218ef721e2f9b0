"""Runs with the rivals: one world for all tracks, the same bits in any cut, the terms on which they rest."""

import dataclasses

import numpy as np
import pytest
from small_runs import assert_same_bits, configured, prepared, simulated

from leadmc.contract.programmes import ALL_TRACKS
from leadmc.study import settle, settled_rows, simulate

RIVALS = [track for track in ALL_TRACKS if track not in ("professional", "global")]
SCENARIOS = 60
OF_LEAD = ("risk_ratio_capped", "blended_trend", "rate_book_weight", "lower_spending")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return prepared(tmp_path_factory.mktemp("study"), tracks=list(ALL_TRACKS), scenarios=SCENARIOS)


@pytest.fixture(scope="module")
def all_tracks(study, tmp_path_factory):
    return simulated(study, tmp_path_factory.mktemp("all"))


def rows_of(study, tracks):
    """Rows of the cube of the same people on other tracks."""
    settings = study.config.settings.model_copy(update={"tracks": tuple(tracks)})
    other = study._replace(config=dataclasses.replace(study.config, settings=settings))
    done = simulate(other, np.arange(SCENARIOS))
    return settled_rows(done, settle(other, done))


def test_the_rivals_change_no_number_of_lead(all_tracks, tmp_path):
    lead = ["professional", "global"]
    assert_same_bits(simulated(prepared(tmp_path, scenarios=SCENARIOS), tmp_path), all_tracks.sel(track=lead))


def test_chunks_and_threads_change_no_bit(study, all_tracks, tmp_path):
    for chunk, workers in ((7, 2), (59, 1)):
        assert_same_bits(simulated(study, tmp_path, chunk=chunk, workers=workers), all_tracks)


def test_what_lead_has_once_for_all_tracks_comes_from_its_first_track(study, all_tracks):
    rows = rows_of(study, ["stay-out", "mssp-enhanced", "global"])
    for name in OF_LEAD:
        assert np.array_equal(rows[name], all_tracks[name]), name


def test_a_run_without_lead_has_the_first_tracks_own(study, all_tracks):
    rows = rows_of(study, RIVALS)
    assert np.array_equal(rows["net_result"], all_tracks["net_result"].sel(track=RIVALS))
    assert not rows["rate_book_weight"].any()
    assert (rows["risk_ratio_capped"] <= 1.03).all()
    assert not np.array_equal(rows["blended_trend"], all_tracks["blended_trend"])


def test_who_stays_out_gains_and_loses_nothing(all_tracks):
    out = all_tracks.sel(track="stay-out")
    for name in ("benchmark", "net_result", "net_cash", "guarantee"):
        assert not out[name].any()


def test_luck_alone_is_shared_by_the_rivals_without_a_hurdle(tmp_path):
    quiet = prepared(tmp_path, tracks=RIVALS, scenarios=SCENARIOS, assumptions={"preset": "noise-only"})
    cube = simulated(quiet, tmp_path)
    spent = cube["expenditure"].sum("category")
    for track in RIVALS[:-1]:
        settled = cube.sel(track=track)
        assert np.allclose(settled["gross_savings"], settled["benchmark"] - spent)
        assert not settled["sequestration"].any()
    saved = cube.sel(track="mssp-enhanced")["gross_savings"]
    shared = cube.sel(track="mssp-enhanced")["shared_result"]
    small = (saved > 0) & (saved < 0.2 * cube.sel(track="mssp-enhanced")["benchmark"])
    assert np.allclose(shared.where(small, 0), 0.75 * saved.where(small, 0))


def test_the_unverified_terms_of_a_run_are_those_of_its_tracks(tmp_path):
    config = configured(tmp_path, tracks=["global", "reach-global"], rules={"reach.quality.at_risk": "until_2025"})
    terms = {term.path: term for term in config.unverified_terms()}
    assert "reach.discount.global" in terms
    assert "corridors.global.savings" in terms
    assert not any(path.startswith("mssp.") for path in terms)
    assert config.terms.reach.quality.at_risk == 0.02
