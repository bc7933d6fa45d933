import multiprocessing
import resource
import sys
import threading
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
ROUNDS = int(options.get("rounds", "8")) * 1000000


def work(rounds):
    x = 0
    for _ in range(rounds):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF


def cpu():
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


def shared(kind, count):
    workers = [kind(target=work, args=(ROUNDS // count,)) for _ in range(count)]
    began, cpu_began = time.perf_counter(), cpu()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.perf_counter() - began, cpu() - cpu_began


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    for way, kind in (("thread", threading.Thread), ("process", multiprocessing.Process)):
        for count in (1, 2):
            wall, used = shared(kind, count)
            print(f"{way} x {count}: took {wall:.3f} s, on {used / wall:.2f} cores", flush=True)
