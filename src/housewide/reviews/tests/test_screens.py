"""The pages of reviews, figures and packs, for those who may see them."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from housewide.facts import states
from housewide.kit.jobs import run_all
from housewide.reviews.models import Review
from housewide.reviews.tests.conftest import Measured
from housewide.reviews.tests.examples import a_frozen_review, a_reading
from housewide.work.tests.cast import Cast

AT = ("MVH-OR", "2026-10")
CHANGES = ("open", "comment", "close-month", "freeze", "unfreeze", "sign", "pack")


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def press(client: Client, name: str, **given: str) -> Any:
    return client.post(reverse(f"review-{name}", args=AT), given)


def test_the_whole_way_from_opening_to_a_pack_in_hand(client: Client, cast: Cast, measured: Measured) -> None:
    client.force_login(cast.alice)
    assert "Begin the review" in text_of(client.get(reverse("review", args=AT)))
    assert press(client, "open").status_code == 302
    assert "Asked for: it is worsening" in text_of(client.get(reverse("review", args=AT)))
    assert press(client, "comment", text="Late trays", measure="or.late").status_code == 302
    assert press(client, "close-month").status_code == 302
    assert states.state_of("MVH", "2026-10") == "closed"
    assert press(client, "freeze").status_code == 302
    assert "You sign 2 figures" in text_of(client.get(reverse("review", args=AT)))
    assert press(client, "sign").status_code == 302
    assert press(client, "pack", kind="pdf").status_code == 302
    waiting = text_of(client.get(reverse("review", args=AT)))
    assert 'hx-trigger="every 2s"' in waiting
    run_all()
    review = Review.objects.get()
    pack = review.packs.get()
    page = text_of(client.get(reverse("review", args=AT)))
    assert reverse("pack-download", args=[pack.public_id]) in page
    answer = client.get(reverse("pack-download", args=[pack.public_id]))
    assert b"".join(answer.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == 'attachment; filename="review-MVH-OR-2026-10.pdf"'


def test_a_refusal_stays_on_the_page_with_its_reason(client: Client, cast: Cast, measured: Measured) -> None:
    client.force_login(cast.alice)
    press(client, "open")
    answer = press(client, "freeze")
    assert answer.status_code == 422
    assert "Close October 2026 first" in text_of(answer)
    answer = press(client, "comment", text="  ", measure="or.late")
    assert answer.status_code == 422
    assert Review.objects.get().comments.count() == 0


def test_strangers_get_404_for_every_address(client: Client, cast: Cast, measured: Measured) -> None:
    review = a_frozen_review(cast)
    client.force_login(cast.charlie)
    assert client.get(reverse("review", args=AT)).status_code == 404
    assert [press(client, name).status_code for name in CHANGES] == [404] * len(CHANGES)
    assert client.get(reverse("figure", args=[review.figures.get().public_id])).status_code == 404
    assert "Place MVH-OR" not in text_of(client.get(reverse("reviews")))


def test_staff_without_reviews_do_not_find_the_list(client: Client, cast: Cast) -> None:
    client.force_login(cast.bob)
    assert client.get(reverse("reviews")).status_code == 404
    assert client.get(reverse("review", args=AT)).status_code == 404


def test_one_who_only_looks_on_sees_no_buttons_and_is_refused(client: Client, cast: Cast, measured: Measured) -> None:
    a_frozen_review(cast)
    states.close_period(by=cast.alice, facility="MVH", period="2026-10")
    client.force_login(cast.audrey)
    page = text_of(client.get(reverse("review", args=AT)))
    assert "Your role cannot sign here" in page
    assert reverse("review-comment", args=AT) not in page
    for name in ("comment", "freeze", "unfreeze", "sign", "close-month"):
        assert press(client, name, text="x", reason="x").status_code in (403, 422)
    review = Review.objects.get()
    assert (review.state, review.comments.count()) == ("frozen", 1)


def test_a_month_that_is_no_month_is_not_found(client: Client, cast: Cast) -> None:
    client.force_login(cast.alice)
    assert client.get("/at/MVH-OR/2026-13/review/").status_code == 404
    assert client.get("/at/NOWHERE/2026-10/review/").status_code == 404


def test_the_list_names_states_and_months_not_begun(client: Client, cast: Cast, measured: Measured) -> None:
    a_frozen_review(cast)
    client.force_login(cast.alice)
    page = text_of(client.get(reverse("reviews")))
    assert "Frozen" in page
    assert "Not begun" in page
    rows = client.get(reverse("reviews"), {"format": "csv"})
    assert b"Place MVH-OR,2026-10,Frozen" in b"".join(rows.streaming_content)  # type: ignore[attr-defined]


def test_a_figure_page_masks_surgeons_for_those_without_names(client: Client, cast: Cast, measured: Measured) -> None:
    figure = a_frozen_review(cast, a_reading()).figures.get()
    client.force_login(cast.audrey)
    page = text_of(client.get(reverse("figure", args=[figure.public_id])))
    assert "Surgeon 01" in page
    assert "Lindqvist" not in page
    client.force_login(cast.alice)
    assert "Lindqvist" in text_of(client.get(reverse("figure", args=[figure.public_id])))


def test_a_pack_with_names_is_not_there_for_those_without(client: Client, cast: Cast) -> None:
    from housewide.reviews.packs import make_pack

    review = a_frozen_review(cast)
    named, masked = make_pack(review, "xlsx", cast.alice), make_pack(review, "xlsx", cast.audrey)
    client.force_login(cast.audrey)
    assert client.get(reverse("pack-download", args=[named.public_id])).status_code == 404
    answer = client.get(reverse("pack-download", args=[masked.public_id]))
    assert len(b"".join(answer.streaming_content)) > 1000  # type: ignore[attr-defined]
    client.force_login(cast.bob)
    assert client.get(reverse("pack-download", args=[masked.public_id])).status_code == 404


def test_a_pack_whose_file_is_gone_says_what_to_do(client: Client, cast: Cast) -> None:
    from housewide.reviews.packs import make_pack, pack_file

    pack = make_pack(a_frozen_review(cast), "xlsx", cast.alice)
    pack_file(pack).unlink()
    client.force_login(cast.alice)
    answer = client.get(reverse("pack-download", args=[pack.public_id]))
    assert answer.status_code == 410
    assert "make the pack again" in text_of(answer)


def test_nobody_watches_the_job_of_another(client: Client, cast: Cast) -> None:
    from housewide.kit.jobs.models import Job

    a_frozen_review(cast)
    client.force_login(cast.alice)
    press(client, "pack", kind="xlsx")
    job = Job.objects.get()
    assert client.get(reverse("review-pack-progress", args=[*AT, job.public_id])).status_code == 200
    client.force_login(cast.olga)
    assert client.get(reverse("review-pack-progress", args=[*AT, job.public_id])).status_code == 404


def test_a_measure_is_cited_by_the_reviews_one_may_see(cast: Cast) -> None:
    from housewide.reviews.citing import figures_of

    a_frozen_review(cast)
    (found,) = figures_of(cast.alice, "surgery.measure_0", "")
    assert (found.title, found.detail) == ("Review of Place MVH-OR", "October 2026, frozen")
    assert list(figures_of(cast.alice, "surgery.measure_0", "MVH-OR")) == [found]
    assert list(figures_of(cast.alice, "surgery.measure_0", "MVH")) == []
    assert list(figures_of(cast.charlie, "surgery.measure_0", "")) == []
    assert list(figures_of(cast.charlie, "surgery.measure_0", "MVH-OR")) == []
