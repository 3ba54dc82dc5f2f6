"""What schemathesis does not think of by itself: cursors that the service gave, changed in a byte or two and sent to any
list, and Basic credentials whose bytes are no text. Counts what it sent, so that a run that aimed at nothing fails."""

import atexit
import base64
import collections
import json
import os
import pathlib
import random
import urllib.request

import schemathesis

CHANCE = random.Random(20240910)
SENT = collections.Counter()
# Lists of which even a new installation has two rows, so that the service gives cursors of them.
LISTS = ["authorities", "rules", "jobs"]


def given_cursors():
    """Cursors as the service signs them."""
    for path in LISTS:
        request = urllib.request.Request(
            f"{os.environ['FUZZ_BASE']}/api/v1/{path}?limit=1",
            headers={"Authorization": f"Bearer {os.environ['FUZZ_TOKEN']}"},
        )
        with urllib.request.urlopen(request) as answer:
            if cursor := json.load(answer).get("next_cursor"):
                yield cursor


CURSORS = list(given_cursors()) or ["no list gave a cursor"]


def changed(cursor):
    """A cursor with a byte flipped, dropped, doubled, swapped, cut off or added; now and then as it was given."""
    letters, at = list(cursor), CHANCE.randrange(len(cursor))
    match CHANCE.randrange(8):
        case 0:
            letters[at] = CHANCE.choice("ABCxyz019-_=+/%~é\u200b")
        case 1:
            del letters[at]
        case 2:
            letters.insert(at, letters[at])
        case 3:
            letters = letters[at:] + letters[:at]
        case 4:
            letters = letters[:at]
        case 5:
            letters += CHANCE.choices("ABCxyz019-_=", k=CHANCE.randrange(1, 200))
        case 6:
            raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            raw[CHANCE.randrange(len(raw))] ^= 1 << CHANCE.randrange(8)
            letters = list(base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("="))
    return "".join(letters)


def raw_bytes(most):
    """Bytes that a header may carry."""
    return bytes(CHANCE.choice([9, *range(32, 127), *range(128, 256)]) for _ in range(CHANCE.randrange(most)))


def basic():
    """Basic credentials: bytes that are no base64, base64 of what is no text, or of text with odd parts."""
    match CHANCE.randrange(5):
        case 0:
            return b"Basic " + raw_bytes(60)
        case 1:
            return b"Basic " + base64.b64encode(CHANCE.randbytes(CHANCE.randrange(60)))
        case 2:
            return b"Basic " + base64.b64encode(b"admin:" + CHANCE.randbytes(30))
        case 3:
            return b"Basic " + base64.b64encode(CHANCE.choice([b"a%zz:%", b":", b"%00:%0d%0a", b"a:b:c", b"%ff%fe:x"]))
        case _:
            return CHANCE.choice([b"basic", b"Basic", b"Basic  YTpi", b"Basic YTpi YTpi", b"Basic YTpi,Bearer x", b"\xff"])


@schemathesis.hook
def before_call(ctx, case, kwargs):
    del ctx
    takes_cursor = any(parameter.name == "cursor" for parameter in case.operation.query)
    if takes_cursor and CHANCE.random() < 0.5:
        case.query = {**(case.query or {}), "cursor": changed(CHANCE.choice(CURSORS))}
        SENT["cursors"] += 1
    if case.operation.path.startswith("/oauth/") and CHANCE.random() < 0.5:
        kwargs["headers"] = {**(kwargs.get("headers") or {}), "Authorization": basic()}
        SENT["credentials"] += 1


@atexit.register
def told():
    pathlib.Path(os.environ["FUZZ_SENT"]).write_text(json.dumps(SENT), encoding="utf-8")
