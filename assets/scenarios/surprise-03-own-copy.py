import multiprocessing

results = []


def work():
    results.append("done")
    print("child", results, "at", hex(id(results)), flush=True)


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    worker = multiprocessing.Process(target=work)
    worker.start()
    worker.join()
    print("parent", results, "at", hex(id(results)), flush=True)
