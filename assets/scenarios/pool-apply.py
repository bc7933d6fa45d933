import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
SECONDS = float(options.get("seconds", "0.5"))


def square(number):
    time.sleep(SECONDS)
    return number * number


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Pool(2) as pool:
        print("apply gives", pool.apply(square, (1,)))  # it waits until the result is there
        print("apply gives", pool.apply(square, (2,)))  # so these two come one after the other
        third = pool.apply_async(square, (3,))  # a handle, at once
        fourth = pool.apply_async(square, (4,))
        print("two tasks under way")
        print("get gives", third.get())  # it waits
        print("get gives", fourth.get())
