import multiprocessing
import os

SIZES = (1, 1024, 1028, 2049, 4096, 4097)


def fill(end, size):
    os.set_blocking(end.fileno(), False)
    writes = 0
    try:
        while os.write(end.fileno(), b"x" * size) == size:
            writes += 1
    except BlockingIOError:
        pass
    return writes


if __name__ == "__main__":
    for size in SIZES:
        reader, writer = multiprocessing.Pipe(duplex=False)
        writes = fill(writer, size)
        print(f"writes of {size} bytes: a pipe takes {writes}, that is {writes * size} bytes", flush=True)
        one, other = multiprocessing.Pipe(duplex=True)
        writes = fill(one, size)
        print(f"writes of {size} bytes: a socket pair takes {writes}, that is {writes * size} bytes", flush=True)
