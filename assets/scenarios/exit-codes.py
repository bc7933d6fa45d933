import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
ORDER = options.get("order", "terminate-first")
SECONDS = float(options.get("seconds", "3"))


def returns():
    print("nothing wrong here")


def raises():
    raise RuntimeError("why")


def sleeps(seconds):
    time.sleep(seconds)
    print("slept to the end")


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    first = multiprocessing.Process(target=returns)
    second = multiprocessing.Process(target=raises)
    third = multiprocessing.Process(target=sleeps, args=(SECONDS,))
    for process in (first, second, third):
        process.start()
    time.sleep(0.4)
    if ORDER == "terminate-first":
        third.terminate()
    for process in (first, second, third):
        process.join()
    if ORDER == "join-first":
        third.terminate()  # too late: it has finished and been joined
    for process in (first, second, third):
        print(process.name, process.exitcode)
