"""The request tag as a PLC would have it: local or remote, clamp, ramp, watchdog. Pure: time goes in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple

Status = Literal["none", "ramping", "holding", "interlocked", "released", "local"]
Result = Literal["Good", "GoodClamped", "BadUserAccessDenied", "BadOutOfRange", "BadTypeMismatch"]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the PLC allows a request, whatever is written.

    low_spm, high_spm: a request outside is cut to them. ramp_spm_per_s: how fast the set point moves to it.
    watchdog_s: a request that is not written again for so long is released: the driller's own set point holds.
    """

    low_spm: float = 0.0
    high_spm: float = 120.0
    ramp_spm_per_s: float = 2.0
    watchdog_s: float = 30.0


class Shown(NamedTuple):
    """What the request tags show: the value in force or the last that was, which of them, and the key."""

    value_spm: float
    status: Status
    local: bool


class Request:
    """One well's request of a pump rate."""

    def __init__(self, envelope: Envelope | None = None) -> None:
        self.envelope = envelope or Envelope()
        self._value_spm = 0.0
        self._written_at: int | None = None  # None while no request is in force
        self._set_point_spm: float | None = None
        self._status: Status = "none"
        self._local = False

    def write(self, value: object, second: int) -> Result:
        """Return how the PLC answers to a value [spm] written during `second`."""
        if isinstance(value, bool) or not isinstance(value, float):
            return "BadTypeMismatch"
        if self._local:
            return "BadUserAccessDenied"
        if not math.isfinite(value):
            return "BadOutOfRange"
        clamped = min(max(value, self.envelope.low_spm), self.envelope.high_spm)
        if self._written_at is None:
            self._set_point_spm = None  # the ramp begins at the rate that the pump has by then
        self._value_spm, self._written_at = clamped + 0.0, second
        if self._status in ("none", "released"):
            self._status = "ramping"
        return "Good" if clamped == value else "GoodClamped"

    def put(self, local: bool) -> None:
        """Turn the key switch. In local a request that is in force is released at once, and none is taken."""
        if local and not self._local:
            self._release("local")
        elif self._local and not local:
            self._status = "released"
        self._local = local

    def set_point_spm(self, second: int, driller_spm: float, rate_spm: float) -> float:
        """Return what the pump follows during `second`.

        driller_spm: the driller's own set point; while that is 0, no request starts the pump. rate_spm: the pump's.
        """
        if self._written_at is not None and second - self._written_at >= self.envelope.watchdog_s:
            self._release("released")
        if self._written_at is None:
            return driller_spm
        if driller_spm == 0.0:
            self._status, self._set_point_spm = "interlocked", None
            return driller_spm
        start = rate_spm if self._set_point_spm is None else self._set_point_spm
        most = self.envelope.ramp_spm_per_s
        self._set_point_spm = start + min(max(self._value_spm - start, -most), most)
        self._status = "holding" if self._set_point_spm == self._value_spm else "ramping"
        return self._set_point_spm

    def shown(self) -> Shown:
        return Shown(self._value_spm, self._status, self._local)

    def _release(self, status: Status) -> None:
        self._written_at = self._set_point_spm = None
        self._status = status
