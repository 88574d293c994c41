"""The browser's modules that need no browser, tested by Node's own test runner."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
FILES = sorted(path.relative_to(ROOT).as_posix() for path in HERE.glob("*.test.js"))
MINUTE = 60


def node() -> str:
    """Return where Node is; without it these tests are left out, except where CI is set."""
    found = shutil.which("node")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("Node.js is missing, and CI is set: install it (version 20 or newer)")
        pytest.skip("Node.js is not installed")
    return found


@pytest.mark.parametrize("file", FILES)
def test_module_holds_what_its_tests_claim(file: str) -> None:
    done = subprocess.run(
        [node(), "--test", file],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=MINUTE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # a file whose tests were not found would pass, too
    assert "# tests 0" not in done.stdout
    assert "tests 0\n" not in done.stdout


def test_every_test_file_is_run() -> None:
    assert len(FILES) >= 8
