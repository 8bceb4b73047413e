"""The bar of a share with its figure."""

from __future__ import annotations

from tests.ui.world import WidgetApp, lines
from tuivm.ui.roles import roles_of
from tuivm.ui.widgets.gauge import Gauge


async def test_gauge() -> None:
    gauge = Gauge("cpu")
    app = WidgetApp(lambda: [gauge])
    async with app.run_test(size=(30, 3)) as pilot:
        gauge.show(0.5, "50%")
        await pilot.pause()
        assert lines(gauge) == ["cpu " + "█" * 11 + " " * 11 + " 50%"]
        gauge.show(None, "-")
        await pilot.pause()
        assert lines(gauge)[0].strip() == "cpu" + " " * 26 + "-"
        for share, role in ((0.2, "success"), (0.8, "warning"), (0.95, "error")):
            gauge.show(share, "x")
            inks = {segment.style.color.name for segment in gauge.render_line(0) if "█" in segment.text}  # type: ignore[union-attr]
            assert inks == {getattr(roles_of(app), role)}
