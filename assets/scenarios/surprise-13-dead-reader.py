import multiprocessing
import queue as queues
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
GET = options.get("get", "with-timeout")


def read(queue):
    queue.get()


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue()
    reader = multiprocessing.Process(target=read, args=(queue,))
    reader.start()
    while repr(queue._rlock) == "<Lock(owner=None)>":
        time.sleep(0.01)
    time.sleep(0.3)
    reader.kill()  # while it waits in get()
    reader.join()
    queue.put("data")
    while queue.empty():
        time.sleep(0.01)
    print("empty:", queue.empty(), "qsize:", queue.qsize(), flush=True)
    print("the reader's lock:", queue._rlock, flush=True)
    try:
        print("got", queue.get(timeout=1 if GET == "with-timeout" else None), flush=True)
    except queues.Empty:
        print("get raised Empty, and there is data", flush=True)
