import multiprocessing
import random
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
PUTS = float(options.get("puts", "4"))
GETS = float(options.get("gets", "2"))
PRODUCERS = int(options.get("producers", "1"))
CONSUMERS = int(options.get("consumers", "1"))
MAXSIZE = int(options.get("maxsize", "5"))


def produce(queue, pause):
    while True:
        digit = random.randint(0, 9)
        queue.put(digit)
        print("put", digit, flush=True)
        time.sleep(pause)


def consume(queue, pause):
    while True:
        digit = queue.get()
        print("got", digit, flush=True)
        time.sleep(pause)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue(MAXSIZE)
    processes = []
    for _ in range(PRODUCERS):
        processes.append(multiprocessing.Process(target=produce, args=(queue, 1 / PUTS)))
    for _ in range(CONSUMERS):
        processes.append(multiprocessing.Process(target=consume, args=(queue, 1 / GETS)))
    for process in processes:
        process.start()
    for process in processes:
        process.join()  # they never end by themselves: stop the run
