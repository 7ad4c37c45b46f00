"""Imports end to end: every row is accounted for, a correction closes what waited, and a refusal says why."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from housewide.facts import set_aside
from housewide.facts.catalogue import current_parts
from housewide.facts.mapping import Mapping, Source
from housewide.facts.models import Batch, Feed, Part
from housewide.intake.imports import ImportRefused, import_file
from housewide.intake.jobs import ask_for_import
from housewide.intake.originals import keep_original, original_path
from housewide.intake.profiles import Profile, make_feed, profile_of, save_profile
from housewide.intake.sheets import Layout, detect_layout, preview
from housewide.intake.sheets.tests.generated import make_ugly_file, make_ugly_workbook
from housewide.intake.tests.cast import Cast
from housewide.kit.actions import NotSeen, Refused
from housewide.kit.home import subfolder
from housewide.kit.jobs import Cancelled, run_all, work_once
from housewide.kit.jobs.models import Job

HEADINGS = [
    "Case #",
    "Location",
    "Surgery Date",
    "OR",
    "Service",
    "Class",
    "Cancelled",
    "Wheels in",
    "Wheels out",
    "MRN",
]


@pytest.fixture
def feed(feeds: dict[str, Feed]) -> Feed:
    """A smaller log, as a second system of the same hospital would send it."""
    made = make_feed(
        by="system:setup", code="small-log", title="Small log", table="or_case", scope="MVH", owner="MVH-PERIOP"
    )
    stamp = ("%m/%d/%Y %H:%M",)
    columns = {
        "case_id": Source("Case #"),
        "place": Source("Location"),
        "day": Source("Surgery Date", formats=("%m/%d/%Y",)),
        "room": Source("OR", crosswalk="room"),
        "service": Source("Service"),
        "class": Source("Class"),
        "cancelled": Source("Cancelled"),
        "in_room": Source("Wheels in", formats=stamp),
        "out_room": Source("Wheels out", formats=stamp),
        "patient": Source("MRN"),
    }
    return save_profile(by="system:setup", feed=made, profile=Profile(Layout(), Mapping(columns), tuple(HEADINGS)))


def row(number: int, **changes: str) -> dict[str, str]:
    day = date(2026, 9, 1 + number % 28)
    said = [
        f"9{number:05d}", "MV MAIN OR", f"{day:%m/%d/%Y}", f"OR {1 + number % 10}", "Urology", "Elective", "N",
        f"{day:%m/%d/%Y} 08:{number % 60:02d}", f"{day:%m/%d/%Y} 10:00", f"41{number:05d}",
    ]  # fmt: skip
    return dict(zip(HEADINGS, said, strict=True)) | changes


def write(path: Path, rows: list[dict[str, str]], headings: list[str] | None = None) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, headings or HEADINGS, extrasaction="ignore", restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


# Eight kinds of mistakes: what is wrong in the file, and what the person types instead.
MISTAKES: list[dict[str, str]] = [
    {"Surgery Date": "13/45/2026"},
    {"OR": "OR 14"},
    {"Location": "SOMEWHERE"},
    {"Class": "Sometimes"},
    {"Cancelled": "perhaps"},
    {"Case #": ""},
    {"Wheels in": "late"},
    {"Wheels in": "09/01/2026 23:00", "Wheels out": "09/01/2026 07:00"},
]


def corrected(download: bytes, right: dict[int, dict[str, str]], path: Path) -> Path:
    """The downloaded rows with every wrong cell set right, as a person would type it; right rows by line."""
    rows = list(csv.DictReader(io.StringIO(download.decode("utf-8-sig"), newline="")))
    for one in rows:
        one.update(right[int(one["set_aside_line"])])
    return write(path, rows, list(rows[0]))


def test_forty_bad_rows_of_eight_kinds_are_corrected_until_none_waits(feed: Feed, tmp_path: Path) -> None:
    good = [row(number) for number in range(200)]
    sent = [one | (MISTAKES[at // 5 % 8] if at < 40 else {}) for at, one in enumerate(good)]
    batch = import_file(feed=feed, path=write(tmp_path / "log.csv", sent), actor="system:test")
    assert (batch.rows_read, batch.rows_accepted, batch.rows_set_aside, batch.set_aside_open) == (200, 160, 40, 40)
    assert len(batch.reasons) >= 8
    right = {at + 2: good[at] for at in range(40)}
    half = {line: cells if line < 22 else {} for line, cells in right.items()}
    first = corrected(b"".join(set_aside.download(batch)), half, tmp_path / "first.csv")
    made = import_file(feed=feed, path=first, actor="system:test", corrects=batch)
    batch.refresh_from_db()
    assert (made.rows_read, made.rows_accepted, made.set_aside_open) == (40, 20, 0)
    assert batch.set_aside_open == 20
    second = corrected(b"".join(set_aside.download(batch)), right, tmp_path / "second.csv")
    last = import_file(feed=feed, path=second, actor="system:test", corrects=batch)
    batch.refresh_from_db()
    assert (last.rows_read, last.rows_accepted, last.rows_set_aside) == (20, 20, 0)
    assert not Batch.objects.filter(set_aside_open__gt=0).exists()
    assert sum(part.rows for part in current_parts("or_case")) == 200


@pytest.mark.parametrize(
    "seeds", [range(20), pytest.param(range(20, 220), marks=pytest.mark.slow)], ids=["some", "all"]
)
def test_every_row_of_hundreds_of_ugly_files_is_accounted_for(cast: Cast, tmp_path: Path, seeds: range) -> None:
    feed = make_feed(by="system:setup", code="ugly", title="Ugly", table="or_block", scope="MVH", mode="upsert")
    same = {
        "day": "2026-09-01",
        "room": "OR 1",
        "owner_kind": "service",
        "starts": "2026-09-01 07:30",
        "ends": "2026-09-01 15:30",
    }
    constants = {name: Source(constant=said) for name, said in same.items()}
    accepted = 0
    for seed in seeds:
        ugly = make_ugly_workbook(seed) if seed % 10 == 9 else make_ugly_file(seed)
        path = tmp_path / f"ugly-{seed}"
        path.write_bytes(ugly.data)
        layout = detect_layout(path)
        header = preview(path, layout, limit=1).header
        columns = {"block_id": Source(header[0]), "owner": Source(header[1])}
        feed = save_profile(
            by="system:setup", feed=feed, profile=Profile(layout, Mapping(columns | constants), tuple(header))
        )
        batch = import_file(feed=feed, path=path, actor="system:test")
        damaged = sum(one.damaged for one in ugly.rows)
        assert batch.rows_read == batch.rows_accepted + batch.rows_set_aside == len(ugly.rows), ugly.about
        assert batch.rows_accepted <= len(ugly.rows) - damaged, ugly.about
        kept = set_aside.read(batch, 0, 10_000)
        assert len(kept) == batch.rows_set_aside, ugly.about
        assert all(one.reasons for one in kept), ugly.about
        assert original_path(batch.file_sha256).read_bytes() == ugly.data
        accepted += batch.rows_accepted
    assert accepted > len(seeds) * 30


def test_the_same_file_twice_is_recognised_and_changes_nothing(feed: Feed, tmp_path: Path) -> None:
    path = write(tmp_path / "log.csv", [row(number) for number in range(30)] + [row(31, OR="OR 14")])
    first = import_file(feed=feed, path=path, actor="system:test")
    parts = set(Part.objects.values_list("pk", flat=True))
    again = import_file(feed=feed, path=path, actor="system:test")
    assert (again.rows_read, again.rows_accepted) == (first.rows_read, first.rows_accepted)
    assert first.public_id in again.note
    assert "nothing changed" in again.note
    assert set(Part.objects.filter(to_batch=None).values_list("pk", flat=True)) == parts
    assert sum(Batch.objects.values_list("set_aside_open", flat=True)) == 1


def test_a_month_that_comes_anew_takes_over_what_waited_and_what_was_corrected(feed: Feed, tmp_path: Path) -> None:
    good = [row(number) for number in range(30)]
    path = write(tmp_path / "log.csv", [*good[:28], good[28] | {"OR": "OR 14"}, good[29] | {"Class": "Sometimes"}])
    first = import_file(feed=feed, path=path, actor="system:test")
    download = b"".join(set_aside.download(first))
    fixed = corrected(download, {30: good[28], 31: {}}, tmp_path / "fixed.csv")
    import_file(feed=feed, path=fixed, actor="system:test", corrects=first)
    first.refresh_from_db()
    assert (first.set_aside_open, sum(part.rows for part in current_parts("or_case"))) == (1, 29)
    again = import_file(feed=feed, path=path, actor="system:test")  # the file says nothing of what was corrected
    first.refresh_from_db()
    assert (again.set_aside_open, first.set_aside_open) == (2, 0)
    assert "set back" in again.note
    assert again.public_id in first.note
    assert sum(part.rows for part in current_parts("or_case")) == 28


@pytest.mark.parametrize("judged_anew", [False, True])
def test_rows_of_a_file_sent_again_wait_once_where_rows_replace_rows(
    feed: Feed, tmp_path: Path, judged_anew: bool
) -> None:
    Feed.objects.filter(pk=feed.pk).update(mode=Feed.Mode.UPSERT)
    feed.refresh_from_db()
    good = [row(number) for number in range(30)]
    path = write(tmp_path / "log.csv", [*good[:28], good[28] | {"OR": "OR 14"}, good[29] | {"Class": "Sometimes"}])
    first = import_file(feed=feed, path=path, actor="system:test")
    fixed = corrected(b"".join(set_aside.download(first)), {30: good[28], 31: {}}, tmp_path / "fixed.csv")
    import_file(feed=feed, path=fixed, actor="system:test", corrects=first)
    if judged_anew:
        stored = profile_of(feed)
        assert stored is not None
        columns = stored.mapping.columns | {"surgeon": Source(constant="unknown")}
        feed = save_profile(by="system:setup", feed=feed, profile=replace(stored, mapping=Mapping(columns)))
    again = import_file(feed=feed, path=path, actor="system:test")
    first.refresh_from_db()
    assert (first.set_aside_open, again.set_aside_open) == (0, 1)
    assert sum(part.rows for part in current_parts("or_case")) == 29


def test_changed_headings_are_refused_by_name_and_nothing_is_imported(feed: Feed, tmp_path: Path) -> None:
    path = write(tmp_path / "log.csv", [row(1)])
    path.write_text(path.read_text().replace("Wheels in", "In room").replace(",MRN", ""))
    with pytest.raises(ImportRefused) as refusal:
        import_file(feed=feed, path=path, actor="system:test")
    said = str(refusal.value)
    assert "“Wheels in”, “MRN” are missing" in said
    assert "“In room” is new" in said
    assert "Nothing was imported" in said
    assert not Batch.objects.exists()
    assert any(subfolder("originals").iterdir())
    assert not list(subfolder("spool").iterdir())


def test_the_same_headings_written_another_way_are_refused_with_the_difference(feed: Feed, tmp_path: Path) -> None:
    path = write(tmp_path / "log.csv", [row(number) for number in range(5)])
    path.write_text(path.read_text().replace(",", ";"))
    with pytest.raises(ImportRefused, match="delimiter “;” instead of “,”"):
        import_file(feed=feed, path=path, actor="system:test")


@pytest.mark.parametrize("written", ["gzip", "utf-16", "xlsx"])
def test_other_ways_of_writing_come_in_by_the_stored_profile(feed: Feed, tmp_path: Path, written: str) -> None:
    rows = [row(number) for number in range(40)]
    path = write(tmp_path / "log.csv", rows)
    if written == "gzip":
        path.write_bytes(gzip.compress(path.read_bytes()))
    elif written == "utf-16":
        path.write_bytes(b"\xff\xfe" + path.read_text().encode("utf-16-le"))
    else:
        _workbook(path, rows)
    stored = profile_of(feed)
    assert stored is not None
    with pytest.raises(ImportRefused):
        import_file(feed=feed, path=path, actor="system:test")
    save_profile(by="system:setup", feed=feed, profile=replace(stored, layout=detect_layout(path)))
    batch = import_file(feed=feed, path=path, actor="system:test")
    assert (batch.rows_read, batch.rows_accepted, batch.profile_version) == (40, 40, 2)


def _workbook(path: Path, rows: list[dict[str, str]]) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Cases")
    for at, cells in enumerate([HEADINGS, *([one[key] for key in HEADINGS] for one in rows)]):
        for column, cell in enumerate(cells):
            sheet.write_string(at, column, cell)
    book.close()


def test_a_failing_import_leaves_nothing_but_the_original(feed: Feed, tmp_path: Path) -> None:
    path = write(tmp_path / "log.csv", [row(number) for number in range(20)] + [row(21, OR="OR 14")])

    @contextmanager
    def breaks() -> Iterator[Any]:
        from django.db import transaction

        with transaction.atomic():
            yield None
            raise RuntimeError("the power went")

    before = files_of_rows()
    with pytest.raises(RuntimeError):
        import_file(feed=feed, path=path, actor="system:test", effect=breaks)
    assert not Batch.objects.exists()
    assert not Part.objects.exists()
    assert files_of_rows() == before
    assert not list(subfolder("spool").iterdir())
    assert import_file(feed=feed, path=path, actor="system:test").rows_accepted == 20


def files_of_rows() -> set[Path]:
    return set(subfolder("facts").rglob("*.parquet")) | set(subfolder("set_aside").iterdir())


def test_a_cancelled_import_keeps_nothing_and_says_so(cast: Cast, feed: Feed, tmp_path: Path) -> None:
    path = write(tmp_path / "log.csv", [row(number) for number in range(20)])
    sha256 = keep_original([path.read_bytes()])
    job = ask_for_import(by=cast.alice, feed=feed, sha256=sha256, file_name="log.csv")

    def stop(share: int, doing: str) -> None:
        if share > 50:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_file(feed=feed, path=path, actor="system:test", progress=stop)
    assert not Batch.objects.exists()
    Job.objects.filter(pk=job.pk).update(cancel_asked=True)
    work_once(heartbeat=False)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert not Batch.objects.exists()


def test_the_job_commits_once_even_when_run_again(cast: Cast, feed: Feed, tmp_path: Path) -> None:
    path = write(tmp_path / "log.csv", [row(number) for number in range(20)])
    job = ask_for_import(by=cast.alice, feed=feed, sha256=keep_original([path.read_bytes()]), file_name="log.csv")
    run_all()
    job.refresh_from_db()
    assert (job.state, job.result["rows_accepted"]) == (Job.State.DONE, 20)
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, leased_until="2020-01-01T00:00Z")
    run_all()
    assert Batch.objects.count() == 1


def test_only_those_who_may_import_into_the_owning_place_do(cast: Cast, feed: Feed, tmp_path: Path) -> None:
    path = write(tmp_path / "log.csv", [row(1)])
    for by, refusal in ((cast.bob, NotSeen), (cast.charlie, NotSeen), (cast.fred, Refused)):
        with pytest.raises(refusal):
            import_file(feed=feed, path=path, actor=by.username, by=by)
        with pytest.raises(refusal):
            save_profile(by=by, feed=feed, profile=Profile(Layout(), Mapping({})))
    assert not Batch.objects.exists()
    assert import_file(feed=feed, path=path, actor=cast.alice.username, by=cast.alice).rows_accepted == 1
