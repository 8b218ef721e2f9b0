"""Read and write a table of people or of counties, CSV or Parquet; nothing of a row is quoted in an error."""

import csv
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from leadmc.base.errors import Fault, InputError

EXTENSIONS: Final = (".csv", ".parquet")
BLANKS: Final = ("", "na", "n/a", "nan", "null", "none")


def read_table(path: Path) -> pd.DataFrame:
    """Read every column as text without surrounding blanks, column names in lower case; a blank is missing.

    Raises
    ------
    InputError
        The file is missing, unreadable, empty, cut short or of another kind, or a row is not as long as the header.
    """
    kind = path.suffix.lower()
    if kind not in EXTENSIONS:
        raise InputError([_extension_fault(path)])
    if not path.is_file():
        raise InputError([Fault(str(path), "no such file", "a table, .csv or .parquet", "Check the path.")])
    if path.stat().st_size == 0:
        raise InputError([Fault(path.name, "empty file", "a header and at least one row")])
    try:
        table = _read_csv(path) if kind == ".csv" else pq.read_table(path)
    except (pa.ArrowInvalid, UnicodeDecodeError, csv.Error, OSError):
        format_name = "CSV in UTF-8 with commas" if kind == ".csv" else "Parquet"
        raise InputError(
            [Fault(path.name, "damaged, cut short or of another kind", f"complete {format_name}", "Export it again.")]
        ) from None
    names = [str(name).strip().lower() for name in table.column_names]
    faults: list[Fault] = []
    columns = [
        _text(column, f"{path.name}, column {name}", faults) for name, column in zip(names, table.columns, strict=True)
    ]
    if faults:
        raise InputError(faults)
    return pd.DataFrame(pa.table(columns, names=names).to_pandas())


def numbers(text: "pd.Series[str]") -> npt.NDArray[np.float64]:
    """Read a column of text as numbers, NaN where blank or not a number, [n]."""
    try:
        return np.asarray(pa.array(text, from_pandas=True).cast(pa.float64()).to_numpy(zero_copy_only=False))
    except pa.ArrowInvalid:  # at least one is not a number
        return np.asarray(pd.to_numeric(text, errors="coerce"), dtype=np.float64)


def write_table(path: Path, frame: pd.DataFrame) -> None:
    """Write a table as the extension of the path says.

    Raises
    ------
    InputError
        Another extension than ``.csv`` or ``.parquet``.
    """
    kind = path.suffix.lower()
    if kind not in EXTENSIONS:
        raise InputError([_extension_fault(path)])
    if kind == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path, index=False)


def _extension_fault(path: Path) -> Fault:
    return Fault(path.name, path.suffix or "no extension", " or ".join(EXTENSIONS), "Save it in one of the two.")


def _read_csv(path: Path) -> Any:
    """Read text columns; rows of another length than the header are a fault and never quoted."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next((row for row in csv.reader(file) if row), [])
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        raise InputError([Fault(path.name, "columns not separated by commas", "commas", "Export it with commas.")])
    ragged: list[int] = []

    def note(row: Any) -> str:
        ragged.append(row.number - 1)  # the header is line 1
        return "skip"

    table = pacsv.read_csv(
        path,
        read_options=pacsv.ReadOptions(use_threads=False),  # with threads, rows have no numbers
        parse_options=pacsv.ParseOptions(invalid_row_handler=note),
        convert_options=pacsv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
        ),
    )
    if ragged:
        rows = f"{len(ragged)} {'row' if len(ragged) == 1 else 'rows'} of another length, the first is row {ragged[0]}"
        remedy = "Quote values that hold a comma."
        raise InputError([Fault(path.name, rows, f"{len(header)} values a row, as in the header", remedy)])
    return table


def _text(column: Any, where: str, faults: list[Fault]) -> Any:
    """Cast a column to trimmed text with nulls for blanks; a column of lists or records is a fault."""
    try:
        trimmed = pc.utf8_trim_whitespace(column.cast(pa.string()))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        faults.append(Fault(where, f"of type {column.type}", "plain text or numbers", "Flatten it."))
        return column
    blank = pc.is_in(pc.utf8_lower(trimmed), value_set=pa.array(BLANKS))
    return pc.if_else(blank, pa.scalar(None, pa.string()), trimmed)
