import multiprocessing
import sys

options = dict(argument.split("=") for argument in sys.argv[1:])
GUARD = options.get("guard", "missing")
METHOD = options.get("method", "spawn")


def greet():
    print("hello from", multiprocessing.current_process().name, flush=True)


def main():
    context = multiprocessing.get_context(METHOD)
    process = context.Process(target=greet)
    process.start()
    process.join()
    print("exit code", process.exitcode, flush=True)


if GUARD == "missing" or __name__ == "__main__":
    main()
