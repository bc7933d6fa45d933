import multiprocessing
import time


def short():
    pass


def state(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return "none"


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    first = multiprocessing.Process(target=short)
    first.start()
    while state(first.pid) != "Z":
        time.sleep(0.01)
    time.sleep(0.5)
    print("it has ended, nobody has asked:", state(first.pid), flush=True)
    second = multiprocessing.Process(target=short)
    second.start()
    print("another one was started:", state(first.pid), flush=True)
    print("exit code", first.exitcode, flush=True)
