"""A filter of layerc (`--format filter`) as a function of NumPy arrays. One process of Node answers all batches of a worker."""

import subprocess
import threading

import numpy as np


class NodeFilter:
    def __init__(self, script, outputs=1, node="node"):
        self.outputs = outputs
        self.process = subprocess.Popen([node, script, "--rows", "float32"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __call__(self, x):
        rows = np.ascontiguousarray(x, dtype="<f4")

        def send():
            self.process.stdin.write(rows.tobytes())
            self.process.stdin.flush()

        # Written beside the reading: a pipe holds 64 KB, and both sides would wait for each other.
        sender = threading.Thread(target=send)
        sender.start()
        wanted = 4 * self.outputs * len(rows)
        answer = self.process.stdout.read(wanted)
        sender.join()
        if len(answer) != wanted:
            raise RuntimeError(f"the filter ended with {self.process.wait()}")
        return np.frombuffer(answer, dtype="<f4").reshape(len(rows), self.outputs)

    def close(self):
        self.process.stdin.close()
        if self.process.wait() != 0:
            raise RuntimeError(f"the filter ended with {self.process.returncode}")
