import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from huimin.config.postgres.cluster import Cluster


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_port_that_is_taken_is_three_with_advice(huimin):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for command in ("serve", "demo"):
            done = huimin(command, "--port", str(port))
            assert done.returncode == 3
            assert f"--port {port + 1}" in done.stderr
            assert "Traceback" not in done.stderr


NOWHERE = "postgres://nobody@127.0.0.1:1/nothing"


def test_a_database_that_does_not_answer_is_three_with_advice(huimin):
    for command in (("migrate",), ("journal", "verify"), ("serve", "--port", str(free_port()))):
        done = huimin(*command, DATABASE_URL=NOWHERE)
        assert done.returncode == 3, done.stderr
        assert "DATABASE_URL" in done.stderr
        assert "Traceback" not in done.stderr


def answer(port, path):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
    with urllib.request.urlopen(request, timeout=5) as found:
        return found.status, found.read().decode()


def wait_for(port, process):
    for _try in range(600):
        if process.poll() is not None:
            raise AssertionError(process.communicate()[1])
        try:
            return answer(port, "/health")
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server did not answer")


@pytest.mark.parametrize("ended_by", [signal.SIGINT])
def test_the_demo_is_made_served_and_stopped_and_made_again_from_what_is_there(tmp_path, huimin, ended_by):
    first = huimin("demo", "--people", "300", "--no-serve", "--json")
    assert first.returncode == 0, first.stderr
    made = json.loads(first.stdout)
    assert made["villages"] == 17718
    assert 250 <= made["people"] <= 350
    assert not made["reused"]

    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HUIMIN_", "DJANGO_"))}
    env = {**kept, "HUIMIN_VAR": str(tmp_path / "var"), "HUIMIN_LANG": "en"}
    command = [sys.executable, "-m", "huimin.cli.main", "demo", "--people", "300", "--port", str(port)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert json.loads(wait_for(port, process)[1])["ok"]
        page = answer(port, "/account/login/")[1]
        for name in ("citizen", "village", "township", "county", "province", "auditor", "admin"):
            assert f'value="{name}"' in page
        assert answer(port, "/open/")[0] == 200
    finally:
        process.send_signal(ended_by)
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 0, said
    assert "data of last time" in said
    assert not Cluster.at(tmp_path / "var" / "postgres").running, "the embedded database was left behind"

    verified = huimin("journal", "verify", "--json")
    assert verified.returncode == 0, verified.stderr
    report = json.loads(verified.stdout)
    assert report["ok"]
    assert huimin("journal", "verify", "--expect", report["head"]).returncode == 0
    assert huimin("journal", "verify", "--expect", "f" * 64).returncode == 1
    assert huimin("journal", "verify", "--expect", "short").returncode == 2

    looked = huimin("doctor", "--json", "--port", str(port))
    found = {one["name"]: one for one in json.loads(looked.stdout)["findings"]}
    assert looked.returncode == 0, looked.stdout
    assert found["migrations"]["state"] == "ok"
    assert found["worker"]["state"] == "warning"
    (tmp_path / "var" / "secret_key.secret").chmod(0o644)
    loose = huimin("doctor", "--json", "--port", str(port))
    assert loose.returncode == 1
    assert "chmod 600" in loose.stdout


def test_doctor_says_how_to_get_a_database(huimin):
    done = huimin("doctor", "--json", DATABASE_URL=NOWHERE)
    assert done.returncode == 3
    found = {one["name"]: one for one in json.loads(done.stdout)["findings"]}
    assert found["database"]["state"] == "missing"
    assert "DATABASE_URL" in found["database"]["fix"]
