"""What a user did wrong, said once and completely: every fault with its place, the value seen, and what to do."""

import difflib
from collections.abc import Iterable
from typing import NamedTuple


class Fault(NamedTuple):
    """One thing wrong with an input.

    Parameters
    ----------
    where
        File and key or row, for example ``roster.csv, row 17, spend_2025``. Never an identifier of a person.
    seen
        The value found, as text; empty when it could identify a person.
    allowed
        What would have been accepted.
    remedy
        What the user can do about it.
    """

    where: str
    seen: str
    allowed: str
    remedy: str = ""

    def __str__(self) -> str:
        """Read as one line: place, value seen, what is allowed, what to do."""
        seen = f": {self.seen}" if self.seen else ""
        remedy = f" {self.remedy}" if self.remedy else ""
        return f"{self.where}{seen}. Allowed: {self.allowed}.{remedy}"


class LeadmcError(Exception):
    """Anything leadmc raises on purpose; the command line exits with status 1."""


class StoppedError(LeadmcError):
    """The user stopped what was under way; the command line says what was kept and exits with status 130."""


class InputError(LeadmcError):
    """Bad input: carries every fault found, not only the first; the command line exits with status 2.

    Parameters
    ----------
    faults
        The faults, in the order in which a reader would meet them; at least one.
    """

    def __init__(self, faults: Iterable[Fault]):
        self.faults = tuple(faults)
        noun = "fault" if len(self.faults) == 1 else "faults"
        super().__init__("\n".join([f"{len(self.faults)} {noun} in the input:", *(f"  - {f}" for f in self.faults)]))


def did_you_mean(seen: str, known: Iterable[str]) -> str:
    """Name the nearest of the known words as a remedy; empty where none is near."""
    close = difflib.get_close_matches(seen, list(known), n=1)
    return f"Did you mean {close[0]}?" if close else ""
