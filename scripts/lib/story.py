"""The story that a Markdown file tells, played as a newcomer's shell would.

It is what the `sh` blocks between the lines `<!-- story -->` and `<!-- end of the story -->` say, one after the other. It
runs with `bash -eu -o pipefail` in a temporary folder that holds `kehou-demo.env` and `examples/`.
"""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

from lib.service import ROOT

# Nine steps, of which three read first what they change.
CALLS_MAX = 12
SECONDS_MAX = 120
MARKS = (
    '"passes": true',
    '"state": "submitted"',
    '"state": "approved"',
    '"state": "published"',
    '"state": "allocated"',
    '"state": "active"',
    '"amount_fen": 32400',
    '"rule": "once-per-term-fee"',
)
TOLD = re.compile(r"^<!-- story -->$(.*?)^<!-- end of the story -->$", re.DOTALL | re.MULTILINE)
ANSWER = re.compile(r"^```json\n(.*?)^```$", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# A version is read, never typed.
TYPED = re.compile(r"If-Match:[^'\n]*\d")


def story(markdown):
    """The commands of a Markdown file as one text, and the answer that it prints for the last of them."""
    told = TOLD.findall(markdown.read_text())
    blocks = [block for one in told for block in BLOCK.findall(one)]
    answers = [answer for one in told for answer in ANSWER.findall(one)]
    if len(told) != 1 or not blocks or len(answers) != 1:
        sys.exit(f"{markdown}: one story with `sh` blocks and one `json` block is wanted")
    if typed := TYPED.search("".join(blocks)):
        sys.exit(f"{markdown}: {typed[0]}: a version is read, not typed")
    return "".join(blocks), json.loads(answers[0])


def last_answer(output):
    """The last JSON document that was printed, without the id that is another one each time."""
    try:
        answer = json.loads(output[output.rindex("\n{\n") :])
    except ValueError:
        return None
    return answer | {"request_id": None}


def counted_curl(folder):
    """A `curl` that notes each call, and is the real one otherwise; gives its folder and the notes."""
    real = shutil.which("curl") or sys.exit("curl is missing")
    notes = folder / "calls"
    notes.touch()
    counting = folder / "bin/curl"
    counting.parent.mkdir()
    counting.write_text(f'#!/bin/sh\necho call >>"{notes}"\nexec "{real}" "$@"\n')
    counting.chmod(0o755)
    return counting.parent, notes


def play(commands, home, curl):
    """Runs commands as a newcomer's shell would, with nothing set but the path; gives status, output and seconds."""
    environment = {"PATH": f"{curl}:{os.environ['PATH']}", "HOME": str(home), "LANG": "C.UTF-8"}
    began = time.monotonic()
    shell = subprocess.Popen(
        ["bash", "-eu", "-o", "pipefail", "-c", commands],
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        output, _ = shell.communicate(timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        sys.exit(f"the story takes more than {SECONDS_MAX} s")
    finally:
        if shell.poll() is None:
            os.killpg(shell.pid, signal.SIGKILL)
    return shell.returncode, output.decode(errors="replace"), time.monotonic() - began


def tell(markdown, serving):
    """Plays the story of a Markdown file and prints it with its seconds, while `serving(home)` serves a demonstration
    and has put its `kehou-demo.env` into that folder. Ends the script when a command fails, when curl is called too often,
    or when an answer that the story promises is missing."""
    commands, promised = story(markdown)
    with tempfile.TemporaryDirectory() as folder:
        home, aside = pathlib.Path(folder, "home"), pathlib.Path(folder, "aside")
        home.mkdir()
        aside.mkdir()
        (home / "examples").symlink_to(ROOT / "examples")
        curl, notes = counted_curl(aside)
        with serving(home):
            status, output, seconds = play(commands, home, curl)
        calls = len(notes.read_text().splitlines())
    print(output, end="" if output.endswith("\n") else "\n")
    print(f"{markdown}: {calls} calls of curl in {seconds:.1f} s", flush=True)
    wrong = [f"it ended with {status}"] if status else []
    wrong += [f"more than {CALLS_MAX} calls of curl"] if calls > CALLS_MAX else []
    wrong += [f"no answer holds {mark}" for mark in MARKS if mark not in output]
    wrong += [] if last_answer(output) == promised | {"request_id": None} else ["the last answer is another one"]
    if wrong:
        sys.exit(f"{markdown}: {'; '.join(wrong)}")
