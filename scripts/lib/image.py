"""The file system that the Dockerfile's last stage describes, made without Docker, and what runs in it.

`FROM debian:SUITE-slim` is debootstrap's smallest system of that suite; each `RUN` runs in it, the binary is KEHOU_BIN where
`COPY --from=build` puts it, and `ENV`, `USER`, `WORKDIR`, `ENTRYPOINT`, `CMD` and `HEALTHCHECK` hold for what is started.
An instruction that is not understood ends the script, so that the two stay one. The system without the binary is kept in
KEHOU_TOOLS_DIR under the hash of what it is made of. Changing the root and its owners needs root, or sudo.
"""

import contextlib
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

from lib.service import START_SECONDS, binary, free_address, stop

MIRROR = "http://deb.debian.org/debian"
# What Docker gives to every process.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What the slim image leaves out, and what debootstrap has fetched.
SLIM = ("usr/share/doc", "usr/share/locale", "usr/share/man", "var/cache/apt/archives", "var/lib/apt/lists")
# What says something to Docker alone.
ASIDE = ("EXPOSE", "VOLUME")


def last_stage(dockerfile):
    """The instructions of the last stage, as pairs of their word and the rest."""
    text = "".join(line for line in dockerfile.read_text().splitlines(keepends=True) if not line.startswith("#"))
    lines = [line.strip() for line in re.sub(r"\\\n", " ", text).splitlines() if line.strip()]
    begins = max(at for at, line in enumerate(lines) if line.startswith("FROM "))
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines[begins:])]


def privileged():
    """What stands before a command that needs root; ends the script where there is no way to be it."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        return ["sudo", "-n"]
    sys.exit("the image's file system cannot be made: it needs root, or sudo without a password")


def run(*command, **more):
    done = subprocess.run([*privileged(), *command], capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command[:4]))} … ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


class Image:
    """What the last stage says, word by word."""

    def __init__(self, dockerfile):
        self.suite, self.target, self.user, self.folder = None, None, "0:0", "/"
        self.runs, self.entry, self.arguments, self.health = [], [], [], None
        self.environment = {"PATH": PATH}
        for word, rest in last_stage(dockerfile):
            self.take(dockerfile, word, rest)
        if not (self.suite and self.target and self.health and "KEHOU_LISTEN" in self.environment):
            sys.exit(f"{dockerfile}: the last stage lacks FROM debian, COPY of the binary, HEALTHCHECK or KEHOU_LISTEN")

    def take(self, dockerfile, word, rest):
        match word:
            case "FROM" if debian := re.fullmatch(r"debian:([a-z]+)-slim", rest):
                self.suite = debian[1]
            case "RUN" if not rest.startswith(("-", "[")):
                self.runs.append(rest)
            case "COPY" if copied := re.fullmatch(r"--from=build \S+/kehou (/\S+)", rest):
                self.target = copied[1]
            case "ENV":
                self.environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
            case "USER":
                self.user = rest
            case "WORKDIR":
                self.folder = rest
            case "ENTRYPOINT":
                self.entry = json.loads(rest)
            case "CMD":
                self.arguments = json.loads(rest)
            case "HEALTHCHECK":
                self.health = json.loads(rest.partition("CMD")[2])
            case _ if word not in ASIDE:
                sys.exit(f"{dockerfile}: `{word} {rest}` is not understood by scripts/lib/image.py")

    def system(self):
        """A tar of the system without the binary, made where there is none yet."""
        made_of = json.dumps([self.suite, self.runs]).encode()
        tools = pathlib.Path(os.environ.get("KEHOU_TOOLS_DIR", pathlib.Path.home() / ".cache/kehou/tools"))
        kept = tools / f"image-{hashlib.sha256(made_of).hexdigest()[:16]}.tar"
        if kept.exists():
            return kept
        if not shutil.which("debootstrap", path=f"{os.environ['PATH']}:{PATH}"):
            sys.exit("the image's file system cannot be made: debootstrap is missing (apt-get install debootstrap)")
        began = time.monotonic()
        tools.mkdir(parents=True, exist_ok=True)
        with empty(tools) as root:
            proxies = [f"{name}={value}" for name, value in os.environ.items() if name.lower().endswith("_proxy")]
            clean = ["env", "-i", f"PATH={PATH}", *proxies]
            run(*clean, "debootstrap", "--variant=minbase", self.suite, root, os.environ.get("DEBIAN_MIRROR", MIRROR))
            for command in self.runs:
                run(*clean, "chroot", root, "sh", "-c", command)
            half = kept.with_suffix(f".{os.getpid()}")
            left_out = [f"--exclude=./{folder}/*" for folder in SLIM]
            run("tar", "-C", root, "--one-file-system", *left_out, "-cf", half, ".")
            run("mv", half, kept)
        print(f"the image's file system: made in {time.monotonic() - began:.1f} s, kept in {kept}", flush=True)
        return kept

    def command(self, root, *words, **settings):
        """A command as the image runs it: its user, its folder, its environment and nothing else."""
        environment = [f"{name}={value}" for name, value in (self.environment | settings).items()]
        inside = ["chroot", f"--userspec={self.user}", "--groups=", root, "env", "-C", self.folder, *words]
        return [*privileged(), "env", "-i", *environment, *inside]

    @contextlib.contextmanager
    def unpacked(self):
        """The whole file system in a folder, gone afterwards."""
        privileged()
        system, began = self.system(), time.monotonic()
        with empty(system.parent) as root:
            run("tar", "-C", root, "-xf", system)
            run("install", "-m", "0755", binary(), f"{root}{self.target}")
            print(f"the image's file system: unpacked in {time.monotonic() - began:.1f} s", flush=True)
            yield root

    @contextlib.contextmanager
    def running(self, root, *arguments):
        """Runs the image with arguments until the block ends; gives a function that reads a file of it, as `docker cp`.
        What it leaves in its volume goes with it, as `docker run --rm` has it."""
        # As `docker run -p` has it: the port outside is any free one.
        address = self.environment["KEHOU_LISTEN"].split(":")[0] + ":" + free_address().split(":")[1]
        settings = {"KEHOU_LISTEN": address, "RUST_LOG": "warn,kehou::access=off"}
        command = self.command(root, *self.entry, *(arguments or self.arguments), **settings)
        with tempfile.TemporaryFile("w+") as log:
            began = time.monotonic()
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            try:
                self.wait_until_healthy(process, self.command(root, *self.health, **settings), log)
                print(f"{' '.join(arguments)} in the image: healthy after {time.monotonic() - began:.1f} s", flush=True)
                yield lambda path: run("cat", f"{root}{path}")
            finally:
                stop(process)
                run("find", f"{root}{self.folder}", "-mindepth", "1", "-delete")

    def wait_until_healthy(self, process, health, log):
        until = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < until:
            if subprocess.run(health, capture_output=True).returncode == 0:
                return
            time.sleep(0.1)
        log.seek(0)
        sys.exit(f"{' '.join([*self.entry, *self.arguments])} does not start in the image:\n{log.read()}")


@contextlib.contextmanager
def empty(within):
    """A folder of root's, gone afterwards with all that is in it."""
    folder = tempfile.mkdtemp(prefix="image-", dir=within)
    os.chmod(folder, 0o755)
    try:
        yield folder
    finally:
        run("rm", "-rf", "--one-file-system", folder)
