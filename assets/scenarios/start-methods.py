import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
METHOD = options.get("method", "all")
MEGABYTES = int(options.get("megabytes", "100"))

word = "as imported"
data = b""


def private_megabytes():
    with open("/proc/self/smaps_rollup") as file:
        kibibytes = sum(int(line.split()[1]) for line in file if line.startswith("Private"))
    return kibibytes / 1024


def look_around(method):
    print(f"{method}: the word is {word!r}, data has {len(data) >> 20} MiB", flush=True)
    print(f"{method}: {private_megabytes():.1f} MiB of its own", flush=True)


if __name__ == "__main__":
    word = "as changed"
    data = b"x" * (MEGABYTES << 20)
    methods = {"all": ("fork", "spawn", "forkserver"), "default": (multiprocessing.get_start_method(),)}
    for method in methods.get(METHOD, (METHOD,)):
        context = multiprocessing.get_context(method)
        for turn in ("first", "second"):
            process = context.Process(target=look_around, args=(method,))
            begin = time.perf_counter()
            process.start()
            started = time.perf_counter()
            process.join()
            print(f"{method}: {turn} start() {1000 * (started - begin):.1f} ms", flush=True)
            print(f"{method}: {turn} exit code {process.exitcode}", flush=True)
