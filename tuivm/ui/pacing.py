"""An app that lets readings come slower while nobody looks or the line cannot take them, and says so."""

from __future__ import annotations

from tuivm.core.pace import AWAY, LINK, Slowness
from tuivm.core.session import Session
from tuivm.ui.notices import NoticeApp
from tuivm.ui.screens.main import MainScreen


class PacedApp(NoticeApp, inherit_bindings=False):
    """Tells the session how fast its samples are wanted, and the screen how fast they come."""

    session: Session
    main: MainScreen

    def on_app_blur(self) -> None:
        """Another window has the user's attention."""
        self.session.set_pace(Slowness.AWAY, AWAY)

    def on_app_focus(self) -> None:
        """The user is back."""
        self.session.set_pace(Slowness.AWAY, None)
        self.main.show_pace(self.session.pace.words)

    def link_changed(self, *, slow: bool) -> None:
        """The line is spared from now on, or no more."""
        super().link_changed(slow=slow)
        self.session.set_pace(Slowness.LINK, LINK if slow else None)

    def look_round(self) -> None:
        """Look after what sends no message: consoles that nobody looks at, a host that does not answer."""
        self.session.consoles.pump_idle()
        self.main.show_pace(self.session.pace.words)
