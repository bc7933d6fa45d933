import multiprocessing
import sys

options = dict(argument.split("=") for argument in sys.argv[1:])
ORDER = options.get("order", "join-first")
SIZE = int(options.get("size", "70000"))


def produce(queue):
    queue.put("x" * SIZE)
    print("put has returned", flush=True)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    queue = multiprocessing.Queue()
    producer = multiprocessing.Process(target=produce, args=(queue,))
    producer.start()
    if ORDER == "join-first":
        producer.join()  # waits for the end of a process that waits until somebody reads
        text = queue.get()
    else:
        text = queue.get()  # the cure: first take out what was put in
        producer.join()
    print("got", len(text), "characters, exit code", producer.exitcode)
