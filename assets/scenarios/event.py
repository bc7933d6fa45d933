import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
HANDED = options.get("handed", "inherited")
SECONDS = float(options.get("seconds", "0.2"))


def hand_over_a(event):
    while event.is_set():  # nothing waits for a clear: A has to ask again and again
        time.sleep(SECONDS / 5)
    time.sleep(SECONDS)
    print("A sets", flush=True)
    event.set()


def hand_over_b(event):
    event.wait()
    time.sleep(SECONDS)
    print("B clears", flush=True)
    event.clear()


def work(tasks, event, one_a, one_b):
    while True:
        task = tasks.get()
        if task == "A":
            with one_a:
                hand_over_a(event)
        elif task == "B":
            with one_b:
                hand_over_b(event)
        else:
            break


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    tasks = multiprocessing.Queue()
    event = multiprocessing.Event()
    one_a = multiprocessing.Lock()
    one_b = multiprocessing.Lock()
    workers = [multiprocessing.Process(target=work, args=(tasks, event, one_a, one_b)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for number in range(9):
        if HANDED == "as-argument":
            tasks.put(event)  # it looks as if that worked
        else:
            tasks.put("A" if number % 2 == 0 else "B")
    for worker in workers:
        tasks.put("end")
    for worker in workers:
        worker.join()
    print("9 tasks put, the event is", "set" if event.is_set() else "not set")
