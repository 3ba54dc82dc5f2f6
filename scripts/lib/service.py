"""A service of its own for a script: started in a folder, waited for, and always stopped."""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60

# Whatever ends the script runs its `finally` blocks first.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
# Nothing here leaves the machine, whatever proxy is set.
urllib.request.install_opener(urllib.request.build_opener(urllib.request.ProxyHandler({})))


@contextlib.contextmanager
def database(wanted):
    """The URL of the database that a script was given: `postgres` is a private server; None stays None."""
    if wanted != "postgres":
        yield wanted
        return
    command = [str(ROOT / "scripts/private-postgres")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        yield server.stdout.readline().strip() or sys.exit("no private PostgreSQL")


def binary():
    """KEHOU_BIN, or what cargo has built."""
    return pathlib.Path(os.environ.get("KEHOU_BIN", ROOT / "target/debug/kehou")).resolve()


def free_address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


@contextlib.contextmanager
def running(folder, *arguments, **settings):
    """Runs KEHOU_BIN (default target/debug/kehou) in a folder until the block ends; gives its base URL.

    What it says on standard output is in the folder's file `out`. Settings of the caller's environment do not reach it.
    """
    listen = free_address()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KEHOU_", "DATABASE_URL"))}
    environment |= {"KEHOU_LISTEN": listen, "RUST_LOG": "warn,kehou::access=off"} | settings
    folder = pathlib.Path(folder)
    with open(folder / "out", "w") as out, open(folder / "log", "w") as log:
        process = subprocess.Popen([binary(), *arguments], cwd=folder, env=environment, stdout=out, stderr=log)
    try:
        wait_until_ready(process, f"http://{listen}", folder / "log")
        yield f"http://{listen}"
    finally:
        stop(process)


def stop(process):
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()


def wait_until_ready(process, base, log):
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(base + "/health/ready", timeout=5)
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"the service does not start:\n{log.read_text()}")


@contextlib.contextmanager
def demonstration(folder, wanted, which=None, **more):
    """`kehou serve --demo` in a folder, with its `kehou-demo.env` there, on the database that was given."""
    with database(wanted) as url:
        settings = {"DATABASE_URL": url, "KEHOU_MIGRATE_ON_START": "true"} if url else {}
        settings |= more
        with running(folder, "serve", f"--demo={which}" if which else "--demo", **settings) as base:
            yield base
