import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
ROUNDS = int(options.get("rounds", "10"))

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    often = 0
    for number in range(ROUNDS):
        queue = multiprocessing.Queue()
        queue.put(number)
        often += queue.empty()
        queue.get()
    print("right after put, empty() was True", often, "times of", ROUNDS, flush=True)
    queue = multiprocessing.Queue()
    queue.put("here")
    size, empty = queue.qsize(), queue.empty()
    print("qsize", size, "and empty", empty, flush=True)
    while queue.empty():
        time.sleep(0.01)
    print("a moment later: qsize", queue.qsize(), "and empty", queue.empty(), flush=True)
    queue.get()  # nothing is left in it
