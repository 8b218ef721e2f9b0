"""Make ``leadmc/inputs/data/mssp_aco_years.csv``: what calibration needs of the public files on Shared Savings ACOs.

Run once, by hand, when a year is added::

    python docs/data/make_aco_panel.py PANEL.csv leadmc/inputs/data/mssp_aco_years.csv

``PANEL.csv`` holds the public use files of the Medicare Shared Savings Program one below the other, under CMS's own
column names, with ``year`` and ``sav`` (gross savings rate in percent). Columns keep their names, so that calibration
reads the whole file and this one alike.
"""

import sys

import pandas as pd

TYPES = ("ESRD", "DIS", "AGDU", "AGND")
SERVICES = ("INP_All", "OPD", "PB", "SNF", "HHA", "HSP", "DME", "AmbPay")
YEARLY = ["ACO_ID", "year", "Current_Start_Date", "ACO_State", "N_AB", "sav"]
HISTORY = [
    *(f"Per_Capita_Exp_ALL_{kind}_BY{n}" for kind in TYPES for n in (1, 2, 3)),
    *(f"CMS_HCC_RiskScore_{kind}_BY{n}" for kind in TYPES if kind != "ESRD" for n in (1, 2, 3)),
    *(f"N_AB_Year_{kind}_BY3" for kind in ("ESRD", "DIS", "AGED_Dual", "AGED_NonDual")),
]


def main(panel: str, target: str) -> None:
    """Keep what is read; the base years of an agreement stand in its last row, the one that calibration uses."""
    rows = pd.read_csv(panel, low_memory=False).sort_values(["ACO_ID", "year"])
    rows["Current_Start_Date"] = rows["Current_Start_Date"].str.extract(r"(\d{4})", expand=False)
    rows["ACO_State"] = rows["ACO_State"].str[:2]
    earlier = rows.duplicated(["ACO_ID", "Current_Start_Date"], keep="last")
    rows.loc[earlier, HISTORY] = float("nan")
    kept = rows[YEARLY + [f"CapAnn_{service}" for service in SERVICES] + HISTORY]
    kept.to_csv(target, index=False, float_format="%.10g")


if __name__ == "__main__":
    main(*sys.argv[1:])
