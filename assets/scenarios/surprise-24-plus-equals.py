import sys
import threading

options = dict(argument.split("=") for argument in sys.argv[1:])
ROUNDS = int(options.get("rounds", "1000")) * 1000
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
    print(f"Python 3.{sys.version_info.minor}", flush=True)
    for count in (in_place, by_call):
        x = 0
        threads = [threading.Thread(target=count) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(f"{count.__name__}: lost {2 * ROUNDS - x} of {2 * ROUNDS}", flush=True)
