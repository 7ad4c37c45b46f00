"""Why a file could not be read as a table, in words for the person who sent it."""


class SheetError(Exception):
    """The file is a table but cannot be read to its end; the message says what happened, what was kept, what to do."""


class NotATable(SheetError):
    """The file is something else; the message says what it looks like and what to do."""

    def __init__(self, looks_like: str, advice: str) -> None:
        self.looks_like = looks_like
        self.advice = advice
        super().__init__(f"This file is not a table: it looks like {looks_like}. Nothing was read. {advice}")
