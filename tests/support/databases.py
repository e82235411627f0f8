#!/usr/bin/env python3
"""Throw-away PostgreSQL and MariaDB servers, each in a folder of its own and on a free port.

As a program it runs a command that finds them in its environment, and leaves nothing behind:

    tests/support/databases.py cargo test conform

`HYDRA_TEST_POSTGRES_URL` and `HYDRA_TEST_MYSQL_URL` name a database that only serves to make others from: each test
makes one for itself. Variables that are set already are respected, and no server of that kind is started.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from ledger import exercised

START_DEADLINE_SECONDS = 60
STOP_DEADLINE_SECONDS = 30
CONNECTIONS = 400


class DatabaseError(RuntimeError):
    """A database server is not installed, or does not start."""


class Kind(ABC):
    """A kind of database server: where to find it, how to make a folder for it, and how to run, ask and stop it."""

    name: str
    variable: str
    package: str
    owner: str
    """Who runs it if we are root: both refuse to run as root."""
    stop: signal.Signals
    """Asks it to end at once, whoever is connected."""

    @abstractmethod
    def programs(self) -> Path:
        """The folder with the server's programs."""

    @abstractmethod
    def version(self, programs: Path) -> list[str]:
        """Prints the server's version."""

    @abstractmethod
    def initialise(self, programs: Path, folder: Path) -> list[str]:
        """Makes a folder for its data."""

    @abstractmethod
    def serve(self, programs: Path, folder: Path, port: int) -> list[str]:
        """Runs in the foreground."""

    @abstractmethod
    def ping(self, programs: Path, port: int) -> list[str]:
        """Succeeds once a login does."""

    @abstractmethod
    def url(self, port: int) -> str:
        """A database that every server of this kind has."""

    @abstractmethod
    def create(self, url: str, name: str) -> list[str]:
        """Makes a database beside that of the URL."""

    def missing(self) -> DatabaseError:
        return DatabaseError(f"{self.name} is not installed; please run: sudo apt-get install {self.package}")


