import multiprocessing
import struct
import sys
import threading
import time
import zlib

options = dict(argument.split("=") for argument in sys.argv[1:])
LOCK = options.get("lock", "gil")
INTERVAL = float(options.get("interval", "0.005"))
RIVAL = options.get("rival", "loop")
RIVALS = int(options.get("rivals", "1"))
MESSAGES = int(options.get("messages", "100"))
PAUSE = float(options.get("pause", "0.01"))

stop = False
latencies = []


def computes():
    x = 0
    while not stop:
        for _ in range(1000):
            x = (x * 1103515245 + 12345) & 0x7FFFFFFF


def calls_c():
    while not stop:
        sum(range(500_000))  # about 10 ms inside of one call: nobody can ask it to stop


def checks():
    data = bytes(4_000_000)
    while not stop:
        zlib.crc32(data)  # without the GIL


def feed(writer):
    for _ in range(MESSAGES):
        time.sleep(PAUSE)
        writer.send_bytes(struct.pack("q", time.monotonic_ns()))


def reads(reader):
    for _ in range(MESSAGES):
        sent = struct.unpack("q", reader.recv_bytes())[0]
        latencies.append(time.monotonic_ns() - sent)


def histogram():
    counts = {}
    for latency in latencies:
        below = 50_000  # 0.05 ms, and twice as much in each row
        while latency >= below:
            below *= 2
        counts[below] = counts.get(below, 0) + 1
    for below in sorted(counts):
        print(f"below {below / 1e6:.2f} ms {counts[below]}")


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    if LOCK != "gil":
        print("this Python has the GIL of 3.2 and later")
    sys.setswitchinterval(INTERVAL)
    reader, writer = multiprocessing.Pipe(duplex=False)
    feeder = multiprocessing.Process(target=feed, args=(writer,))
    target = {"loop": computes, "c-calls": calls_c, "checksum": checks}.get(RIVAL)
    rivals = [threading.Thread(target=target) for _ in range(RIVALS if target else 0)]
    listener = threading.Thread(target=reads, args=(reader,))
    feeder.start()
    for rival in rivals:
        rival.start()
    listener.start()
    listener.join()
    stop = True
    for rival in rivals:
        rival.join()
    feeder.join()
    latencies.sort()
    print(f"median {latencies[len(latencies) // 2] / 1e6:.3f} ms")
    print(f"nine of ten below {latencies[len(latencies) * 9 // 10] / 1e6:.3f} ms")
    print(f"longest {latencies[-1] / 1e6:.3f} ms")
    histogram()
    print("messages", len(latencies))
