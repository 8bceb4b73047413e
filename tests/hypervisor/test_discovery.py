"""Which libvirt is used when nobody, somebody or everybody says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tuivm.hypervisor import discovery
from tuivm.hypervisor.discovery import Choice, client_configuration, default_uri, read_uri_default


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "libvirt").mkdir()
    return tmp_path


@pytest.fixture(autouse=True)
def ordinary_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "effective_root", lambda: False)


def choose(
    home: Path, *, config: str | None = None, explicit: str | None = None, env: str = "", system: bool = False
) -> Choice:
    environ = {"XDG_CONFIG_HOME": str(home), "LIBVIRT_DEFAULT_URI": env}
    return default_uri(config, explicit, environ, answers=lambda uri: system and uri == "qemu:///system")


def test_order(home: Path) -> None:
    path = home / "libvirt" / "libvirt.conf"
    assert choose(home) == Choice("qemu:///session", "default")
    assert choose(home, system=True) == Choice("qemu:///system", "default")
    path.write_text('uri_default = "lxc:///"\n')
    assert choose(home, system=True) == Choice("lxc:///", str(path))
    assert choose(home, env="xen:///") == Choice("xen:///", "LIBVIRT_DEFAULT_URI")
    assert choose(home, env="xen:///", config="ch:///") == Choice("ch:///", "configuration")
    assert choose(home, env="x:///", config="c:///", explicit="e:///") == Choice("e:///", "--connect")


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ('uri_default = "qemu:///session"', "qemu:///session"),
        ("  uri_default='qemu+ssh://a/system'  # mine", "qemu+ssh://a/system"),
        ('#uri_default = "qemu:///system"', None),
        ('uri_default = ""', None),
        ('uri_aliases = [ "a=qemu:///system" ]', None),
        ("\x00\xff uri_default", None),
        ("", None),
    ],
)
def test_libvirt_conf(tmp_path: Path, text: str, uri: str | None) -> None:
    path = tmp_path / "libvirt.conf"
    path.write_text(text, encoding="latin-1")
    assert read_uri_default(path) == uri


def test_a_file_that_cannot_be_read_is_no_choice(tmp_path: Path) -> None:
    assert read_uri_default(tmp_path / "missing") is None
    assert read_uri_default(tmp_path) is None


def test_whose_file(tmp_path: Path) -> None:
    etc = Path("/etc/libvirt")
    environ = {"HOME": "/home/me"}
    assert client_configuration(environ, etc=etc, root=True) == Path("/etc/libvirt/libvirt.conf")
    assert client_configuration(environ, etc=etc, root=False) == Path("/home/me/.config/libvirt/libvirt.conf")
    environ["XDG_CONFIG_HOME"] = str(tmp_path)
    assert client_configuration(environ, etc=etc, root=False) == tmp_path / "libvirt" / "libvirt.conf"


def test_root_stays_with_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "effective_root", lambda: True)
    found = default_uri(None, None, {}, answers=lambda uri: False, etc=tmp_path)
    assert found == Choice("qemu:///system", "default")


def test_answering() -> None:
    assert discovery.answering("test:///default")
    assert not discovery.answering("qemu+unix:///system?socket=/nonexistent")