class Postgres(Kind):
    name, variable, package = "PostgreSQL", "HYDRA_TEST_POSTGRES_URL", "postgresql"
    owner, stop = "postgres", signal.SIGINT

    def programs(self) -> Path:
        # Debian keeps the server's programs off the search path, a folder for each version.
        installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
        found = installed[-1] if installed else shutil.which("postgres")
        if not found:
            raise self.missing()
        return Path(found).parent

    def version(self, programs: Path) -> list[str]:
        return [str(programs / "postgres"), "--version"]

    def initialise(self, programs: Path, folder: Path) -> list[str]:
        # A locale that orders letters as people do, unlike bytes: what relies on the order must ask for it.
        locale = ["--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en"]
        common = ["--encoding=UTF8", "--auth=trust", "--username=hydra", "--no-sync"]
        return [str(programs / "initdb"), f"--pgdata={folder}/data", *common, *locale]

    def serve(self, programs: Path, folder: Path, port: int) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": "",
            "max_connections": CONNECTIONS,
            # What is stored need not outlive the machine.
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
        }
        options = [option for name, value in settings.items() for option in ("-c", f"{name}={value}")]
        return [str(programs / "postgres"), "-D", f"{folder}/data", *options]

    def ping(self, programs: Path, port: int) -> list[str]:
        return [str(programs / "pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={port}", "--dbname=postgres"]

    def url(self, port: int) -> str:
        return f"postgres://hydra@127.0.0.1:{port}/postgres"

    def create(self, url: str, name: str) -> list[str]:
        return [str(self.programs() / "psql"), "--quiet", f"--dbname={url}", f"--command=CREATE DATABASE {name}"]


class MariaDb(Kind):
    name, variable, package = "MariaDB", "HYDRA_TEST_MYSQL_URL", "mariadb-server"
    owner, stop = "mysql", signal.SIGTERM

    def programs(self) -> Path:
        found = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        if not found:
            raise self.missing()
        return Path(found).parent

    def version(self, programs: Path) -> list[str]:
        return [str(programs / "mariadbd"), "--no-defaults", "--version"]

    def initialise(self, programs: Path, folder: Path) -> list[str]:
        installer = shutil.which("mariadb-install-db") or str(programs / "mariadb-install-db")
        return [
            installer,
            "--no-defaults",
            f"--datadir={folder}/data",
            "--skip-test-db",
            "--skip-name-resolve",
            "--auth-root-authentication-method=normal",
        ]

    def serve(self, programs: Path, folder: Path, port: int) -> list[str]:
        grants = folder / "grants.sql"
        grants.write_text(
            "CREATE USER IF NOT EXISTS hydra@'127.0.0.1' IDENTIFIED BY 'hydra';\n"
            "GRANT ALL ON *.* TO hydra@'127.0.0.1';\n"
        )
        grants.chmod(0o644)
        return [
            str(programs / "mariadbd"),
            "--no-defaults",
            f"--datadir={folder}/data",
            f"--socket={folder}/socket",
            f"--pid-file={folder}/pid",
            "--bind-address=127.0.0.1",
            f"--port={port}",
            f"--init-file={grants}",
            f"--max-connections={CONNECTIONS}",
            "--skip-name-resolve",
            "--skip-log-bin",
            # What is stored need not outlive the machine.
            "--innodb-flush-log-at-trx-commit=0",
            "--innodb-doublewrite=OFF",
            "--innodb-buffer-pool-size=64M",
        ]

    def ping(self, programs: Path, port: int) -> list[str]:
        client = shutil.which("mariadb-admin") or "mariadb-admin"
        login = ["--host=127.0.0.1", f"--port={port}", "--user=hydra", "--password=hydra"]
        # `ping` is content with a server that refuses the user.
        return [client, "--no-defaults", *login, "status"]

    def url(self, port: int) -> str:
        return f"mysql://hydra:hydra@127.0.0.1:{port}/mysql"

    def create(self, url: str, name: str) -> list[str]:
        server = urlsplit(url)
        login = [f"--host={server.hostname}", f"--port={server.port}", f"--user={server.username}"]
        program = shutil.which("mariadb") or "mysql"
        return [program, "--no-defaults", *login, f"--password={server.password}", f"--execute=CREATE DATABASE {name}"]


POSTGRES, MARIADB = Postgres(), MariaDb()
KINDS: tuple[Kind, ...] = (POSTGRES, MARIADB)


def free_port() -> int:
    """A port that nothing listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def spawn(kind: Kind, folder: Path, command: Sequence[str]) -> subprocess.Popen[bytes]:
    """Starts a program as somebody other than root. The kernel ends it if this process dies."""
    identity = [f"--reuid={kind.owner}", f"--regid={kind.owner}", "--clear-groups"] if os.geteuid() == 0 else []
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            ["setpriv", *identity, "--pdeathsig=TERM", *command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def answers(ping: Sequence[str], server: subprocess.Popen[bytes]) -> bool:
    """Waits until the server takes logins; false if it ended, or did not in time."""
    deadline = time.monotonic() + START_DEADLINE_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        if subprocess.run(ping, capture_output=True).returncode == 0:
            return True
        time.sleep(0.05)
    return False


@contextmanager
def running(kind: Kind) -> Iterator[str]:
    """Starts a server of that kind and yields its URL; stops it and removes its folder in the end."""
    programs = kind.programs()
    folder = Path(tempfile.mkdtemp(prefix=f"hydra-{kind.package}-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, kind.owner, kind.owner)
        if spawn(kind, folder, kind.initialise(programs, folder)).wait() != 0:
            raise DatabaseError(f"{kind.name} could not make a folder for its data:\n{log_tail(folder)}")
        port = free_port()
        server = spawn(kind, folder, kind.serve(programs, folder, port))
        try:
            if not answers(kind.ping(programs, port), server):
                raise DatabaseError(f"{kind.name} does not answer:\n{log_tail(folder)}")
            exercised(f"{kind.name} {version(kind.version(programs))}")
            yield kind.url(port)
        finally:
            server.send_signal(kind.stop)
            try:
                server.wait(STOP_DEADLINE_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def log_tail(folder: Path) -> str:
    return "\n".join((folder / "log").read_text(errors="replace").splitlines()[-20:])


def version(command: Sequence[str]) -> str:
    found = re.search(r"\d+(\.\d+)+", subprocess.check_output(command, text=True))
    return found.group() if found else "of unknown version"


def fresh_database(kind: Kind) -> str | None:
    """An empty database of its own for whoever asks, if there is a server of that kind."""
    server = os.environ.get(kind.variable)
    if server is None:
        return None
    name = f"hydra_{uuid.uuid4().hex}"
    subprocess.run(kind.create(server, name), check=True, capture_output=True)
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def main(command: Sequence[str]) -> int:
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    # A polite request to end must not skip the clean-up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    environment = dict(os.environ)
    try:
        with ExitStack() as servers:
            for kind in KINDS:
                if kind.variable not in environment:
                    environment[kind.variable] = servers.enter_context(running(kind))
            return subprocess.run(command, env=environment).returncode
    except DatabaseError as problem:
        print(f"databases: {problem}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
