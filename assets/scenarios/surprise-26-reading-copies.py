import array
import multiprocessing
import sys

options = dict(argument.split("=") for argument in sys.argv[1:])
MEGABYTES = int(options.get("megabytes", "48"))


def own_megabytes():
    with open("/proc/self/smaps_rollup") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("Private")) // 1024


def read(numbers):
    before = own_megabytes()
    sum(numbers)
    print(f"{type(numbers).__name__}: own memory {before} MB, after sum() {own_megabytes()} MB", flush=True)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    objects = [float(number) for number in range(MEGABYTES * 32768)]
    child = multiprocessing.Process(target=read, args=(objects,))
    child.start()
    child.join()
    del objects
    plain = array.array("d", bytes(MEGABYTES * 1048576))
    child = multiprocessing.Process(target=read, args=(plain,))
    child.start()  # the second one
    child.join()  # likewise
