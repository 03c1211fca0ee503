"""A worker that runs but does nothing, frozen so that no watch inside it can help, is replaced by its supervisor."""

import os
import signal
import sys
import threading

from tests.support import processes
from tracker import supervising
from tracker.supervising import Child, Supervisor


def test_a_frozen_child_whose_work_stands_still_is_killed_and_started_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(supervising, "GRACE", 0.3)
    monkeypatch.setattr(supervising, "LOOK_EVERY", 0.1)
    said, frozen = [], set()
    child = Child("worker", [sys.executable, "-c", "import time; time.sleep(60)"])
    child.works = lambda: child.process.pid not in frozen
    supervisor = Supervisor([child], tmp_path / "log", dict(os.environ), said.append)
    supervisor.start_all()
    first = child.process.pid
    thread = threading.Thread(target=supervisor.keep_running)
    thread.start()
    try:
        os.kill(first, signal.SIGSTOP)
        frozen.add(first)
        processes.wait_until(lambda: child.running and child.process.pid != first, 20, lambda: str(said))
        assert said[0] == "worker runs but takes no work; it is replaced"
    finally:
        supervisor.asked_to_stop = True
        thread.join(60)
        supervisor.stop_all()
