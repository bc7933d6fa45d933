import multiprocessing
import statistics
import struct
import sys
import threading
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
MESSAGES = int(options.get("messages", "40"))
stop = False


def compute():
    x = 0
    while not stop:
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF


def tick(writer):
    for _ in range(MESSAGES):
        time.sleep(0.01)
        writer.send_bytes(struct.pack("d", time.perf_counter()))


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    for interval, busy in ((0.005, 0), (0.005, 1), (0.0005, 1)):
        sys.setswitchinterval(interval)
        stop = False
        reader, writer = multiprocessing.Pipe(duplex=False)
        clock = multiprocessing.Process(target=tick, args=(writer,))
        clock.start()
        rivals = [threading.Thread(target=compute) for _ in range(busy)]
        for rival in rivals:
            rival.start()
        late = []
        for _ in range(MESSAGES):
            (sent,) = struct.unpack("d", reader.recv_bytes())
            late.append(1000 * (time.perf_counter() - sent))
        stop = True
        for rival in rivals:
            rival.join()
        clock.join()
        print(f"interval {1000 * interval:.1f} ms, {busy} computing: {statistics.median(late):.3f} ms late", flush=True)
