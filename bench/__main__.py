"""Run all benchmarks, or those that are named: `python -m bench`, `python -m bench server page`.

Each part runs in a process of its own with one BLAS thread, as the server's workers do.
"""

import argparse
import os
import subprocess
import sys

PARTS = (
    "training",
    "regions",
    "landscapes",
    "server",
    "ledgers",
    "seeks",
    "page",
    "spiral",
    "pictures",
)
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"one of {', '.join(PARTS)}")
    parts = parser.parse_args().parts or PARTS
    for part in parts:
        if part not in PARTS:
            parser.error(f"{part}: expected one of {', '.join(PARTS)}")
    failed = [part for part in parts if _run(part) != 0]
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return len(failed)


def _run(part: str) -> int:
    print(f"\n== {part} ==", flush=True)
    command = [sys.executable, "-m", f"bench.{part}"]
    return subprocess.run(command, env=os.environ | ONE_THREAD, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
