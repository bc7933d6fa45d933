import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
HANDED = options.get("handed", "inherited")
SECONDS = float(options.get("seconds", "0.2"))


def inherit(*shared):  # runs in each worker before its first task
    global event, one_a, one_b
    event, one_a, one_b = shared


def hand_over_a():
    while event.is_set():  # nothing waits for a clear: A has to ask again and again
        time.sleep(SECONDS / 5)
    time.sleep(SECONDS)
    print("A sets", flush=True)
    event.set()


def hand_over_b():
    event.wait()
    time.sleep(SECONDS)
    print("B clears", flush=True)
    event.clear()


def take_turn(kind):
    if kind == "A":
        with one_a:
            hand_over_a()
    else:
        with one_b:
            hand_over_b()


def use(given):
    given.set()


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    event = multiprocessing.Event()
    one_a = multiprocessing.Lock()
    one_b = multiprocessing.Lock()
    with multiprocessing.Pool(3, inherit, (event, one_a, one_b)) as pool:
        if HANDED == "as-argument":
            results = [pool.apply_async(use, (event,)) for _ in range(9)]  # it looks as if that worked
        else:
            results = [pool.apply_async(take_turn, ("A" if n % 2 == 0 else "B",)) for n in range(9)]
        for result in results:
            try:
                result.get()
            except RuntimeError as error:
                print(error)
    print("9 tasks, the event is", "set" if event.is_set() else "not set")
