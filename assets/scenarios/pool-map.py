import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
WORKERS = int(options.get("workers", "3"))
ITEMS = int(options.get("items", "24"))
CHUNKSIZE = int(options.get("chunksize", "0"))
COST = options.get("cost", "skewed")
SECONDS = float(options.get("seconds", "0.1"))


def cost(item):
    if COST == "even":
        return SECONDS
    if COST == "skewed":  # from next to nothing to twice as much: the last ones take longest
        return SECONDS * 2 * (item + 0.5) / ITEMS
    return SECONDS * 2 * (item * 7919 % 101) / 100  # at random, and the same in every run


def square(item):
    time.sleep(cost(item))
    return item * item


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Pool(WORKERS) as pool:
        squares = pool.map(square, range(ITEMS), CHUNKSIZE or None)
    print(len(squares), "squares, their sum is", sum(squares))
    print("in order" if squares == sorted(squares) else "not in order")
