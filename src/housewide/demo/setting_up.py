"""Sets the demo up through the front door: writes the files that a hospital's systems would, then imports them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path

from housewide.demo.accounts import PERSONAS
from housewide.demo.beside import Writing
from housewide.demo.organisation import OPENED
from housewide.kit.actions import act

Progress = Callable[[int, str], None]


def begin_writing(folder: Path, *, months: int) -> Writing:
    """Begin to write the files of a home; the home's database need not be there yet."""
    return Writing(folder / "demo-files", months=months)


def set_up(folder: Path, *, months: int, progress: Progress, writing: Writing | None = None) -> Iterator[str]:
    """Write (or wait for what is being written), import and compute. Yields a line for each thing done."""
    from housewide.intake.profiles import store_feeds

    yield (writing or begin_writing(folder, months=months)).finish()
    yield _organisation(folder / "demo-files" / "organization")
    _accounts()
    yield f"made {len(PERSONAS)} accounts"
    feeds = [feed for text in feed_files() for feed in store_feeds(text, by="system:setup")]
    for feed in feeds:
        yield _import_all(folder / "demo-files", feed, progress)
    from housewide.demo.huddles import hold_huddles
    from housewide.demo.reviews import hold_reviews
    from housewide.kit import jobs

    yield hold_huddles()
    jobs.run_all()
    yield "computed every reading"
    yield from hold_reviews()


def feed_files() -> list[str]:
    """The descriptions of the demo's feeds, as texts to store."""
    names = ("feeds.toml", "feeds_beds_and_clinics.toml")
    return [(files("housewide.demo") / name).read_text(encoding="utf-8") for name in names]


def _organisation(folder: Path) -> str:
    from housewide.org.actions import import_holidays, import_people, import_places

    taken = [
        take(by="system:setup", text=(folder / name).read_text(encoding="utf-8-sig"))
        for take, name in (
            (import_places, "places.csv"),
            (import_people, "people.csv"),
            (import_holidays, "holidays.csv"),
        )
    ]
    refused = [reason for one in taken for _, reason in one.refused]
    if refused:
        raise ValueError(f"the demo's own files were refused: {refused[:3]}")
    return f"took {taken[0].taken} places, {taken[1].taken} people, {taken[2].taken} holidays"


def _accounts() -> None:
    from housewide.access.actions import grant_role, make_account
    from housewide.org.models import Account, Person

    opened, known = date.fromisoformat(OPENED), ""
    with act("demo.accounts", actor="system:setup"):
        for persona in PERSONAS:
            if Account.objects.filter(username=persona.username).exists():
                continue
            account = make_account(
                by="system:setup", username=persona.username, password=None if known else persona.password,
                person=Person.objects.get(code=persona.person),
            )  # fmt: skip
            if known:  # the demo has one password; to work its hash out a dozen times takes seconds
                account.password = known
                account.save(update_fields=["password"])
            known = account.password
            for place in (persona.place, *persona.also):
                grant_role(by="system:setup", account=account, role=persona.role, place=place, valid_from=opened)


FOLDERS = {
    "mvh-or-log": "or_log",
    "mvh-or-blocks": "or_blocks",
    "mvh-staffed-rooms": "staffed_rooms",
    "mvh-midnight-census": "midnight_census",
    "lko-appointments": "appointments",
}


def _import_all(folder: Path, feed: object, progress: Progress) -> str:
    from housewide.intake.imports import import_file

    paths = sorted((folder / FOLDERS[feed.code]).glob("*"))  # type: ignore[attr-defined]
    read = set_aside = 0
    for done, path in enumerate(paths):
        progress(100 * done // len(paths), f"importing {path.name}")
        batch = import_file(feed=feed, path=path, actor="system:setup")  # type: ignore[arg-type]
        read, set_aside = read + batch.rows_read, set_aside + batch.rows_set_aside
    return f"imported {len(paths)} files of {feed}: {read:,} rows, {set_aside} set aside"
