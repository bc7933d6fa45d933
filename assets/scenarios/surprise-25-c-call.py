import sys
import threading
import time
import zlib

options = dict(argument.split("=") for argument in sys.argv[1:])
MILLIONS = int(options.get("millions", "20"))
DATA = bytes(64000000)
stop = False
gap = 0.0


def watch():
    global gap
    last = time.perf_counter()
    while not stop:
        now = time.perf_counter()
        gap = max(gap, now - last)
        last = now


def while_watched(name, call):
    global gap, stop
    stop, gap = False, 0.0
    watcher = threading.Thread(target=watch)
    watcher.start()
    time.sleep(0.02)
    began = time.perf_counter()
    call()
    took = time.perf_counter() - began
    stop = True
    watcher.join()
    print(f"{name}: took {1000 * took:.0f} ms, the other thread stood still for {1000 * gap:.0f} ms", flush=True)


if __name__ == "__main__":
    while_watched("sum", lambda: sum(range(MILLIONS * 1000000)))
    while_watched("crc32", lambda: zlib.crc32(DATA))
    while_watched("sleep", lambda: time.sleep(0.3))
