"""Headless Chromium, driven through its DevTools protocol over two pipes: no package, no port."""

import base64
import contextlib
import itertools
import json
import os
import pathlib
import select
import shutil
import subprocess
import sys
import time

QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--disable-quic", "--disable-dev-shm-usage", "--hide-scrollbars")
ANSWER_SECONDS = 60


def program():
    """CHROMIUM, or what is installed."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or "chromium"


class Tab:
    """One page, and all that it said: requests, answers, and what the console and the policy complained of."""

    def __init__(self, browser, width, height, language):
        self.browser = browser
        self.requests, self.complaints = {}, []
        # Nothing of another tab is kept: no cache, no storage.
        context = browser.ask("Target.createBrowserContext")["browserContextId"]
        target = browser.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        self.session = browser.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        browser.tabs[self.session] = self
        for domain in ("Page", "Runtime", "Network", "Log", "Audits"):
            self.ask(f"{domain}.enable")
        phone = width < 600
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)
        self.ask("Emulation.setLocaleOverride", locale=language)
        self.ask("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})

    def ask(self, method, **parameters):
        return self.browser.ask(method, self.session, **parameters)

    def heard(self, method, said):
        """What the browser tells of by itself."""
        if method == "Network.requestWillBeSent":
            self.requests[said["requestId"]] = {"method": said["request"]["method"], "url": said["request"]["url"]}
        elif method == "Network.responseReceived":
            answer = said["response"]
            self.requests[said["requestId"]] |= {"status": answer["status"], "cached": answer.get("fromDiskCache", False)}
        elif method == "Network.loadingFinished":
            self.requests[said["requestId"]]["bytes"] = said["encodedDataLength"]
        elif method == "Runtime.exceptionThrown":
            details = said["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and said["type"] in ("error", "warning", "assert"):
            self.complaints.append(" ".join(str(part.get("value", part.get("description"))) for part in said["args"]))
        elif method == "Log.entryAdded" and said["entry"]["level"] in ("error", "warning"):
            entry = said["entry"]
            self.complaints.append(f"{entry['source']}: {entry['text']} {entry.get('url', '')}")
        elif method == "Audits.issueAdded" and said["issue"]["code"] == "ContentSecurityPolicyIssue":
            self.complaints.append(json.dumps(said["issue"]["details"]))

    def run(self, script):
        """The value of a script, which may be a promise."""
        done = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True)
        if "exceptionDetails" in done:
            sys.exit(f"{script}: {done['exceptionDetails'].get('exception', done['exceptionDetails'])}")
        return done["result"].get("value")

    def until(self, script, seconds=ANSWER_SECONDS):
        """Waits until a script gives something that is true, and gives that."""
        ends = time.monotonic() + seconds
        while not (found := self.run(script)):
            if time.monotonic() > ends:
                sys.exit(f"never came: {script}\n" + "\n".join(self.complaints))
            time.sleep(0.05)
        return found

    def open(self, url):
        self.ask("Page.navigate", url=url)

    def type(self, text):
        """Types into what has the focus."""
        self.ask("Input.insertText", text=text)

    def press(self, key, code=0, text=""):
        for kind in ("keyDown", "keyUp"):
            typed = {"text": text} if text and kind == "keyDown" else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **typed)

    def picture(self, path, whole=False):
        """Draws what is to be seen, or the whole page."""
        shown = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        pathlib.Path(path).write_bytes(base64.b64decode(shown["data"]))

    def transferred(self):
        return sum(request.get("bytes", 0) for request in self.requests.values())


class Browser:
    def __init__(self, process, said, heard):
        self.process, self.said, self.heard = process, said, heard
        self.numbers, self.left, self.tabs = itertools.count(1), b"", {}

    def ask(self, method, session=None, **parameters):
        number = next(self.numbers)
        command = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        os.write(self.said, json.dumps(command).encode() + b"\0")
        ends = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < ends:
            message = self.next_message(ends)
            if message.get("id") == number:
                if "error" in message:
                    sys.exit(f"{method}: {message['error']}")
                return message["result"]
            if tab := self.tabs.get(message.get("sessionId")):
                tab.heard(message["method"], message["params"])
        sys.exit(f"{method}: the browser does not answer")

    def next_message(self, ends):
        while b"\0" not in self.left:
            if not select.select([self.heard], [], [], max(0, ends - time.monotonic()))[0]:
                sys.exit("the browser does not answer")
            read = os.read(self.heard, 1 << 20)
            if not read:
                sys.exit("the browser has ended")
            self.left += read
        message, _, self.left = self.left.partition(b"\0")
        return json.loads(message)

    def tab(self, width, height, language="zh-CN"):
        return Tab(self, width, height, language)


@contextlib.contextmanager
def browser(profile):
    """Runs until the block ends."""
    to_it, said = os.pipe()
    heard, from_it = os.pipe()

    def wire():
        # The protocol is spoken on 3 and 4; the ends in use may be those numbers themselves.
        one, other = os.dup(to_it), os.dup(from_it)
        os.dup2(one, 3)
        os.dup2(other, 4)

    command = [program(), "--headless=new", "--remote-debugging-pipe", f"--user-data-dir={profile}", *QUIET]
    # What it forks goes with it.
    process = subprocess.Popen(command, preexec_fn=wire, close_fds=False, start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(to_it)
    os.close(from_it)
    one = Browser(process, said, heard)
    try:
        yield one
    finally:
        with contextlib.suppress(SystemExit, OSError):
            one.ask("Browser.close")
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
