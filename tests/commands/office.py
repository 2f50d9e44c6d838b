"""An operator's desk: the commands, run as a process of their own or, where it is not the process that matters, in this one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from click.testing import CliRunner

from webapp.cli import main
from webapp.kernel.settings import ROOT, load_settings
from webapp.kernel.web import Context, create_context

SECRET = "a secret for the commands that is long enough"


@dataclass(frozen=True, kw_only=True)
class Said:
    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    def done(self) -> str:
        assert self.code == 0, self.err
        assert self.err == ""
        return self.text

    def refused(self) -> str:
        """The one sentence that tells why not."""
        assert self.code == 1, (self.text, self.err)
        assert self.err.count("\n") == 1, self.err
        assert "Traceback" not in self.err
        assert any("\u4e00" <= c <= "\u9fff" for c in self.err)
        return self.err.strip()


@dataclass(frozen=True, kw_only=True)
class Office:
    folder: Path
    database_url: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    directory: Path = ROOT
    """Where the commands are run, and found."""

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of ours but what is said here."""
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("TONGXIN_", "PORT"))}
        given = {
            "INSTANCE": str(self.folder),
            "SECRET_KEY": SECRET,
            "DATABASE_URL": self.database_url,
        }
        return {**plain, **{f"TONGXIN_{k}": v for k, v in given.items()}, **self.more}

    def with_(self, **more: str) -> Office:
        given = {f"TONGXIN_{key.upper()}": value for key, value in more.items()}
        return replace(self, more={**self.more, **given})

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The command itself, as it is in `.venv/bin`; whoever starts it ends it."""
        return subprocess.Popen(
            [sys.executable, "-m", "webapp.cli", *arguments],
            env=self.environment, cwd=self.directory, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *arguments: str, stdin: bytes = b"", seconds: float = 60) -> Said:
        done = subprocess.run(
            [sys.executable, "-m", "webapp.cli", *arguments],
            env=self.environment, cwd=self.directory, input=stdin, capture_output=True, timeout=seconds, check=False,
        )  # fmt: skip
        return Said(code=done.returncode, out=done.stdout, err=done.stderr.decode())

    def say(self, *arguments: str, stdin: str = "") -> Said:
        """The same command in this process: a tenth of the time."""
        environment = {k: v for k, v in self.environment.items() if k.startswith("TONGXIN_")}
        done = CliRunner().invoke(main, arguments, input=stdin, env=environment)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Said(code=done.exit_code, out=done.stdout_bytes, err=done.stderr)

    def open(self) -> Context:
        """What stands in the office, to look at; whoever opens it gives the database back."""
        return create_context(
            load_settings(instance=self.folder, secret_key=SECRET, database_url=self.database_url)
        )
