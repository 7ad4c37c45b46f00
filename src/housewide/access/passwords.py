"""Which passwords are refused: words anybody here would try first, and those that were stolen elsewhere."""

from __future__ import annotations

import hashlib
import re
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError

WORDS = ("housewide", "hospital", "password", "welcome", "nurse", "nursing", "medicine", "medical", "health", "clinic",
         "surgery", "doctor", "patient", "summer", "autumn", "winter", "spring", "qwerty")  # fmt: skip
LEFT_AT_LEAST = 8  # characters that must be left when the words of the house and runs of digits are taken away
SHA1_DIGITS = 40


class GuessableWords:
    """Refuses a password that is little more than words of this house (and years or digits) put together."""

    def validate(self, password: str, user: Any = None) -> None:
        left = password.lower()
        for word in sorted((*WORDS, *_own_words()), key=len, reverse=True):
            left = left.replace(word, "")
        left = re.sub(r"\d{2,}|[\W_]+", "", left)
        if len(left) < LEFT_AT_LEAST and len(left) < len(password) / 2:
            raise ValidationError("This password is made of words that anybody here would try. Choose other words.")

    def get_help_text(self) -> str:
        return "Not made of words that anybody here would try: the organization's name, “hospital”, a season, a year."


def _own_words() -> list[str]:
    return [word for word in re.findall(r"\w+", str(settings.HOUSEWIDE_ORGANISATION).lower()) if len(word) > 3]


class Breached:
    """Refuses a password that stands in a list of stolen ones, when the installation keeps such a list.

    The file named by ``breached_passwords`` has one SHA-1 a line in hexadecimal, sorted, perhaps with ``:count`` behind
    it: the form in which Have I Been Pwned gives its list out. It is searched by halving, never read whole.
    """

    def validate(self, password: str, user: Any = None) -> None:
        path = Path(str(settings.HOUSEWIDE_BREACHED_PASSWORDS or ""))
        if not path.is_file():
            return
        wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        if stands_in(path, wanted):
            raise ValidationError("This password is known from a theft of passwords elsewhere. Choose another one.")

    def get_help_text(self) -> str:
        return "Not one that was stolen somewhere else."


def stands_in(path: Path, wanted: str) -> bool:
    """Whether a line of the sorted file begins with ``wanted`` (40 hexadecimal digits, upper case)."""
    with path.open("rb") as file:
        low, high = 0, path.stat().st_size
        while low < high:
            middle = (low + high) // 2
            file.seek(middle)
            if middle:
                file.readline()  # the rest of a line that began before
            line = file.readline()
            found = line[:SHA1_DIGITS].decode("ascii", "replace").upper()
            if found == wanted:
                return True
            if not line or found > wanted:
                high = middle
            else:
                low = middle + 1
    return False


def temporary_password() -> str:
    """A password to be used once, that can be read out on the telephone: 20 characters, about 99 random bits."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(alphabet) for _ in range(5)) for _ in range(4))
