import multiprocessing
import os
import signal
import time


def outlive(outbox):
    parent = multiprocessing.parent_process()
    parent.join()
    while os.getppid() == parent.pid:
        time.sleep(0.01)
    time.sleep(0.5)
    outbox.send("I still run, and have another parent")


def manage(outbox):
    multiprocessing.Process(target=outlive, args=(outbox,), name="daemon", daemon=True).start()
    time.sleep(0.3)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    inbox, outbox = multiprocessing.Pipe(duplex=False)
    manager = multiprocessing.Process(target=manage, args=(outbox,), name="manager")
    manager.start()
    manager.join()
    print("manager: exit code", manager.exitcode, flush=True)
    print("daemon:", inbox.recv(), flush=True)
