"""Which character separates the cells of a text file: our own count decides the clear cases, clevercsv the others."""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import dataclass

from housewide.intake.sheets.records import OPEN_QUOTE, STRAY_QUOTE, Dialect, RecordSplitter

DELIMITERS = (",", ";", "\t", "|")
_RARE_DELIMITERS = ("^", "~", "\x1f", "\x01")
_CLEVER_LINES = 60
_CLEVER_CHARACTERS = 6_000
_CLEVER_SECONDS = 3.0
_MOST_LINES = 400


@dataclass(frozen=True)
class _Score:
    dialect: Dialect
    width: int
    share: float
    tidy: float

    @property
    def worth(self) -> float:
        """Consistency first, then cells free of other delimiters; more columns only break near ties."""
        return self.share * self.tidy * (1 + min(self.width, 40) / 400) if self.width > 1 else 0.0


def detect_dialect(sample: str) -> Dialect:
    """The dialect of `sample` (whole lines, '\\n' between them); a file of one column comes back with commas."""
    lines = sample.split("\n")[:_MOST_LINES]
    candidates = [delimiter for delimiter in DELIMITERS + _RARE_DELIMITERS if delimiter in sample]
    scores = sorted((_score(lines, delimiter) for delimiter in candidates), key=lambda score: -score.worth)
    if not scores or scores[0].width < 2:
        return Dialect(",", *_quoting(lines, ","))
    best = scores[0]
    unclear = best.share < 0.6 or (len(scores) > 1 and scores[1].worth > 0.85 * best.worth)
    if unclear:
        said = _ask_clevercsv(lines)
        for score in scores:
            if score.dialect.delimiter == said and score.worth > 0.5 * best.worth:
                return score.dialect
    return best.dialect


def _score(lines: list[str], delimiter: str) -> _Score:
    dialect = Dialect(delimiter, *_quoting(lines, delimiter))
    records = list(RecordSplitter(lines, dialect))
    if dialect.quotechar:
        quoted = [record for record in records if any(dialect.quotechar in cell for cell in record[1]) or record[2]]
        damaged = [record for record in records if STRAY_QUOTE in record[2] or OPEN_QUOTE in record[2]]
        if len(damaged) > max(2, 0.3 * len(records)) and len(damaged) > 0.3 * len(quoted):
            # Most quotes follow no rule at all, so the program that wrote them meant inches and nicknames.
            dialect = Dialect(delimiter, "", dialect.escapechar, dialect.doublequote)
            records = list(RecordSplitter(lines, dialect))
    rows = [cells for _, cells, _ in records if any(cell.strip() for cell in cells)]
    widths = Counter(len(cells) for cells in rows)
    # Preambles are short lines; among widths of the same weight the wider one is the table.
    width = max(widths, key=lambda count: (widths[count] * (count > 1), count)) if widths else 0
    table = [cells for cells in rows if len(cells) == width]
    others = [other for other in DELIMITERS if other != delimiter]
    cells = [cell for row in table[:100] for cell in row if cell]
    mixed = sum(1 for cell in cells if any(other in cell for other in others) and not _is_prose(cell))
    tidy = 1 - 0.5 * mixed / len(cells) if cells else 0.1
    return _Score(dialect, width, len(table) / max(1, len(rows)), tidy)


def _is_prose(cell: str) -> bool:
    """'Smith, John' or '1,250.00' hold a comma as people write it; '5;2' and 'a|b|c' hold a delimiter."""
    return ", " in cell or "; " in cell or re.fullmatch(r"[-$€(]*\d{1,3}(,\d{3})+(\.\d+)?\)?", cell) is not None


def _quoting(lines: list[str], delimiter: str) -> tuple[str, str, bool]:
    """Quote character, escape character and whether quotes are doubled inside quotes."""
    text = "\n".join(lines)
    edge = re.escape(delimiter)
    single = len(re.findall(rf"(?:^|{edge})'[^'\n]*'(?={edge}|$)", text, re.MULTILINE))
    quote = "'" if '"' not in text and single > 1 and single >= 0.5 * len(lines) else '"'
    backslashed = len(re.findall(rf"\\{quote}(?!{edge}|$)", text, re.MULTILINE))
    doubled = len(re.findall(rf"[^{edge}\n]{quote}{quote}(?!{edge}|$)", text, re.MULTILINE))
    if backslashed > 0 and backslashed > doubled:
        return quote, "\\", False
    return quote, "", True


def _ask_clevercsv(lines: list[str]) -> str | None:
    """clevercsv's delimiter for a short sample, or None when it has no answer in time."""
    sample = "\n".join(line[:400] for line in lines[:_CLEVER_LINES])[:_CLEVER_CHARACTERS]
    answers: list[str] = []

    def ask() -> None:
        import clevercsv

        try:
            found = clevercsv.Sniffer().sniff(sample, delimiters=list(DELIMITERS + _RARE_DELIMITERS))
        except clevercsv.Error:
            return
        if found is not None and found.delimiter:
            answers.append(found.delimiter)

    # A thread because no signal works outside the main one; the sample is short, so it ends by itself soon after.
    asking = threading.Thread(target=ask, daemon=True, name="clevercsv")
    asking.start()
    asking.join(_CLEVER_SECONDS)
    return answers[0] if answers else None
