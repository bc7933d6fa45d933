import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
SECONDS = float(options.get("seconds", "2"))


def work():
    name = multiprocessing.current_process().name
    try:
        time.sleep(SECONDS)
        print(name, "has finished", flush=True)
    finally:
        print(name, "cleans up", flush=True)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    multiprocessing.Process(target=work, name="writer").start()
    multiprocessing.Process(target=work, name="logger", daemon=True).start()
    time.sleep(0.3)
    print("MainProcess has come to its last line", flush=True)
