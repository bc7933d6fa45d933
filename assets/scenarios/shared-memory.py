import multiprocessing
import sys
import threading
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
SHARE = options.get("share", "value")
WORKERS = int(options.get("workers", "2"))
TIMES = int(options.get("times", "50"))
PAUSE = float(options.get("pause", "0.002"))

counter = 0


def count_variable(barrier, value):
    global counter
    barrier.wait()  # so that all begin at the same moment
    for _ in range(TIMES):
        time.sleep(PAUSE)
        counter += 1
    if SHARE == "own-memory":
        print("this process has counted to", counter)


def count_value(barrier, value):
    barrier.wait()  # likewise
    for _ in range(TIMES):
        seen = value.value  # this and the next two lines are what `value.value += 1` does
        time.sleep(PAUSE)  # between reading and writing there is always time, only less
        value.value = seen + 1


def count_locked(barrier, value):
    barrier.wait()  # here too
    for _ in range(TIMES):
        with value.get_lock():
            seen = value.value  # nobody comes in between
            time.sleep(PAUSE)
            value.value = seen + 1


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    barrier = multiprocessing.Barrier(WORKERS)
    value = multiprocessing.Value("i", 0)
    if SHARE == "threads":
        workers = [threading.Thread(target=count_variable, args=(barrier, value)) for _ in range(WORKERS)]
    elif SHARE == "own-memory":
        workers = [multiprocessing.Process(target=count_variable, args=(barrier, value)) for _ in range(WORKERS)]
    elif SHARE == "value":
        workers = [multiprocessing.Process(target=count_value, args=(barrier, value)) for _ in range(WORKERS)]
    else:
        workers = [multiprocessing.Process(target=count_locked, args=(barrier, value)) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    result = counter if SHARE in ("threads", "own-memory") else value.value
    print("expected", WORKERS * TIMES)
    print("counted", result)
