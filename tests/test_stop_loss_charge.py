"""The neutral stop-loss charge takes, on average over scenarios, what the payouts give."""

import numpy as np
import pytest
from small_runs import prepared

from leadmc.study import settle, simulate

SCENARIOS = np.arange(150)
WITHIN = 4.0  # standard errors


def test_the_charge_of_reach_is_what_is_paid_out_of_spending(tmp_path):
    # Its book has one share for everybody: at LEAD's default attachments, of a population in its steady state.
    study = prepared(tmp_path, rules={"reach.stop_loss.elected": True}, tracks=["reach-global"])
    done = simulate(study, SCENARIOS)
    paid, spent = (cells.sum(axis=(1, 2, 3)) for cells in (done.judged.stop_loss_excess, done.judged.expenditure))
    assert study.config.terms.reach.stop_loss.charge == pytest.approx((paid / spent).mean(), rel=0.05)


@pytest.mark.parametrize("multiple", [3.0, 6.0])
def test_a_neutral_charge_equals_the_payouts(tmp_path, multiple):
    rules = {"stop_loss.elected": True, "stop_loss.attachment_multiple": multiple}
    study = prepared(tmp_path, rules=rules, tracks=["professional"])
    done = simulate(study, SCENARIOS)
    settled = settle(study, done)["professional"]
    share = settled.stop_loss_net.sum(axis=1) / settled.benchmark.sum(axis=1)
    payouts = done.judged.stop_loss_excess.sum(axis=(1, 2, 3)) / settled.benchmark.sum(axis=1)
    error = share.std(ddof=1) / np.sqrt(len(SCENARIOS))
    assert abs(share.mean()) < WITHIN * error
    assert payouts.mean() > 5 * WITHIN * error  # the test would see a charge that is off by a fifth
