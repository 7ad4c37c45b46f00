"""The months that a review rests on: whose feeds its figures count, and whether those are closed for the month.

Each owner's feeds at a facility are closed by themselves (docs/decisions/0030-months-close-per-owner.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from housewide.access.models import Grant
from housewide.access.roles import roles_that_can
from housewide.facts import states
from housewide.facts.models import PeriodState
from housewide.kit.actions import Refused
from housewide.kit.clock import today
from housewide.kit.periods import Month
from housewide.measures.asking import tables_of
from housewide.measures.definitions import all_definitions
from housewide.org.models import Account
from housewide.org.tree import tree_on
from housewide.reviews import agenda
from housewide.reviews.models import Review

State = PeriodState.State
CLOSES = "review.close"
MOST_NAMED = 3


@dataclass(frozen=True)
class Books:
    """The feeds of one owner at a facility, which are closed together; without an owner all that the facility has."""

    facility: str
    owner: str
    tables: tuple[str, ...] = ()

    @property
    def answers(self) -> str:
        """Code of the place that answers for them."""
        return self.owner or self.facility

    def title(self) -> str:
        """In words: “Operating room log, Staffed operating rooms”, or the facility's name."""
        if not self.owner:
            return tree_on(today()).places[self.facility].name
        feeds = states.feeds_of(self.facility, self.tables)
        return ", ".join(feed.title for feed in feeds if feed.owning_place == self.owner)

    def may_close(self, account: object) -> bool:
        return states.may_for_month(account, CLOSES, self.facility, self.owner)

    def who_closes(self) -> list[str]:
        """Names of a few people who may close them, the nearest first."""
        tree, able = tree_on(today()), roles_that_can(CLOSES)
        near = list(dict.fromkeys([*tree.above(self.answers), *tree.above(self.facility)]))
        held = Grant.objects.filter(role__in=able, place__code__in=near, account__is_active=True)
        found = sorted(held.select_related("account__person", "place"), key=lambda one: near.index(one.place.code))
        accounts = dict.fromkeys(one.account for one in found)
        return [str(account) for account in accounts if self.may_close(account)][:MOST_NAMED]

    def ask_whom(self) -> str:
        """Who may close them, as a sentence."""
        names = self.who_closes()
        who = " or ".join(names) if names else "an administrator for a role that may close months"
        return f"Whoever answers for {tree_on(today()).places[self.answers].name} closes it: ask {who}."


def facilities(place: str, period: str) -> list[str]:
    """Codes of the facilities whose rows the figures of a place and month count."""
    return tree_on(Month.parse(period).last_day()).facilities_below(place)


def books_of(place: str, period: str) -> list[Books]:
    """What the review of a place and month rests on: by facility, the owners of the feeds that its measures read. Whole
    facilities where nobody sends what they read."""
    known = all_definitions()
    measures = [known[one] for one in agenda.measures_of(place) if one in known]
    tables = tuple(sorted({table for definition in measures for table in tables_of(definition)}))
    codes = facilities(place, period)
    found = [Books(code, owner, tables) for code in codes for owner in sorted(states.feed_owners(code, tables))]
    return found or [Books(code, "") for code in codes]


def open_books(review: Review) -> list[Books]:
    """What the review rests on and is not closed yet."""
    return still_open(review.place.code, review.period)


def still_open(place: str, period: str) -> list[Books]:
    """What the review of a place and month rests on and is not closed yet."""
    found = books_of(place, period)
    return [one for one in found if states.state_of(one.facility, period, one.owner) not in states.SHUT]


def close(by: Account, books: list[Books], period: str) -> list[Books]:
    """Close those of the books that ``by`` may close; gives them. Raises Refused when there is none of them, or when
    the month is not over."""
    own = [one for one in books if one.may_close(by)]
    if books and not own:
        raise Refused(f"You may not close {Month.parse(period).title} of {in_words(books)}. {books[0].ask_whom()}")
    for one in own:
        states.close_period(by=by, facility=one.facility, period=period, owner=one.owner)
    return own


def in_words(books: list[Books]) -> str:
    """Several books as one phrase, each once."""
    return "; ".join(dict.fromkeys(one.title() for one in books))


def mark_signed(by: Account, review: Review) -> None:
    """A signature signs the month of what lies at or below its place: a department's that of its own feeds, a
    facility's also that of the facility's. What others answer for stays closed."""
    here = set(tree_on(Month.parse(review.period).last_day()).below(review.place.code))
    for one in books_of(review.place.code, review.period):
        if one.answers in here:
            states.set_state(one.facility, review.period, State.SIGNED, by.username, one.owner)
