"""The registry of cube variables: what each quantity is called, along which axes it runs, its unit, sign and rule.

One table drives the cube's attributes, its validation, the axis labels of the figures and the documentation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from leadmc.base.axes import BASE_YEARS, CATEGORIES, PERFORMANCE_YEARS
from leadmc.base.errors import Fault

Sign = Literal["non-negative", "towards the ACO", "from the ACO"]

DIMENSIONS: Final = ("scenario", "track", "rule", "base_year", "performance_year", "category")
"""Order of the axes in every variable."""

COORDINATES: Final[Mapping[str, tuple[int | str, ...]]] = MappingProxyType(
    {"base_year": BASE_YEARS, "performance_year": PERFORMANCE_YEARS, "category": CATEGORIES}
)
"""Labels of the axes that are the same in every cube; scenarios, tracks and mixed rules are the run's own."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One quantity of the cube.

    Parameters
    ----------
    name
        Name in the cube, in code, in YAML and in figures.
    dims
        Axes in order, a subsequence of ``DIMENSIONS``.
    unit
        ``USD``, ``USD per person-month``, ``person-month``, ``person`` or ``1``.
    long_name
        What a figure or a table calls it.
    rule
        Where it comes from: a step of the LEAD order of operations, or a part of the model. What a quantity means under
        the rivals is in docs/rules.md.
    sign
        What a positive number means.
    dtype
        NumPy name of the element type.
    optional
        Whether a cube may lack it: there are no mixed rules in most runs.
    """

    name: str
    dims: tuple[str, ...]
    unit: str
    long_name: str
    rule: str
    sign: Sign = "non-negative"
    dtype: str = "float64"
    optional: bool = False

    @property
    def attributes(self) -> dict[str, str]:
        """Attributes that the cube stores beside the numbers."""
        return {"units": self.unit, "long_name": self.long_name, "rule": self.rule, "sign": self.sign}

    def runs_along(self, dims: tuple[str, ...]) -> bool:
        """Whether an array with these axes is this variable.

        Base years read from a roster are the same in every scenario, so they may lack that axis.
        """
        observed = "base_year" in self.dims and dims == self.dims[1:]
        return dims == self.dims or observed


BY_BASE_YEAR: Final = ("scenario", "base_year", "category")
BY_YEAR: Final = ("scenario", "performance_year")
BY_CATEGORY: Final = ("scenario", "performance_year", "category")
BY_TRACK: Final = ("scenario", "track")
BY_RESULT: Final = ("scenario", "track", "performance_year")
BY_RATE: Final = ("scenario", "track", "performance_year", "category")

USD: Final = "USD"
PBPM: Final = "USD per person-month"

_TABLE: Final = (
    Variable(
        "base_person_months",
        BY_BASE_YEAR,
        "person-month",
        "Person-months in the base year",
        "people: sum over the panel",
    ),
    Variable("base_expenditure", BY_BASE_YEAR, USD, "Expenditure in the base year", "people: sum over the panel"),
    Variable(
        "base_risk_score",
        BY_BASE_YEAR,
        "1",
        "Mean risk score in the base year",
        "people: person-month weighted mean, renormalised to the reference population",
    ),
    Variable("person_months", BY_CATEGORY, "person-month", "Person-months", "people: sum over the panel"),
    Variable("expenditure", BY_CATEGORY, USD, "Expenditure before stop-loss", "LEAD settlement, step 7: expenditure"),
    Variable(
        "stop_loss_excess",
        BY_CATEGORY,
        USD,
        "Spending above the stop-loss attachments, elected or not",
        "LEAD settlement, step 8: stop-loss",
    ),
    Variable(
        "risk_score",
        BY_CATEGORY,
        "1",
        "Mean risk score",
        "people: person-month weighted mean, renormalised to the reference population",
    ),
    Variable(
        "risk_ratio_capped",
        BY_CATEGORY,
        "1",
        "Risk score against the last base year, capped",
        "LEAD settlement, step 4: capped risk ratio",
    ),
    Variable(
        "national_trend",
        BY_CATEGORY,
        "1",
        "Observed national trend since the last base year",
        "drivers: national growth, cumulative",
    ),
    Variable(
        "regional_trend",
        BY_CATEGORY,
        "1",
        "Observed regional trend since the last base year",
        "drivers: national growth and regional level, cumulative",
    ),
    Variable(
        "prospective_trend",
        BY_CATEGORY,
        "1",
        "Forecast trend since the last base year, as made before the first performance year",
        "drivers: prospective trend, cumulative",
    ),
    Variable(
        "blended_trend",
        BY_CATEGORY,
        "1",
        "Three-part trend since the last base year, within its guardrails",
        "LEAD settlement, step 4: update trend",
    ),
    Variable("deaths", BY_YEAR, "person", "Deaths", "people: sum over the panel", dtype="int64"),
    Variable("exits", BY_YEAR, "person", "Leavers other than deaths", "people: sum over the panel", dtype="int64"),
    Variable("entrants", BY_YEAR, "person", "New entrants", "people: sum over the panel", dtype="int64"),
    Variable("quality_score", BY_YEAR, "1", "Earned share of the quality points", "drivers: quality score"),
    Variable(
        "rate_book_weight", BY_YEAR, "1", "Weight of the regional rate book", "LEAD settlement, step 4: rate-book blend"
    ),
    Variable(
        "programme_cost",
        BY_YEAR,
        USD,
        "Cost of management programmes, outside the settlement",
        "drivers: management savings",
        sign="from the ACO",
    ),
    Variable(
        "scenario_weight",
        ("scenario",),
        "1",
        "Weight of the scenario in every mean",
        "drivers: importance sampling; 1 in every other run",
    ),
    Variable(
        "adversity",
        ("scenario",),
        "1",
        "How bad the world is for the ACO, in standard deviations",
        "drivers: the direction in which the ten-year net result falls fastest",
        sign="from the ACO",
    ),
    Variable(
        "rule_choice",
        ("scenario", "rule"),
        "1",
        "Alternative of the mixed rule, by its position in the attribute alternatives",
        "rules that are not published: one draw a scenario",
        dtype="int64",
        optional=True,
    ),
    Variable(
        "regional_position",
        ("scenario",),
        "1",
        "Spending of the base years over that of the region at the same risk",
        "people and drivers: base expenditure / (person-months x score x regional spending of the year)",
    ),
    Variable(
        "base_aco_level",
        ("scenario", "base_year"),
        "1",
        "Cost of the ACO against its region in the base year, without claim luck",
        "drivers: ACO's starting effect and service-category drift",
    ),
    Variable(
        "aco_level",
        BY_YEAR,
        "1",
        "Cost of the ACO against its region, without claim luck",
        "drivers: ACO's starting effect, service-category drift, management savings",
    ),
    Variable("coding", BY_YEAR, "1", "Risk score of the ACO against the reference", "drivers: coding"),
    Variable(
        "ai_score_effect",
        ("scenario",),
        "1",
        "Change of the risk ratio under the AI-inferred score at full weight",
        "drivers: AI-inferred score",
        sign="towards the ACO",
    ),
    Variable(
        "lower_spending",
        ("scenario",),
        "1",
        "Whether the ACO is designated lower-spending",
        "LEAD settlement, step 3: spending designation",
        dtype="bool",
    ),
    Variable(
        "guarantee", BY_TRACK, USD, "Financial guarantee required", "LEAD settlement, step 13: financial guarantee"
    ),
    Variable(
        "benchmark_before_discount",
        BY_RESULT,
        USD,
        "Benchmark before discount and quality",
        "LEAD settlement, steps 2 to 4: benchmark",
    ),
    Variable("benchmark", BY_RESULT, USD, "Final benchmark", "LEAD settlement, steps 5 and 6: discount and quality"),
    Variable(
        "benchmark_pbpm",
        BY_RATE,
        PBPM,
        "Final benchmark per person-month",
        "LEAD settlement, steps 5 and 6: discount and quality, both alignment types",
    ),
    Variable(
        "stop_loss_net",
        BY_RESULT,
        USD,
        "Stop-loss payout less charge",
        "LEAD settlement, step 8: stop-loss; MSSP: spending above the truncation point, which does not count",
        sign="towards the ACO",
    ),
    Variable(
        "episodes_net",
        BY_RESULT,
        USD,
        "What CARA episodes add to expenditure",
        "LEAD settlement, step 7: CARA episodes; 0 unless stated",
        sign="from the ACO",
    ),
    Variable(
        "gross_savings",
        BY_RESULT,
        USD,
        "Gross savings",
        "LEAD settlement, step 9: benchmark - expenditure - episodes_net + stop_loss_net",
        sign="towards the ACO",
    ),
    Variable(
        "shared_result",
        BY_RESULT,
        USD,
        "Shared savings or losses",
        "LEAD settlement, step 10: corridors",
        sign="towards the ACO",
    ),
    Variable(
        "sequestration", BY_RESULT, USD, "Sequestration", "LEAD settlement, step 11: sequestration", sign="from the ACO"
    ),
    Variable(
        "add_on",
        BY_RESULT,
        USD,
        "Administrative add-on",
        "LEAD settlement: add-on payment, not reconciled",
        sign="towards the ACO",
    ),
    Variable(
        "high_performer_bonus",
        BY_RESULT,
        USD,
        "High-performer bonus",
        "LEAD settlement, step 12: High Performers Pool; 0 unless stated",
        sign="towards the ACO",
    ),
    Variable(
        "net_result",
        BY_RESULT,
        USD,
        "Net result",
        "LEAD settlement, step 13: shared_result - sequestration + add_on + high_performer_bonus",
        sign="towards the ACO",
    ),
    Variable(
        "capitation_gain",
        BY_RESULT,
        USD,
        "Capitation over the fees that it replaces",
        "LEAD settlement, step 12: capitation that is not reconciled; in net_cash, not in net_result",
        sign="towards the ACO",
    ),
    Variable(
        "net_cash",
        BY_RESULT,
        USD,
        "Net cash",
        "LEAD settlement, step 12: net_result with advances, their repayment, and capitation in place of fees",
        sign="towards the ACO",
    ),
    Variable(
        "guarantee_call",
        BY_RESULT,
        USD,
        "Part of the year's loss that the guarantee covers",
        "LEAD settlement, step 13: financial guarantee",
        sign="from the ACO",
    ),
    Variable(
        "beneficiary_programme_cost",
        BY_RESULT,
        USD,
        "Cost of programmes for beneficiaries, outside the settlement and its cash",
        "LEAD settlement, beside step 13: beneficiary programmes; 0 unless stated",
        sign="from the ACO",
    ),
    Variable(
        "below_minimum",
        BY_RESULT,
        "1",
        "Whether the ACO has fewer aligned people than it needs",
        "LEAD settlement, step 1: alignment minimum",
        dtype="bool",
    ),
    Variable(
        "rate_book_effect",
        BY_RESULT,
        USD,
        "Benchmark with the rate book less without",
        "LEAD settlement, step 4: rate-book blend",
        sign="towards the ACO",
    ),
)

VARIABLES: Final[Mapping[str, Variable]] = MappingProxyType({variable.name: variable for variable in _TABLE})
"""Every variable of the cube by name, in the order in which the settlement makes them."""


def faults(found: Mapping[str, tuple[tuple[str, ...], str]], where: str = "cube") -> tuple[Fault, ...]:
    """Compare the variables of a data set with the registry.

    Parameters
    ----------
    found
        Axes and NumPy dtype name of each variable, by its name.
    where
        The file or store, for the message.

    Returns
    -------
    tuple
        Every missing or unknown variable, every wrong axis and every wrong dtype; empty when all is well.
    """
    out = [
        Fault(f"{where}, {name}", "missing", "every variable of the registry")
        for name, variable in VARIABLES.items()
        if name not in found and not variable.optional
    ]
    for name, (dims, dtype) in found.items():
        variable = VARIABLES.get(name)
        if variable is None:
            out.append(Fault(f"{where}, {name}", "unknown variable", "the variables of the registry"))
            continue
        if not variable.runs_along(dims):
            out.append(Fault(f"{where}, {name}, axes", ", ".join(dims), ", ".join(variable.dims)))
        if dtype != variable.dtype:
            out.append(Fault(f"{where}, {name}, dtype", dtype, variable.dtype))
    return tuple(out)
