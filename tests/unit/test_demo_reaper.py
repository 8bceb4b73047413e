"""Dead QEMU daemons are buried; nobody else's child is."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

from tuivm.demo.reaper import is_dead_daemon


@pytest.mark.parametrize(
    ("stat", "expected"),
    [
        ("12 (qemu-system-x86) Z 1 12 12 0 -1", True),
        ("12 (qemu-system-x86) S 1 12 12 0 -1", False),
        ("12 (qemu-system-x86) Z 1 12 7 0 -1", False),
        ("12 (python) Z 1 12 12 0 -1", False),
        ("12 (qemu) Z 1) Z 1 12 12 0 -1", True),
        ("12 (a (qemu) Z 1 12 12 0 -1", False),
        ("12 (qemu", False),
        ("", False),
    ],
)
def test_who_is_buried(stat: str, expected: bool) -> None:
    assert is_dead_daemon(stat, session=7) is expected


def test_a_daemon_is_buried_and_a_child_is_not() -> None:
    """In a process of its own, as it changes whose child an orphan is."""
    script = textwrap.dedent(
        """
        import os, subprocess, sys, time
        from tuivm.demo.reaper import Reaper, _children, bury
        reaper = Reaper()
        reaper.start()
        reaper.start()
        child = subprocess.Popen(["qemu-child", "-c", "exit 3"], executable="/bin/sh")
        # In a session of its own, under a name of its own, started by one that ends at once.
        code = (
            "import os; os.setsid(); open('/proc/self/comm', 'w').write('qemu-daemon');"
            " print(os.getpid(), flush=True)"
        )
        first = subprocess.run([sys.executable, "-c",
            "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]])", code],
            stdout=subprocess.PIPE, check=True)
        daemon = int(first.stdout)
        deadline = time.monotonic() + 60
        while os.path.exists(f"/proc/{daemon}"):
            assert time.monotonic() < deadline, "not buried"
            time.sleep(0.01)
        reaper.stop()
        reaper.stop()
        assert child.wait() == 3, "the child was taken away"
        assert _children() == []
        print("buried")
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert done.stdout == "buried\n", done.stderr
