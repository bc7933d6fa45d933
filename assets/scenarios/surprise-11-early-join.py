import multiprocessing
import sys

options = dict(argument.split("=") for argument in sys.argv[1:])
JOIN = options.get("join", "with-timeout")
PATIENCE = float(options.get("patience", "2")) if JOIN == "with-timeout" else None


def produce(queue, size):
    queue.put("x" * size)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    for size in (65000, 70000):
        queue = multiprocessing.Queue()
        producer = multiprocessing.Process(target=produce, args=(queue, size))
        producer.start()
        producer.join(PATIENCE)
        print(f"{size}: joined, and still alive: {producer.is_alive()}", flush=True)
        queue.get()
        producer.join()
        print(f"{size}: taken out, exit code {producer.exitcode}", flush=True)
