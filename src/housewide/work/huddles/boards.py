"""The board of a huddle: what the data say of each place by topic, and the issues by what is to be done with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from housewide.kit.periods import Month
from housewide.measures import definitions
from housewide.measures.daily import DAILY_KINDS, Daily, daily
from housewide.measures.readings import Reading, readings
from housewide.measures.topics import measures_of
from housewide.org.calendars import month_of
from housewide.org.models import Account, Place
from housewide.work.huddles import queries
from housewide.work.huddles.models import Huddle, Issue, RoundingNote
from housewide.work.huddles.moments import moment_at
from housewide.work.huddles.plans import Meeting, Plans, Topic, plans_on
from housewide.work.huddles.queries import Standing, standing

State = Issue.State
NOTES_SINCE = timedelta(days=3)
MOST = 3


@dataclass(frozen=True)
class Cell:
    """One topic of one place: ``issue``, ``watch`` or ``ok``, what the data say, which issues are open."""

    topic: Topic
    state: str
    words: str
    readings: list[Daily | Reading]
    issues: list[Issue]


@dataclass(frozen=True)
class Row:
    """One place of the board; ``huddled`` is where its own huddle stands, None where it has none."""

    place: Place
    cells: list[Cell]
    huddled: Standing | None

    @property
    def holds(self) -> bool:
        """Whether there is anything behind its boxes."""
        return any(cell.issues or cell.readings for cell in self.cells)


@dataclass(frozen=True)
class Board:
    """Everything a huddle looks at. The lists of issues share none."""

    meeting: Meeting
    day: date
    now: datetime
    huddle: Huddle | None
    standing: Standing
    rows: list[Row]
    to_answer: list[Issue] = field(default_factory=list)
    to_settle: list[Issue] = field(default_factory=list)
    assigned: list[Issue] = field(default_factory=list)
    waiting_above: list[Issue] = field(default_factory=list)
    to_hear: list[Issue] = field(default_factory=list)
    notes: list[RoundingNote] = field(default_factory=list)

    @property
    def under_way(self) -> list[Issue]:
        """Nothing to do about them in this huddle but to know."""
        return [*self.assigned, *self.waiting_above]

    @property
    def every_issue(self) -> list[Issue]:
        """Every open issue of the board, what is to be done first."""
        return [*self.to_answer, *self.to_hear, *self.to_settle, *self.assigned, *self.waiting_above]

    @property
    def everywhere(self) -> list[Issue]:
        """Every open issue of the board and of the places below it, its own first."""
        every = [*self.every_issue, *(issue for row in self.rows for cell in row.cells for issue in cell.issues)]
        return list({issue.pk: issue for issue in every}.values())

    @property
    def nothing_open(self) -> bool:
        return not (self.to_answer or self.to_settle or self.assigned or self.waiting_above or self.to_hear)


def board_of(account: Account, place: str, day: date) -> Board:
    """The board of a huddle as the account sees it. Raises NotSeen."""
    meeting = queries.see_meeting(account, place)
    plans, now = plans_on(), moment_at(place)
    issues = queries.open_issues_below(place, account)
    codes = plans.rows(place)
    huddles = {one.place.code: one for one in Huddle.objects.filter(place__code__in=[place, *codes], day=day)
               .select_related("place", "led_by__person")}  # fmt: skip
    rows = [_row(code, meeting, plans, day, now, huddles.get(code), issues) for code in codes]
    return Board(
        meeting=meeting, day=day, now=now, huddle=huddles.get(place),
        standing=standing(meeting, day, huddles.get(place), now), rows=rows,
        to_answer=[one for one in issues if one.state == State.ESCALATED and one.holder.code == place],
        to_settle=[one for one in issues if one.state == State.OPEN and one.holder.code == place],
        assigned=[one for one in issues if one.state == State.ASSIGNED and one.holder.code == place],
        waiting_above=[one for one in issues
                       if one.state == State.ESCALATED and one.holder.code != place and place in one.path],
        to_hear=[one for one in issues if one.state == State.ANSWERED and one.home.code == place],
        notes=[note for note in queries.rounding_notes(account, place, day - NOTES_SINCE) if note.day <= day],
    )  # fmt: skip


def _row(
    code: str, meeting: Meeting, plans: Plans, day: date, now: datetime, huddle: Huddle | None, issues: list[Issue]
) -> Row:
    below = set(plans.tree.below(code))
    own = [one for one in issues if one.place.code in below]
    read = readings_for(code, meeting.topics, day, plans)
    cells = [_cell(topic, read, [one for one in own if belongs(one, topic)]) for topic in meeting.topics]
    met = plans.meetings.get(code)
    huddled = standing(met, day, huddle, now) if met and code != meeting.place.code else None
    return Row(plans.tree.places[code], cells, huddled)


def belongs(issue: Issue, topic: Topic) -> bool:
    """Whether an issue stands under a topic of this board: its own, or what its topic counts as on another's board."""
    from housewide.work.huddles.plans import topic_of

    return issue.topic == topic.key or (
        topic_of(issue.topic).counts_as == topic.counts_as and topic.key in topic.draws_on
    )


Said = Daily | Reading


def readings_for(place: str, topics: Iterable[Topic], day: date, plans: Plans) -> dict[str, list[Said]]:
    """What the data say about a place, by the topics of measures: the newest day before this one where a measure has
    days, else the month so far."""
    drawn = {one for topic in topics for one in topic.draws_on}
    measures = {one: measures_of(place, topic=one) for one in sorted(drawn)}
    every = list(dict.fromkeys(measure for some in measures.values() for measure in some))
    if not every:
        return {}
    yesterday = day - timedelta(days=1)
    found: dict[str, Said] = {one.measure: one for one in daily(every, place, yesterday)}
    rest = [measure for measure in every if measure not in found and definitions.get(measure).kind not in DAILY_KINDS]
    if rest:
        facility = plans.tree.facility_of(place)
        month = month_of(facility, yesterday) if facility else Month.of(yesterday)
        found |= {one.measure: one for one in readings(rest, place, str(month)) if one.value is not None}
    return {one: [found[measure] for measure in some if measure in found] for one, some in measures.items()}


def _cell(topic: Topic, read: dict[str, list[Said]], issues: list[Issue]) -> Cell:
    own = [reading for one in topic.draws_on for reading in read.get(one, ())]
    watch = [reading for reading in own if is_to_watch(reading)]
    if issues:
        return Cell(topic, "bad", f"{len(issues)} issue" + "s" * (len(issues) > 1), own, issues)
    if watch:
        return Cell(topic, "warn", f"{len(watch)} to watch", own, issues)
    return Cell(topic, "good" if own else "", "OK" if own else "–", own, issues)


def is_to_watch(reading: Said) -> bool:
    """Whether a reading deserves a word in the huddle: a change for the worse, or a missed target."""
    return reading.signal.tone == "bad" or (reading.met is False and reading.value is not None)
