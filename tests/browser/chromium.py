"""Finds the Chromium that the tests and benchmarks drive; as a script, installs one if need be.

The order: the one $CHROMIUM names; Playwright's own; a Chromium or Chrome of this machine. The
script goes on with: a download by Playwright; Debian's package, if it is root; a line saying what
to install.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
EXECUTABLES = (
    "chrome-linux*/chrome",
    "chrome-mac*/*.app/Contents/MacOS/*",
    "chrome-win*/chrome.exe",
)
CACHES = {"darwin": "~/Library/Caches", "win32": "~/AppData/Local"}

WITHOUT_A_BYTE = 20
"""Seconds that a download may take to begin, or to go on."""

MISSING = (
    "No Chromium found for the browser tests: install Chromium or Chrome, "
    "or run `.venv/bin/playwright install chromium`, or name one in $CHROMIUM."
)


class MissingChromiumError(Exception):
    """There is none; the text says what to install."""


def find() -> str | None:
    """Return the path of a Chromium, or None."""
    named = os.environ.get("CHROMIUM")
    candidates = [named, _playwrights_own(), *map(shutil.which, NAMES), *APPLICATIONS]
    return next((path for path in candidates if path and Path(path).exists()), None)


def launch_options() -> dict[str, Any]:
    """Return what Playwright's `launch` needs.

    Raises
    ------
    MissingChromiumError
        If there is no Chromium.
    """
    path = find()
    if path is None:
        raise MissingChromiumError(MISSING)
    return {"executable_path": path}


def _playwrights_own() -> str | None:
    spec = importlib.util.find_spec("playwright")
    if spec is None or spec.origin is None:
        return None
    listed = Path(spec.origin).parent / "driver" / "package" / "browsers.json"
    browsers = json.loads(listed.read_text())["browsers"]
    revision = next(each["revision"] for each in browsers if each["name"] == "chromium")
    cache = Path(CACHES.get(sys.platform, "~/.cache")).expanduser() / "ms-playwright"
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", cache)) / f"chromium-{revision}"
    return next((str(path) for pattern in EXECUTABLES for path in folder.glob(pattern)), None)


def _install() -> None:
    """Try Playwright's download, then Debian's package; what they say is shown."""
    print("Downloading a Chromium for the browser tests", flush=True)
    if _run_while_it_speaks([sys.executable, "-m", "playwright", "install", "chromium"]):
        return
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("apt-get"):
        print("That failed; installing Debian's package", flush=True)
        for arguments in (("update",), ("install", "--yes", "--no-install-recommends", "chromium")):
            subprocess.run(
                ["apt-get", "--quiet", "--quiet", *arguments],
                check=False,
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdout=subprocess.DEVNULL,
            )


def _run_while_it_speaks(command: Sequence[str]) -> bool:
    """Run a command; end it when it says nothing new for a while. Return whether it succeeded."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        assert process.stdout is not None
        os.set_blocking(process.stdout.fileno(), False)
        silent = 0
        while silent < WITHOUT_A_BYTE:
            try:
                return process.wait(timeout=1) == 0
            except subprocess.TimeoutExpired:
                # its progress bar; while the server cannot be reached there is none
                silent = 0 if b"%" in (process.stdout.read() or b"") else silent + 1
        process.terminate()
        return False


def main() -> int:
    """Find or install a Chromium; without one, fail only where nothing may be skipped."""
    if find() is None:
        _install()
    path = find()
    if path is not None:
        print(f"Browser tests use {path}")
        return 0
    print(MISSING, file=sys.stderr)
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
