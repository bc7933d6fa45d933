import multiprocessing
import os
import sys

options = dict(argument.split("=") for argument in sys.argv[1:])
PATIENCE = float(options.get("patience", "0.5"))


def leaves_by_with(lock):
    with lock:
        sys.exit(1)


def leaves_by_return(lock):
    lock.acquire()  # and nobody releases it


def leaves_by_os_exit(lock):
    lock.acquire()
    os._exit(1)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    for leaves in (leaves_by_with, leaves_by_return, leaves_by_os_exit):
        lock = multiprocessing.Lock()
        child = multiprocessing.Process(target=leaves, args=(lock,))
        child.start()
        child.join()
        free = lock.acquire(timeout=PATIENCE)
        print(f"{leaves.__name__}: exit code {child.exitcode}, the lock is free: {free}, {lock}", flush=True)
