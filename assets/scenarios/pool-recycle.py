import collections
import multiprocessing
import os
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
WORKERS = int(options.get("workers", "2"))
TASKS = int(options.get("tasks", "10"))
LIMIT = int(options.get("limit", "2"))
SECONDS = float(options.get("seconds", "0.1"))


def who(number):
    time.sleep(SECONDS)
    return os.getpid()


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    pool = multiprocessing.Pool(WORKERS, maxtasksperchild=LIMIT or None)
    pids = pool.map(who, range(TASKS), 1)
    pool.close()
    pool.join()
    tasks = collections.Counter(pids)
    print(len(pids), "tasks done")
    print("recycled" if len(tasks) > WORKERS else "not recycled", "and none did more than its share:", all(n <= (LIMIT or TASKS) for n in tasks.values()))
