import multiprocessing

greeting = "as imported"


def show(method):
    print(f"{method}: the greeting is {greeting}, the module {__name__}", flush=True)


if __name__ == "__main__":
    greeting = "as changed"
    for method in ("fork", "spawn", "forkserver"):
        child = multiprocessing.get_context(method).Process(target=show, args=(method,))
        child.start()
        child.join()
