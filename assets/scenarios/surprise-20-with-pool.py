import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
SECONDS = float(options.get("seconds", "1"))


def nap(number):
    time.sleep(SECONDS)
    return number


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Pool(2) as pool:
        result = pool.map_async(nap, [1, 2])
    print("after the block:", pool, flush=True)
    try:
        print("the result:", result.get(SECONDS + 0.5), flush=True)
    except multiprocessing.TimeoutError:
        print("the result: nothing has come", flush=True)
