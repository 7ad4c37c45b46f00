"""Making a pack takes a few seconds, so the machine does it while the person goes on."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from housewide.kit.jobs.kinds import job
from housewide.kit.jobs.runs import JobFailed, JobRun

KIND = "reviews.pack"


@job(KIND, title="Make a pack")
def make(run: JobRun) -> dict[str, Any]:
    """Params: ``review`` (opaque id), ``kind`` and, for the board, ``audience``. Who
    asked decides whether surgeons are named."""
    from housewide.reviews import packs
    from housewide.reviews.models import Review

    asker = run.job.asked_by
    if asker is None:
        raise JobFailed("Nobody asked for this pack, so it is not known what it may show.")
    review = Review.objects.select_related("place").get(public_id=run.params["review"])
    run.progress(10, "drawing")
    drawn = packs.draw_for(review, run.params["kind"], asker, run.params.get("audience", "managers"))
    run.check_cancel()
    run.progress(80, "keeping")
    with run.effect():
        pack = packs.keep_pack(by=asker, review=review, drawn=drawn)
        run.result(url=reverse("pack-download", args=[pack.public_id]), pack=pack.public_id)
    return {}
