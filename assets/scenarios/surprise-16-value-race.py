import multiprocessing
import sys

options = dict(argument.split("=") for argument in sys.argv[1:])
TIMES = int(options.get("times", "20000"))


def plain(value, barrier):
    barrier.wait()
    for _ in range(TIMES):
        value.value += 1  # a read, and later a write


def locked(value, barrier):
    barrier.wait()
    for _ in range(TIMES):
        with value.get_lock():
            value.value += 1  # nobody comes in between


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    for count in (plain, locked):
        value = multiprocessing.Value("i", 0)
        barrier = multiprocessing.Barrier(2)
        children = [multiprocessing.Process(target=count, args=(value, barrier)) for _ in range(2)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        print(f"{count.__name__}: {value.value} of {2 * TIMES}", flush=True)
