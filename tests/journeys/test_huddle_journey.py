"""A unit's issue of 07:05 goes up to the directors, is answered, and the answer is heard at the unit."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]
UNIT, HOSPITAL = "/huddles/MVH-4W/2026-11-23/", "/huddles/MVH/2026-11-23/"
TITLE = "No wheelchair left on the floor"
ANSWER = "Transport brings four from the lobby by 8:30 and keeps them there."


def test_an_issue_of_a_unit_is_answered_by_the_directors_and_heard(visitors: Any) -> None:
    una = visitors()
    una.sign_in("P018")  # runs 4 West
    una.go("/huddles/")
    una.page.get_by_role("link", name="4 West", exact=True).first.click()
    una.page.get_by_role("button", name="Start huddle").click()
    una.page.get_by_label("What is the issue").fill(TITLE)
    una.page.get_by_label("Topic", exact=True).select_option("flow")
    una.page.get_by_text("Harm, equipment, what is needed").click()
    una.page.get_by_label("When it came up, if not now").fill("7:05")
    una.page.get_by_role("button", name="Raise it").click()
    assert "07:05" in una.page.get_by_role("row", name=TITLE).inner_text()
    una.shot("huddle-unit")

    una.page.get_by_role("row", name=TITLE).get_by_role("link", name="Escalate").click()
    una.page.get_by_label("What do you ask of them").fill("Four wheelchairs before the first discharges")
    una.page.get_by_label("To which huddle").select_option("MVH")
    una.page.get_by_label("Answer by").fill("9:15")
    una.page.get_by_role("button", name="Send it up").click()
    assert "Asked of Mercy Valley Hospital (tier 3), answer by 09:15" in una.page.inner_text("main")

    chief = visitors()
    chief.sign_in("P002")
    chief.go(HOSPITAL)
    asked = chief.page.get_by_role("region", name="Issues").filter(has_text=TITLE).first
    asked.get_by_role("link", name="Answer").click()
    chief.page.get_by_label("In words").fill(ANSWER)
    chief.shot("huddle-answer")
    chief.page.get_by_role("button", name="Send the answer").click()
    chief.go(HOSPITAL)
    chief.shot("huddle-directors")

    una.go(UNIT)
    row = una.page.get_by_role("row", name=TITLE)
    assert ANSWER in row.inner_text()
    una.shot("huddle-heard")
    row.get_by_role("button", name="Heard").click()
    assert una.path() == UNIT
    assert una.page.get_by_role("row", name=TITLE).count() == 0
    una.page.get_by_role("button", name="End huddle").click()
    assert "Start huddle" not in una.page.inner_text("main")
    una.go(UNIT + "wall/")
    una.shot("huddle-wall")
