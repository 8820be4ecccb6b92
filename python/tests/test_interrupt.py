"""An interrupt ends long work within a moment, keeps what is there, and the same call goes on."""

import json
import multiprocessing
import os
import queue
import signal
import subprocess
import sys
import threading
import time
import urllib.request

import forestall
import pytest
from conftest import QUICKSTART, ROOT

#: Seconds within which an interrupt is to be raised, on a machine that does much else.
SOON = 3.0


class Interrupter:
    """Sends an interrupt to this process once work goes on, and knows when."""

    def __init__(self):
        self.sent = None

    def __call__(self, progress):
        if self.sent is None and progress.done >= 20:
            self.sent = time.monotonic()
            # By another thread: the handler is to run while the work has the floor.
            threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()


def test_a_run_stops_soon_keeps_its_replications_and_goes_on(scenario, tmp_path):
    interrupter = Interrupter()
    with pytest.raises(KeyboardInterrupt):
        scenario.run(replications=100_000, out=tmp_path, progress=interrupter)
    assert time.monotonic() - interrupter.sent < SOON
    (folder,) = tmp_path.iterdir()
    stopped = forestall.Run.open(folder)
    kept = stopped.manifest["replications"]["done"]
    assert stopped.manifest["status"] == "interrupted" and kept > 0
    began = []
    run = scenario.run(replications=kept + 8, out=tmp_path, progress=began.append)
    assert run.path == folder and run.manifest["status"] == "complete"
    assert run.manifest["replications"]["done"] == kept + 8
    # What was kept is not computed again.
    assert began[0].done >= 5 * kept


def test_what_cannot_be_stopped_is_left_at_once():
    # Two replications of the shipped Europe alone take longer.
    scenario = forestall.Scenario.load(ROOT / "scenarios" / "europe-2014-2016.toml")
    sent = []

    def interrupt():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Timer(0.2, interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        scenario.check()
    assert time.monotonic() - sent[0] < SOON


def test_a_run_in_memory_stops_soon(scenario):
    interrupter = Interrupter()
    with pytest.raises(KeyboardInterrupt):
        scenario.run(replications=100_000, out=None, progress=interrupter)
    assert time.monotonic() - interrupter.sent < SOON


def test_other_threads_of_python_go_on_meanwhile(scenario):
    ticks = []
    stop = threading.Event()

    def tick():
        while not stop.wait(0.01):
            ticks.append(time.monotonic())

    thread = threading.Thread(target=tick)
    thread.start()
    began = time.monotonic()
    scenario.run(replications=60, out=None, progress=False)
    took = time.monotonic() - began
    stop.set()
    thread.join()
    # With the lock held there would be none.
    assert sum(began <= at <= began + took for at in ticks) > 5 * took


def in_child(answers):
    run = forestall.Scenario.load(QUICKSTART).run("", 3, out=None, progress=False)
    answers.put(len(run.replications))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system does not fork")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_process_that_forks_after_a_run_can_run(scenario):
    scenario.run("", 3, out=None, progress=False)
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=in_child, args=(answers,))
    child.start()
    try:
        assert answers.get(timeout=60) == 3
    except queue.Empty:
        pytest.fail("the child does not come to an end")
    finally:
        child.kill()
        child.join()


SERVE = """
import forestall, sys
forestall.Scenario.load(sys.argv[1]).explore(open=False, replications=10)
print("over", flush=True)
"""


def test_the_explorer_is_served_until_an_interrupt():
    words = [sys.executable, "-u", "-c", SERVE, str(QUICKSTART)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as served:
        try:
            address = served.stdout.readline().strip()
            with urllib.request.urlopen(address + "api/about", timeout=30) as answer:
                about = json.load(answer)
            assert "quickstart" in json.dumps(about)
            served.send_signal(signal.SIGINT)
            rest, _ = served.communicate(timeout=30)
        finally:
            served.kill()
    assert (rest.strip(), served.returncode) == ("over", 0)


IN_A_NOTEBOOK = """
import forestall
forestall.Scenario.load({path!r}).run(replications=100_000, out={out!r})
"""


def test_a_notebook_stops_by_its_button(tmp_path):
    manager_of_kernels = pytest.importorskip("jupyter_client.manager")
    kernel, client = manager_of_kernels.start_new_kernel(kernel_name="python3")
    try:
        message = client.execute(IN_A_NOTEBOOK.format(path=str(QUICKSTART), out=str(tmp_path)))
        shown, interrupted = "", None
        end = time.monotonic() + 90
        while time.monotonic() < end:
            told = client.get_iopub_msg(timeout=60)
            content = told["content"]
            if told["parent_header"].get("msg_id") != message:
                continue
            if told["msg_type"] == "stream":
                shown += content["text"]
                if interrupted is None and "/500000" in shown:
                    interrupted = time.monotonic()
                    kernel.interrupt_kernel()
            elif told["msg_type"] == "error":
                break
        assert interrupted is not None, f"no progress was shown: {shown!r}"
        assert content["ename"] == "KeyboardInterrupt"
        assert time.monotonic() - interrupted < SOON
        # One line that is written anew, with what it is about.
        assert shown.count("\n") <= 1 and "runs" in shown
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
