import sys
import threading
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
INTERVAL = float(options.get("interval", "0.005"))
COMPUTE = int(options.get("compute", "2"))
SLEEP = int(options.get("sleep", "1"))
SECONDS = float(options.get("seconds", "0"))  # 0: until it is stopped

begin = time.monotonic()


def goes_on():
    return SECONDS == 0 or time.monotonic() < begin + SECONDS


def computes():
    x = 0
    while goes_on():
        for _ in range(1000):
            x = (x * 1103515245 + 12345) & 0x7FFFFFFF


def sleeps():
    while goes_on():
        time.sleep(0.02)  # and then it needs the GIL, for a moment


if __name__ == "__main__":
    sys.setswitchinterval(INTERVAL)
    print("the switch interval is", sys.getswitchinterval(), "s", flush=True)
    threads = [threading.Thread(target=computes) for _ in range(COMPUTE)]
    threads += [threading.Thread(target=sleeps) for _ in range(SLEEP)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
