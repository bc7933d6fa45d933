import multiprocessing
import resource
import sys
import threading
import time

try:
    from concurrent import interpreters
except ImportError:
    interpreters = None  # before 3.14

options = dict(argument.split("=") for argument in sys.argv[1:])
ROUNDS = int(options.get("rounds", "20")) * 1_000_000
MOST = int(options.get("most", "4"))


def private_kb():
    with open("/proc/self/smaps_rollup") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("Private_"))


def work(rounds, x):
    for _ in range(rounds):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF
    return x


def work_and_tell(rounds, x, tell):
    tell((work(rounds, x), private_kb()))


def work_elsewhere(interpreter, rounds, x, tell):
    tell((interpreter.call(work, rounds, x), private_kb()))


def cpu():
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def stage(way, count):
    print("stage", way, count, flush=True)
    told = []
    queue = multiprocessing.SimpleQueue()
    before, cpu_before, begin = private_kb(), cpu(), time.perf_counter()
    if way == "processes":
        workers = [multiprocessing.Process(target=work_and_tell, args=(ROUNDS // count, x, queue.put)) for x in range(count)]
    elif way == "interpreters":
        workers = [threading.Thread(target=work_elsewhere, args=(interpreters.create(), ROUNDS // count, x, told.append)) for x in range(count)]
    else:
        workers = [threading.Thread(target=work_and_tell, args=(ROUNDS // count, x, told.append)) for x in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    wall, used = time.perf_counter() - begin, cpu() - cpu_before
    while way == "processes" and len(told) < count:
        told.append(queue.get())
    if way == "processes":
        more = sum(memory for _, memory in told) // count  # each has memory of its own
    else:
        more = max(0, max(memory for _, memory in told) - before) // count  # they have it together
    print("result", sum(result for result, _ in told), flush=True)
    return wall, used, more


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    locked = getattr(sys, "_is_gil_enabled", lambda: True)()  # since 3.13 there are builds without it
    ways = {"threads": locked, "free-threads": not locked, "interpreters": interpreters is not None, "processes": True}
    counts = [count for count in (1, 2, 4, 8) if count <= MOST]
    serial, _, _ = stage("serial", 1)
    for way, there in ways.items():
        for count in counts if there else ():
            wall, used, more = stage(way, count)
            print(f"took {wall:.3f} s, speed-up {serial / wall:.2f}, CPU {used:.3f} s, memory {more} kB each", flush=True)
        if not there:
            print("this Python has no", way)
