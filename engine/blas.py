"""How the BLAS below NumPy should run: environment variables for processes that compute.

A BLAS reads them when NumPy is first imported, so they are set for a process before it starts. This
module does not import NumPy.
"""

from pathlib import Path

ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
"""One thread a process: the other cores go to other processes."""

AVX512 = {"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"}
"""What OpenBLAS's kernels for AVX-512 need, as Linux spells it."""

CPU_INFO = Path("/proc/cpuinfo")


def blas_environment(cpu_info: str | None = None) -> dict[str, str]:
    """Return the environment variables for a process that computes.

    Beside `ONE_THREAD`, OpenBLAS is told to use its AVX-512 kernels on an AMD processor that has
    AVX-512: OpenBLAS 0.3.31 does not know the newest of these, and falls back to AVX2, at half the
    speed. It makes its own, right, choice on all others.

    Parameters
    ----------
    cpu_info : str, optional
        What Linux says about the processor; read from `CPU_INFO`, where that exists, if left out.
    """
    if cpu_info is None:
        cpu_info = CPU_INFO.read_text() if CPU_INFO.is_file() else ""
    fields = dict(line.split(":", 1) for line in cpu_info.splitlines() if ":" in line)
    facts = {key.strip(): value.strip() for key, value in fields.items()}
    flags = set(facts.get("flags", "").split())
    if facts.get("vendor_id") == "AuthenticAMD" and flags >= AVX512:
        return {**ONE_THREAD, "OPENBLAS_CORETYPE": "SkylakeX"}
    return ONE_THREAD.copy()
