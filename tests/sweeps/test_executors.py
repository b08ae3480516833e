"""A sweep spread by executors gives what it gives in one process."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import pytest

import l2viz
from l2viz.progress import Progress
from tests.sweeps import models
from tests.sweeps.test_members import assert_same_paths

pytestmark = pytest.mark.usefixtures("one_thread")


def swept(executor: Executor | None, **settings: Any) -> l2viz.Trajectory:
    data = models.images()
    given = {"epochs": 2, "batch_size": 8, "validation_data": data, "verbose": False}
    return l2viz.sweep(
        models.cnn, data, models.STRENGTHS, executor=executor, shard_size=2, **(given | settings)
    )


@pytest.mark.usefixtures("floatx64")
def test_threads(capsys: pytest.CaptureFixture[str]) -> None:
    with ThreadPoolExecutor(2) as executor:
        spread = swept(executor, verbose=True)
    assert capsys.readouterr().out == "shards of up to 2 strengths, together.\n"
    assert_same_paths(spread, swept(None))


@pytest.mark.slow
@pytest.mark.parametrize("together", [True, False])
@pytest.mark.usefixtures("floatx64")
def test_processes(together: bool) -> None:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor:
        spread = swept(executor, together=together)
    assert_same_paths(spread, swept(None))


@pytest.mark.slow
@pytest.mark.usefixtures("floatx64")
def test_a_dask_cluster_of_processes() -> None:
    distributed = pytest.importorskip("distributed")
    settings = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with (
        distributed.LocalCluster(processes=True, **settings) as cluster,
        distributed.Client(cluster) as client,
    ):
        spread = swept(client.get_executor())
    assert_same_paths(spread, swept(None))


def test_a_function_that_no_process_can_import_is_refused() -> None:
    with ProcessPoolExecutor(1) as executor, pytest.raises(l2viz.InvalidValue) as caught:
        l2viz.sweep(lambda strength: strength, models.numbers(), (0.0,), executor=executor)
    assert caught.value.field == "build_model"
    assert caught.value.rule == "be a function that other processes can import"


def test_ctrl_c_keeps_the_shards_that_have_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(Progress):
        """Raises what Ctrl-C raises, when the first shard is counted."""

        def advance(self, epochs: int) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr("l2viz.sweeps.sweep.Progress", Interrupted)
    with ThreadPoolExecutor(1) as executor, pytest.warns(UserWarning, match="2 of 3 strengths"):
        path = swept(executor)
    assert path.strengths.tolist() == list(models.STRENGTHS[:2])


def test_an_error_of_a_shard_is_raised() -> None:
    with ThreadPoolExecutor(1) as executor, pytest.raises(l2viz.InvalidValue) as caught:
        l2viz.sweep(
            *(models.secret, models.numbers(), models.STRENGTHS),
            together=True,
            executor=executor,
            verbose=False,
        )
    assert caught.value.field == "together"
