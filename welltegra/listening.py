"""Addresses to listen at."""

from __future__ import annotations

import socket


def family_of(host: str, port: int) -> socket.AddressFamily:
    """Return what kind of address a host has; OSError if it has none."""
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    except UnicodeError as error:  # part of its name is empty, or longer than 63
        raise socket.gaierror(socket.EAI_NONAME, str(error)) from None
