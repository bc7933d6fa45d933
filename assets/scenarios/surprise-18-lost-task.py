import concurrent.futures
import multiprocessing
import os
import sys

options = dict(argument.split("=") for argument in sys.argv[1:])
PATIENCE = float(options.get("patience", "1.5"))


def vanish():
    os._exit(1)


def answer():
    return "an answer"


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    pool = multiprocessing.Pool(2)
    lost = pool.apply_async(vanish)
    try:
        print("Pool, vanish:", lost.get(PATIENCE), flush=True)
    except multiprocessing.TimeoutError:
        print("Pool, vanish: nothing has come", flush=True)
    print("Pool, answer:", pool.apply(answer), flush=True)
    print("the newest worker is", max(worker.name for worker in pool._pool), flush=True)
    pool.terminate()
    pool.join()
    executor = concurrent.futures.ProcessPoolExecutor(2)
    for task in (vanish, answer):
        try:
            print(f"Executor, {task.__name__}:", executor.submit(task).result(), flush=True)
        except concurrent.futures.process.BrokenProcessPool as error:
            print(f"Executor, {task.__name__}: {type(error).__name__}: {error}", flush=True)
    executor.shutdown()
