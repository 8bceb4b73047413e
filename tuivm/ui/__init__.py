"""The only package that imports textual."""

import os

# Textual reads this once, when it is imported: how long an Escape may still become the start of a longer
# sequence (milliseconds). Its own 100 would turn a quick Escape and colon, as typed at vi in a guest,
# into Alt and colon. The user's own setting counts.
os.environ.setdefault("ESCDELAY", "25")
