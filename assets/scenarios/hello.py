import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
SECONDS = float(options.get("seconds", "0.3"))


def greet(seconds):
    print("hello from", multiprocessing.current_process().name, flush=True)
    time.sleep(seconds)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")

    print("one by one")
    for _ in range(3):
        worker = multiprocessing.Process(target=greet, args=(SECONDS,))
        worker.start()
        worker.join()

    print("all at once")
    workers = [multiprocessing.Process(target=greet, args=(SECONDS,)) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()

    print("all joined")
