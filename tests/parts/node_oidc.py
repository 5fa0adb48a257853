"""An OpenID Connect provider that is not ours: oidc-provider, as tests/node/oidc_provider.mjs runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urljoin

import httpx

from tests.parts.apache_kafka import free_ports
from tests.parts.node_opcua import bring
from tests.test_layers import REPO

PROGRAM = REPO / "tests" / "node" / "oidc_provider.mjs"
CLIENT_ID, CLIENT_SECRET, AUDIENCE = "welltegra", "a-secret-of-the-tests", "urn:welltegra:api"
STARTS_WITHIN_S = 180.0
ANSWERS_WITHIN_S = 60.0
ENDS_WITHIN_S = 5.0
_ACTION = re.compile(r'<form[^>]*action="([^"]+)"')


class NodeOidc:
    """A provider on a port of this machine, from entering to leaving. roles: by subject. redirects: of ours."""

    def __init__(self, folder: Path, redirects: Sequence[str], roles: Mapping[str, Sequence[str]]) -> None:
        self._log = folder / "oidc.log"
        self._redirects, self._roles = list(redirects), dict(roles)
        (self.port,) = free_ports(1)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> NodeOidc:
        bring()
        try:
            self._start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def token(self, **more: str) -> str:
        """Return an access token for our API, of the client itself."""
        form = {"grant_type": "client_credentials", "scope": "worklist", "resource": AUDIENCE, **more}
        answer = httpx.post(
            f"{self.issuer}/token",
            data=form,
            auth=(CLIENT_ID, CLIENT_SECRET),
            trust_env=False,
            timeout=ANSWERS_WITHIN_S,
        )
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def sign_in(self, browser: httpx.Client, place: str, who: str) -> str:
        """Fill the provider's forms in as `who`; return where it sends the browser back to."""
        answer = browser.get(place)
        for _ in range(12):
            if answer.is_redirect:
                place = urljoin(str(answer.url), answer.headers["location"])
                if not place.startswith(self.issuer):
                    return place
                answer = browser.get(place)
                continue
            found = _ACTION.search(answer.text)
            assert found is not None, f"a form must be there; was {answer.status_code} {answer.text[:500]}"
            prompt = "login" if 'value="login"' in answer.text else "consent"
            form = {"prompt": prompt, **({"login": who, "password": "any"} if prompt == "login" else {})}
            answer = browser.post(urljoin(str(answer.url), found[1]), data=form)
        raise AssertionError("the provider must send the browser back; has not")

    def _start(self) -> None:
        settings = {"port": self.port, "redirects": self._redirects, "roles": self._roles}
        with self._log.open("wb") as stream:
            self._process = subprocess.Popen(
                ["node", PROGRAM, json.dumps(settings)],
                stdin=subprocess.PIPE, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + STARTS_WITHIN_S
        while "listens on" not in (said := self._log.read_text(encoding="utf-8")):
            assert self._process.poll() is None, f"oidc-provider ended: {said[-2000:]}"
            assert time.monotonic() < until, f"oidc-provider must listen; said: {said[-2000:]}"
            time.sleep(0.05)

    def _end(self) -> None:
        if self._process is None:
            return
        assert self._process.stdin is not None, "a pipe"
        self._process.stdin.close()
        try:
            self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None
