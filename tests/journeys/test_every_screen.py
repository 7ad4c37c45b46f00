"""Every kind of page in a real browser: usable by everybody, readable in the dark and on a phone, closed to strangers.

Accessible by axe in light, in the dark and at 390 px; nothing wider than the phone; the strict Content-Security-Policy
on every answer and never violated; no request that leaves the machine (the fixture sees to the last two).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.journeys.conftest import SHOTS, Visitor

PLACE, PERIOD = "MVH-PERIOP", "2026-10"
AT = f"/at/{PLACE}/{PERIOD}"
DELAY = "surgery.start_delay.first_cases"
FEED = "/intake/feeds/mvh-or-log/"

# Who opens what: addresses as they are, or what to click on the way there from an address (CSS of links, in order).
Way = tuple[str, ...]
STRANGER: tuple[Way, ...] = (("/accounts/login/",), ("/accounts/login/?next=/work/",))
DIRECTOR: tuple[Way, ...] = (
    (f"{AT}/operating-rooms/",),
    (f"{AT}/operating-rooms/minutes/",),
    (f"{AT}/measures/",),
    (f"{AT}/measures/{DELAY}/",),
    (f"{AT}/measures/surgery.cases/",),
    (f"{AT}/measures/surgery.cancelled/funnel/",),
    (f"{AT}/icons/",),
    (f"{AT}/signals/",),
    (f"{AT}/signals/?show=ended",),
    (f"{AT}/signals/", "#list tbody a"),
    (f"{AT}/measures/surgery.utilisation.block/",),
    (f"/at/{PLACE}/2026-11/measures/{DELAY}/",),
    (f"{AT}/measures/{DELAY}/rows/",),
    (f"{AT}/measures/{DELAY}/rows/?left_out=1",),
    (f"/measures/{DELAY}/definition/",),
    (f"{AT}/measures/{DELAY}/rows/", "#list tbody a"),
    (f"{AT}/review/",),
    (f"/at/{PLACE}/2026-09/review/",),
    (f"{AT}/review/calendar/",),
    ("/reviews/",),
    ("/reviews/late/",),
    ("/work/",),
    ("/work/new/",),
    ("/intake/",),
    ("/intake/feeds/new/",),
    (FEED,),
    (f"{FEED}import/",),
    (f"{FEED}profile/",),
    (f"{FEED}crosswalks/",),
    (FEED, "#main tbody th a"),
    (FEED, "#main tbody td a[href*=set-aside]"),
    (FEED, "#main tbody td a[href*=set-aside]", "#main a[href$='/correct/']"),
    ("/organization/",),
    (f"/organization/places/{PLACE}/",),
    ("/delegations/",),
    ("/huddles/",),
    ("/huddles/MVH-PERIOP/2026-11-23/",),
    ("/huddles/MVH-OR/2026-11-20/",),
    ("/huddles/MVH-PERIOP/2026-11-23/wall/",),
    ("/huddles/MVH-PERIOP/2026-11-23/sheet/",),
    ("/huddles/MVH-OR/2026-11-23/", "#main th a[href*='/issues/']"),
    ("/huddles/rounding/",),
    ("/huddles/rounding/new/",),
    ("/issues/new/",),
    ("/account/",),
    ("/account/password/",),
    ("/account/app/",),
    ("/account/keys/",),
    ("/account/second-factor/",),
    ("/glass/",),
    ("/jump/?q=delay",),
    ("/jump/?q=zzzzzz",),
    ("/accounts/logout/",),
    ("/style/",),
    ("/style/list/",),
    ("/no/such/page/",),
)
ADMINISTRATOR: tuple[Way, ...] = (
    ("/access/",),
    ("/sign-in/accounts/",),
    ("/sign-in/accounts/", "#main tbody th a"),
    ("/audit/",),
    ("/audit/", "#list tbody a"),
    ("/audit/changes/",),
    ("/audit/looks/",),
    ("/jobs/",),
    ("/jobs/", "#list tbody a"),
    ("/organization/",),
)
ROLES = {
    "a stranger": ("", STRANGER),
    "the director": ("P003", DIRECTOR),
    "the administrator": ("P011", ADMINISTRATOR),
}
LOOKS = {"light": (1400, "light"), "dark": (1400, "dark"), "phone": (390, "light"), "dark phone": (390, "dark")}

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def signed_in(visitors: Callable[..., Visitor]) -> Callable[[str, str], Visitor]:
    """Makes a visitor of a role, with the screen of a look."""

    def make(role: str, look: str) -> Visitor:
        width, scheme = LOOKS[look]
        visitor: Visitor = visitors(width=width, height=900, scheme=scheme)
        who = ROLES[role][0]
        if who:
            visitor.sign_in(who)
        return visitor

    return make


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("role", ROLES)
def test_every_screen_is_accessible_and_fits(signed_in: Callable[[str, str], Visitor], role: str, look: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    visitor, axe = signed_in(role, look), Axe()
    wrong: list[str] = []
    for number, way in enumerate(ROLES[role][1]):
        answer = open_way(visitor, way)
        found = [*policy_problems(answer), *width_problems(visitor.page)]
        found += [
            f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in axe.run(visitor.page).response["violations"]
        ]
        if look in ("dark", "phone"):
            visitor.shot(f"screen-{role.split()[-1]}-{number:02d}-{look}")
        wrong += [f"{' > '.join(way)}: {one}" for one in found]
    assert not wrong, "\n" + "\n".join(wrong)


def open_way(visitor: Visitor, way: Way) -> Any:
    """Go to the address and click on; gives the answer to the last request for a page."""
    answer = visitor.go(way[0])
    expected = 404 if way[0].startswith("/no/such/") else 200
    assert answer.status == expected, (way, answer.status)
    for css in way[1:]:
        link = visitor.page.locator(css).first
        address = link.get_attribute("href")
        assert address, (way, css)
        answer = visitor.go(address)
        assert answer.status == 200, (way, address, answer.status)
    visitor.page.wait_for_load_state("load")
    return answer


def policy_problems(answer: Any) -> Iterator[str]:
    """What the answer's Content-Security-Policy lacks."""
    policy = answer.headers.get("content-security-policy", "")
    if "default-src 'none'" not in policy or "script-src 'self'" not in policy or "style-src 'self'" not in policy:
        yield f"not strict: {policy!r}"
    if "unsafe" in policy or "*" in policy or "http" in policy:
        yield f"has a hole: {policy!r}"


