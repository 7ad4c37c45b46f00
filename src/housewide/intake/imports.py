"""Imports a file: keeps it whole, reads it the way its profile says, and hands every row to the facts.

Nothing is guessed here. A file whose headings are no longer those of the profile is refused with their names, and
nothing of it is imported; the file itself is kept either way.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from housewide.access.gates import may
from housewide.facts.loading import LoadFailed, load
from housewide.facts.mapping import Mapping
from housewide.facts.models import BACK_REFERENCE, Batch, Feed, Restatement
from housewide.intake.originals import chunks_of, keep_original, original_path, stored_path
from housewide.intake.profiles import Profile, profile_of
from housewide.intake.sheets import Layout, Plain, SheetError, detect_layout, preview, to_plain
from housewide.kit.actions import act
from housewide.kit.failures import Told, is_disk_full
from housewide.kit.home import subfolder
from housewide.kit.opaque import opaque_id
from housewide.kit.ui.days import day_text

Progress = Callable[[int, str], None]
Effect = Callable[[], AbstractContextManager[Any]]
Then = Callable[[Batch], None]
MOST_NAMED = 8
DISK_FULL = (
    "There is no room left on the disk of the home folder. Nothing was imported, and everything that was there before "
    "is as it was. Free some space, then send the file again."
)


class ImportRefused(Told):
    """The file was not imported; the message says why, what was kept and what to do. It holds no cells."""


@dataclass(frozen=True)
class Reading:
    """How this one file is read: its layout, the mapping, and whether it corrects rows that were set aside."""

    layout: Layout
    mapping: Mapping
    header: list[str]
    correction: bool


@contextmanager
def _told_when_full() -> Iterator[None]:
    """A full disk is said in words; every file and transaction under way has been taken back by then."""
    try:
        yield
    except Exception as fault:
        if is_disk_full(fault):
            raise ImportRefused(DISK_FULL) from fault
        raise


@_told_when_full()
def import_file(
    *,
    feed: Feed,
    path: Path,
    actor: str,
    by: Any = None,
    corrects: Batch | None = None,
    restate: Restatement | None = None,
    progress: Progress | None = None,
    effect: Effect | None = None,
    file_name: str = "",
    then: Then | None = None,
) -> Batch:
    """Import one file of a feed; read = accepted + set aside, always.

    ``by`` is the account that asks (None for system writers, who pass a gate of their own). ``progress(share, doing)``
    may raise to stop the work: nothing is kept of it then. ``effect`` makes the transaction to commit in
    (``JobRun.effect``); ``then(batch)`` runs inside it. Raises ImportRefused, Refused or NotSeen; nothing was imported.
    """
    if by is not None:
        may(by, "intake.import", feed.owning_place, "import files", sees="see.intake")
    path, name, tell = Path(path), file_name or Path(path).name, progress or _quietly
    tell(0, "Keeping the file")
    sha256 = keep_original(chunks_of(path))
    profile = profile_of(feed)
    if profile is None:
        raise ImportRefused(f"Nobody has said yet how files of “{feed.title}” are read. Set up its profile first.")
    if corrects is not None and corrects.feed_id != feed.pk:
        raise ImportRefused("That receipt belongs to another feed. Nothing was imported.")
    original = original_path(sha256)
    reading = how_to_read(original, profile, corrects)
    with spool_folder() as folder:
        plain = copy_plain(
            original, reading.layout, folder / "plain.csv", lambda share: tell(int(40 * share), "Reading it")
        )
        try:
            batch = load(
                feed, folder / "plain.csv", plain.header, reading.mapping,
                rows_read=plain.rows_read, blank_lines=plain.blank_skipped, actor=actor, file_name=name,
                file_sha256=sha256, file_path=stored_path(sha256), corrects=corrects, restate=restate,
                progress=lambda share, doing: tell(40 + 60 * share // 100, doing),
                effect=_with_note(feed, actor, sha256, plain, effect, then),
            )  # fmt: skip
        except LoadFailed as fault:
            raise ImportRefused(f"{fault} The file itself is kept.") from fault
    batch.refresh_from_db()
    return batch


def _quietly(share: int, doing: str) -> None:
    """Nobody watches."""


def copy_plain(path: Path, layout: Layout, target: Path, tell: Callable[[float], None]) -> Plain:
    """The canonical copy of a kept file. Raises ImportRefused when it cannot be read to its end."""
    try:
        plain = to_plain(path, layout, target, lambda rows, share: tell(share))
    except SheetError as fault:
        raise ImportRefused(f"{fault} Nothing was imported; the file itself is kept.") from fault
    target.chmod(0o600)
    return plain


@contextmanager
def spool_folder() -> Iterator[Path]:
    """A folder for work in progress, owner-only, gone afterwards whatever happens."""
    folder = subfolder("spool") / opaque_id()
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# --- which layout, which headings -----------------------------------------------------------------------------------


def how_to_read(path: Path, profile: Profile, corrects: Batch | None = None) -> Reading:
    """The stored layout when the headings fit; the file's own when it is a download of set-aside rows, corrected.

    Raises ImportRefused naming the headings that are missing or new.
    """
    found, fault = _header(path, profile.layout)
    if _fits(profile, found):
        return Reading(profile.layout, profile.mapping, found, correction=False)
    own = _own_layout(path)
    if own is not None:
        there, _ = _header(path, own)
        if tuple(there[: len(BACK_REFERENCE)]) == BACK_REFERENCE:
            rest = there[len(BACK_REFERENCE) :]
            missing = [heading for heading in needed_headings(profile) if heading not in rest]
            if missing:
                raise ImportRefused(
                    f"The corrected file lacks {_named(missing)}. Download the rows again and keep every column. "
                    "Nothing was imported; the file itself is kept."
                )
            return Reading(own, profile.mapping, there, correction=True)
        if _fits(profile, there):
            raise ImportRefused(_otherwise_written(profile.layout, own))
    if fault:
        raise ImportRefused(f"{fault} The file itself is kept.")
    raise ImportRefused(_changed(profile, found))


def _header(path: Path, layout: Layout) -> tuple[list[str], str]:
    try:
        return preview(path, layout, limit=1).header, ""
    except SheetError as fault:
        return [], str(fault)


def _own_layout(path: Path) -> Layout | None:
    try:
        return detect_layout(path)
    except SheetError:
        return None


def needed_headings(profile: Profile) -> list[str]:
    """Headings without which the mapping cannot work, in its order."""
    found = [
        heading
        for source in profile.mapping.columns.values()
        for heading in (source.header, source.date_header, source.plus_minutes)
        if heading
    ]
    return list(dict.fromkeys(found))


def _fits(profile: Profile, header: list[str]) -> bool:
    if profile.header:
        return set(header) == set(profile.header)
    return bool(header) and set(needed_headings(profile)) <= set(header)


def _changed(profile: Profile, header: list[str]) -> str:
    wanted = list(profile.header) or needed_headings(profile)
    missing = [heading for heading in wanted if heading not in header]
    fresh = [heading for heading in header if heading not in wanted] if profile.header else []
    said = [f"{_named(missing)} {'is' if len(missing) == 1 else 'are'} missing"] if missing else []
    said += [f"{_named(fresh)} {'is' if len(fresh) == 1 else 'are'} new"] if fresh else []
    return (
        f"The headings of this file are not those of its profile: {'; '.join(said)}. Nothing was imported; the file "
        "itself is kept. If the source changed its report, open the profile with this file and confirm the headings; "
        "else send the usual report."
    )


def _named(headings: list[str]) -> str:
    shown = ", ".join(f"“{heading}”" for heading in headings[:MOST_NAMED])
    return shown + (f" and {len(headings) - MOST_NAMED} more" if len(headings) > MOST_NAMED else "")


def _otherwise_written(stored: Layout, own: Layout) -> str:
    words = {
        "kind": "kind of file", "compression": "compression", "encoding": "encoding", "delimiter": "delimiter",
        "quotechar": "quotes", "header_row": "row of the headings", "sheet": "sheet", "newline": "line ends",
    }  # fmt: skip
    before, now = stored.to_dict(), own.to_dict()
    said = [
        f"{word} {_shown(key, now[key])} instead of {_shown(key, before[key])}"
        for key, word in words.items()
        if before[key] != now[key]
    ]
    return (
        f"This file has the right headings but is written differently from its profile: {', '.join(said)}. Nothing was "
        "imported; the file itself is kept. Send it the usual way, or open the profile with this file and confirm it."
    )


def _shown(key: str, value: Any) -> str:
    if key == "header_row":
        return str(value + 1)
    return {"\t": "tab", "": "none"}.get(value, f"“{value}”")


# --- what the receipt says ------------------------------------------------------------------------------------------


def _with_note(
    feed: Feed, actor: str, sha256: str, plain: Plain, effect: Effect | None, then: Then | None
) -> Callable[[], AbstractContextManager[Any]]:
    """The transaction of the import, at whose end the receipt gets its note and the caller its turn."""

    @contextmanager
    def noted() -> Iterator[Any]:
        with effect() if effect else act("intake.import", actor=actor, place=feed.owning_place) as entry:
            before = Batch.objects.filter(feed=feed, file_sha256=sha256).order_by("-pk").first()
            yield entry
            batch = Batch.objects.filter(feed=feed, file_sha256=sha256).order_by("-pk").first()
            if batch is None or batch == before:
                return
            batch.note = _note(batch, before, plain)[:300]
            batch.save(update_fields=["note"])
            if then is not None:
                then(batch)

    return noted


def _note(batch: Batch, before: Batch | None, plain: Plain) -> str:
    said = []
    if before is not None:
        changed = any(entry["changed"] for entry in batch.periods)
        outcome = "rows that had changed since were set back" if changed else "nothing changed"
        said.append(f"The same file was imported on {day_text(before.at)} (receipt {before.public_id}); {outcome}.")
    if plain.encoding_errors:
        said.append(f"{plain.encoding_errors:,} unreadable characters were replaced.")
    if plain.header_problem:
        said.append(f"The line of the headings: {plain.header_problem}.")
    return " ".join(said)
