"""The pool by itself."""

import os

import pytest
from threadpoolctl import threadpool_info

from study import executors
from study.errors import StudyError
from study.executors import Pool, make_executor


def threads_of_each_library() -> set[int]:
    return {library["num_threads"] for library in threadpool_info()}


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_back(workers: int) -> None:
    with make_executor(workers) as executor:
        assert list(executor.map(abs, [-1, 2, -3])) == [1, 2, 3]


def test_an_error_of_a_task_comes_back_and_leaves_the_pool_alive() -> None:
    with Pool(2) as pool:
        with pytest.raises(ZeroDivisionError):
            pool.submit(divmod, 1, 0).result()
        assert pool.submit(abs, -1).result() == 1


def test_each_worker_has_one_thread_of_blas() -> None:
    with Pool(1) as pool:
        assert pool.submit(threads_of_each_library).result() == {1}


def test_a_task_that_ends_every_worker_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "ATTEMPTS", 2)
    with Pool(1) as pool:
        with pytest.raises(StudyError, match="workers died 2 times"):
            pool.submit(os._exit, 1).result()
        assert pool.submit(abs, -1).result() == 1