def width_problems(page: Any) -> Iterator[str]:
    """Whether the page is wider than the window, and by what."""
    wide = page.evaluate(
        """() => {
            const room = window.innerWidth;
            if (document.documentElement.scrollWidth <= room) return [];
            const clipped = (one) => one.closest('.scroll, .plot, .wide, nav, [popover]');
            return [`${document.documentElement.scrollWidth} px`].concat(
                [...document.querySelectorAll('main *')]
                    .filter((one) => one.getBoundingClientRect().right > room + 1 && !clipped(one))
                    .slice(0, 3).map((one) => one.outerHTML.slice(0, 120)));
        }"""
    )
    if wide:
        yield f"wider than the window: {wide}"


def test_a_review_prints_without_the_frame_around_it(signed_in: Callable[[str, str], Visitor]) -> None:
    """On paper: the figures with their charts, no navigation, no search box, no buttons."""
    from pypdf import PdfReader

    visitor = signed_in("the director", "light")
    visitor.go(f"{AT}/review/")
    SHOTS.mkdir(exist_ok=True)
    target = SHOTS / "print-review.pdf"
    visitor.page.pdf(path=str(target), format="Letter")
    text = "\n".join(page.extract_text() for page in PdfReader(target).pages)
    assert "Review of Perioperative services" in text
    assert "First cases on time" in text
    for chrome in ("My work", "Data intake", "Jump to anything", "Make PDF", "Skip to content"):
        assert chrome not in text, chrome
    visitor.page.emulate_media(media="print")
    visitor.shot("print-review")
    for selector in ("nav.side", "header.top", "footer.foot button", ".page .actions"):
        assert not visitor.page.locator(selector).first.is_visible(), selector
