"""Bytewax dataflows: wiring only."""

from connectors.kernel_cache import use_kernel_cache

# Before anything here imports the kernel: numba reads where to keep it only then.
use_kernel_cache()
