import sys
import threading

options = dict(argument.split("=") for argument in sys.argv[1:])
STATEMENT = options.get("statement", "call")
LOCK = options.get("lock", "gil")
ROUNDS = int(options.get("rounds", "2000")) * 1000
WORKERS = int(options.get("workers", "2"))

x = 0


def f(v):
    return v + 1


def in_place():
    global x
    for _ in range(ROUNDS):
        x += 1


def by_call():
    global x
    for _ in range(ROUNDS):
        x = f(x)


if __name__ == "__main__":
    if LOCK != "gil":
        print("this Python has the GIL of 3.2 and later")
    print("Python", f"3.{sys.version_info.minor}")
    target = in_place if STATEMENT == "in-place" else by_call
    workers = [threading.Thread(target=target) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print("expected", WORKERS * ROUNDS)
    print("counted", x)
    print("lost", WORKERS * ROUNDS - x)
