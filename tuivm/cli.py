"""The command line: reads the arguments, picks what to run and turns every error into one line.

Only the module of the chosen command is imported: ``--version`` and ``--help`` load neither libvirt
nor textual, ``list``, ``doctor`` and ``play --text`` never load textual.

Exit codes: 0 done, 1 an error (said on stderr), 2 wrong usage, 130 interrupted, 141 nobody reads stdout,
128 + n ended by signal n.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from tuivm import __version__
from tuivm.commands import history_parsers, texts
from tuivm.model.errors import TuivmError

COMPLETING = "_ARGCOMPLETE"
"""Environment variable that a shell sets when it wants to know what could be typed next."""
_MODULES = {"list": "listing", None: "screen"}
"""The module of a command, where that is called otherwise."""
_WITH_SCREEN = frozenset({"screen", "console", "demo"})
_WITH_VALUE = frozenset({"-c", "--connect", "--config", "--theme"})


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
    parser = _parser(sys.argv[1:] if argv is None else argv)
    if COMPLETING in os.environ:
        from tuivm.commands import completion

        completion.answer(parser)
    try:
        arguments = parser.parse_args(history_parsers.with_times(sys.argv[1:] if argv is None else argv))
        if arguments.command in ("demo", "play") and arguments.readonly:
            parser.error(f"--readonly cannot be used with {arguments.command}")
        if arguments.command == "demo" and arguments.connect is not None:
            parser.error("-c cannot be used with demo, which has a connection of its own")
        if arguments.command == "play" and arguments.connect is not None:
            parser.error("-c cannot be used with play, which needs no connection")
        if arguments.command == "history" and arguments.events and arguments.format in ("csv", "prometheus"):
            parser.error("--events goes with --format table and json")
        return _run(arguments)
    except SystemExit as leaving:  # argparse has said what is wrong or printed the help, or a signal came
        return leaving.code if isinstance(leaving.code, int) else 2


def _run(arguments: argparse.Namespace) -> int:
    """Run the chosen command; its module alone is loaded."""
    name = "acting" if hasattr(arguments, "verb") else _MODULES.get(arguments.command, arguments.command)
    if name in _WITH_SCREEN:
        gc.disable()  # loading the screen leaves no garbage: saves a tenth of the start
    run: Callable[[argparse.Namespace], int] = import_module(f"tuivm.commands.{name}").run
    return run(arguments)


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
                config=paths.config_file(),
                themes=paths.config_dir() / "themes",
                state=paths.state_dir(),
                data=paths.data_dir(),
            )
        return super().format_help()


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """Return the parser of the whole command line, or of as much of it as these words need."""
    parser = _Parser(
        prog="tuivm",
        description="Virtual machines in a terminal: live graphs, a real console, one key a verb.",
        epilog=texts.EXAMPLES,
        formatter_class=_Help,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"tuivm {__version__}")
    _common(parser, None)
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", description="without one, the screen opens"
    )
    listings = _listings(commands)
    doctor = _command(commands, "doctor", "check this host, one line each, with the remedy", texts.DOCTOR)
    _connection(doctor, argparse.SUPPRESS)
    demo = _command(commands, "demo", "open the screen on three small machines made for it", texts.DEMO)
    demo.add_argument(
        "--accel",
        choices=("auto", "kvm", "tcg"),
        help="how the machines run: kvm (hardware), tcg (software), auto (kvm where it works; the default)",
    )
    console = _command(commands, "console", "open the screen on the consoles of machines", texts.CONSOLE)
    console.add_argument("names", metavar="NAME", nargs="+", help="a machine; two to four stand side by side")
    _connection(console, argparse.SUPPRESS)
    play = _play(commands)
    for command in (demo, console, play):
        _theme(command, argparse.SUPPRESS)
    kept = history_parsers.add(lambda *words: _command(commands, *words))
    for command in kept:
        _connection(command, argparse.SUPPRESS)
    completion = _command(commands, "completion", "print what completes in a shell", texts.COMPLETION)
    completion.add_argument("shell", choices=("bash", "zsh", "fish"), help="the shell")
    for command in (*listings, doctor, demo, console, play, *kept):
        _config(command, argparse.SUPPRESS)
    _verbs(commands, words)
    return parser


def _listings(commands: argparse._SubParsersAction[_Parser]) -> tuple[argparse.ArgumentParser, ...]:
    """Add the parsers of what is printed as a table or JSON."""
    listing = _command(commands, "list", "print the machines as a table or JSON", texts.LIST)
    snapshots = _command(commands, "snapshots", "print the snapshots of machines", texts.SNAPSHOTS)
    snapshots.add_argument("names", metavar="NAME", nargs="+", help="a machine, or a glob")
    host = _command(
        commands, "host", "print how full the host is and what keeps its machines apart", texts.HOST
    )
    objects = ((listing, "for each domain"), (snapshots, "for each machine"), (host, ""))
    for parser, each in objects:
        _connection(parser, argparse.SUPPRESS)
        parser.add_argument("--json", action="store_true", help=f"print JSON, one object {each}".strip())
    return listing, snapshots, host


def _verbs(commands: argparse._SubParsersAction[_Parser], words: Sequence[str]) -> None:
    """Add the commands of the verbs: that which is meant, all when none is, none for another command."""
    asked = [
        word
        for before, word in zip(("", *words), words, strict=False)
        if not word.startswith("-") and before not in _WITH_VALUE
    ]
    helping = not {"-h", "--help"}.isdisjoint(words) or COMPLETING in os.environ
    if not helping and (not asked or asked[0] in commands.choices):
        return
    from tuivm.commands import verb_parsers

    def common(parser: argparse.ArgumentParser) -> None:
        _connection(parser, argparse.SUPPRESS)
        _config(parser, argparse.SUPPRESS)

    only = asked[:1] if asked and asked[0] in verb_parsers.IDS and COMPLETING not in os.environ else None
    verb_parsers.add(lambda *words: _command(commands, *words), common, only)


def _play(commands: argparse._SubParsersAction[_Parser]) -> argparse.ArgumentParser:
    """Add the parser of ``play``."""
    play = _command(commands, "play", "play a recording of a console", texts.PLAY)
    play.add_argument("file", metavar="FILE", type=Path, help="the recording")
    play.add_argument(
        "--speed",
        metavar="N",
        type=_speed,
        default=1.0,
        help="how many times as fast as it was, 0.1 to 100 (default 1)",
    )
    play.add_argument(
        "--idle-limit", metavar="S", type=_pause, help="shorten pauses to S seconds, 0.01 to 3600"
    )
    play.add_argument(
        "--text", action="store_true", help="print the last screen and what scrolled off it, and exit"
    )
    return play


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
    """Add ``-c`` and ``--readonly``."""
    parser.add_argument(
        "-c",
        "--connect",
        metavar="URI",
        type=_uri,
        default=default,
        help="which libvirt, such as qemu:///system",
    )
    parser.add_argument(
        "--readonly",
        action="store_true",
        default=default or False,
        help="look only: libvirt is opened without the right to change anything",
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


def _speed(text: str) -> float:
    """Return ``text`` as a speed."""
    return _number(text, 0.1, 100)


def _pause(text: str) -> float:
    """Return ``text`` as a limit of pauses, in seconds."""
    return _number(text, 0.01, 3600)


def _number(text: str, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(f"expected a number from {low:g} to {high:g}")
    return value


def _uri(text: str) -> str:
    """Return ``text`` as a connection URI: something, on one line."""
    if not text.strip() or not text.isprintable():
        raise argparse.ArgumentTypeError("expected a libvirt URI such as qemu:///system")
    return text.strip()
