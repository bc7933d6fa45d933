import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
ORDER = options.get("order", "ordered")
WORKERS = int(options.get("workers", "3"))
ITEMS = int(options.get("items", "9"))
SECONDS = float(options.get("seconds", "0.6"))


def square(item):
    time.sleep(SECONDS * (ITEMS - item) / ITEMS)  # the first one takes longest
    return item * item


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Pool(WORKERS) as pool:
        if ORDER == "ordered":
            results = pool.imap(square, range(ITEMS))
        else:
            results = pool.imap_unordered(square, range(ITEMS))
        for result in results:
            print("got", result, flush=True)
