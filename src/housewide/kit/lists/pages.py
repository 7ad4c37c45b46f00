"""One page of a list and the links to the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class PageLink:
    """A page number to click, or a gap (no address)."""

    title: str
    url: str = ""
    current: bool = False


@dataclass(frozen=True)
class Page:
    """Page ``number`` (from 1) of a list of ``count`` rows; ``address`` gives the link to a page number."""

    number: int
    size: int
    count: int
    address: Callable[[int], str]

    @classmethod
    def asked(cls, text: str, size: int, count: int, address: Callable[[int], str]) -> Page:
        """Reads what the address says; anything beyond the ends becomes the nearest page."""
        last = max(1, -(-count // size))
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
        return cls(min(max(number, 1), last), size, count, address)

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // self.size))

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def start(self) -> int:
        return min(self.offset + 1, self.count)

    @property
    def end(self) -> int:
        return min(self.offset + self.size, self.count)

    @property
    def previous_url(self) -> str:
        return self.address(self.number - 1) if self.number > 1 else ""

    @property
    def next_url(self) -> str:
        return self.address(self.number + 1) if self.number < self.pages else ""

    @property
    def links(self) -> list[PageLink]:
        """First, last and the neighbours of this page; gaps between."""
        wanted = sorted({1, self.pages} | set(range(max(1, self.number - 1), min(self.pages, self.number + 1) + 1)))
        links: list[PageLink] = []
        for before, number in zip([0, *wanted], wanted, strict=False):
            if number - before > 1:
                links.append(PageLink("…"))
            links.append(PageLink(str(number), self.address(number), number == self.number))
        return links
