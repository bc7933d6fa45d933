import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
HOW = options.get("how", "kill")
SECONDS = float(options.get("seconds", "1"))


def hold(lock, taken):
    if HOW == "exception":
        with lock:
            taken.set()
            time.sleep(0.2)
            raise RuntimeError("inside with")
    lock.acquire()
    taken.set()
    if HOW == "kill":
        time.sleep(60)  # somebody will kill it here
    time.sleep(0.2)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    lock = multiprocessing.Lock()
    taken = multiprocessing.Event()
    child = multiprocessing.Process(target=hold, args=(lock, taken))
    child.start()
    taken.wait()
    print("while it lives", lock.acquire(block=False))
    if HOW == "kill":
        child.kill()
    child.join()
    print("exit code", child.exitcode)
    print("after its end", lock.acquire(timeout=SECONDS))
    print(lock)
