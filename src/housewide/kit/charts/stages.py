"""Where the minutes went: the stages of a patient's way, how long each usually takes and how long it took this time.

Two stacked bars share one scale, so the whole and its parts can be compared; the rows below give each stage its name,
its minutes and its difference in words and an arrow, never in colour alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from housewide.kit.charts.drawing import BAD, BAR, BAR_2, GOOD, INK, INK_2, Drawing, shorten, text_width
from housewide.kit.charts.scales import Scale, Show
from housewide.kit.charts.tables import ChartTable

STACK_HEIGHT, STACK_GAP, ROW_HEIGHT, THIN = 24, 22, 42, 11


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage in order: its name, what it usually takes (or was planned to) and what it took; same unit, zero up.

    `judged` is False for stages that are neither better nor worse when they are longer, such as the operation itself.
    """

    name: str
    usual: float
    actual: float
    judged: bool = True


@dataclass(frozen=True, slots=True)
class StageWords:
    """What the two bars are called: "Usual" and "This month", "Planned" and "Took"."""

    usual: str = "Usual"
    actual: str = "This period"


def _difference(stage: Stage, show: Show) -> tuple[str, str, str]:
    """Words, class and colour of a stage's difference; differences that print as nothing are the same."""
    change = stage.actual - stage.usual
    if show(abs(change)) == show(0.0):
        return "same", "label", INK_2
    words = f"{'▲ +' if change > 0 else '▼ −'}{show(abs(change))}"
    if not stage.judged:
        return words, "label", INK_2
    return (words, "label bad", BAD) if change > 0 else (words, "label good", GOOD)


def _checked(stages: Sequence[Stage]) -> None:
    if any(stage.usual < 0 or stage.actual < 0 for stage in stages):
        raise ValueError("A stage cannot take less than no time; an amount below zero was given.")


def stage_bar_svg(
    stages: Sequence[Stage], *, title: str, show: Show, words: StageWords | None = None, width: int = 760
) -> str:
    """One SVG of the stages in order. `show` formats an amount ("38 min"). Raises ValueError below zero."""
    _checked(stages)
    words = words or StageWords()
    usual, actual = sum(stage.usual for stage in stages), sum(stage.actual for stage in stages)
    said = f"{words.usual} {show(usual)}, {words.actual.lower()} {show(actual)}. "
    said += " ".join(f"{s.name}: {show(s.usual)}, now {show(s.actual)} ({_difference(s, show)[0]})." for s in stages)
    stacks = 2 * STACK_HEIGHT + STACK_GAP + 44
    drawing = Drawing(width, stacks + ROW_HEIGHT * len(stages) + 14, title=title, description=said, kind="stages")
    _draw_stacks(drawing, stages, show, words, (usual, actual))
    _draw_rows(drawing, stages, show, words, stacks + 14)
    return str(drawing)


def _draw_stacks(
    drawing: Drawing, stages: Sequence[Stage], show: Show, words: StageWords, totals: tuple[float, float]
) -> None:
    left = 12 + max(text_width(words.usual), text_width(words.actual))
    right = drawing.width - 12 - max(text_width(show(total)) for total in totals)
    across = Scale(0, max(*totals, 1e-9), left, right)
    tops = (18.0, 18.0 + STACK_HEIGHT + STACK_GAP)
    bottom = tops[1] + STACK_HEIGHT + 18
    amounts: tuple[Callable[[Stage], float], ...] = (lambda stage: stage.usual, lambda stage: stage.actual)
    for name, top, total, amount in zip((words.usual, words.actual), tops, totals, amounts, strict=True):
        drawing.text("label name", left - 8, top + 16, name, anchor="end", fill=INK)
        drawing.text("label value", across(total) + 8, top + 16, show(total), fill=INK, weight=600)
        _draw_stack(drawing, stages, show, across, top, amount, above=top == tops[0], bottom=bottom - 6)
    before, after = 0.0, 0.0
    for stage in stages[:-1]:
        before, after = before + stage.usual, after + stage.actual
        drawing.line("rule", across(before), tops[0] + STACK_HEIGHT, across(after), tops[1], INK_2)


def _draw_stack(
    drawing: Drawing,
    stages: Sequence[Stage],
    show: Show,
    across: Scale,
    top: float,
    amount: Callable[[Stage], float],
    *,
    above: bool,
    bottom: float,
) -> None:
    """One stacked bar; each stage's number stands outside it, so it is readable on any colour."""
    start, taken = 0.0, -1e9
    for number, stage in enumerate(stages, start=1):
        x, stop = across(start), across(start + amount(stage))
        css, fill = ("bar", BAR) if number % 2 else ("bar bar-2", BAR_2)
        drawing.rect(css, x + 0.5, top, stop - x - 1, STACK_HEIGHT, fill, f"{stage.name}: {show(amount(stage))}")
        half = text_width(str(number)) / 2
        middle = (x + stop) / 2
        if middle - half >= taken + 3 and stop > x:
            drawing.text("label", middle, top - 5 if above else bottom, str(number), anchor="middle")
            taken = middle + half
        start += amount(stage)


def _draw_rows(drawing: Drawing, stages: Sequence[Stage], show: Show, words: StageWords, top: float) -> None:
    names = [f"{number}  {stage.name}" for number, stage in enumerate(stages, start=1)]
    left = min(14 + max((text_width(name) for name in names), default=0), drawing.width * 0.36)
    changes = [_difference(stage, show) for stage in stages]
    room = max((text_width(change[0]) for change in changes), default=0)
    value_edge = drawing.width - room - 20
    amounts = max((text_width(show(x)) for stage in stages for x in (stage.usual, stage.actual)), default=0)
    across = Scale(0, max((max(s.usual, s.actual) for s in stages), default=0) or 1, left, value_edge - amounts - 12)
    for row, (stage, name, change) in enumerate(zip(stages, names, changes, strict=True)):
        y = top + row * ROW_HEIGHT
        label = shorten(name, left - 10)
        drawing.text("label name", 4, y + 16.5, label, fill=INK, full=name)
        for css, fill, amount, at, word in (
            ("bar bar-2", BAR_2, stage.usual, y, words.usual),
            ("bar", BAR, stage.actual, y + THIN + 3, words.actual),
        ):
            long = across(amount) - across.start
            drawing.rect(css, across.start, at, long, THIN, fill, f"{stage.name}, {word}: {show(amount)}")
        drawing.text("label", across(stage.usual) + 6, y + THIN - 1.5, show(stage.usual))
        drawing.text(
            "label value", across(stage.actual) + 6, y + 2 * THIN + 1.5, show(stage.actual), fill=INK, weight=600
        )
        drawing.text(change[1], drawing.width - 4, y + 16.5, change[0], anchor="end", fill=change[2], weight=600)


def stage_bar_table(stages: Sequence[Stage], *, title: str, show: Show, words: StageWords | None = None) -> ChartTable:
    """The stages in order with both amounts and the difference, and the whole way as the last row."""
    _checked(stages)
    words = words or StageWords()
    whole = Stage("Whole way", sum(s.usual for s in stages), sum(s.actual for s in stages))
    rows = tuple((s.name, show(s.usual), show(s.actual), _difference(s, show)[0]) for s in (*stages, whole))
    return ChartTable(title, ("Stage", words.usual, words.actual, "Difference"), rows)
