"""Packs: the printed review, made from frozen figures only and kept with its hash; for managers or for the board."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from housewide.access.gates import allowed, may
from housewide.kit.actions import Refused, action
from housewide.kit.clock import now
from housewide.kit.home import home_folder, subfolder
from housewide.kit.jobs.runs import write_durably
from housewide.org.models import Account
from housewide.reviews.boards import for_the_board
from housewide.reviews.models import Pack, Review
from housewide.reviews.printing import content_of

MEDIA = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
AUDIENCES = {"managers": tuple(MEDIA), "board": ("pdf", "pptx")}


def pack_file(pack: Pack) -> Path:
    """Where a pack's file lies."""
    return home_folder() / pack.path


def pack_name(pack: Pack) -> str:
    """What the file is called when it leaves the house."""
    what = "board" if pack.audience == "board" else "review"
    return f"{what}-{pack.review.place.code}-{pack.review.period}.{pack.kind}"


def draw_pack(review: Review, kind: str, names_shown: bool, audience: str = "managers") -> bytes:
    """The bytes of a pack; the same review gives the same bytes. Raises Refused before it is frozen, and for a board
    pack of a place that has no board."""
    if kind not in AUDIENCES.get(audience, ()):
        offered = ", ".join(sorted(AUDIENCES.get(audience, MEDIA)))
        raise Refused(f"A pack for {audience} is one of {offered}; “{kind}” is not.")
    if review.state == Review.State.DRAFT:
        raise Refused("Freeze the figures first: a pack prints frozen figures only.")
    if audience == "board":
        return _draw_board(review, kind)
    content = content_of(review, names_shown)
    if kind == "pdf":
        from housewide.reviews.pack_pdf import draw_pdf

        return draw_pdf(content)
    if kind == "pptx":
        from housewide.reviews.pack_pptx import draw_pptx

        return draw_pptx(content)
    from housewide.reviews.pack_xlsx import draw_xlsx

    return draw_xlsx(content)


def _draw_board(review: Review, kind: str) -> bytes:
    if not for_the_board(review):
        raise Refused("A board pack is made from the review of a facility or of the whole system.")
    from housewide.reviews import pack_board

    content = pack_board.board_content(review)
    return pack_board.draw_pdf(content) if kind == "pdf" else pack_board.draw_pptx(content)


def make_pack(review: Review, kind: str, by: Account, audience: str = "managers") -> Pack:
    """Print a review as ``pdf``, ``xlsx`` or ``pptx`` for ``by``, with surgeons' names only when they may read them;
    for the ``board`` nobody is named.

    Printing the same review again gives the pack that is there. Raises Refused for a review that is not frozen.
    """
    return keep_pack(by=by, review=review, drawn=draw_for(review, kind, by, audience))


@dataclass(frozen=True)
class Drawn:
    """A pack that was drawn and not kept yet, and the freeze it was drawn from."""

    kind: str
    content: bytes
    names_shown: bool
    frozen_at: datetime | None
    audience: str = "managers"


def draw_for(review: Review, kind: str, by: Account, audience: str = "managers") -> Drawn:
    """Draw a pack as ``by`` may read it. Takes a second or so: never inside a transaction."""
    may(by, "pack.download", review.place.code, "make packs", "see.reviews")
    fresh = Review.objects.select_related("place").get(pk=review.pk)
    names_shown = audience != "board" and allowed(by, "surgeon.names", fresh.place.code)
    return Drawn(kind, draw_pack(fresh, kind, names_shown, audience), names_shown, fresh.frozen_at, audience)


def _gate(*, by: Account, review: Review, **_: Any) -> dict[str, str]:
    about = may(by, "pack.download", review.place.code, "make packs", "see.reviews")
    return {**about, "subject": f"review:{review.public_id}"}


@action("review.make_pack", gate=_gate)
def keep_pack(*, by: Account, review: Review, drawn: Drawn) -> Pack:
    """Keep what was drawn. Raises Refused when the figures were taken back meanwhile."""
    fresh = Review.objects.select_for_update().get(pk=review.pk)
    if fresh.frozen_at != drawn.frozen_at:
        raise Refused("The figures were taken back while the pack was being made. Make it again once they are frozen.")
    digest = hashlib.sha256(drawn.content).hexdigest()
    path = subfolder("packs") / f"{digest}.{drawn.kind}"
    write_durably(path, drawn.content)
    pack, _ = Pack.objects.get_or_create(
        review=fresh,
        kind=drawn.kind,
        audience=drawn.audience,
        names_shown=drawn.names_shown,
        sha256=digest,
        defaults={"path": f"packs/{path.name}", "made_at": now(), "made_by": by},
    )
    return pack
