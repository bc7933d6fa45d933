import multiprocessing
import os
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
WHAT = options.get("what", "main-returns")
SECONDS = float(options.get("seconds", "2"))


def work():
    name = multiprocessing.current_process().name
    try:
        time.sleep(SECONDS)
        print(name, "has done its work", flush=True)
    finally:
        print(name, "cleans up", flush=True)


def wants_children():
    child = multiprocessing.Process(target=work)
    print("my child would be a daemon too:", child.daemon, flush=True)
    child.start()


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    if WHAT == "daemon-has-children":
        daemon = multiprocessing.Process(target=wants_children, name="daemon", daemon=True)
        daemon.start()
        daemon.join()
        print("exit code", daemon.exitcode)
        sys.exit()
    daemon = multiprocessing.Process(target=work, name="daemon", daemon=True)
    normal = multiprocessing.Process(target=work, name="normal")
    daemon.start()
    normal.start()
    time.sleep(0.5)
    print("MainProcess ends", flush=True)
    if WHAT == "main-raises":
        raise RuntimeError("in MainProcess")
    if WHAT == "main-leaves":
        os._exit(5)
