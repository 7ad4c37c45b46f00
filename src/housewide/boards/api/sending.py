"""Sending files of a feed, and what became of them."""

from __future__ import annotations

from pathlib import PurePath
from typing import Annotated, Any

from django.http import HttpRequest
from django.urls import reverse
from ninja import File, Form, Path, Router, Status
from ninja.files import UploadedFile
from pydantic import Field

from housewide.boards.api import shapes
from housewide.boards.api.asking import Bearer, asker, gives
from housewide.boards.api.problems import ApiProblem
from housewide.boards.api.shapes import Id
from housewide.facts.models import Batch
from housewide.intake.imports import ImportRefused, how_to_read
from housewide.intake.jobs import IMPORT, ask_for_import
from housewide.intake.originals import keep_original, original_path
from housewide.intake.profiles import profile_of
from housewide.intake.queries import IMPORTS, batch_for, feed_for
from housewide.kit.actions import NotSeen
from housewide.kit.jobs.models import Job

router = Router(tags=["Imports"])
SENDS, READS = Bearer("write:imports"), Bearer("read:facts")
FeedCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,60}$", description="The code of a feed, such as mvh-or-log")]


@router.post(
    "/imports", auth=SENDS, response=gives(shapes.JobOut, 202, 409, 413), summary="Send a file of a feed",
    description="The file is kept at once and imported by a job; ask `/imports/{id}` how far it is.",
)  # fmt: skip
def send(request: HttpRequest, feed: Form[FeedCode], file: File[UploadedFile]) -> Any:
    account = asker(request)
    to = feed_for(account, feed, IMPORTS)
    profile = profile_of(to)
    if profile is None:
        raise ApiProblem(409, "Nobody has said yet how files of this feed are read. Show one on its page first.")
    sha256 = keep_original(file.chunks())
    try:
        how_to_read(original_path(sha256), profile, None)
    except ImportRefused as refusal:
        raise ApiProblem(409, str(refusal)) from refusal
    name = PurePath(file.name or "file").name
    return Status(202, _job(ask_for_import(by=account, feed=to, sha256=sha256, file_name=name)))


@router.get("/imports/{id}", auth=READS, response=gives(shapes.JobOut), summary="How far an import is")
def progress(request: HttpRequest, id: Path[Id]) -> dict[str, Any]:
    job = Job.objects.filter(public_id=id, kind=IMPORT, asked_by=asker(request)).first()
    if job is None:
        raise NotSeen("There is nothing here that you can see.")
    return _job(job)


def _job(job: Job) -> dict[str, Any]:
    return {"id": job.public_id, "state": job.state, "done_share": job.done_share, "doing": job.doing,
            "error": job.error, "batch": (job.result or {}).get("batch")}  # fmt: skip


@router.get("/batches/{id}", auth=READS, response=gives(shapes.BatchOut), summary="The receipt of an import")
def batch(request: HttpRequest, id: Path[Id]) -> dict[str, Any]:
    one: Batch = batch_for(asker(request), id)
    names = ("at", "file_name", "file_sha256", "rows_read", "rows_accepted", "rows_set_aside", "reasons")
    return {name: getattr(one, name) for name in names} | {
        "id": one.public_id, "feed": one.feed.code, "waiting": one.set_aside_open,
        "url": reverse("batch", args=[one.public_id]),
    }  # fmt: skip
