"""Paper: what is drawn on it does not know what was drawn before."""

import numpy as np

from leadmc.measures.precision import Estimate
from leadmc.report import figures
from leadmc.report.drawing import styled, svg
from leadmc.report.figures import Bar, Line, Range

YEARS = range(2027, 2037)


def fan(paper, size):
    names = ("p1", "p5", "p25", "p50", "p75", "p95", "p99")
    lines = {name: size * (k - 3) * np.linspace(1, 2, 10) for k, name in enumerate(names)}
    return figures.fan(paper, list(YEARS), lines, colour=size, axis=f"{size} [$]", limits=figures.limits([lines]))


def convergence(paper, size):
    found = Estimate(size * np.array([1.0, 2.0, 1.5]), np.array([0.3, 0.2, 0.1]))
    return figures.convergence(paper, np.array([64.0, 128.0, 256.0]), {"a": found, "b": found}, size, 2.0)


def ranges(paper, size):
    at = {name: size * k for k, name in enumerate(("p5", "p25", "p50", "p75", "p95"), start=-2)}
    return figures.ranges(paper, [Range("one", 0, at)] * size, f"{size} [$]")


DRAWN = (
    fan,
    convergence,
    ranges,
    lambda paper, size: figures.distribution(
        paper, np.linspace(-size, size, 5), [Line("one", size, np.full(4, 0.25))], [-0.5], "[$]"
    ),
    lambda paper, size: figures.curves(
        paper, np.linspace(-size, size, 4), [Line("one", k, np.linspace(1, 0, 4)) for k in range(size)], "[$]"
    ),
    lambda paper, size: figures.bars(paper, [Bar("one", 2.0, 0.1), Bar("two", -1.0, 0.2)] * size, "[%]", size, 2.0),
    lambda paper, size: figures.waterfall(paper, [Bar("one", 5.0, 0.0), Bar("two", 3.0, 0.0, total=True)], "[$]", size),
    lambda paper, size: figures.when(
        paper, [*map(str, YEARS), "never"], Line("a", size, np.full(11, 0.1)), Line("b", size, np.full(11, 0.2))
    ),
)


def test_a_figure_is_the_same_on_new_paper_and_after_all_others():
    with styled() as paper:
        for size in (1, 3):  # each layout is used again, by another figure and by the same one
            for draw in (*DRAWN, *reversed(DRAWN)):
                used = svg(draw(paper, size), "x", "x")
                with styled() as new:
                    assert used == svg(draw(new, size), "x", "x")
