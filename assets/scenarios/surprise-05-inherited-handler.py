import multiprocessing
import signal
import time


def on_sigterm(number, frame):
    print("the handler runs in", multiprocessing.current_process().name, flush=True)


def work(ready):
    ready.set()
    time.sleep(1)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, on_sigterm)
    for method in ("fork", "spawn"):
        context = multiprocessing.get_context(method)
        ready = context.Event()
        worker = context.Process(target=work, args=(ready,))
        worker.start()
        ready.wait()
        time.sleep(0.3)
        worker.terminate()
        worker.join()
        print(f"{method}: exit code {worker.exitcode}", flush=True)
