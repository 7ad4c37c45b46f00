"""How a day is drawn on Today."""

from __future__ import annotations

from django import template

from housewide.kit.ui.templatetags.ui import spark
from housewide.measures.daily import Daily
from housewide.measures.definitions import all_definitions
from housewide.measures.views.values import show_value

register = template.Library()
POINT_TYPES = {"improving": "IMPROVEMENT", "worsening": "CONCERN"}


@register.filter
def outside(path: str) -> str:
    """An address as it works in an e-mail."""
    from housewide.boards.digests import absolute

    return absolute(path)


@register.simple_tag
def day_spark(one: Daily) -> str:
    """The like days before and the day itself, marked with what it means."""
    from housewide.kit.charts import sparkline_svg
    from housewide.methods.spc import PointType

    drawn = sparkline_svg(
        one.history,
        title=f"{one.title}, {one.place_name}, {len(one.history)} {one.kind_of_day}",
        show=show_value(all_definitions()[one.measure]),
        point_type=PointType[POINT_TYPES.get(one.signal.word, "COMMON")],
    )
    return spark(drawn)
