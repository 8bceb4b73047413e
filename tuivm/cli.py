"""The command line: reads the arguments, picks what to run and turns every error into one line.

Only the module of the chosen command is imported: ``--version`` and ``--help`` load neither libvirt
nor textual, ``list`` and ``doctor`` never load textual.

Exit codes: 0 done, 1 an error (said on stderr), 2 wrong usage, 130 interrupted, 141 nobody reads stdout,
128 + n ended by signal n.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from tuivm import __version__
from tuivm.model.errors import TuivmError

_EXAMPLES = """\
examples:
  tuivm                               the machines of this host
  tuivm -c qemu+ssh://lab1/system     those of another
  tuivm demo                          three small machines to try it on
  tuivm list --json | jq '.[].name'   for a script
  tuivm doctor                        what this host lacks, and the remedy

which libvirt, the first that is set:
  -c URI, 'connection' in the configuration, $LIBVIRT_DEFAULT_URI, uri_default in
  libvirt's client configuration, then qemu:///system if it answers, then qemu:///session

files:
  {config}
      connection, interval, theme, shutdown_timeout, ascii, and a table [keys]
  {themes}
      your own themes, one NAME.toml each
  {state}
      what tuivm remembers (state.json) and its log (tuivm.log)

environment:
  LIBVIRT_DEFAULT_URI  which libvirt
  TUIVM_DEMO_ACCEL     auto, kvm or tcg, for tuivm demo
  NO_COLOR             set to anything: no colours
  TERM, COLORTERM      what the terminal can do
"""

_LIST = """\
--json prints an array with one object for each domain, sorted by name:
  connection  URI                       memory      bytes given
  uuid        string                    memory_max  bytes
  name        string, exactly libvirt's vcpus       number
  state       running, blocked, paused, stopping, off, crashed, suspended, unknown
  reason      string, may be empty      autostart   true, false, null (not known)
  id          number, null when off     persistent  true, false
  started     Unix seconds or null      saved       true, false
                                        has_snapshots  true, false
Fields may be added, never renamed. Exit code 1 and a line on stderr when libvirt cannot be reached.
"""

_DEMO = """\
Three small machines are built from a kernel and busybox of this computer, started on libvirt's embedded
QEMU driver (no daemon, no root) and removed when you leave. Where QEMU or a kernel cannot be had, libvirt's
simulated machines are shown instead.
"""

_DOCTOR = """\
One line a check: ok, warn or fail, what was found, and the remedy. Exit code 1 when one fails.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line ``argv`` (without the program's name; None for the real one).

    Returns the exit code.
    """
    from tuivm.commands import output

    output.lenient_streams()
    try:
        code = _parse_and_run(argv)
        if sys.stdout is not None:
            sys.stdout.flush()
    except TuivmError as error:
        output.say(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        output.discard_stdout()
        return 141
    except OSError as error:
        output.discard_stdout()
        where = f"{error.filename}: " if error.filename else ""
        output.say(f"{where}{error.strerror or error}")
        return 1
    finally:
        gc.enable()
    return code


def _parse_and_run(argv: Sequence[str] | None) -> int:
    """Read the command line and run its command."""
    parser = _parser()
    try:
        arguments = parser.parse_args(argv)
        if arguments.command == "demo" and arguments.connect is not None:
            parser.error("-c cannot be used with demo, which has a connection of its own")
        return _run(arguments)
    except SystemExit as leaving:  # argparse has said what is wrong or printed the help, or a signal came
        return leaving.code if isinstance(leaving.code, int) else 2


def _run(arguments: argparse.Namespace) -> int:
    """Run the chosen command."""
    match arguments.command:
        case "list":
            from tuivm.commands import listing

            return listing.run(arguments)
        case "doctor":
            from tuivm.commands import doctor

            return doctor.run(arguments)
        case "demo":
            gc.disable()
            from tuivm.commands import demo

            return demo.run(arguments)
        case _:
            gc.disable()  # loading the screen leaves no garbage: saves a tenth of the start
            from tuivm.commands import screen

            return screen.run(arguments)


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help texts as written, options in one narrow column."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26)


class _Parser(argparse.ArgumentParser):
    """Puts the folders into the epilog only when the help is really shown."""

    def format_help(self) -> str:
        """Return the help with this user's own folders in it."""
        if self.epilog and "{config}" in self.epilog:
            from tuivm import paths

            self.epilog = self.epilog.format(
                config=paths.config_file(), themes=paths.config_dir() / "themes", state=paths.state_dir()
            )
        return super().format_help()


def _parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = _Parser(
        prog="tuivm",
        description="Virtual machines in a terminal: live graphs, a real console, one key a verb.",
        epilog=_EXAMPLES,
        formatter_class=_Help,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"tuivm {__version__}")
    _common(parser, None)
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", description="without one, the screen opens"
    )
    listing = _command(commands, "list", "print the machines as a table or JSON", _LIST)
    _connection(listing, argparse.SUPPRESS)
    listing.add_argument("--json", action="store_true", help="print JSON, one object for each domain")
    doctor = _command(commands, "doctor", "check this host, one line each, with the remedy", _DOCTOR)
    _connection(doctor, argparse.SUPPRESS)
    demo = _command(commands, "demo", "open the screen on three small machines made for it", _DEMO)
    demo.add_argument(
        "--accel",
        choices=("auto", "kvm", "tcg"),
        help="how the machines run: kvm (hardware), tcg (software), auto (kvm where it works; the default)",
    )
    _theme(demo, argparse.SUPPRESS)
    for command in (listing, doctor, demo):
        _config(command, argparse.SUPPRESS)
    return parser


def _command(
    commands: argparse._SubParsersAction[_Parser],
    name: str,
    summary: str,
    more: str,
) -> argparse.ArgumentParser:
    """Add the parser of one command."""
    return commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=more,
        formatter_class=_Help,
        allow_abbrev=False,
    )


def _common(parser: argparse.ArgumentParser, default: str | None) -> None:
    """Add the options that stand before or after the command."""
    _connection(parser, default)
    _config(parser, default)
    _theme(parser, default)


def _connection(parser: argparse.ArgumentParser, default: str | None) -> None:
    """Add ``-c``."""
    parser.add_argument(
        "-c",
        "--connect",
        metavar="URI",
        type=_uri,
        default=default,
        help="which libvirt, such as qemu:///system",
    )


def _config(parser: argparse.ArgumentParser, default: str | None) -> None:
    """Add ``--config``."""
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        default=default,
        help="read this configuration instead of your own",
    )


def _theme(parser: argparse.ArgumentParser, default: str | None) -> None:
    """Add ``--theme``."""
    parser.add_argument("--theme", metavar="NAME", default=default, help="colours of the screen, this once")


def _uri(text: str) -> str:
    """Return ``text`` as a connection URI: something, on one line."""
    if not text.strip() or not text.isprintable():
        raise argparse.ArgumentTypeError("expected a libvirt URI such as qemu:///system")
    return text.strip()
