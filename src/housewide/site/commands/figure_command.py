"""Show a signed figure, and reproduce it from its parts."""

from __future__ import annotations

from argparse import Namespace

from housewide.site.commands.errors import CommandFailed
from housewide.site.commands.starting import ready, say


def run(asked: Namespace) -> int:
    ready()
    from housewide.kit.ui.days import day_text
    from housewide.reviews.figures import reproduce
    from housewide.reviews.models import Figure

    figure = Figure.objects.filter(public_id=asked.id).select_related("review__place").first()
    if figure is None:
        raise CommandFailed(f"there is no figure {asked.id}; its id is printed beside it in the pack.")
    review = figure.review
    say(f"{figure.measure}, {review.place}, {review.period}: {figure.reading.get('text', '')}")
    say(f"definition {figure.definition_sha256[:16]}, parts {len(figure.parts)}, as of import {figure.as_of_batch}")
    if figure.restated_at:
        say(f"restated on {day_text(figure.restated_at)}; the signed figure stays as it was")
    if not asked.reproduce:
        return 0
    again = reproduce(figure)
    if again.equal:
        say("Reproduced bit for bit from its parts.")
        return 0
    for difference in again.differences:
        say(f"  {difference}")
    raise CommandFailed("the figure could not be reproduced; the lines above say what differs.")
