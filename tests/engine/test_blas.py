"""Environment variables for processes that compute."""

import subprocess
import sys

from engine.blas import AVX512, ONE_THREAD, blas_environment


def cpu_info(vendor, flags):
    one = f"processor\t: 0\nvendor_id\t: {vendor}\nflags\t\t: fpu {' '.join(flags)} sse2\n\n"
    return one + one.replace("processor\t: 0", "processor\t: 1")


def test_an_amd_processor_with_avx512_uses_it():
    environment = blas_environment(cpu_info("AuthenticAMD", AVX512))
    assert environment == {**ONE_THREAD, "OPENBLAS_CORETYPE": "SkylakeX"}


def test_all_other_processors_are_left_to_the_blas():
    for text in (
        cpu_info("AuthenticAMD", AVX512 - {"avx512vl"}),
        cpu_info("GenuineIntel", AVX512),
        "",
    ):
        assert blas_environment(text) == ONE_THREAD


def test_it_can_be_asked_for_before_numpy_is_there():
    code = (
        "import sys, engine.blas; engine.blas.blas_environment(); assert 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
