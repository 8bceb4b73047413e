"""Bytes to text: UTF-8, with what is none as U+FFFD.

A single byte from 0x80 to 0x9F is no UTF-8. Once the guest has said that it wants 8-bit controls (S8C1T,
DECSCL) such a byte is one, as it is for a terminal that is not in UTF-8 mode; before that it would let noise
and text in other encodings work the terminal.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from tuivm.terminal.device import Device

_ERRORS = "tuivm.c1"
_MARK = 0xDC00
"""What a lone byte is raised by while nobody has decided what it is; the place of lone surrogates."""
_MARKED = re.compile("[\udc80-\udc9f]")
# Behind these what a lone byte means may change: S7C1T, S8C1T, DECSCL, RIS, their starts cut off perhaps.
_SWITCH = re.compile('\\A[ "]?[FGpc]|\x1b [FG]|"p|\x1bc')
_seen = [0]


def _lone(error: UnicodeError) -> tuple[str, int]:
    """Replace what is no UTF-8."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    byte = error.object[error.start]
    if error.end - error.start == 1 and 0x80 <= byte <= 0x9F:
        _seen[0] += 1
        return chr(_MARK + byte), error.end
    return "\ufffd", error.end


codecs.register_error(_ERRORS, _lone)


class Decoder:
    """Makes text of a stream of bytes cut anywhere."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._decoder = codecs.getincrementaldecoder("utf-8")(_ERRORS)

    def decode(self, data: bytes) -> Iterator[str]:
        """Yield text; each piece must have been worked before the next one is asked for."""
        before = _seen[0]
        text = self._decoder.decode(data)
        if before == _seen[0]:
            yield text
            return
        start = 0
        for switch in _SWITCH.finditer(text):
            yield self._settle(text[start : switch.end()])
            start = switch.end()
        yield self._settle(text[start:])

    def _settle(self, text: str) -> str:
        """Make controls, or U+FFFD, of lone bytes."""
        if self._device.eight_bit:
            return _MARKED.sub(lambda match: chr(ord(match[0]) - _MARK), text)
        return _MARKED.sub("\ufffd", text)
