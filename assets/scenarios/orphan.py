import multiprocessing
import os
import sys
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
PARENT = options.get("parent", "killed")
DAEMON = options.get("child", "normal") == "daemon"
SECONDS = float(options.get("seconds", "2"))


def work():
    parent = multiprocessing.parent_process()
    print("started by", parent.name, "alive:", parent.is_alive(), flush=True)
    parent.join()
    while os.getppid() == parent.pid:
        time.sleep(0.01)  # until the kernel has given us another parent
    print("an orphan: parent alive:", parent.is_alive(), flush=True)
    time.sleep(SECONDS)
    print("the orphan has done its work", flush=True)


def found_family():
    child = multiprocessing.Process(target=work, daemon=DAEMON)
    child.start()
    time.sleep(1)
    if PARENT == "leaves":
        os._exit(5)
    time.sleep(60)  # somebody will end it here


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    parent = multiprocessing.Process(target=found_family)
    parent.start()
    time.sleep(0.7)
    if PARENT == "killed":
        parent.kill()
    elif PARENT == "terminated":
        parent.terminate()
    parent.join()
    print("MainProcess: exit code", parent.exitcode, "children", multiprocessing.active_children(), flush=True)
