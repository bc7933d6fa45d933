import atexit
import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
END = options.get("end", "terminated")


def clean_up(who):
    print(who, "cleans up", flush=True)


def work(ready):
    atexit.register(clean_up, "atexit")
    try:
        print("at work", flush=True)
        ready.set()
        time.sleep(0.5 if END == "returns" else 30)
    finally:
        clean_up("finally")


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    ready = multiprocessing.Event()
    worker = multiprocessing.Process(target=work, args=(ready,))
    worker.start()
    ready.wait()
    if END == "terminated":
        time.sleep(0.5)
        worker.terminate()
    worker.join()
    print("exit code", worker.exitcode, flush=True)
