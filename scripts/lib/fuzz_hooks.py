"""What schemathesis does not think of by itself: cursors that the service gave, changed in a byte or two and sent to any
list, and Basic credentials whose bytes are no text. Each operation is asked by an account of the demonstration that may
call it. Counts what was sent and what was done, so that a run that is refused throughout fails."""

import atexit
import base64
import collections
import json
import os
import pathlib
import random
import urllib.error
import urllib.parse
import urllib.request

import schemathesis

BASE = os.environ["FUZZ_BASE"]
CHANCE = random.Random(20240910)
SENT = collections.Counter()
# Who may do anything somewhere, in the demonstration.
ACCOUNTS = ["demo.platform", "demo.school", "demo.bureau", "demo.finance", "demo.guardian"]
PASSWORD = "kehou-demo"
TOKENS = {}
# Who was last told that an operation is not for its role: the next one asks.
TURN = collections.Counter()


def asked(path, body=None, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = urllib.parse.urlencode(body).encode() if body else None
    with urllib.request.urlopen(urllib.request.Request(BASE + path, data, headers)) as answer:
        return json.load(answer)


def sign_in(account):
    form = {"grant_type": "password", "username": account, "password": PASSWORD}
    try:
        TOKENS[account] = asked("/oauth/token", form)["access_token"]
    except urllib.error.HTTPError:
        TOKENS.pop(account, None)  # suspended meanwhile, which an operation may do


def given_cursors():
    """Cursors as the service signs them, of lists that have two rows."""
    for account, path in [("demo.platform", "authorities"), ("demo.bureau", "plans"), ("demo.school", "projects")]:
        if cursor := asked(f"/api/v1/{path}?limit=1", token=TOKENS[account]).get("next_cursor"):
            yield cursor


for one in ACCOUNTS:
    sign_in(one)
CURSORS = list(given_cursors())


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


def account_of(operation):
    standing = [account for account in ACCOUNTS if account in TOKENS]
    return standing[TURN[operation.label] % len(standing)]


@schemathesis.auth(refresh_interval=None)
class OfWhoeverMay:
    """So the tool knows when it leaves the token away."""

    def get(self, case, ctx):
        return TOKENS[account_of(case.operation)]

    def set(self, case, data, ctx):
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.hook
def before_call(ctx, case, kwargs):
    del ctx, kwargs
    takes_cursor = any(parameter.name == "cursor" for parameter in case.operation.query)
    if takes_cursor and CHANCE.random() < 0.5:
        case.query = {**(case.query or {}), "cursor": changed(CHANCE.choice(CURSORS))}
        SENT["cursors"] += 1
    if case.operation.path.startswith("/oauth/") and CHANCE.random() < 0.5:
        case.headers = {**(case.headers or {}), "Authorization": basic()}
        SENT["credentials"] += 1


@schemathesis.hook
def after_call(ctx, case, response):
    del ctx
    SENT["calls"] += 1
    if response.status_code == 403:
        TURN[case.operation.label] += 1
    elif response.status_code == 401 and not case.operation.path.startswith("/oauth/"):
        sign_in(account_of(case.operation))
    elif response.status_code < 300:
        SENT["done"] += 1


@atexit.register
def told():
    pathlib.Path(os.environ["FUZZ_SENT"]).write_text(json.dumps(SENT), encoding="utf-8")
