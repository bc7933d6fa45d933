import multiprocessing
import sys

options = dict(argument.split("=") for argument in sys.argv[1:])
WAITERS = int(options.get("waiters", "3"))
NOTIFY = int(options.get("notify", "2"))
SECONDS = float(options.get("seconds", "1"))


def wait_for_word(condition, here):
    with condition:
        here.release()
        woken = condition.wait(timeout=SECONDS)
    print("woken" if woken else "timed out", flush=True)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    condition = multiprocessing.Condition()
    here = multiprocessing.Semaphore(0)
    waiters = [multiprocessing.Process(target=wait_for_word, args=(condition, here)) for _ in range(WAITERS)]
    for waiter in waiters:
        waiter.start()
    for waiter in waiters:
        here.acquire()
    with condition:  # free only once the last of them waits
        condition.notify(NOTIFY)
        print("notified", NOTIFY, flush=True)
    for waiter in waiters:
        waiter.join()
