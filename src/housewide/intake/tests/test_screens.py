"""The screens of data intake: what they show, and to whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from housewide.facts.models import Batch, Feed
from housewide.intake.imports import import_file
from housewide.intake.tests.cast import Cast
from housewide.kit.audit.models import Look
from housewide.kit.jobs import run_all

if TYPE_CHECKING:
    from housewide.demo.writing import WrittenFile


def as_(client: Client, account: object) -> Client:
    client.force_login(account)  # type: ignore[arg-type]
    return client


def upload(path: Path) -> SimpleUploadedFile:
    return SimpleUploadedFile(path.name, path.read_bytes())


def test_every_screen_draws_for_the_director_of_the_department(client: Client, cast: Cast, batch: Batch) -> None:
    as_(client, cast.alice)
    for address in (
        reverse("intake"), reverse("feed-new"),
        *(reverse(name, args=["mvh-or-log"]) for name in ("feed", "feed-profile", "feed-import", "feed-crosswalks")),
        *(reverse(name, args=[batch.public_id]) for name in ("batch", "batch-set-aside", "batch-correct")),
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address
    page = client.get(reverse("intake")).content.decode()
    assert "Operating room log" in page
    assert "Explain 1 unknown code" in page


def test_the_list_and_the_search_hold_only_feeds_of_ones_places(
    client: Client, cast: Cast, feeds: dict[str, Feed]
) -> None:
    from housewide.intake.screens import find_feeds
    from housewide.kit.registry import Scope

    scope = Scope("MVHS", "2026-10")
    assert [hit.title for hit in find_feeds(cast.alice, "room log", scope)] == ["Operating room log"]
    assert not list(find_feeds(cast.charlie, "room log", scope))
    assert "No feed yet" in as_(client, cast.charlie).get(reverse("intake")).content.decode()


def test_strangers_get_404_and_those_without_the_role_a_reason(client: Client, cast: Cast, batch: Batch) -> None:
    of_feed = ("feed", "feed-profile", "feed-import", "feed-crosswalks")
    of_batch = ("batch", "batch-set-aside", "batch-set-aside-download", "batch-correct")
    addresses = [reverse(name, args=["mvh-or-log"]) for name in of_feed]
    addresses += [reverse(name, args=[batch.public_id]) for name in of_batch]
    for stranger in (cast.charlie, cast.bob):
        as_(client, stranger)
        assert {client.get(address).status_code for address in addresses} == {404}
        assert client.post(reverse("feed-retry", args=["mvh-or-log"])).status_code == 404
    assert as_(client, cast.bob).get(reverse("intake")).status_code == 404
    as_(client, cast.fred)
    assert client.get(reverse("feed", args=["mvh-or-log"])).status_code == 200
    assert client.get(reverse("feed-import", args=["mvh-or-log"])).status_code == 403
    assert client.get(reverse("feed-profile", args=["mvh-or-log"])).status_code == 403
    assert client.get(reverse("batch-set-aside", args=[batch.public_id])).status_code == 403
    assert client.post(reverse("feed-crosswalks", args=["mvh-or-log"]), {"target-0": "OR 1"}).status_code == 403
    as_(client, cast.adam)  # runs the feeds, but has no business with single rows
    assert client.get(reverse("feed-import", args=["mvh-or-log"])).status_code == 200
    assert client.get(reverse("batch-set-aside-download", args=[batch.public_id])).status_code == 403
    assert "would load" not in client.get(reverse("feed-profile", args=["mvh-or-log"])).content.decode()
    assert not Look.objects.exists()


def test_what_is_not_there_looks_like_what_one_may_not_see(client: Client, cast: Cast, feeds: dict[str, Feed]) -> None:
    as_(client, cast.alice)
    assert client.get(reverse("feed", args=["no-such-feed"])).status_code == 404
    assert client.get(reverse("batch", args=["nosuchbatch2"])).status_code == 404


def test_the_receipt_adds_up_and_names_the_file(client: Client, cast: Cast, batch: Batch) -> None:
    page = as_(client, cast.alice).get(reverse("batch", args=[batch.public_id])).content.decode()
    for said in (
        batch.file_sha256,
        batch.file_name,
        "profile version 1",
        "unknown room code",
        batch.periods[0]["period"],
    ):
        assert said in page
    assert batch.rows_read == batch.rows_accepted + batch.rows_set_aside


def test_people_talk_about_an_import_on_its_receipt(client: Client, cast: Cast, batch: Batch) -> None:
    as_(client, cast.alice)
    receipt = reverse("batch", args=[batch.public_id])
    to = reverse("comment-say", args=["batch", batch.public_id])
    assert to in client.get(receipt).content.decode()
    said = client.post(to, {"text": "The vendor sends the missing room on Monday"})
    assert said["Location"] == receipt
    assert "missing room on Monday" in client.get(receipt).content.decode()
    as_(client, cast.charlie)
    assert client.post(to, {"text": "Let me in"}).status_code == 404


def test_rows_shown_and_downloaded_are_put_down_as_looked_at(client: Client, cast: Cast, batch: Batch) -> None:
    as_(client, cast.alice)
    page = client.get(
        reverse("batch-set-aside", args=[batch.public_id]), {"reason": "unknown room code"}
    ).content.decode()
    assert "OR 14" in page
    assert "1</b> row matches" in " ".join(page.split())
    content = b"".join(client.get(reverse("batch-set-aside-download", args=[batch.public_id])))  # type: ignore[arg-type]
    assert content.decode("utf-8-sig").startswith("set_aside_batch,set_aside_line,reasons,Case #,Location")
    looks = Look.objects.order_by("pk").values_list("actor", "table", "count", "place")
    assert list(looks) == [
        (cast.alice.username, "or_case", 1, "MVH-PERIOP"),
        (cast.alice.username, "or_case", batch.rows_set_aside, "MVH-PERIOP"),
    ]


def test_a_file_is_sent_imported_and_leaves_a_receipt(
    client: Client, cast: Cast, feeds: dict[str, Feed], log: WrittenFile
) -> None:
    as_(client, cast.alice)
    answer = client.post(reverse("feed-import", args=["mvh-or-log"]), {"file": upload(log.path)})
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("feed", args=["mvh-or-log"]) + "?job=")
    waiting = client.get(answer["Location"]).content.decode()
    assert 'hx-trigger="every 2s"' in waiting and "Nothing imported yet" in waiting
    assert "HX-Retarget" not in client.get(answer["Location"], headers={"HX-Request": "true"})
    run_all()
    batch = Batch.objects.get()
    assert (batch.rows_read, batch.actor, batch.file_name) == (log.rows, cast.alice.username, log.path.name)
    over = client.get(answer["Location"], headers={"HX-Request": "true"})
    assert (over["HX-Retarget"], over["HX-Reselect"], over["HX-Reswap"]) == ("#main", "#main", "outerHTML")
    record = over.content.decode()
    assert record.count(reverse("batch", args=[batch.public_id])) >= 2, "in the note and in the table of imports"
    assert "every 2s" not in record and "Nothing imported yet" not in record


def test_a_file_with_other_headings_is_refused_before_it_is_queued(
    client: Client, cast: Cast, feeds: dict[str, Feed]
) -> None:
    as_(client, cast.alice)
    sent = SimpleUploadedFile("blocks.csv", b"Location,Day,Room\nMV MAIN OR,2026-10-01,OR 1\n")
    answer = client.post(reverse("feed-import", args=["mvh-or-blocks"]), {"file": sent})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "“Block ID”" in page
    assert "Nothing was imported" in page
    assert not Batch.objects.exists()


def test_an_explained_code_lets_its_rows_in(client: Client, cast: Cast, batch: Batch) -> None:
    as_(client, cast.alice)
    address = reverse("feed-crosswalks", args=["mvh-or-log"])
    assert "OR 14" in client.get(address).content.decode()
    assert client.post(address, {"target-0": ""}).status_code == 422
    wrong = {"kind-0": "room", "code-0": "OR 99", "target-0": "OR 4"}
    assert client.post(address, wrong).status_code == 422
    assert client.post(address, {"kind-0": "room", "code-0": "OR 14", "target-0": "OR 4"}).status_code == 302
    assert "No row waits for a code" in client.get(address).content.decode()
    answer = client.post(reverse("feed-retry", args=["mvh-or-log"]))
    assert answer.status_code == 302
    before = batch.set_aside_open
    run_all()
    batch.refresh_from_db()
    again = Batch.objects.get(corrects=batch)
    assert again.rows_read == before
    assert batch.set_aside_open == before - again.rows_accepted
    assert "unknown room code" not in again.reasons


def test_a_new_feed_is_made_shown_a_file_and_gets_its_profile(
    client: Client, cast: Cast, feeds: dict[str, Feed], log: WrittenFile
) -> None:
    as_(client, cast.alice)
    given = {"title": "Log of the new system", "code": "", "table": "or_case", "owner": "MVH-PERIOP", "mode": "replace"}
    assert client.post(reverse("feed-new"), given | {"owner": "LKO"}).status_code == 422
    answer = client.post(reverse("feed-new"), given)
    address = reverse("feed-profile", args=["log-of-the-new-system"])
    assert answer["Location"] == address
    assert "Show a file" in client.get(address).content.decode()
    refused = client.post(address, {"ask": "sample", "file": SimpleUploadedFile("x.pdf", b"%PDF-1.7 hello")})
    assert refused.status_code == 422
    assert "a PDF document" in refused.content.decode()
    assert client.post(address, {"ask": "sample", "file": upload(log.path)}).status_code == 302
    opened = client.get(address)
    page = opened.content.decode()
    assert "This is what we would suggest" in page
    form = form_of(opened.context)
    assert form["h-in_room"] == "Wheels in"
    assert form["f-in_room"] == "%m/%d/%Y %H:%M"
    assert form["header_row"] == "3"
    tried = client.post(address, form | {"ask": "preview", "x-room": "room"}, headers={"HX-Request": "true"})
    assert 'id="preview"' in tried.content.decode()
    assert "OR 14" in tried.content.decode()
    lacking = client.post(address, form | {"ask": "save", "h-class": ""})
    assert lacking.status_code == 422
    assert "“Class” is required" in lacking.content.decode()
    assert client.post(address, form | {"ask": "save", "v-class": "Elective"}).status_code == 422
    assert client.post(address, form | {"ask": "save"}).status_code == 302
    feed = Feed.objects.get(code="log-of-the-new-system")
    assert (feed.profile_version, feed.scope.code, feed.owning_place) == (1, "MVH", "MVH-PERIOP")
    assert feed.profile["layout"]["header_row"] == 2
    made = import_file(feed=feed, path=log.path, actor="system:test")
    assert made.rows_accepted > 700


def test_the_form_changes_with_the_way_the_file_is_written(client: Client, cast: Cast, batch: Batch) -> None:
    as_(client, cast.alice)
    address = reverse("feed-profile", args=["mvh-or-log"])
    form = form_of(client.get(address).context)
    part = client.post(
        address, form | {"ask": "form", "header_row": "1"}, headers={"HX-Request": "true"}
    ).content.decode()
    assert part.lstrip().startswith("<form")
    assert "Surgical Information System" in part
    assert "Wheels in (gone)" in part
    assert client.post(address, form | {"ask": "form", "header_row": "soon"}).status_code == 422
    assert Look.objects.filter(purpose="profile tried on an earlier import").exists()
    assert client.post(address, form | {"ask": "save"}).status_code == 302
    assert Feed.objects.get(code="mvh-or-log").profile_version == 1


def form_of(context: dict[str, object]) -> dict[str, str]:
    """What the browser would send of the profile form as it stands."""
    said = {"layout": context["layout_json"], "header_row": str(context["header_row"])}
    for one in context["decisions"]:  # type: ignore[attr-defined]
        chosen = next((value for value, _, on in one.options if on), "")
        said |= {f"h-{one.name}": chosen, f"c-{one.name}": one.source.constant, f"x-{one.name}": one.source.crosswalk}
        said |= {f"f-{one.name}": one.formats, f"v-{one.name}": one.words, f"u-{one.name}": one.source.unit}
        said |= {f"d-{one.name}": one.source.date_header, f"p-{one.name}": one.source.plus_minutes}
    return {key: str(value) for key, value in said.items()}
