"""The command: every verb documented, every error a sentence with its exit code, no cell in a message."""

import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from console import __main__ as command
from console.commands.docs import check_docs
from console.commands.stages import CHAIN
from console.pages.commands import commands_page
from warehouse.errors import DoudiError, GateHeld, Misconfigured, Unavailable
from warehouse.months import Month

MONTH = Month(2026, 10)
ROOT = Path(__file__).resolve().parents[3]


def verbs(group=None, name=""):
    group = group or typer.main.get_command(command.app)
    for word, inner in group.commands.items():
        # A group that does something by itself (doudi notices --month M) is a verb, too.
        if not hasattr(inner, "commands") or inner.invoke_without_command:
            yield f"{name}{word}", inner
        if hasattr(inner, "commands"):
            yield from verbs(inner, f"{name}{word} ")


def test_every_stage_is_a_verb_and_every_verb_says_what_it_does():
    found = dict(verbs())
    assert set(CHAIN) <= set(found)
    for name, verb in found.items():
        assert verb.help, f"doudi {name} says nothing of itself"
        assert f"## `doudi {name}`" in commands_page(command.app)


def test_every_verb_can_show_its_help():
    for name, _ in verbs():
        shown = CliRunner().invoke(command.app, [*name.split(), "--help"])
        assert shown.exit_code == 0, f"doudi {name} --help fails: {shown.exception}"


def test_the_generated_pages_are_fresh():
    check_docs(command.app, MONTH)


def test_a_stale_page_is_named(tmp_path, monkeypatch):
    from console.commands import docs

    monkeypatch.setattr(docs, "GENERATED", tmp_path)
    docs.write_docs(command.app, MONTH)
    (tmp_path / "feeds.md").write_text("old", encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"feeds\.md"):
        check_docs(command.app, MONTH)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (GateHeld("gate 1 holds 2026-10.", next_step="look."), 13),
        (Unavailable("busy.", next_step="wait."), 20),
        (Misconfigured("no such region.", next_step="choose."), 30),
        (KeyboardInterrupt(), 130),
    ],
)
def test_errors_are_sentences_with_their_exit_code(error, code, capsys):
    with pytest.raises(SystemExit) as ended, command._errors_as_sentences():
        raise error
    assert ended.value.code == code
    shown = capsys.readouterr().err
    assert "Traceback" not in shown
    if isinstance(error, DoudiError):
        assert error.what in shown
        assert error.next_step in shown


def test_an_engines_message_is_not_shown(capsys, monkeypatch):
    monkeypatch.delenv("DOUDI_DEBUG", raising=False)
    with pytest.raises(SystemExit) as ended, command._errors_as_sentences():
        raise ValueError("could not convert 张三 632321199001011234")
    assert ended.value.code == 40
    shown = capsys.readouterr().err
    assert "张三" not in shown
    assert "632321" not in shown
    assert "ValueError" in shown


def test_an_empty_inbox_gets_its_message(tmp_path):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "console",
            "run",
            "--month",
            "2026-10",
            "--inbox",
            tmp_path / "inbox",
            "--home",
            tmp_path / "home",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 10 <= done.returncode < 20
    assert "2026-10" in done.stderr
    assert "Next step" in done.stderr
    assert "Traceback" not in done.stderr
