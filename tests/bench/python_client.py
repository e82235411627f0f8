"""Measures one Python client against a running server and prints one JSON object.

    python python_client.py PACKAGE cpu|rate URL ACCESS_TOKEN CLIENT_ID SECONDS

For each call, `cpu`: processor time in this process per call (all threads together); `rate`: calls per second from one
thread and from eight.
"""

from __future__ import annotations

import importlib
import json
import sys
import threading
import time
from collections.abc import Callable

THREADS = 8


def processor_microseconds(call: Callable[[], object], seconds: float) -> float:
    calls = 0
    start, deadline = time.process_time(), time.perf_counter() + seconds
    while time.perf_counter() < deadline:
        call()
        calls += 1
    return (time.process_time() - start) / calls * 1e6


def calls_per_second(call: Callable[[], object], threads: int, seconds: float) -> float:
    counts = [0] * threads
    start = time.perf_counter()

    def work(index: int) -> None:
        while time.perf_counter() - start < seconds:
            call()
            counts[index] += 1

    workers = [threading.Thread(target=work, args=(index,)) for index in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(counts) / (time.perf_counter() - start)


def main(package: str, figure: str, url: str, access_token: str, client_id: str, seconds: float) -> None:
    sdk = importlib.import_module(package)
    configuration = sdk.Configuration()
    configuration.host = url
    configuration.access_token = access_token
    client = sdk.ApiClient(configuration)
    health, oauth2 = sdk.HealthApi(client), sdk.OAuth2Api(client)

    calls: dict[str, Callable[[], object]] = {
        "health status": health.get_instance_status,
        "get a client": lambda: oauth2.get_o_auth2_client(client_id),
        "list 20 clients": oauth2.list_o_auth2_clients,
    }
    report = {}
    for name, call in calls.items():
        call()
        if figure == "cpu":
            report[name] = {"cpu": processor_microseconds(call, seconds)}
        else:
            report[name] = {
                "one": calls_per_second(call, 1, seconds),
                "eight": calls_per_second(call, THREADS, seconds),
            }
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:6], seconds=float(sys.argv[6]))
