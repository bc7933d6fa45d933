import multiprocessing
import os
import queue as queues
import signal
import sys

options = dict(argument.split("=") for argument in sys.argv[1:])
END = options.get("end", "os-exit")
ROUNDS = int(options.get("rounds", "6"))


def work(queue):
    queue.put("the result")
    if END == "os-exit":
        os._exit(0)
    elif END == "killed":
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    lost = 0
    for number in range(ROUNDS):
        queue = multiprocessing.Queue()
        worker = multiprocessing.Process(target=work, args=(queue,))
        worker.start()
        worker.join()
        try:
            queue.get(timeout=0.1)
        except queues.Empty:
            lost += 1
    print("lost", lost, "of", ROUNDS, "with exit code", worker.exitcode, flush=True)
