import multiprocessing
import os
import pickle
import resource
import signal
import sys
import threading
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
ROUNDS = int(options.get("rounds", "5")) * 1_000_000
MESSAGES = int(options.get("messages", "2000"))
SIZE = int(options.get("size", "1000"))

told = []
counter = 0


def private_kb():  # what it has written, and shares with nobody
    with open("/proc/self/smaps_rollup") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("Private_Dirty"))


def in_line():  # seconds that this thread has stood in line for a core
    with open("/proc/thread-self/schedstat") as file:
        return int(file.read().split()[1]) * 1e-9


def cpu():
    both = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def compute(rounds, x, tell):
    line = in_line()
    begin, used = time.perf_counter(), time.thread_time()
    for _ in range(rounds):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF
    took, used = time.perf_counter() - begin, time.thread_time() - used
    waited = took - used - (in_line() - line)  # not on a core, nor in line for one: for its GIL
    tell((private_kb(), max(0, waited / took * 100)))


def both(workers):
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def cores_and_memory():
    print("stage cores-threads 2", flush=True)
    both([threading.Thread(target=compute, args=(ROUNDS // 100, 0, told.append))])
    one = told.pop()[0]
    used, begin = cpu(), time.perf_counter()
    both([threading.Thread(target=compute, args=(ROUNDS, x, told.append)) for x in range(2)])
    threads = (cpu() - used) / (time.perf_counter() - begin)
    more = max(0, max(kb for kb, _ in told) - one)  # two threads instead of one
    print("stage cores-processes 2", flush=True)
    queue = multiprocessing.SimpleQueue()
    used, begin = cpu(), time.perf_counter()
    both([multiprocessing.Process(target=compute, args=(ROUNDS, x, queue.put)) for x in range(2)])
    processes = (cpu() - used) / (time.perf_counter() - begin)
    first, second = queue.get(), queue.get()
    each = (first[0] + second[0]) // 2
    print(f"cores used: threads {threads:.2f}, processes {processes:.2f}")
    threads, processes = ((one[1] + other[1]) / 2 for one, other in (told, (first, second)))
    print(f"waited for a GIL: threads {threads:.1f} % of their time, processes {processes:.1f} %")
    print(f"memory of each: thread {more} kB, process {each} kB", flush=True)


def raises():
    global counter
    counter += 1


def own_memory():
    print("stage own-memory 1", flush=True)
    both([threading.Thread(target=raises)])
    seen = counter
    both([multiprocessing.Process(target=raises)])
    print(f"the parent sees what is written: by a thread {seen}, by a process {counter - seen}", flush=True)


def takes(box, full, empty):
    for _ in range(MESSAGES):
        full.acquire()
        box.pop()
        empty.release()


def receives(reader):
    for _ in range(MESSAGES):
        reader.recv_bytes()


def messages():
    value = "x" * SIZE
    print("stage pointer 1", flush=True)
    box, full, empty = [], threading.Semaphore(0), threading.Semaphore(1)
    taker = threading.Thread(target=takes, args=(box, full, empty))
    taker.start()
    begin = time.perf_counter()
    for _ in range(MESSAGES):
        empty.acquire()
        box.append(value)  # a reference: the value stays where it is
        full.release()
    taker.join()
    pointer = (time.perf_counter() - begin) / MESSAGES * 1e6
    print("stage pipe 1", flush=True)
    reader, writer = multiprocessing.Pipe(duplex=False)
    receiver = multiprocessing.Process(target=receives, args=(reader,))
    receiver.start()
    begin, size = time.perf_counter(), 0
    for _ in range(MESSAGES):
        data = pickle.dumps(value)
        size += len(data) + 4  # and the frame's header
        writer.send_bytes(data)
    receiver.join()
    pipe = (time.perf_counter() - begin) / MESSAGES * 1e6
    print(f"a message takes: pointer {pointer:.2f} us and 8 bytes, pipe {pipe:.2f} us and {size // MESSAGES} bytes", flush=True)


def operations():
    print("stage operations 1", flush=True)
    value, done, copies = ["x" * SIZE], [], 0
    box = [value]
    done.append("append")
    by_pointer = len(done)
    same = box[0] is value
    reader, writer = multiprocessing.Pipe(duplex=False)
    data = pickle.dumps(value)
    done.append("dumps")
    copies += 1
    writer.send_bytes(data)
    done.append("send")
    copies += 1  # into the kernel's memory
    got = reader.recv_bytes()
    done.append("recv")
    copies += 1
    back = pickle.loads(got)
    done.append("loads")
    copies += back == value and back is not value
    print(f"a value takes: pointer {by_pointer} operation, {0 if same else 1} copies, pipe {len(done) - by_pointer} operations, {copies} copies", flush=True)


def spins():
    while True:
        pass


def interrupts():
    print("stage terminate 1", flush=True)
    child = multiprocessing.Process(target=spins)
    child.start()
    time.sleep(0.05)
    begin = time.perf_counter()
    child.terminate()
    child.join()
    took = (time.perf_counter() - begin) * 1000
    way = "terminate" if hasattr(threading.Thread, "terminate") else "no way"
    print(f"interrupted from outside: a thread {way}, a process in {took:.2f} ms with {child.exitcode}", flush=True)


def crashes():
    os.kill(os.getpid(), signal.SIGSEGV)


def crashes_in_thread():
    both([threading.Thread(target=crashes)])
    print("never said", flush=True)


def crash():
    print("stage crash 1", flush=True)
    child = multiprocessing.Process(target=crashes)
    other = multiprocessing.Process(target=crashes_in_thread)
    both([child, other])
    print(f"a crash ends: a process {child.exitcode}, of a thread all of its process {other.exitcode}", flush=True)
    print("MainProcess goes on", flush=True)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    cores_and_memory()
    own_memory()
    messages()
    operations()
    interrupts()
    crash()
