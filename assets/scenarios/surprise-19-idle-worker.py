import multiprocessing
import os
import sys
import threading
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
PATIENCE = float(options.get("patience", "1"))

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    pool = multiprocessing.Pool(1)
    time.sleep(0.3)  # by now its worker waits for a task
    pool._pool[0].kill()
    time.sleep(0.5)
    print("in its place:", [worker.name for worker in pool._pool], flush=True)
    try:
        print("a task gives", pool.apply_async(abs, (-1,)).get(PATIENCE), flush=True)
    except multiprocessing.TimeoutError:
        print("a task gives nothing", flush=True)
    ending = threading.Thread(target=pool.terminate, daemon=True)
    ending.start()
    ending.join(PATIENCE)
    print("terminate() hangs:", ending.is_alive(), flush=True)
    for worker in pool._pool:
        worker.kill()
    os._exit(0)
