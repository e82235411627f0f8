"""Threads, processes, signals."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from multiprocessing.pool import AsyncResult

import pytest
from conftest import until


def gathering(count):
    """Answers only when `count` requests are there at once."""
    barrier = threading.Barrier(count, timeout=10)

    def script(request, handler):
        barrier.wait()
        handler.respond(200, [], b'{"id": "' + request.path.rsplit("/", 1)[1].encode() + b'"}')

    return script


def test_threads_wait_together(server, oauth2):
    server.script = gathering(8)
    found = {}

    def call(i):
        found[i] = oauth2.get_o_auth2_client(str(i)).id

    threads = [threading.Thread(target=call, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == {i: str(i) for i in range(8)}


def test_async_req(server, oauth2):
    server.script = gathering(2)
    results = [oauth2.get_o_auth2_client(str(i), async_req=True) for i in range(2)]
    assert all(isinstance(result, AsyncResult) for result in results)
    assert [result.get(10).id for result in results] == ["0", "1"]
    assert all(result.ready() and result.successful() for result in results)


def test_async_req_with_http_info(server, oauth2):
    server.answer({"id": "a"})
    data, status, _ = oauth2.get_o_auth2_client_with_http_info("a", async_req=True).get(10)
    assert (data.id, status) == ("a", 200)


def test_async_req_that_fails(server, oauth2, rest):
    server.answer({}, 404)
    with pytest.raises(rest.ApiException):
        oauth2.get_o_auth2_client("a", async_req=True).get(10)
    with pytest.raises(ValueError, match="Missing the required parameter"):
        oauth2.get_o_auth2_client(None, async_req=True)


def test_async_req_that_takes_long(server, oauth2):
    event = threading.Event()
    server.script = lambda request, handler: (event.wait(10), handler.respond(200, [], b"{}"))
    result = oauth2.get_o_auth2_client("a", async_req=True)
    with pytest.raises(multiprocessing.TimeoutError):
        result.get(0.05)
    event.set()
    result.get(10)


def test_no_threads_until_they_are_asked_for(client, oauth2, server):
    server.answer({})
    before = threading.active_count()
    tasks = len(os.listdir("/proc/self/task"))
    oauth2.get_o_auth2_client("a")
    # One thread of the server's, for this connection; none of ours.
    assert len(os.listdir("/proc/self/task")) <= tasks + 1
    assert threading.active_count() <= before + 1
    assert client.pool is client.pool


def test_connections_are_kept(server, oauth2):
    server.answer({})
    for _ in range(20):
        oauth2.get_o_auth2_client("a")
    assert server.connections == 1


def test_connections_are_kept_across_threads(server, oauth2):
    server.answer({})
    for _ in range(5):
        thread = threading.Thread(target=oauth2.get_o_auth2_client, args=("a",))
        thread.start()
        thread.join()
    assert server.connections == 1


@pytest.mark.ours
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fork_after_a_call(server, oauth2):
    server.answer({"id": "a"})
    oauth2.get_o_auth2_client("a")
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = 0 if [oauth2.get_o_auth2_client("a").id for _ in range(3)] == ["a"] * 3 else 2
            finally:
                os._exit(code)
        children.append(child)
    # The parent goes on with its connection while the children make theirs.
    for _ in range(20):
        assert oauth2.get_o_auth2_client("a").id == "a"
    end = time.monotonic() + 20
    while children:
        done, status = os.waitpid(children[0], os.WNOHANG)
        if done:
            assert os.waitstatus_to_exitcode(status) == 0
            children.pop(0)
        elif time.monotonic() > end:
            os.kill(children[0], signal.SIGKILL)
            raise AssertionError("a forked child hangs")
        else:
            time.sleep(0.01)
    assert oauth2.get_o_auth2_client("a").id == "a"


@pytest.mark.ours
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fork_while_others_call(server, oauth2):
    server.answer({"id": "a"})
    stop = threading.Event()

    def busy():
        while not stop.is_set():
            oauth2.get_o_auth2_client("a")

    threads = [threading.Thread(target=busy) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(5):
            child = os.fork()
            if child == 0:
                signal.alarm(15)
                ok = False
                try:
                    ok = oauth2.get_o_auth2_client("a").id == "a"
                finally:
                    os._exit(0 if ok else 1)
            _, status = os.waitpid(child, 0)
            assert os.waitstatus_to_exitcode(status) == 0
    finally:
        stop.set()
        for thread in threads:
            thread.join(10)


@pytest.mark.ours
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_child_that_throws_its_client_away(server, package, configuration):
    server.answer({"id": "a"})
    api = package.OAuth2Api(package.ApiClient(configuration))
    api.get_o_auth2_client("a")
    raw = api.get_o_auth2_client("a", _preload_content=False)
    child = os.fork()
    if child == 0:
        ok = False
        try:
            del api, raw
            gc.collect()
            ok = True
        finally:
            os._exit(0 if ok else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    # The parent's connections were left alone.
    assert raw.read() == b'{"id": "a"}'
    assert [api.get_o_auth2_client("a", _request_timeout=5).id for _ in range(3)] == ["a"] * 3
    assert server.connections == 1


def test_ctrl_c(server, package, pytestconfig):
    asked = threading.Event()

    def script(request, handler):
        asked.set()
        time.sleep(5)
        handler.respond(200, [], b"{}")

    server.script = script
    code = f"""
        import sys, time
        sys.path.insert(0, {pytestconfig.getoption("--package-path")!r} or "")
        import {package.__name__} as p
        c = p.Configuration()
        c.host = {server.url!r}
        try:
            p.OAuth2Api(p.ApiClient(c)).get_o_auth2_client("a")
        except KeyboardInterrupt:
            print(time.time())
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    assert asked.wait(10)
    time.sleep(0.1)
    begin = time.time()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=10)
    assert float(out) - begin < 0.2


