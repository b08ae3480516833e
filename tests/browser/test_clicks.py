"""Charts one can touch: a click or a drag chooses a strength or an epoch."""

from __future__ import annotations

from collections.abc import Callable

from l2viz.charts.core.cells import spread
from l2viz.lesson import read_lesson
from tests.browser.page import ViewedPage

PASSAGE = read_lesson().opening[0]
Viewer = Callable[..., ViewedPage]

# The place on the screen of a point of a trace, by names of chart and trace.
_POINT = """
([chart, name, point]) => {
  const plot = document.querySelector(`[data-chart="${chart}"] .l2viz-plot`);
  const trace = plot.data.find(each => each.name === name);
  const { xaxis, yaxis, _size: size } = plot._fullLayout;
  const own = trace.yaxis ? plot._fullLayout[trace.yaxis.replace("y", "yaxis")] : yaxis;
  const box = plot.getBoundingClientRect();
  return [box.left + xaxis._offset + xaxis.d2p(trace.x[point]),
          box.top + own._offset + own.d2p(trace.y[point])];
}
"""


def click(page: ViewedPage, chart: str, trace: str, point: int) -> None:
    x, y = page.page.evaluate(_POINT, [chart, trace, point])
    page.page.mouse.click(x, y)


def test_a_click_chooses_a_strength_or_an_epoch(viewer: Viewer) -> None:
    page = viewer("?dataset=curve&seed=7&charts=multiples,norms,error")
    page.wait_for(charts=3, state="finished")
    header = page.page.evaluate("document.querySelector('input[aria-label=\"Strength λ\"]').max")
    members = int(header) + 1
    page.settle()
    for member in (3, members - 1, 0):
        click(page, "multiples", "choose", member)
        page.page.wait_for_function(
            "member => document.querySelector('input[aria-label=\"Strength λ\"]').value == member",
            arg=member,
        )
        page.settle()
    shown = spread(members, 5)
    page.page.get_by_label("All strengths at once: which").select_option("strip")
    page.wait_for(charts=3)
    page.settle()
    for member in (shown[1], shown[-1]):  # only five strengths have a cell
        click(page, "strip", "choose", member)
        page.page.wait_for_function(
            "member => document.querySelector('input[aria-label=\"Strength λ\"]').value == member",
            arg=member,
        )
        page.settle()
    click(page, "norms", "dense_2", 6)
    page.page.wait_for_function(
        "document.querySelector('input[aria-label=\"Strength λ\"]').value == 6"
    )
    page.settle()
    x, y = page.page.evaluate(_POINT, ["norms", "dense_2", 12])
    page.page.mouse.move(*page.page.evaluate(_POINT, ["norms", "chosen λ", 0]))
    page.page.mouse.down()  # the line itself, dragged to another strength, wherever it is released
    page.page.mouse.move(x, y, steps=5)
    page.page.wait_for_function(
        "document.querySelector('input[aria-label=\"Strength λ\"]').value == 12"
    )
    page.page.mouse.up()
    page.page.mouse.move(x + 60, y, steps=2)
    page.settle()
    assert page.strength == float(PASSAGE.experiment.strengths[12]), "released"
    click(page, "error", "validation", 11)
    page.page.wait_for_function("document.querySelector('input[aria-label=Epoch]').value == 11")
    assert page.errors == []
