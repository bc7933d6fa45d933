import ctypes
import multiprocessing
import sys
import threading
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
WORKERS = options.get("workers", "processes")
SECONDS = float(options.get("seconds", "1"))


def crash():
    time.sleep(SECONDS)
    print("reads what is at address 0", flush=True)
    ctypes.string_at(0)


def work():
    time.sleep(2 * SECONDS)
    print("the neighbour has done its work", flush=True)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    Worker = threading.Thread if WORKERS == "threads" else multiprocessing.Process
    neighbour = Worker(target=work, name="neighbour")
    crasher = Worker(target=crash, name="crasher")
    neighbour.start()
    crasher.start()
    crasher.join()
    print("MainProcess goes on", flush=True)
    neighbour.join()
    print("exit codes", crasher.exitcode, neighbour.exitcode)
