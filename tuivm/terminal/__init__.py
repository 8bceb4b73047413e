"""A VT/xterm terminal without a window: bytes in, cells and replies out.

Knows nothing of libvirt or textual.
"""

from tuivm.terminal.terminal import Terminal

__all__ = ["Terminal"]
