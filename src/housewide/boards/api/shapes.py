"""What the interface takes and gives, field by field; the reference page is made from this."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from ninja import Query, Schema
from pydantic import ConfigDict, Field

T = TypeVar("T")
PERIOD = r"^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$"
WORDS = r"^[^\x00]*[^\x00\s][^\x00]*$"  # something other than blanks, and no NUL, which a database cannot keep
CODE = r"^[A-Za-z0-9_-]{1,40}$"
ID = r"^[a-z0-9]{1,40}$"

Period = Annotated[str, Field(pattern=PERIOD, description="A month, such as 2026-10", examples=["2026-10"])]
Code = Annotated[str, Field(pattern=CODE, description="The code of a place, such as MVH-OR")]
Id = Annotated[str, Field(pattern=ID, description="An opaque id")]
MeasureId = Annotated[str, Field(pattern=r"^[a-z0-9_.]{1,120}$", description="The id of a measure")]
# Every operation gives these the same default: the interface keeps it in the one object that stands here.
PageNumber = Annotated[int, Query(..., ge=1, le=1_000_000, description="Which page, from 1")]
PageSize = Annotated[int, Query(..., ge=1, le=200, description="How many on a page")]


class Problem(Schema):
    """Every answer that is not a success."""

    status: int
    title: str
    detail: str
    errors: list[dict[str, str]]


class Paged(Schema, Generic[T]):
    """One page of a list; ``next`` is the number of the next page, or null."""

    count: int
    page: int
    next: int | None
    items: list[T]


class Strict(Schema):
    """What is sent holds no field that is not named here."""

    model_config = ConfigDict(extra="forbid")


class Me(Schema):
    username: str
    name: str
    token: str
    scopes: list[str]
    valid_to: date
    places: dict[str, list[str]] = Field(description="What the person may do, and at which places")


class PlaceOut(Schema):
    code: str
    name: str
    kind: str
    parent: str | None
    facility: str | None


class MeasureOut(Schema):
    id: str
    version: int
    title: str
    sentence: str
    kind: str
    unit: str
    direction: str
    steward: str
    breakdowns: list[str]
    sha256: str


class SignalOut(Schema):
    word: str
    tone: str
    rule: str
    since: str | None
    why: list[str]


class ReachOut(Schema):
    low: float | None
    high: float | None
    verdict: str | None
    sentence: str


class TargetOut(Schema):
    value: float
    source: str


class ReadingOut(Schema):
    """One measure at one place in one month; ``num`` and ``den`` are the integers behind ``value``."""

    measure: str
    title: str
    place: str
    period: str
    value: float | None
    text: str
    unit: str
    num: int
    den: int
    count: int
    target: TargetOut | None
    met: bool | None
    signal: SignalOut
    usual: ReachOut
    partial: bool
    left_out: dict[str, int]
    caveats: list[str]
    source: str
    as_of: datetime | None
    definition_version: int
    definition_sha256: str


class PointOut(Schema):
    period: str
    value: float | None
    text: str
    num: int
    den: int
    count: int
    partial: bool


class SeriesOut(Schema):
    measure: str
    place: str
    unit: str
    points: list[PointOut]


class RowOut(Schema):
    """A row behind a number: which record it is and what it adds. Labels of surgeons follow the screen's rule."""

    table: str
    row_id: str
    place: str
    day: date
    labels: dict[str, str | None]
    num: int
    den: int
    value: int | None
    left_out: str | None


class SignalRow(Schema):
    measure: str
    place: str
    period: str
    word: str
    tone: str
    rule: str
    since: str
    value: str


class TaskOut(Schema):
    id: str
    title: str
    why: str
    place: str
    owner: str
    raised_by: str | None
    due: date | None
    state: Literal["open", "done", "dropped"]
    outcome: str
    subject_kind: str
    subject_id: str
    created_at: datetime
    closed_at: datetime | None
    url: str


class TaskIn(Strict):
    title: Annotated[str, Field(pattern=WORDS, max_length=200)]
    place: Code
    owner: Annotated[str, Field(pattern=WORDS, max_length=150, description="The sign-in name of who does it")]
    why: Annotated[str, Field(pattern=r"^[^\x00]*$", max_length=10_000)] = ""
    due: date | None = None
    subject_kind: Annotated[str, Field(pattern=r"^[a-z_]{0,40}$")] = ""
    subject_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.|-]{0,200}$")] = ""


class FinishIn(Strict):
    outcome: Annotated[str, Field(pattern=WORDS, max_length=10_000, description="What came of it")]


class HandOverIn(Strict):
    to: Annotated[str, Field(pattern=WORDS, max_length=150, description="The sign-in name of who takes it")]
    reason: Annotated[str, Field(pattern=r"^[^\x00]*$", max_length=300)] = ""


class CommentOut(Schema):
    id: str
    by: str
    at: datetime
    text: str
    named: list[str]


class CommentIn(Strict):
    subject_kind: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$", examples=["task"])]
    subject_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.|-]{1,200}$")]
    text: Annotated[str, Field(pattern=WORDS, max_length=10_000, description="@name tells somebody who can see it")]


class ReviewOut(Schema):
    id: str
    place: str
    period: str
    state: str
    opened_at: datetime
    frozen_at: datetime | None
    signed_by: list[str]
    url: str


class FigureOut(Schema):
    id: str
    measure: str
    title: str
    text: str
    components: dict[str, Any]
    definition_sha256: str
    sha256: str
    restated_at: datetime | None
    restated_differences: list[str]


class JobOut(Schema):
    """An import under way; ``batch`` is its receipt once there is one."""

    id: str
    state: str
    done_share: int
    doing: str
    error: str
    batch: str | None


class BatchOut(Schema):
    """The receipt of an import: read = accepted + set aside."""

    id: str
    feed: str
    at: datetime
    file_name: str
    file_sha256: str
    rows_read: int
    rows_accepted: int
    rows_set_aside: int
    waiting: int
    reasons: dict[str, int]
    url: str
