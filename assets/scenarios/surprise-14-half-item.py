import multiprocessing
import os
import sys
import threading
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
ASKS = options.get("asks", "a-thread")


def write(queue):
    queue.put("x" * 1_000_000)


def ask(queue):
    queue.get(timeout=0.5)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue()
    writer = multiprocessing.Process(target=write, args=(queue,))
    writer.start()
    while queue.empty():
        time.sleep(0.01)
    time.sleep(0.3)
    writer.kill()  # the pipe is full, and most of the item not yet in it
    writer.join()
    print("the writer's lock:", queue._wlock, flush=True)
    if ASKS == "a-thread":
        threading.Thread(target=ask, args=(queue,), daemon=True).start()
        time.sleep(2)
        print("get(timeout=0.5) still waits after 2 s:", threading.active_count() == 2, flush=True)
        os._exit(0)  # or this program would wait, too
    ask(queue)
    print("got something", flush=True)
