from __future__ import annotations

import base64
import json

import pytest

from welltegra.auth.browser import Pending, local_path
from welltegra.auth.errors import SignInFailed


@pytest.mark.parametrize("path", ["/", "/projects/kern/worklist?sort=-total_score&text=a%20b", "/a/b#c"])
def test_that_a_path_of_ours_is_where_sign_in_leads(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/a\n//evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "a",
        "",
        None,
        "/" + "a" * 2_000,
        "/a b",
    ],
)
def test_that_sign_in_leads_nowhere_else(path: str | None) -> None:
    assert local_path(path) == "/"


def test_that_a_pending_sign_in_is_read_back_from_its_cookie() -> None:
    pending = Pending("s", "n", "v", "/x")
    assert Pending.parse(str(pending)) == pending


def cookie(**change: str) -> str:
    made = {"state": "s", "nonce": "n", "verifier": "v", "next": "/x", **change}
    return base64.urlsafe_b64encode(json.dumps(made).encode()).decode().rstrip("=")


STRANGE = [cookie(**{name: text}) for name in ("state", "nonce", "verifier") for text in ("\ud800", "", "a b", "é")]


@pytest.mark.parametrize("next_", ["//evil.example", "https://evil.example", "/\ud800", "/\\evil.example"])
def test_that_a_cookie_does_not_say_that_sign_in_leads_elsewhere(next_: str) -> None:
    assert Pending.parse(cookie(next=next_)).next == "/"
    assert Pending.parse(cookie()).next == "/x"


@pytest.mark.parametrize("text", [None, "", "x", "e30", "W10", "eyJzdGF0ZSI6IDF9", "é", "A" * 10_000, *STRANGE])
def test_that_any_other_cookie_is_no_sign_in(text: str | None) -> None:
    with pytest.raises(SignInFailed):
        Pending.parse(text)
