"""The [opcua] section as the connector takes it, checked before anybody is called."""

from __future__ import annotations

from connectors.errors import Fault, FileFaults
from connectors.opcua.config import OpcUa
from connectors.opcua.tag_map import load_tag_map
from welltegra.settings.keys import variable
from welltegra.settings.model import OpcuaSettings


def opcua_of(settings: OpcuaSettings) -> OpcUa:
    """Return the server and its tags.

    Raises:
        FileFaults: With every fault of the tag map, or of [opcua]; no sentence holds the password.
    """
    missing = [key for key in ("endpoint", "tags") if not getattr(settings, key)]
    if missing:
        raise FileFaults([Fault("settings", None, f"opcua.{key} must be given", "empty", _set(key)) for key in missing])
    return OpcUa(
        endpoint=settings.endpoint,
        tags=load_tag_map(settings.tags),
        username=settings.username,
        password=settings.password.get_secret_value(),
        publishing_interval_ms=settings.publishing_interval_ms,
        queue=settings.queue,
        deadline_s=settings.deadline_s,
        history=settings.history,
        keep_minutes=settings.keep_minutes,
        keep_mb=settings.keep_mb,
    )


def _set(key: str) -> str:
    return f"Set it in [opcua], or as {variable(('opcua', key))}."
