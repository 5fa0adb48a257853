"""The parts of these tests; a plugin may be named only where pytest starts."""

from __future__ import annotations

from tests.parts.prometheus import new_prometheus, promtool

__all__ = ["new_prometheus", "promtool"]
