"""The yardstick: a bare Textual application with a table of 50 rows."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import DataTable


class BareApp(App[None]):
    """Nothing but a DataTable."""

    def compose(self) -> ComposeResult:
        yield DataTable()

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        table.add_columns("state", "name", "cpu", "memory", "up")
        for index in range(50):
            table.add_row("running", f"row-{index:03}", f"{index} %", "1.0/2.0G", "3d04h")


if __name__ == "__main__":
    BareApp().run()
