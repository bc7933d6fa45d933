import multiprocessing
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
CHILD = options.get("child", "writes")
MEGABYTES = int(options.get("megabytes", "64"))
SECONDS = float(options.get("seconds", "3"))
STEPS = 8
PAGE = 4096


def memory(moment):
    private = shared = pss = 0
    with open("/proc/self/smaps_rollup") as file:
        for line in file:
            if line.startswith("Private_"):
                private += int(line.split()[1])
            elif line.startswith("Shared_"):
                shared += int(line.split()[1])
            elif line.startswith("Pss:"):
                pss = int(line.split()[1])
    print(moment, "private", private // 1024, "MB, shared", shared // 1024, "MB, PSS", pss // 1024, "MB", flush=True)


def write_bytes(block, begin, end):
    for place in range(begin, end, PAGE):
        block[place] = 1


def read_bytes(block, begin, end):
    for place in range(begin, end, PAGE):
        block[place]


def read_objects(block, begin, end):
    for place in range(begin, end):
        block[place]  # the object's reference count goes up and down: that writes into it


def work(block):
    memory("child, just forked:")
    touch = {"writes": write_bytes, "reads": read_bytes, "reads-objects": read_objects}[CHILD]
    for step in range(STEPS):
        touch(block, len(block) * step // STEPS, len(block) * (step + 1) // STEPS)
        memory(f"child, {step + 1}/{STEPS} touched:")
        time.sleep(SECONDS / STEPS)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    if CHILD == "reads-objects":
        block = [float(number) for number in range(MEGABYTES * 1024 * 1024 // 32)]
    else:
        block = bytearray(b"x") * (MEGABYTES * 1024 * 1024)
    memory("MainProcess, alone:")
    child = multiprocessing.Process(target=work, args=(block,))
    child.start()
    child.join()
    memory("MainProcess, alone again:")
