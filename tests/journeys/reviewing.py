"""What a manager does on a review page, for the journeys that need it: answer what is asked, close, freeze, sign."""

from __future__ import annotations

from typing import Any

ASKED = "section:has(> p:has-text('Asked for:'))"
PATIENCE = 90_000  # ten measures are counted from their files; a busy machine takes its time
SAID = "Seen; the reasons and what we do about it are with the room leads."


def answer_what_is_asked(page: Any) -> None:
    """“Still true” where what was said before stands, else a comment; until the page asks for nothing more."""
    for _ in range(20):
        asked = page.locator(ASKED)
        before = asked.count()
        if not before:
            return
        card = asked.first
        still = card.locator("button", has_text="Still true")
        if still.count():
            still.click()
            page.get_by_text("Kept: what was said still stands.").wait_for()
        else:
            card.get_by_label("What is behind it").fill(SAID)
            card.get_by_role("button", name="Comment").click()
            page.get_by_text("Comment kept.").wait_for()
        assert page.locator(ASKED).count() == before - 1
    raise AssertionError("the page goes on asking")


def close_october(page: Any) -> None:
    """Close the month of what the review rests on, all of which is this person's to close."""
    page.get_by_role("button", name="Close October 2026").click(timeout=PATIENCE)
    page.get_by_role("button", name="Freeze the figures").wait_for()


def freeze_and_sign(page: Any, without: str = "") -> None:
    """From comments to a signature; ``without`` says why, where a review below is not signed."""
    page.get_by_role("button", name="Freeze the figures").click(timeout=PATIENCE)
    page.get_by_role("button", name="Sign the review").wait_for()
    if without:
        page.get_by_label("Why you sign without").fill(without)
    page.get_by_role("button", name="Sign the review").click(timeout=PATIENCE)
    page.get_by_role("heading", name="Signed", exact=True).wait_for()
