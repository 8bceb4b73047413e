"""What is typed at a guest's shell so that it receives a file, and what it answers.

The other end is any POSIX shell at its prompt (IEEE Std 1003.1, chapter 2) with ``stty``, ``head``,
``base64`` and one program for checksums. One short line is typed at the prompt: it turns echo off and reads
the receiver from the terminal, so that no line editor sees it. Then, each ended by a line feed::

    N            number of lines of a piece, followed by that many lines of base64; answered by +
    0            the end of the file, followed by a line with the checksum; answered by =
    TOKEN        after an answer that begins with "-": what is in flight is swallowed up to here

Every answer is a line that begins with a random token, which the echo of what was typed never shows whole.
Names go as octal escapes for ``printf %b``: whatever is in them, nothing of it is syntax or a control key.
"""

from __future__ import annotations

import base64
import re

LINE = 750
"""Bytes of the file a line carries: 1000 characters of base64, where a terminal's line may have 4095."""
LINES = 3
"""Lines of a piece: a terminal that is not read yet keeps 4096 bytes."""
CHECKSUMS = ("sha256sum", "md5sum", "cksum")
"""Programs that are looked for, best first."""
_HELD = 16_384
"""Bytes of unanswered echo that are kept, to be shown should no answer come."""
_LONGEST = 4096
"""Bytes of a line; a longer one is not held back until its end."""

_TAIL = 64
"""Bytes in which the beginning of an answer may stand."""
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-")


def quoted(name: bytes) -> str:
    r"""An operand for ``printf %b`` that makes ``name``, byte for byte, and needs no quoting: ``a\0047b``."""
    return "".join(chr(byte) if byte in _PLAIN else f"\\0{byte:03o}" for byte in name)


def opening(token: str) -> bytes:
    """The line typed at the prompt. Control-U first: half a command that stands there would spoil it."""
    read = f'while IFS= read -r l&&[ "$l" != {token} ];do printf \'%s\\n\' "$l";done'
    return (
        "\x15 (if s=$(stty -g 2>&1)&&stty -echo;"
        f"then printf '\\n%s%s\\n' {token} :go;eval \"$({read})\";"
        f"else printf '\\n%s%s\\n' {token} -stty;fi) 3>&1\r"
    ).encode()


def receiver(token: str, name: bytes, to: bytes, *, overwrite: bool) -> bytes:
    """The receiver: ``name`` is the file's own, used where ``to`` is empty or a folder."""
    home = to == b"~" or to.startswith(b"~/")
    target = to[1:] if home else (to or b"./")
    exists = ":" if overwrite else '[ ! -e "$d" ]&&[ ! -L "$d" ]'
    lines = [
        f"m(){{ printf '\\n%s%s\\n' {token} \"$1\" >&3;}}",
        f'f(){{ m "-$1";[ -z "$p" ]||rm -f -- "$p";while IFS= read -r n&&[ "$n" != {token} ];do :;done',
        'stty "$s";exit 1;}',
        'trap \'m -stop;[ -z "$p" ]||rm -f -- "$p";stty "$s";exit 1\' INT TERM HUP',
        f"p=;n=$(printf %b '{quoted(name)}x');n=${{n%x}}",
        f"d={'$HOME' if home else ''}$(printf %b '{quoted(target)}x');d=${{d%x}}",
        'case $d in */)d=$d$n;;*)[ ! -d "$d" ]||d=$d/$n;;esac',
        'for c in head base64;do command -v $c >/dev/null||f "lacks $c";done',
        f'k=;for c in {" ".join(CHECKSUMS)};do [ -z "$k" ]&&command -v $c >/dev/null&&k=$c;done',
        f'[ -n "$k" ]||f "lacks {CHECKSUMS[0]}"',
        '[ ! -d "$d" ]||f folder',
        f"{exists}||f exists",
        f"case $d in */*)t=${{d%/*}}/.{token};;*)t=.{token};;esac",
        '(:>"$t") 2>/dev/null||f write',
        'p=$t;m ":$k"',
        'e=$({ while IFS= read -r n;do case $n in "")continue;;0)break;;esac;head -n "$n"||break;m +',
        'done 2>/dev/null|base64 -d >"$p";} 2>&1)||f "store $(printf %s "$e"|head -n 1)"',
        'r=$($k <"$p");r=${r%% *};IFS= read -r w',
        '[ "$r" = "$w" ]||f "differs $(wc -c <"$p")"',
        'mv -f -- "$p" "$d" 2>/dev/null||f write',
        'stty "$s";m =ok',
        token,
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def piece(data: bytes) -> bytes:
    """At most LINES * LINE bytes of the file, as they are sent."""
    lines = [base64.b64encode(data[at : at + LINE]) for at in range(0, len(data), LINE)]
    return b"%d\n" % len(lines) + b"".join(line + b"\n" for line in lines)


def ending(checksum: str) -> bytes:
    """After the last piece."""
    return f"0\n{checksum}\n".encode()


def release(token: str) -> bytes:
    """After an answer that begins with ``-``."""
    return f"\n{token}\n".encode()


def abandon(token: str) -> bytes:
    """Ends the receiver wherever it is: in a piece, before one, or already at its end. The part goes."""
    return b"\n" * LINES + ending("x") + release(token)


def disarm(token: str) -> bytes:
    """Instead of the receiver, when the shell answered but is no longer wanted: only echo comes back."""
    return f"stty \"$s\";printf '\\n%s%s\\n' {token} -off\n{token}\n".encode()


class Answers:
    """Parts the guest's answers from what else it writes, which is to be shown."""

    def __init__(self, token: str) -> None:
        self._answer = re.compile(token.encode() + rb"([-:+=][^\r\n]*)\r?\n")
        self._begun = False
        self._over = False
        self._watching = False
        self._echo = b""
        self._rest = b""

    def feed(self, data: bytes) -> tuple[list[str], bytes]:
        """Answers (``:go``, ``+``, ``-exists``) in what the guest wrote, and what remains to be shown."""
        if self._over:
            return [], data
        if self._watching:
            text = self._rest + data
            late = list(self._answer.finditer(text))
            # No answer counts twice.
            self._rest = text[late[-1].end() if late else 0 :][-_TAIL:]
            return [_word(answer[1]) for answer in late], data
        *lines, self._rest = (self._rest + data).split(b"\n")
        answers, shown = [], b""
        for number, line in enumerate(lines):
            found = self._answer.search(line + b"\n")
            if found is None:
                shown += self._other(line + b"\n")
                continue
            answers.append(_word(found[1]))
            self._begun = True
            if found[1][:1] in b"-=":
                rest = b"\n".join([*lines[number + 1 :], self._rest])
                self._over, self._rest = True, b""
                return answers, shown + b"\r\n" + rest
        if len(self._rest) > _LONGEST:
            shown, self._rest = shown + self._rest, b""
        return answers, shown

    @property
    def is_open(self) -> bool:
        """Whether all that the guest writes is shown."""
        return self._over or self._watching

    def release(self) -> bytes:
        """What was held back, to be shown after all; from now on all is shown, and answers still noticed."""
        if self._watching:
            return b""
        # Once there was an answer, what came before it is known for our own echo.
        held = self._rest if self._begun else self._echo + self._rest
        self._echo = self._rest = b""
        self._watching = True
        return held

    def _other(self, line: bytes) -> bytes:
        """What to show of a line that is no answer: neither our own echo nor the blank before an answer."""
        if self._begun:
            return line if line.strip() else b""
        if len(self._echo) < _HELD:
            self._echo += line
        return b""


def _word(answer: bytes) -> str:
    return answer.decode("utf-8", "replace")
