"""How well a name answers what somebody typed: case, accents, the order of words and a small slip of the finger aside.

The same score ranks places, measures, people and pages, so that the answers of the jump box stand in one order.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

EXACT_CODE = 1000
EXACT = 900
PREFIX = 700
WORDS = 500
INSIDE = 300
BESIDE = 200
SLIP = 100
SHORTEST_SLIP = 4  # a slip in a word of three letters is another word


@lru_cache(maxsize=16384)
def folded(text: str) -> str:
    """Lower case without accents; everything that is neither letter nor digit is one space."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)).casefold()
    return " ".join("".join(one if one.isalnum() else " " for one in bare).split())


def closeness(question: str, title: str, *, codes: Iterable[str] = (), beside: Iterable[str] = ()) -> int:
    """0 when the title is no answer, else the better the higher.

    In this order: a code as typed; the whole title; its beginning; the beginnings of its words, all of them found;
    the question inside the title; inside what stands ``beside`` it (a sentence, a former name); each word but for
    a slip of one letter (two in a long word). Among equals the shorter title is the better answer.
    """
    asked = folded(question)
    if not asked:
        return 0
    if any(asked == folded(code) for code in codes):
        return EXACT_CODE
    name = folded(title)
    score = _whole(asked, name) or _parts(asked, name, codes, beside)
    return max(score - min(len(name), 90), 1) if score else 0


def _whole(asked: str, name: str) -> int:
    if asked == name:
        return EXACT
    return PREFIX if name.startswith(asked) else 0


def _parts(asked: str, name: str, codes: Iterable[str], beside: Iterable[str]) -> int:
    wanted, words = asked.split(), name.split()
    if all(any(word.startswith(one) for word in words) for one in wanted):
        return WORDS
    if asked in name or any(folded(code).startswith(asked) for code in codes):
        return INSIDE
    more = [*words, *(word for text in beside for word in folded(text).split())]
    if all(any(word.startswith(one) for word in more) for one in wanted):
        return BESIDE
    if all(any(slipped(one, word) for word in words) for one in wanted):
        return SLIP
    return 0


def slipped(typed: str, word: str) -> bool:
    """Whether a typed word is this word, or the beginning of it, but for one slip (two from eight letters on).

    A slip is a letter too many, one missing, another one, or two neighbors swapped.
    """
    if word.startswith(typed):
        return True
    size = len(typed)
    if size < SHORTEST_SLIP or len(word) < SHORTEST_SLIP - 1 or typed[0] != word[0]:
        return False
    most = 2 if size >= 8 else 1
    return any(
        _distance(typed, word[:end], most) <= most
        for end in range(max(size - most, 1), min(size + most, len(word)) + 1)
    )


@lru_cache(maxsize=65536)
def _distance(one: str, other: str, most: int) -> int:
    """Slips between two words (optimal string alignment); anything above ``most`` may come back as ``most + 1``."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        last, row = row, [at]
        for to, sign in enumerate(other, start=1):
            cost = min(last[to] + 1, row[to - 1] + 1, last[to - 1] + (letter != sign))
            if before and to > 1 and letter == other[to - 2] and one[at - 2] == sign:
                cost = min(cost, before[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before = last
    return row[-1]
