import multiprocessing
import os
import random
import sys
import tempfile
import time

options = dict(argument.split("=") for argument in sys.argv[1:])
ENDING = options.get("ending", "endless")
RATE = float(options.get("rate", "4"))
DIGITS = int(options.get("digits", "5"))


def send_digits(reader, writer, pause):
    reader.close()  # the copy that this process inherited: a pipe breaks only when all of them are closed
    sent = 0
    while ENDING != "writer-closes" or sent < DIGITS:
        digit = random.randint(0, 9)
        writer.send(digit)
        print("sent", digit, flush=True)
        sent += 1
        time.sleep(pause)
    writer.close()


def write_digits(reader, writer, path):
    writer.close()  # or there would never be an end of file
    received = 0
    with open(path, "w") as file:
        while ENDING != "reader-closes" or received < DIGITS:
            digit = reader.recv()
            print(digit, file=file, flush=True)
            print("received", digit, flush=True)
            received += 1
    reader.close()


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    directory = os.environ.get("FORKLIGHT_RUN_DIR") or tempfile.mkdtemp(prefix="forklight-")
    path = os.path.join(directory, "digits.txt")
    print("writing to", path)
    reader, writer = multiprocessing.Pipe(duplex=False)
    sender = multiprocessing.Process(target=send_digits, args=(reader, writer, 1 / RATE))
    receiver = multiprocessing.Process(target=write_digits, args=(reader, writer, path))
    sender.start()
    receiver.start()
    reader.close()
    writer.close()
    sender.join()
    receiver.join()
    print("exit codes", sender.exitcode, receiver.exitcode)
