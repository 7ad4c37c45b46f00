"""Packs: asked for, watched while they are made, and taken home."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from housewide.access.gates import may, see, signed_in
from housewide.kit.actions import NotSeen
from housewide.kit.jobs.models import Job
from housewide.kit.jobs.queue import enqueue
from housewide.reviews import packs
from housewide.reviews.jobs import KIND
from housewide.reviews.models import Review
from housewide.reviews.queries import see_pack
from housewide.reviews.views.pages import packs_of, page, review_at


@require_POST
def ask(request: HttpRequest, place: str, period: str) -> HttpResponse:
    """POST kind: pdf, xlsx or pptx; audience=board for the board's"""
    see(request.user, "see.reviews", place)
    review = review_at(place, period)
    if review is None:
        raise NotSeen("There is nothing here that you can see.")
    may(request.user, "pack.download", place, "make packs", "see.reviews")
    kind, audience = request.POST.get("kind", ""), request.POST.get("audience", "managers")
    if kind not in packs.AUDIENCES.get(audience, ()) or review.state == Review.State.DRAFT:
        return page(request, place, period, refusal="Freeze the figures first, then choose PDF, Excel or PowerPoint.")
    what = "Board pack" if audience == "board" else "Pack"
    title = f"{what} of {review.place.name}, {period}, {kind.upper()}"
    params = {"review": review.public_id, "kind": kind, "audience": audience}
    enqueue(KIND, params, by=request.user, place=place, title=title)
    messages.success(request, "The pack is being made. Its link appears under Packs.")
    return redirect("review", place=place, period=period)


@require_GET
def progress(request: HttpRequest, place: str, period: str, job: str) -> HttpResponse:
    """How far a pack is; htmx asks again until it is there, and then gets the whole card with its link."""
    see(request.user, "see.reviews", place)
    found = Job.objects.filter(public_id=job, kind=KIND, place=place, asked_by=signed_in(request)).first()
    if found is None:
        raise NotSeen("There is nothing here that you can see.")
    review = review_at(place, period)
    if found.state == Job.State.DONE and review is not None:
        context = {"place": review.place, "period": period, **packs_of(review, signed_in(request))}
        card = render(request, "reviews/parts/packs.html", context)
        card["HX-Retarget"], card["HX-Reswap"] = "#packs-card", "outerHTML"
        return card
    return render(request, "reviews/parts/pack_job.html", {"job": found, "place": place, "period": period})


@require_GET
def download(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """GET /packs/<public_id>/"""
    pack = see_pack(request.user, public_id)  # type: ignore[arg-type]
    file = packs.pack_file(pack)
    if not file.exists():
        return render(
            request, "reviews/pack_gone.html", {"title": "This pack is not on disk", "pack": pack}, status=410
        )
    return FileResponse(
        file.open("rb"), as_attachment=True, filename=packs.pack_name(pack), content_type=packs.MEDIA[pack.kind]
    )