def test_calls_go_on_after_an_interrupted_one(server, oauth2):
    server.script = lambda request, handler: (time.sleep(1), handler.respond(200, [], b"{}"))

    class Interrupted(Exception):
        pass

    def interrupt(*_):
        raise Interrupted

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(Interrupted):
            oauth2.get_o_auth2_client("a")
    finally:
        signal.signal(signal.SIGALRM, before)
    server.script = None
    server.answer({"id": "b"})
    assert oauth2.get_o_auth2_client("b").id == "b"


def test_streaming(server, oauth2):
    gate = threading.Event()

    def script(request, handler):
        handler.send_response_only(200)
        handler.send_header("X-Trace", "1")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"6\r\nfirst\n\r\n")
        gate.wait(10)
        handler.wfile.write(b"7\r\nsecond\n\r\n0\r\n\r\n")

    server.script = script
    answer = oauth2.get_o_auth2_client("a", _preload_content=False)
    assert answer.status == 200
    assert (answer.reason, answer.headers["x-trace"], answer.getheader("X-Trace")) == ("OK", "1", "1")
    # The end of the body has not been sent yet.
    assert answer.read(5) == b"first"
    gate.set()
    assert answer.read() == b"\nsecond\n"
    assert answer.read() == b""
    answer.release_conn()


def test_streaming_in_pieces(server, oauth2):
    server.answer(b"abcdefgh")
    answer = oauth2.get_o_auth2_client("a", _preload_content=False)
    assert b"".join(answer.stream(3)) == b"abcdefgh"
    assert oauth2.get_o_auth2_client("a", _preload_content=False).data == b"abcdefgh"
    with_info = oauth2.get_o_auth2_client_with_http_info("a", _preload_content=False)
    assert with_info[0].read() == b"abcdefgh"
    assert with_info[1] == 200


@pytest.mark.ours
def test_stream_gives_its_connection_back(server, oauth2):
    server.answer(b"one\ntwo\n")
    for _ in range(5):
        answer = oauth2.get_o_auth2_client("a", _preload_content=False)
        assert list(answer) == [b"one\n", b"two\n"]
    assert server.connections == 1
    answer = oauth2.get_o_auth2_client("a", _preload_content=False)
    answer.close()
    with pytest.raises(ValueError):
        next(iter(answer))
    del answer
    server.answer({"id": "a"})
    assert oauth2.get_o_auth2_client("a").id == "a"


def test_stream_that_is_dropped(server, oauth2):
    server.answer(b"x" * 10_000_000)
    oauth2.get_o_auth2_client("a", _preload_content=False)
    server.answer({"id": "a"})
    assert oauth2.get_o_auth2_client("a").id == "a"
    until(lambda: len(server.requests) == 2)
