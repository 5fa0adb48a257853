"""What must hold before `serve` listens: an address, who may come, TLS, and folders; all that is wrong at once."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from connectors.errors import Fault, FileFaults
from welltegra.api.shield import networks
from welltegra.auth.tokens import SYMMETRIC
from welltegra.settings.model import AuthSettings, Settings, WebSettings

_KNOWN: Final = "RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA".split()


def check(settings: Settings) -> None:
    """Find out whether these settings can be served.

    Raises:
        FileFaults: They cannot; with every fault.
    """
    faults = [*_doors(settings), *_tls(settings.web), *_provider(settings.auth), *_folders(settings)]
    for setting in ("allow", "trusted_proxies"):
        try:
            networks(getattr(settings.web, setting), f"web.{setting}")
        except FileFaults as error:
            faults += error.faults
    if faults:
        raise FileFaults(faults)


def is_loopback(host: str) -> bool:
    """Return whether only this machine gets to an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def origin_of(web: WebSettings, port: int) -> str:
    """Return the scheme, host and port that browsers see."""
    if web.public_url:
        return web.public_url.lower()
    scheme = "https" if web.tls_certificate else "http"
    return f"{scheme}://{f'[{web.host}]' if ':' in web.host else web.host}:{port}"


def free_port(web: WebSettings) -> int:
    """Return the port to listen at: the one that is set, or one that is free.

    Raises:
        FileFaults: Nobody can listen there, or somebody does.
    """
    try:
        family = socket.getaddrinfo(web.host, web.port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((web.host, web.port))
            probe.listen()
            return int(probe.getsockname()[1])
    except OSError as error:
        must = f"web.host and web.port must be an address that is free to listen at; {web.host}:{web.port} is to be one"
        remedy = "End what listens there, or set another, or web.port to 0 for any."
        raise FileFaults([_fault(must, error.strerror or repr(error), remedy)]) from None


def _doors(settings: Settings) -> Iterator[Fault]:
    web, auth = settings.web, settings.auth
    if is_loopback(web.host):
        return
    if not auth.issuer and not auth.api_keys_only:
        must = "web.host must be loopback as long as nobody can prove who they are"
        remedy = "Set auth.issuer and auth.client_id, or auth.api_keys_only; see docs/serving.md."
        yield _fault(must, repr(web.host), remedy)
    if not web.tls_certificate and urlsplit(web.public_url).scheme != "https":
        must = "web.host must be loopback as long as nothing is encrypted"
        remedy = (
            "Set web.tls_certificate and web.tls_key, or, where a proxy ends TLS, web.public_url to its https address."
        )
        yield _fault(must, repr(web.host), remedy)


def _tls(web: WebSettings) -> Iterator[Fault]:
    if bool(web.tls_certificate) != bool(web.tls_key):
        absent = "web.tls_key" if web.tls_certificate else "web.tls_certificate"
        yield _fault(f"{absent} must be given with the other one of the pair", "empty", "Name both, or neither.")
    elif web.tls_certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(web.tls_certificate, web.tls_key, password="")
        except (OSError, ssl.SSLError) as error:
            must = "web.tls_certificate and web.tls_key must be a certificate and its key, without a password"
            yield _fault(must, f"{web.tls_certificate!r}, {web.tls_key!r} ({error})", "Are they PEM, and of one pair?")
    if web.client_ca:
        if not web.tls_certificate:
            yield _fault("web.client_ca must stand beside web.tls_certificate", "alone", "Set that, too.")
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_verify_locations(web.client_ca)
        except (OSError, ssl.SSLError) as error:
            yield _fault("web.client_ca must hold certificates", f"{web.client_ca!r} ({error})", "Is it PEM?")


def _provider(auth: AuthSettings) -> Iterator[Fault]:
    if auth.issuer:
        parts = urlsplit(auth.issuer)
        if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
            remedy = "Use the provider's https address."
            yield _fault("auth.issuer must be https, but on this machine", repr(auth.issuer), remedy)
        if not auth.client_id and not auth.audience:
            must = "auth.client_id or auth.audience must be given with auth.issuer"
            yield _fault(must, "empty", "Set what the provider knows us by.")
        if "openid" not in auth.scopes.split():
            yield _fault("auth.scopes must have openid among them", repr(auth.scopes), "Add it.")
    for name in auth.algorithms:
        if name in SYMMETRIC or name not in _KNOWN:
            must = f"auth.algorithms must list some of {', '.join(_KNOWN)}"
            yield _fault(must, repr(name), "Leave it out.")
    if not auth.algorithms:
        yield _fault("auth.algorithms must list at least one", "empty", "Leave it out for the usual ones.")


def _folders(settings: Settings) -> Iterator[Fault]:
    for project_id, folder in settings.projects.items():
        if not Path(folder, "project.toml").is_file():
            must = f"projects.{project_id} must be a folder with a project.toml"
            yield _fault(must, repr(str(folder)), "Is the path right? It begins at the working directory.")


def _fault(must: str, found: str, remedy: str) -> Fault:
    return Fault("settings", None, must, found, remedy)
