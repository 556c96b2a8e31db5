# Makes threads until nothing else can.
# refused: RuntimeError
# limits: processes=32
import threading

done = threading.Event()
try:
    for _ in range(200):
        threading.Thread(target=done.wait).start()
finally:
    done.set()
