import multiprocessing
import time

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue(1)
    queue.put(lambda: 0)
    print("put has returned", flush=True)
    while queue.qsize() > 0:
        time.sleep(0.01)
    print("qsize", queue.qsize(), flush=True)
    queue.put("the next one")  # there is room again
    print("got", queue.get(), flush=True)
