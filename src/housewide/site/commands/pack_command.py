"""Write the PDF or XLSX of a review."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from housewide.kit import home
from housewide.site.commands.errors import CommandFailed
from housewide.site.commands.starting import account_called, ready, say


def run(asked: Namespace) -> int:
    ready()
    from housewide.access.gates import see
    from housewide.kit.actions import NotSeen, Refused
    from housewide.reviews.models import Review
    from housewide.reviews.packs import make_pack

    account = account_called(asked.actor)
    try:
        see(account, "pack.download", asked.place)
        review = Review.objects.filter(place__code=asked.place, period=asked.period).first()
        if review is None:
            raise CommandFailed(f"there is no review of {asked.place} for {asked.period} yet; open one on its page.")
        pack = make_pack(review, asked.kind, account)
    except (Refused, NotSeen) as problem:
        raise CommandFailed(str(problem)) from problem
    out = Path(asked.out or f"{asked.place}-{asked.period}.{asked.kind}")
    out.write_bytes((home.home_folder() / pack.path).read_bytes())
    say(f"Wrote {out} ({out.stat().st_size:,} bytes).")
    return 0
