"""What the list of domains tells: handlers are ``on_domain_table_highlighted`` and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from tuivm.core.groups import GroupKey, RowKey
from tuivm.model.column import SortColumn
from tuivm.model.domain import DomainKey

if TYPE_CHECKING:
    from tuivm.ui.widgets.domain_table import DomainTable


class TableMessage(Message, namespace="domain_table"):
    """A message of one list."""

    def __init__(self, table: DomainTable) -> None:
        super().__init__()
        self.table = table
        """The table."""

    @property
    def control(self) -> DomainTable:
        """The table."""
        return self.table


class Highlighted(TableMessage, namespace="domain_table"):
    """The cursor is on another domain."""

    def __init__(self, table: DomainTable, key: DomainKey | None) -> None:
        super().__init__(table)
        self.key = key
        """The domain; None when the list is empty, or for the row of a group."""


class Selected(TableMessage, namespace="domain_table"):
    """Enter, or a double click, on a domain."""

    def __init__(self, table: DomainTable, key: DomainKey) -> None:
        super().__init__(table)
        self.key = key
        """The domain."""


class MarkClicked(TableMessage, namespace="domain_table"):
    """The edge of a row was clicked, or the row with Ctrl: its mark is to be turned round."""

    def __init__(self, table: DomainTable, key: RowKey) -> None:
        super().__init__(table)
        self.key = key
        """The domain, or the group."""


class GroupChosen(TableMessage, namespace="domain_table"):
    """Enter, or a click, on the row of a group: it is to be folded, or unfolded."""

    def __init__(self, table: DomainTable, group: GroupKey) -> None:
        super().__init__(table)
        self.group = group
        """The group."""


class HeaderClicked(TableMessage, namespace="domain_table"):
    """A column's title was clicked."""

    def __init__(self, table: DomainTable, column: SortColumn) -> None:
        super().__init__(table)
        self.column = column
        """The column."""
