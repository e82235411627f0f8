"""The server: answers per second, the warden among many policies, a real PostgreSQL beside it, memory and start."""

from __future__ import annotations

import sqlite3
import subprocess
import time
import urllib.request
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from bench import CREDENTIALS, FLOWS, HYDRA, LOAD, ROUNDS, SECONDS, hydra, plain_url, run_json, server
from databases import POSTGRES, running
from report import table

MEBIBYTE = 1024 * 1024
CONNECTIONS = 8
"""As many as `flows` has."""

# A table like that of our access tokens, its indexes included, for pgbench to fill one row at a time.
TOKEN_TABLE = "CREATE TABLE bench_token (LIKE hydra_access_token INCLUDING ALL)"
TOKEN_INSERT = """INSERT INTO bench_token
  (signature, request_id, client_id, subject, scope, issued_at, expires_at, kept_until)
  VALUES (gen_random_uuid(), gen_random_uuid(), 'bench', 'bench', '["hydra.*"]', 0, 3600, 3600);
"""


def rates() -> str:
    """Small requests, as ratios to the smallest there is."""
    with hydra() as host:
        report = run_json(LOAD, "server", plain_url(host), *CREDENTIALS, ROUNDS, SECONDS)
    rows = [[name, f"{row['per_second']:.0f}", f"{row['ratio']:.2f}"] for name, row in report.items()]
    return table(["operation", "per second", "of `/health/status`"], rows)


def flows() -> str:
    """Whole flows, beside the cheapest way to a token."""
    with hydra() as host:
        report = run_json(FLOWS, "tokens", plain_url(host), *CREDENTIALS, ROUNDS, SECONDS)
    token = report["token (client_credentials)"]
    rows = [[name, f"{rate:.0f}", f"{rate / token:.2f}"] for name, rate in report.items()]
    return table(["flow", "per second", "of a client_credentials token"], rows)


def warden() -> str:
    """The cost of a decision by the number of policies that it is made among."""
    with hydra() as host:
        report = run_json(FLOWS, "warden", plain_url(host), *CREDENTIALS, ROUNDS, SECONDS)
    alone = report["1"]
    rows = [[f"{int(count):,}", f"{rate:.0f}", f"{alone / rate:.2f}"] for count, rate in report.items()]
    return table(["policies", "decisions per second", "cost of one, among one policy = 1"], rows)


def postgres() -> str:
    """Ours on PostgreSQL, in turns with what pgbench reaches on the same PostgreSQL."""
    with running(POSTGRES) as url, TemporaryDirectory() as folder:
        database = urlsplit(url)._replace(path="/bench").geturl()
        subprocess.run(POSTGRES.create(url, "bench"), check=True)
        subprocess.run([HYDRA, "migrate", "sql", database], check=True, stdout=subprocess.DEVNULL)
        with hydra(DATABASE_URL=database, SYSTEM_SECRET="bench-system-secret") as host:
            pgbench("--initialize", "--quiet", "--scale=10", database)
            psql(database, TOKEN_TABLE)
            insert = Path(folder) / "insert.sql"
            insert.write_text(TOKEN_INSERT)
            rounds = [
                {
                    **run_json(FLOWS, "tokens", plain_url(host), *CREDENTIALS, 1, SECONDS),
                    "insert": transactions_per_second(database, f"--file={insert}"),
                    "select": transactions_per_second(database, "--select-only"),
                }
                for _ in range(ROUNDS)
            ]
    references = {"token (client_credentials)": "insert", "introspection (Basic)": "select"}
    names = {"insert": "one INSERT", "select": "`pgbench -S`"}
    rows = []
    for way, reference in references.items():
        ratio = median(round_[way] / round_[reference] for round_ in rounds)
        ours, pg = (median(round_[figure] for round_ in rounds) for figure in (way, reference))
        rows.append([way, f"{ours:.0f}", names[reference], f"{pg:.0f}", f"{ratio:.2f}"])
    for way in rounds[0]:
        if way not in (*references, "insert", "select"):
            rows.append([way, f"{median(round_[way] for round_ in rounds):.0f}", "", "", ""])
    return table(["on PostgreSQL", "per second", "beside it, pgbench", "per second", "ratio"], rows)


def footprint() -> str:
    """Memory of a server that has answered and waits, and how long it takes from exec to the first answer."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        variables = {"DATABASE_URL": f"sqlite://{home}/bench.sqlite", "SYSTEM_SECRET": "bench-system-secret"}
        with server(home, **variables) as first:
            answer(first.port)
        assert sqlite3.connect(home / "bench.sqlite").execute("SELECT count(*) FROM hydra_client").fetchone() == (1,)
        starts, memory = [], []
        for _ in range(ROUNDS):
            (home / "address").unlink()
            begun = time.perf_counter()
            with server(home, **variables) as host:
                answer(host.port)
                starts.append((time.perf_counter() - begun) * 1e3)
                memory.append(resident(host.process.pid) / MEBIBYTE)
    rows = [
        ["from start to first answer, existing SQLite file", f"{median(starts):.0f} ms", "300 ms"],
        ["resident memory, idle", f"{median(memory):.1f} MiB", "40 MiB"],
    ]
    return table(["", "median", "target: below"], rows)


def answer(port: int) -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/status") as response:
        assert response.status == 200


def resident(process: int) -> int:
    """Bytes of memory that a process has in use."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


def psql(database: str, statement: str) -> None:
    subprocess.run([program("psql"), "--quiet", database, f"--command={statement}"], check=True)


def pgbench(*arguments: str) -> str:
    return subprocess.run([program("pgbench"), *arguments], check=True, capture_output=True, text=True).stdout


def transactions_per_second(database: str, what: str) -> float:
    load = [f"--client={CONNECTIONS}", "--jobs=2", "--protocol=prepared", "--no-vacuum"]
    output = pgbench(*load, f"--time={max(1, round(SECONDS))}", what, database)
    return float(output.split("tps = ")[1].split()[0])


def program(name: str) -> str:
    return str(POSTGRES.programs() / name)


PARTS = {"server": rates, "flows": flows, "warden": warden, "postgres": postgres, "footprint": footprint}
