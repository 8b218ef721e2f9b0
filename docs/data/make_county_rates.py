"""Make ``leadmc/inputs/data/county_rates_2018.csv``: the public county file of CMS with Census county codes added.

Run once, by hand, when the public file changes::

    python docs/data/make_county_rates.py COUNTY_FFS.csv CENSUS_FOLDER leadmc/inputs/data/county_rates_2018.csv

``COUNTY_FFS.csv`` is the county-level FFS data of CMS behind the 2018 Shared Savings Program benchmarks (state and
county names, SSA codes). ``CENSUS_FOLDER`` holds the Census Bureau's lists of counties (``counties_2010.csv``,
``counties_2015.csv``, ``counties_2020.csv`` with statefp, countyfp, name) and ``states.csv`` (name, postal, fips).
Rows are joined by state and simplified county name; see ``docs/data/county_rates.md`` for the match rate.
"""

import re
import sys
import unicodedata
from pathlib import Path

import pandas as pd

CENSUS_LISTS = ("counties_2010.csv", "counties_2015.csv", "counties_2020.csv")
KINDS_OF_COUNTY = r" (county|parish|borough|census area|municipality|municipio|city and borough)$"


def simplify(name: str) -> str:
    """Reduce a county's name to what both sources agree on; ``city`` stays, it tells Fairfax from Fairfax city."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"\bst\.? ", "saint ", plain)
    plain = re.sub(r"\bste\.? ", "sainte ", plain)
    return re.sub(r"[^a-z]", "", re.sub(KINDS_OF_COUNTY, "", plain))


def census_codes(folder: Path) -> pd.Series:
    """Five-digit county code by (state, simplified name); a county that was renamed has a code under each name."""
    states = pd.read_csv(folder / "states.csv", dtype=str).rename(columns={"name": "state", "fips": "statefp"})
    counties = pd.concat([pd.read_csv(folder / each, dtype=str) for each in CENSUS_LISTS]).merge(states, on="statefp")
    keys = [counties["state"], counties["name"].map(simplify)]
    codes = pd.Series((counties["statefp"] + counties["countyfp"]).to_numpy(), index=keys)
    return codes[~codes.index.duplicated()]


def main(county_ffs: str, census_folder: str, target: str) -> None:
    """Join, report what found no code, and write the rows that did."""
    rates = pd.read_csv(county_ffs)
    codes = census_codes(Path(census_folder))
    keys = pd.MultiIndex.from_arrays([rates["state"], rates["county"].map(simplify)])
    rates.insert(0, "county_fips", codes.reindex(keys).to_numpy())
    unmatched = rates["county_fips"].isna()
    sys.stdout.write(f"{1 - unmatched.mean():.2%} of {len(rates)} rows matched; without a code:\n")
    sys.stdout.write(rates.loc[unmatched, ["state", "county"]].to_string(index=False) + "\n")
    matched = rates[~unmatched].drop(columns=["year", "ssa_state", "ssa_county"]).sort_values("county_fips")
    if matched["county_fips"].duplicated().any():
        sys.exit("two rows share a county code: the names are too much simplified")
    matched.to_csv(target, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
