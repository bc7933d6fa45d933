import multiprocessing


def report():
    me, parent = multiprocessing.current_process(), multiprocessing.parent_process()
    print(me.name, "was started by", parent.name, flush=True)


def manage():
    helper = multiprocessing.Process(target=report)
    helper.start()
    helper.join()


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    spare = multiprocessing.Process(target=manage)  # made, and never started
    manager = multiprocessing.Process(target=manage)
    manager.start()
    manager.join()
    print("MainProcess has started", manager.name, flush=True)
