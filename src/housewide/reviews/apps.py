from collections.abc import Callable
from typing import Any

from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "housewide.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.urls import reverse

        from housewide.access import gates
        from housewide.access.gates import sees_any
        from housewide.kit import subjects
        from housewide.kit.audit.veils import veil
        from housewide.kit.registry import Scope, Screen, registry
        from housewide.measures import citations
        from housewide.reviews import jobs, listeners, reminding  # noqa: F401 - registers them
        from housewide.reviews.answering import owed_by
        from housewide.reviews.citing import figures_of
        from housewide.reviews.subjects import due_subject, figure_subject, review_subject

        def allowed(account: Any, scope: Scope) -> bool:
            return sees_any(account, "see.reviews")

        def may(capability: str) -> Callable[[Any, str], bool]:
            return lambda account, place: gates.allowed(account, capability, place)

        citations.register(figures_of)
        veil("reviews_figure", "reading", "components", "restated_reading", may_read=may("surgeon.names"))
        veil("reviews_reviewcomment", "text", "action", may_read=may("see.reviews"))
        veil("reviews_decision", "text", may_read=may("see.reviews"))
        registry.add_debt(owed_by)
        subjects.register("review", review_subject)
        subjects.register("figure", figure_subject)
        subjects.register("review-due", due_subject)
        registry.add_screen(
            Screen(
                key="reviews",
                title="Reviews & packs",
                url=lambda scope: reverse("reviews"),
                allowed=allowed,
                icon="signature",
                order=40,
            )
        )
