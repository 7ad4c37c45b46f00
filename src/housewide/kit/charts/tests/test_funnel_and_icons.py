"""Funnel plots and icons as pictures: accessible, escaped, with the same numbers in a table; words for every icon."""

import re
from xml.etree import ElementTree

import pytest

from housewide.kit.charts import assurance_svg, funnel_svg, funnel_table, variation_svg, variation_words
from housewide.kit.charts.icons import ASSURANCES, VARIATIONS
from housewide.methods.funnel import funnel
from housewide.methods.spc import PointType

COUNTS = [("a", 41, 143), *((str(at), 12 + at % 3, 110 + 20 * at) for at in range(10))]
NAMES = {"a": "Ward <A> & B"} | {str(at): f"Ward {at}" for at in range(10)}
FOUND = funnel(COUNTS, "share", allow_overdispersion=False)


def show(value: float) -> str:
    return f"{100 * value:.1f}%"


def drawn(**more: str) -> str:
    return funnel_svg(FOUND, NAMES, title="Deaths", show=show, across="Operations", **more)  # type: ignore[arg-type]


def test_a_funnel_is_well_formed_named_and_escaped() -> None:
    svg = drawn()
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img" and "style=" not in svg
    texts = ["".join(node.itertext()) for node in root.iter()]
    assert any("Ward <A> & B" in text for text in texts) and "<A>" not in svg
    description = next(node.text for node in root if node.tag.endswith("desc"))
    assert description is not None and "above the 99.8% band" in description


@pytest.mark.parametrize(("direction", "css"), [("lower", "point bad"), ("higher", "point good"), ("none", "special")])
def test_a_place_outside_is_marked_by_what_that_means(direction: str, css: str) -> None:
    assert len(re.findall(f'class="[^"]*{css}"', drawn(direction=direction))) == 1


def test_the_table_holds_every_place_the_farthest_first() -> None:
    table = funnel_table(FOUND, NAMES, title="Deaths", show=show, across="Operations")
    assert len(table.rows) == len(COUNTS) and table.columns[3] == "Operations"
    assert table.rows[0][:4] == ("Ward <A> & B", "28.7%", "41", "143")
    assert table.rows[0][-1] == "above the 99.8% band"


def test_a_funnel_of_nothing_is_still_a_picture() -> None:
    svg = funnel_svg(funnel([], "share"), {}, title="None", show=show)
    assert ElementTree.fromstring(svg) is not None


def test_there_are_seven_variation_icons_and_three_of_assurance_each_with_its_words() -> None:
    assert (len(VARIATIONS), len(ASSURANCES)) == (7, 3)
    every = [(variation_svg(*key), words) for key, words in VARIATIONS.items()]
    every += [(assurance_svg(kind), words) for kind, (_, words) in ASSURANCES.items()]
    assert len({svg for svg, _ in every}) == 10
    for svg, words in every:
        assert f"<title>{words}</title>" in svg and "style=" not in svg
        assert ElementTree.fromstring(svg).attrib["role"] == "img"
    assert variation_words(PointType.CONCERN, "L") == "Worsening, lower"
    with pytest.raises(KeyError):
        variation_words(PointType.CONCERN, "")
