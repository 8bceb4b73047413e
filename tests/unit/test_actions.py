"""The screen's own keys, and the verbs' beside them."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from tuivm.config import load
from tuivm.core.actions import ACTIONS, Group, action, bindings, keys_of
from tuivm.core.verbs import VERBS
from tuivm.keynames import needs_modifier, normalise_key


def test_ids_are_unique_across_verbs_and_actions() -> None:
    ids = [entry.id for entry in ACTIONS] + [verb.id for verb in VERBS]
    assert len(ids) == len(set(ids))


def test_keys_are_unique_but_for_verbs_that_share_one() -> None:
    verbs = {verb.id for verb in VERBS}
    # The list of snapshots has keys of its own.
    of_snapshot = {verb.id for verb in VERBS if verb.needs_snapshot}
    of_snapshot |= {entry.id for entry in ACTIONS if entry.group is Group.SNAPSHOTS}
    for (one, keys), (other, others) in combinations(bindings().items(), 2):
        apart = (one in of_snapshot) != (other in of_snapshot)
        if not ({one, other} <= verbs or apart):
            assert not set(keys) & set(others), (one, other)


def test_keys_are_named_as_textual_names_them() -> None:
    verbs = {verb.id for verb in VERBS}
    for id_, keys in bindings().items():
        assert keys or id_ in verbs, id_
        assert [normalise_key(key) for key in keys] == list(keys), id_


def test_leaving_the_console_takes_no_key_from_the_guest() -> None:
    assert all(needs_modifier(key) for key in action("leave-console").keys)


def test_rebound_keys_replace_the_defaults() -> None:
    assert keys_of("filter", {}) == ("slash",)
    assert keys_of("filter", {"filter": "f3,ctrl+f"}) == ("f3", "ctrl+f")
    assert keys_of("start", {"filter": "f3"}) == ("s",)
    with pytest.raises(KeyError):
        keys_of("frobnicate", {})


def test_every_action_is_explained() -> None:
    for entry in ACTIONS:
        assert entry.label
        assert entry.help.endswith("."), entry.id


def test_verbs_without_a_key_can_be_given_one(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[keys]\nrename = "f2"\nlock = ["ctrl+k", "f3"]\nunlock = "f3"\nwake = "s"\n')
    found, errors = load(file, bindings())
    assert found.keys == {"rename": "f2", "lock": "ctrl+k,f3"}
    assert [str(error).partition(": ")[2].split(":")[0] for error in errors] == ["keys.wake", "keys.unlock"]
    assert keys_of("rename", found.keys) == ("f2",)
    assert keys_of("title", found.keys) == ()
