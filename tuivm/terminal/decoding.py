"""Bytes to text: UTF-8, with what is none as U+FFFD.

A single byte from 0x80 to 0x9F is no UTF-8. Once the guest has said that it wants 8-bit controls (S8C1T,
DECSCL) such a byte is one, as it is for a terminal that is not in UTF-8 mode; before that it would let noise
and text in other encodings work the terminal.
"""

from __future__ import annotations

import re
from codecs import utf_8_decode
from collections.abc import Iterator

from tuivm.terminal.device import Device

_MARK = 0xDC00
"""What the codec raises a byte by that is no UTF-8; the place of lone surrogates."""
_MARKED = re.compile("[\udc80-\udc9f]")
"""Lone bytes of which nobody has decided what they are."""
# A maximal part (Unicode 3.9, table 3-8) is the beginning of a character that did not go on.
_PARTS = re.compile(
    "[\udcc2-\udcdf]"
    "|\udce0[\udca0-\udcbf]?|\udced[\udc80-\udc9f]?|[\udce1-\udcef][\udc80-\udcbf]?"
    "|\udcf0(?:[\udc90-\udcbf][\udc80-\udcbf]?)?|\udcf4(?:[\udc80-\udc8f][\udc80-\udcbf]?)?"
    "|[\udcf1-\udcf3](?:[\udc80-\udcbf][\udc80-\udcbf]?)?"
    "|[\udca0-\udcff]"
)
"""What is no UTF-8 and no lone byte: each part is one U+FFFD."""
# Behind these what a lone byte means may change: S7C1T, S8C1T, DECSCL, RIS, their starts cut off perhaps.
_SWITCH = re.compile('\\A[ "]?[FGpc]|\x1b [FG]|"p|\x1bc')


class Decoder:
    """Makes text of a stream of bytes cut anywhere."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._rest = b""
        """The beginning of a character whose end has not come."""

    def decode(self, data: bytes) -> Iterator[str]:
        """Yield text; each piece must have been worked before the next one is asked for."""
        if self._rest:
            data = self._rest + data
        try:
            text, used = utf_8_decode(data, "strict", False)
        except UnicodeDecodeError:
            if not self._device.eight_bit:
                text, used = utf_8_decode(data, "replace", False)
                if not _SWITCH.search(text):
                    self._rest = data[used:]
                    yield text
                    return
            text, used = utf_8_decode(data, "surrogateescape", False)
            text = _PARTS.sub("\ufffd", text)
        self._rest = data[used:]
        if text.isascii() or not _MARKED.search(text):
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
