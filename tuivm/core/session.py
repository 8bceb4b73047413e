"""One connection at work: monitor, jobs, consoles behind one object the screen talks to.

Every method returns at once. What happens is told to the :class:`~tuivm.core.ports.Listener`.
"""
