"""Linear algebra keeps to one thread where it is told to."""

import numpy as np
from threadpoolctl import threadpool_info

from leadmc.base.processor import one_blas_thread


def blas_threads():
    np.linalg.solve(np.eye(2), np.ones(2))  # loads the library
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


def test_a_decorated_function_has_one_thread_and_gives_the_others_back():
    before = blas_threads()
    assert one_blas_thread()(blas_threads)() == {1}
    assert blas_threads() == before
