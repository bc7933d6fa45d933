import atexit
import multiprocessing
import signal
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
HOW = options.get("how", "terminate")
SECONDS = float(options.get("seconds", "1"))


def on_sigterm(number, frame):
    print("SIGTERM: I leave in order", flush=True)
    sys.exit(143)


def sleep_in_try():
    sys.stdout.write("this waits in a buffer")
    try:
        time.sleep(60)
    finally:
        print(" ... finally", flush=True)


def plain():
    sleep_in_try()


def cleans_up():
    signal.signal(signal.SIGTERM, on_sigterm)
    sleep_in_try()


def ignores():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sleep_in_try()


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    atexit.register(print, "MainProcess ends in order", flush=True)
    children = [multiprocessing.Process(target=target, name=target.__name__) for target in (plain, cleans_up, ignores)]
    for child in children:
        child.start()
    time.sleep(SECONDS)
    for child in children:
        if HOW == "terminate":
            child.terminate()
        else:
            child.kill()
        child.join(1)
        if child.is_alive():
            print(child.name, "is still alive: kill", flush=True)
            child.kill()
            child.join()
        print(child.name, child.exitcode, flush=True)
