"""Ledgers: how long a question waits for its answer while the digits network trains flat out."""

import json
import time
from itertools import cycle

from bench.running import Running, serving
from bench.table import print_table, quantile

QUESTIONS = 300
GAP = 0.03
"""Seconds between two questions: fewer than the server's limit on commands."""

ASKED: tuple[tuple[str, list[int]], ...] = (
    *(("conv1.z", [0, 2, 3, 4]), ("pool1.y", [0, 1, 1, 1]), ("softmax.a", [0, 3])),
    *(("conv1.dW", [0, 0, 1, 1]), ("batch.conv1.dz", [3, 0, 1, 1]), ("conv2.W", [0, 1, 1, 1])),
    *(("dense1.z", [0, 5]), ("loss", []), ("conv2.W.v", [0, 1, 1, 1])),
    *(("stage.loss", []), ("patches.z", [0]), ("patches.x", [1, 0, 1, 1])),
)


def main() -> None:
    with serving() as server:
        waits = _ask(server)
    every = [wait for of_one in waits.values() for wait in of_one]
    print_table(
        ("question to answer, digits, batch 32, training", "p50", "p95", "slowest"),
        [
            (what, *(f"{1000 * wait:.1f} ms" for wait in _figures(times)))
            for what, times in ({"all": every} | waits).items()
        ],
    )


def _figures(times: list[float]) -> tuple[float, float, float]:
    return quantile(times, 0.5), quantile(times, 0.95), max(times)


def _ask(server: Running) -> dict[str, list[float]]:
    waits: dict[str, list[float]] = {tensor: [] for tensor, _ in ASKED}
    with server.playing() as socket:
        time.sleep(1)
        for number, (tensor, index) in zip(range(QUESTIONS), cycle(ASKED), strict=False):
            question = {"kind": "explain", "id": number, "tensor": tensor, "index": index}
            begin = time.perf_counter()
            socket.send(json.dumps(question))
            _answer(socket, number)
            waits[tensor].append(time.perf_counter() - begin)
            time.sleep(GAP)
    return waits


def _answer(socket, number: int) -> None:
    while True:
        message = socket.recv(timeout=10)
        if isinstance(message, bytes):
            header = json.loads(message[4 : 4 + int.from_bytes(message[:4], "little")])
            socket.send(json.dumps({"kind": "ack", "seq": header["seq"]}))
            continue
        told = json.loads(message)
        if told["kind"] == "error":
            raise RuntimeError(f"no ledger: {message[:300]}")
        if told["kind"] == "ledger" and told["id"] == number:
            return


if __name__ == "__main__":
    main()
