"""What the unit tests share."""

from __future__ import annotations

from hypothesis import settings

# A shared, noisy machine makes any time limit per example a coin toss.
settings.register_profile("tuivm", deadline=None)
settings.load_profile("tuivm")
