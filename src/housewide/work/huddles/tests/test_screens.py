"""Every screen of the huddles is drawn for those who may see it, says what it must, and is 404 for a stranger."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from housewide.access import sessions
from housewide.org.models import Account
from housewide.work.huddles import actions, issue_actions, queries
from housewide.work.huddles.models import Attendance, Huddle, Issue, RoundingNote
from housewide.work.huddles.moments import moment_at
from housewide.work.huddles.plans import plans_on
from housewide.work.huddles.tests.cast import Cast

pytestmark = pytest.mark.django_db(databases=["default", "cubes"])
TODAY = "/huddles/MVH-4W/2026-11-23/"


def client(account: Account) -> Client:
    made = Client()
    made.force_login(account)
    return made


def text(response: Any) -> str:
    return response.content.decode()


def raised(cast: Cast, **more: Any) -> Issue:
    about = {"title": "No float", "topic": "people", "place": "MVH-4W", "by": cast.sam, **more}
    return issue_actions.raise_issue(**about)


@pytest.mark.parametrize(
    "path",
    [
        "/huddles/", TODAY, TODAY + "wall/", TODAY + "sheet/", "/issues/new/", "/huddles/rounding/",
        "/huddles/rounding/new/",
    ],
)  # fmt: skip
def test_it_works(cast: Cast, path: str) -> None:
    response = client(cast.una).get(path)
    assert response.status_code == 200
    assert "style=" not in text(response)


@pytest.mark.parametrize(
    "path",
    [
        "/huddles/MVH/2026-11-23/", "/huddles/MVH-5E/2026-11-23/wall/", "/huddles/times/MVH/",
        "/huddles/MVH-4W/soon/", "/huddles/NOWHERE/2026-11-23/", "/issues/zzzz/", "/huddles/rows/huddle_held/zzzz/",
        "/huddles/rows/or_case/zzzz/",
    ],
)  # fmt: skip
def test_what_one_may_not_see_is_not_there(cast: Cast, path: str) -> None:
    assert client(cast.una).get(path).status_code == 404


def test_huddles_shows_mine_by_tier(cast: Cast) -> None:
    page = text(client(cast.dora).get("/huddles/"))
    assert "Tier 1: Unit huddle" in page
    assert "Tier 2: Managers&#x27; huddle" in page
    assert "Tier 3" not in page


def test_the_line_links_only_where_one_may_go(cast: Cast) -> None:
    assert "/huddles/MVH/2026-11-23/" not in text(client(cast.una).get(TODAY))
    assert "/huddles/MVH/2026-11-23/" in text(client(cast.olga).get(TODAY))


def test_a_missed_huddle_is_said(cast: Cast, settings: Any) -> None:
    settings.HOUSEWIDE_TIME = "11:00"
    assert "not held, and nobody said why" in text(client(cast.una).get(TODAY))


def test_a_huddle_is_started_attended_and_ended(cast: Cast) -> None:
    una = client(cast.una)
    una.post(TODAY + "start/")
    huddle = Huddle.objects.get()
    assert (huddle.state, huddle.led_by) == ("under_way", cast.una)
    una.post(TODAY + "attendance/", {"p_una": "present", "p_sam": "late", "others": "3"})
    assert dict(Attendance.objects.values_list("person__code", "presence")) == {"una": "present", "sam": "late"}
    assert "End huddle" in text(una.get(TODAY))
    una.post(TODAY + "end/")
    huddle.refresh_from_db()
    assert (huddle.state, huddle.others) == ("held", 3)
    assert "held at 07:05" in text(client(cast.dora).get("/huddles/"))


def test_one_that_is_not_held_says_why(cast: Cast) -> None:
    assert client(cast.una).post(TODAY + "skip/", {"reason": ""}).status_code == 422
    client(cast.una).post(TODAY + "skip/", {"reason": "Surveyors here"})
    assert Huddle.objects.get().reason == "Surveyors here"


def test_one_held_on_paper_is_entered(cast: Cast) -> None:
    given = {"started": "7:01", "ended": "7:14", "p_una": "present", "p_sam": "present", "others": ""}
    client(cast.una).post("/huddles/MVH-4W/2026-11-20/record/", given)
    huddle = Huddle.objects.get()
    assert (huddle.day, huddle.state) == (date(2026, 11, 20), "held")
    wrong = client(cast.una).post("/huddles/MVH-4W/2026-11-19/record/", {**given, "started": "soon"})
    assert wrong.status_code == 422
    assert "is not a time" in text(wrong)


def test_staff_see_the_board_and_raise_but_do_not_run_it(cast: Cast) -> None:
    page = text(client(cast.sam).get(TODAY))
    assert "Raise it" in page
    assert "Start huddle" not in page
    assert client(cast.sam).post(TODAY + "start/").status_code == 403
    assert client(cast.sam).post(TODAY + "end/").status_code == 403
    assert not Huddle.objects.exists()


def test_an_issue_is_raised_in_two_fields(cast: Cast) -> None:
    given = {"title": "Lift sticks", "topic": "safety", "place": "MVH-4W", "huddle": "MVH-4W"}
    response = client(cast.sam).post("/issues/new/", given)
    assert response["Location"] == TODAY
    assert "Lift sticks" in text(client(cast.una).get(TODAY))


def test_what_must_go_up_says_why_and_offers_only_that(cast: Cast) -> None:
    given = {"title": "A fall", "topic": "safety", "place": "MVH-4W", "kind": "fall_with_harm", "at": "6:50"}
    response = client(cast.una).post("/issues/new/", given, follow=True)
    page = text(response)
    assert "This must go up. A fall with harm is heard by the directors the same morning." in page
    assert "Settled on the spot" not in page
    assert "06:50" in page


def test_a_name_is_pointed_out_once_and_then_believed(cast: Cast) -> None:
    given = {"title": "Mrs. Alvarez fell", "topic": "safety", "place": "MVH-4W"}
    asked = client(cast.sam).post("/issues/new/", given)
    assert asked.status_code == 422
    assert "if that is a patient, leave the name out" in text(asked)
    assert not Issue.objects.exists()
    client(cast.sam).post("/issues/new/", {**given, "sure": "on"})
    assert Issue.objects.get().title == "Mrs. Alvarez fell"
    assert "Alvarez" not in text(client(cast.una).get(TODAY + "wall/"))


def test_an_issue_is_worked_from_its_page(cast: Cast) -> None:
    issue = raised(cast)
    url = f"/issues/{issue.public_id}/"
    una, cleo, sam = client(cast.una), client(cast.cleo), client(cast.sam)
    assert una.post(url + "escalate/", {"ask": "", "to": "MVH"}).status_code == 422
    una.post(url + "escalate/", {"ask": "Two floats", "to": "MVH", "answer_by": "9:30"})
    assert "Answer for Place MVH" in text(cleo.get(url))
    assert "Waiting for your answer" in text(cleo.get("/huddles/"))
    assert "Asked of this huddle" in text(cleo.get("/huddles/MVH/2026-11-23/"))
    assert una.post(url + "answer/", {"kind": "decided", "text": "Yes"}).status_code in (403, 422)
    cleo.post(url + "answer/", {"kind": "decided", "text": "Two come at seven"})
    assert "Two come at seven" in text(sam.get(TODAY))
    sam.post(url + "hear/", {"settled": "yes", "huddle": "MVH-4W"})
    issue.refresh_from_db()
    assert issue.state == "closed"
    assert "in time" in text(una.get(url))


def test_assigned_settled_and_said(cast: Cast) -> None:
    first, second = raised(cast), raised(cast, title="Other")
    una = client(cast.una)
    assert una.post(f"/issues/{first.public_id}/assign/", {"owner": "", "due": "yesterday"}).status_code == 422
    una.post(f"/issues/{first.public_id}/assign/", {"owner": cast.sam.public_id, "due": "Friday", "what": ""})
    una.post(f"/issues/{second.public_id}/resolve/", {"outcome": "Moved a shift"})
    una.post(f"/issues/{second.public_id}/say/", {"text": "Thanks to 5 East"})
    assert sorted(Issue.objects.values_list("state", flat=True)) == ["assigned", "closed"]
    assert "Thanks to 5 East" in text(una.get(f"/issues/{second.public_id}/"))
    assert "No float" in text(client(cast.sam).get("/work/"))


def test_a_round_is_noted_and_followed_up(cast: Cast) -> None:
    given = {
        "place": "MVH-4W",
        "day": "today",
        "topic": "safety",
        "heard": "The hall is dark",
        "follow_up": "Dark hall",
    }
    dora = client(cast.dora)
    assert dora.post("/huddles/rounding/new/", {**given, "heard": ""}).status_code == 422
    dora.post("/huddles/rounding/new/", given)
    note = RoundingNote.objects.get()
    assert note.issue is not None
    assert note.issue.title == "Dark hall"
    assert "The hall is dark" in text(client(cast.una).get(TODAY))
    assert "Dark hall" in text(dora.get("/huddles/rounding/"))


def test_times_are_changed_on_their_screen(cast: Cast) -> None:
    cleo = client(cast.cleo)
    given = {"preset": "hospital", "without": ["MVH-LAB"]}
    for number, clock in ((1, "6:45"), (2, "7:45"), (3, "8:30")):
        given |= {f"time_{number}": clock, f"minutes_{number}": "10"}
    assert cleo.get("/huddles/times/MVH/").status_code == 200
    cleo.post("/huddles/times/MVH/", given)
    assert "06:45, 10 minutes" in text(client(cast.una).get(TODAY))
    late = cleo.post("/huddles/times/MVH/", {**given, "time_1": "9:00"})
    assert late.status_code == 422
    assert "so nothing could reach it" in text(late)
    assert client(cast.una).post("/huddles/times/MVH/", given).status_code == 404


def test_a_board_asks_few_questions(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(6):
        raised(cast, title=f"Issue {number}")
    cleo = client(cast.cleo)
    cleo.get("/huddles/MVH/2026-11-23/")
    with django_assert_max_num_queries(50):
        cleo.get("/huddles/MVH/2026-11-23/")


def test_a_huddle_of_another_day_is_not_started(cast: Cast) -> None:
    client(cast.una).post("/huddles/MVH-4W/2026-11-20/start/")
    assert not Huddle.objects.exists()
    with pytest.raises(Exception, match="still to come"):
        actions.skip_huddle(by=cast.una, place="MVH-4W", day=date(2026, 11, 24), reason="Holiday")


def test_issues_and_huddles_are_found_by_those_who_may_see_them(cast: Cast) -> None:
    raised(cast, title="Ceiling lift sticks")
    assert "Ceiling lift sticks" in text(client(cast.una).get("/jump/?q=ceiling", follow=True))
    assert "Ceiling lift sticks" not in text(client(cast.strange).get("/jump/?q=ceiling", follow=True))
    found = client(cast.una).get("/jump/?q=huddle place mvh-4w", follow=True)
    assert "Unit huddle" in text(found) or "Huddle of Place MVH-4W" in text(found)


@pytest.mark.parametrize(
    ("clock", "stays"), [("06:00", False), ("06:35", True), ("07:40", True), ("07:50", False)]
)  # fmt: skip
def test_a_wall_keeps_one_signed_in_while_its_huddle_is_on_and_not_beyond(
    cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch, clock: str, stays: bool
) -> None:
    una = client(cast.una)
    una.get(TODAY)
    settings.HOUSEWIDE_TIME = clock
    for _ in range(4):
        moved = sessions.now() + timedelta(minutes=20)
        monkeypatch.setattr(sessions, "now", lambda moved=moved: moved)
        last = una.get(TODAY + "wall/", headers={"HX-Request": "true", "Renews-Itself": "yes"})
    assert last.status_code == (200 if stays else 401)


def test_a_wall_of_a_huddle_that_was_ended_keeps_nobody_signed_in(cast: Cast) -> None:
    meeting = plans_on().meetings["MVH-4W"]
    huddle = actions.start_huddle(by=cast.una, place="MVH-4W")
    assert queries.is_on(meeting, huddle.day, huddle, moment_at("MVH-4W"))
    huddle = actions.end_huddle(by=cast.una, huddle=huddle)
    assert not queries.is_on(meeting, huddle.day, huddle, moment_at("MVH-4W"))
