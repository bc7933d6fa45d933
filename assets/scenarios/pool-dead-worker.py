import concurrent.futures
import multiprocessing
import os
import signal
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
WHO = options.get("who", "pool")
SECONDS = float(options.get("seconds", "0.5"))
PATIENCE = float(options.get("patience", "0")) or None


def nap(number):
    time.sleep(SECONDS)
    return number


def die(number):
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    tasks = [(nap, 0), (die, 1), (nap, 2), (nap, 3)]
    if WHO == "pool":
        with multiprocessing.Pool(2) as pool:
            results = [pool.apply_async(task, (number,)) for task, number in tasks]
            for number, result in enumerate(results):
                try:
                    print(number, "gives", result.get(PATIENCE), flush=True)
                except multiprocessing.TimeoutError:
                    print(number, "has not come", flush=True)
    else:
        with concurrent.futures.ProcessPoolExecutor(2) as executor:
            futures = [executor.submit(task, number) for task, number in tasks]
            for number, future in enumerate(futures):
                try:
                    print(number, "gives", future.result(PATIENCE), flush=True)
                except Exception as error:
                    print(number, "fails:", type(error).__name__, flush=True)
