import multiprocessing
import sys
import threading
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
WHAT = options.get("what", "all-come")
PARTIES = int(options.get("parties", "3"))
ROUNDS = int(options.get("rounds", "2"))
SECONDS = float(options.get("seconds", "1.5"))


def meet(barrier, pause):
    name = multiprocessing.current_process().name
    for _ in range(ROUNDS):
        time.sleep(pause)
        try:
            number = barrier.wait(timeout=SECONDS)
        except threading.BrokenBarrierError:
            print(name, "finds the barrier broken", flush=True)
            return
        print("through as number", number, flush=True)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    barrier = multiprocessing.Barrier(PARTIES)
    workers = []
    for number in range(PARTIES):
        last = number == PARTIES - 1
        pause = SECONDS + 1 if WHAT == "one-is-late" and last else 0.1 * (number + 1)
        if WHAT != "abort" or not last:
            workers.append(multiprocessing.Process(target=meet, args=(barrier, pause)))
    for worker in workers:
        worker.start()
    if WHAT == "abort":
        time.sleep(1)
        barrier.abort()  # one of them is missing, and main will not wait any longer
    for worker in workers:
        worker.join()
    print("the barrier is", "broken" if barrier.broken else "whole")
