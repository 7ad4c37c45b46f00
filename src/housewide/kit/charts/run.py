"""A run chart: values in time around their median, the simplest honest picture of a measure."""

from collections.abc import Sequence

from housewide.kit.charts.annotations import Annotation
from housewide.kit.charts.control import control_chart_svg, control_chart_table
from housewide.kit.charts.scales import Show
from housewide.kit.charts.tables import ChartTable
from housewide.methods.spc import control_chart


def run_chart_svg(
    values: Sequence[float | None],
    labels: Sequence[str],
    *,
    title: str,
    show: Show,
    target: float | None = None,
    annotations: Sequence[Annotation] = (),
    show_axis: Show | None = None,
    width: int = 760,
    height: int = 240,
) -> str:
    """One SVG of `values` (None is a gap) with their median. Raises ValueError unless labels match one to one."""
    return control_chart_svg(
        control_chart("run", values),
        labels,
        title=title,
        show=show,
        target=target,
        annotations=annotations,
        show_axis=show_axis,
        width=width,
        height=height,
    )


def run_chart_table(values: Sequence[float | None], labels: Sequence[str], *, title: str, show: Show) -> ChartTable:
    """Period and value, one row per point; a missing point says so."""
    whole = control_chart_table(control_chart("run", values), labels, title=title, show=show)
    return ChartTable(title, ("Period", "Value"), tuple(row[:2] for row in whole.rows))
