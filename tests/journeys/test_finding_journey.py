"""A director finds a place with a slip of the finger, names a colleague in a comment, and she reads it and answers."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_finding_naming_and_being_told(visitors: Any) -> None:
    dana, gwen = visitors(), visitors(width=390, height=844)
    dana.sign_in("P003")
    page = dana.page
    dana.go("/work/")

    page.keyboard.press("/")
    page.keyboard.type("opreating")
    page.get_by_role("option", name=re.compile("^Operating rooms Unit")).wait_for()
    said = page.get_by_role("option").all_inner_texts()
    wanted = next(number for number, words in enumerate(said) if re.match(r"Operating rooms\s+Unit", words))
    for _ in range(wanted + 1):
        page.keyboard.press("ArrowDown")
    dana.shot("finding-01-jump")
    page.keyboard.press("Enter")
    page.wait_for_url("**/organization/places/MVH-OR/")

    dana.go("/work/new/?place=MVH-PERIOP")
    title = "Agree the start of first cases with the nurses"
    page.get_by_label("What is to be done").fill(title)
    page.get_by_label("Who does it").select_option(label="Dana Whitfield")
    page.get_by_role("button", name="Raise the task").click()
    page.wait_for_url(re.compile(r"/work/(?!new/)[\w-]+/$"))
    box = page.get_by_label("Comment", exact=True)
    box.click()
    page.keyboard.type("Could we meet on Friday, @gwen")
    page.get_by_role("option", name=re.compile("Gwendolyn Achterberg @")).wait_for()
    page.keyboard.press("Enter")
    assert box.input_value().endswith("@gwendolyn.achterberg ")
    page.get_by_role("button", name="Comment", exact=True).click()
    page.get_by_text("@Gwendolyn Achterberg").wait_for()
    dana.shot("finding-02-named")

    gwen.sign_in("P002")
    gwen.go("/notices/")
    gwen.shot("finding-03-notices-phone")
    gwen.page.get_by_role("button", name=f"Dana Whitfield named you: {title}", exact=True).click()
    gwen.page.wait_for_url(re.compile(r"/work/[\w-]+/$"))
    assert gwen.page.get_by_role("heading", name=title).is_visible()

    dana.go("/work/?title=Agree+the+start")
    for key in ("j", "e"):
        page.keyboard.press(key)
    page.wait_for_url("**/work/many/")
    page.get_by_label("What came of it").fill("Friday at 7.")
    page.get_by_role("button", name="Finish them").click()
    page.get_by_text("1 task finished.").wait_for()
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url("**/today/")
