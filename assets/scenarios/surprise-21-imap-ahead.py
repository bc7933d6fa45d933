import itertools
import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
SECONDS = float(options.get("seconds", "0.1"))
pulled = 0


def numbers():
    global pulled
    for number in itertools.count():
        pulled = number + 1
        yield number


def slow(number):
    time.sleep(SECONDS)
    return number


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    pool = multiprocessing.Pool(1)
    results = pool.imap(slow, numbers())
    for _ in range(5):
        print("result", next(results), flush=True)
    print("taken from the generator:", pulled, flush=True)
    pool.terminate()
    pool.join()
