import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
REAPER = options.get("reaper", "join")
SECONDS = float(options.get("seconds", "2"))


def short():
    print(multiprocessing.current_process().name, "returns", flush=True)


def state(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return "none"


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    child = multiprocessing.Process(target=short)
    child.start()
    time.sleep(SECONDS)  # long enough for it to end; nobody asks
    print("while nobody asks:", state(child.pid), flush=True)
    if REAPER == "join":
        child.join()
    elif REAPER == "active-children":
        multiprocessing.active_children()
    elif REAPER == "another-start":
        another = multiprocessing.Process(target=short)
        another.start()
    print("after that:", state(child.pid), flush=True)
    time.sleep(0.5)
    print("MainProcess ends", flush=True)
