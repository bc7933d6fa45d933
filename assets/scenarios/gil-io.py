import multiprocessing
import os
import sys
import tempfile
import threading
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
IO = options.get("io", "sleep")
TIMES = int(options.get("times", "20"))
PAUSE = float(options.get("pause", "0.02"))
MOST = int(options.get("most", "8"))
BLOCK = bytes(64 * 1024)


def sleeps():
    for _ in range(TIMES):
        time.sleep(PAUSE)


def reads(reader):
    for _ in range(TIMES):
        reader.recv()


def writes_a_file():
    with tempfile.TemporaryFile(buffering=0) as file:
        for _ in range(TIMES):
            file.write(BLOCK)
            os.fsync(file.fileno())


def computes_and_sleeps():
    x = 0
    for _ in range(TIMES):
        for _ in range(20_000):
            x = (x * 1103515245 + 12345) & 0x7FFFFFFF
        time.sleep(PAUSE)


def feed(writers):
    for _ in range(TIMES):
        time.sleep(PAUSE)
        for writer in writers:
            writer.send(0)


def stage(count):
    print("stage", IO, count, flush=True)
    feeder = None
    if IO == "pipe":
        pipes = [multiprocessing.Pipe(duplex=False) for _ in range(count)]
        feeder = multiprocessing.Process(target=feed, args=([writer for _, writer in pipes],))
        workers = [threading.Thread(target=reads, args=(reader,)) for reader, _ in pipes]
    else:
        target = {"sleep": sleeps, "file": writes_a_file, "mixed": computes_and_sleeps}[IO]
        workers = [threading.Thread(target=target) for _ in range(count)]
    begin = time.perf_counter()
    if feeder:
        feeder.start()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    wall = time.perf_counter() - begin
    if feeder:
        feeder.join()
    return wall


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    one = 0
    for count in (1, 2, 4, 8):
        if count <= MOST:
            wall = stage(count)
            one = one or wall
            print(f"took {wall:.3f} s for {count * TIMES}, speed-up {count * one / wall:.2f}", flush=True)
