"""`make soak`: the wheel, for long, with a server that misbehaves. Exit code 1 at the first thing that is wrong.

* Many calls from eight threads. Some get an error, a reset, half an answer, or none within their time. Each must end as
  it has to, with the answer to its own question; memory must not grow.
* Forks while threads are in the middle of calls. Every child can call, and so can the parent.
* Ctrl-C ends a call that waits for ever.

`SOAK_CALLS` (1,000,000) shortens or lengthens it.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hydra_sdk
import urllib3
from hydra_sdk.rest import ApiException

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from hydra_process import built

CALLS = int(os.environ.get("SOAK_CALLS", "1000000"))
THREADS = 8
FORKS = 200
GROWTH = 1.05
"""What memory may grow by once everything is warm."""
WARM = 0.1
"""The share of the calls after which everything is."""
PATIENCE_SECONDS = 0.02
INTERRUPT_SECONDS = 0.2
DEADLINE_SECONDS = 60

BEHAVIOURS = {"answer": 930, "chunked": 20, "stale": 20, "error": 10, "reset": 10, "half": 8, "slow": 2}


class Wrong(Exception):
    """A call did not end as it has to."""


def main() -> None:
    with unruly_server() as url:
        for part in (threads, forks, interrupt):
            start = time.monotonic()
            told = part(url)
            print(f"{part.__name__}: {told} ({time.monotonic() - start:.0f} s)", flush=True)


@contextmanager
def unruly_server() -> Iterator[str]:
    command = [str(built("hydra-tests", "unruly"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield f"http://{server.stdout.readline().strip()}"
        finally:
            server.terminate()


def client(url: str) -> hydra_sdk.OAuth2Api:
    configuration = hydra_sdk.Configuration()
    configuration.host = url
    return hydra_sdk.OAuth2Api(hydra_sdk.ApiClient(configuration))


def behaviours(seed: int) -> Iterator[str]:
    choice = random.Random(seed)
    names, weights = list(BEHAVIOURS), list(BEHAVIOURS.values())
    while True:
        yield from choice.choices(names, weights, k=1000)


def call(api: hydra_sdk.OAuth2Api, behaviour: str, number: int) -> None:
    """One call, and whether it ended as it has to."""
    wanted = f"{behaviour}-{number}"
    options = {"_request_timeout": PATIENCE_SECONDS} if behaviour == "slow" else {}
    try:
        answer = api.get_o_auth2_client(wanted, **options)
    except ApiException as refusal:
        if behaviour == "error" and refusal.status == 500 and wanted in str(refusal.body):
            return
        raise Wrong(f"{wanted}: {refusal!r}") from refusal
    except urllib3.exceptions.HTTPError as trouble:
        late = isinstance(trouble, urllib3.exceptions.MaxRetryError | urllib3.exceptions.TimeoutError)
        if behaviour in {"reset", "half"} or (behaviour == "slow" and late):
            return
        raise Wrong(f"{wanted}: {trouble!r}") from trouble
    if behaviour not in {"answer", "chunked", "stale"} or (answer.id, answer.redirect_uris) != (
        wanted,
        [f"https://{wanted}/"],
    ):
        raise Wrong(f"{wanted} got {answer}")


def threads(url: str) -> str:
    api = client(url)
    share = CALLS // THREADS
    seen: list[Counter[str]] = [Counter() for _ in range(THREADS)]
    wrong: list[BaseException] = []

    def work(index: int) -> None:
        try:
            for number, behaviour in zip(range(share), behaviours(index)):
                if wrong:
                    return
                call(api, behaviour, index * share + number)
                seen[index][behaviour] += 1
        except BaseException as error:
            wrong.append(error)

    workers = [threading.Thread(target=work, args=(index,)) for index in range(THREADS)]
    for worker in workers:
        worker.start()
    while sum(counter.total() for counter in seen) < CALLS * WARM and not wrong:
        time.sleep(0.1)
    warm = resident()
    told = 0
    while any(worker.is_alive() for worker in workers):
        time.sleep(1)
        done = sum(counter.total() for counter in seen)
        if done - told >= CALLS // 10:
            told = done
            print(f"  {done:,} calls, {resident() / 1e6:.1f} MB", flush=True)
    if wrong:
        raise wrong[0]
    return f"{sum(seen, Counter())}; {flat(warm)}"


def forks(url: str) -> str:
    api = client(url)
    stop = threading.Event()
    wrong: list[BaseException] = []

    def work(index: int) -> None:
        number = 0
        try:
            while not stop.is_set():
                call(api, "answer", index * 10_000_000 + number)
                number += 1
        except BaseException as error:
            wrong.append(error)

    workers = [threading.Thread(target=work, args=(index,)) for index in range(THREADS)]
    for worker in workers:
        worker.start()
    for number in range(FORKS):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                for again in range(3):
                    call(api, "answer", -(number * 3 + again))
                status = 0
            finally:
                os._exit(status)
        status = wait_for(child)
        if status != 0:
            stop.set()
            raise Wrong(f"child {number} ended with {status}")
    stop.set()
    for worker in workers:
        worker.join(DEADLINE_SECONDS)
        if worker.is_alive():
            raise Wrong("a thread of the parent hangs")
    if wrong:
        raise wrong[0]
    call(api, "answer", 1)
    return f"{FORKS} children called, and so did their parent"


def wait_for(child: int) -> int:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise Wrong(f"a child hangs for {DEADLINE_SECONDS} s")


def interrupt(url: str) -> str:
    program = (
        "import sys, hydra_sdk\n"
        "configuration = hydra_sdk.Configuration(); configuration.host = sys.argv[1]\n"
        "api = hydra_sdk.OAuth2Api(hydra_sdk.ApiClient(configuration))\n"
        "api.get_o_auth2_client('answer-1'); print('waiting', flush=True)\n"
        "try:\n    api.get_o_auth2_client('slow-1')\n"
        "except KeyboardInterrupt:\n    print('interrupted', flush=True)\n"
    )
    slowest = 0.0
    for _ in range(20):
        command = [sys.executable, "-c", program, url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout and process.stdout.readline() == "waiting\n"
            # The signal must find it in the call, wherever in it.
            time.sleep(random.uniform(0.01, 0.3))
            start = time.monotonic()
            process.send_signal(signal.SIGINT)
            said = process.stdout.readline()
            slowest = max(slowest, time.monotonic() - start)
            if said != "interrupted\n":
                raise Wrong(f"it said {said!r}")
    if slowest > INTERRUPT_SECONDS:
        raise Wrong(f"Ctrl-C took {slowest:.2f} s")
    return f"the slowest of 20 took {slowest * 1e3:.0f} ms"


def flat(warm: int) -> str:
    cold = resident()
    told = f"{warm / 1e6:.1f} MB warm, {cold / 1e6:.1f} MB at the end"
    if cold > warm * GROWTH:
        raise Wrong(f"memory grew: {told}")
    return told


def resident() -> int:
    """Bytes of memory that this process has in use."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    try:
        main()
    except Wrong as wrong:
        sys.exit(f"soak: {wrong}")
