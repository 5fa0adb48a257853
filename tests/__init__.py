"""What must hold of WellTegra; the folders mirror the packages."""

from connectors.kernel_cache import use_kernel_cache

# Before any test module imports numba: the compiled kernel that is tested is the one of the sources as they are.
use_kernel_cache()
