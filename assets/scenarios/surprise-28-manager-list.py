import multiprocessing

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    with multiprocessing.Manager() as manager:
        rows = manager.list([[1]])
        rows[0].append(2)
        print("after rows[0].append(2):", rows, flush=True)
        row = rows[0]
        row.append(2)
        rows[0] = row
        print("after rows[0] = row:", rows, flush=True)
        rows = manager.list([manager.list([1])])
        rows[0].append(2)
        print("with a list of the manager in it:", rows[0], flush=True)
