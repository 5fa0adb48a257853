"""The one place that names the compiler of the kernel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Return `function` compiled by numba, or itself under NUMBA_DISABLE_JIT=1.

    error_model "numpy": a division by zero gives inf as everywhere else in the arithmetic of samples; limits are
    never zero.
    """
    return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))


def plain(function: F) -> F:
    """Return `function` uncompiled: for one call on Python's own numbers, which costs less than handing them over."""
    return cast(F, getattr(function, "py_func", function))
