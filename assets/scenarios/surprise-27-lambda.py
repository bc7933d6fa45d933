import multiprocessing

if __name__ == "__main__":
    for method in ("fork", "spawn"):
        context = multiprocessing.get_context(method)
        child = context.Process(target=lambda: print("the lambda runs", flush=True))
        try:
            child.start()
            child.join()
            print(f"{method}: exit code {child.exitcode}", flush=True)
        except Exception as error:
            print(f"{method}: {type(error).__name__}: {error}", flush=True)
            print(f"{method}: pid {child.pid}, alive {child.is_alive()}", flush=True)
