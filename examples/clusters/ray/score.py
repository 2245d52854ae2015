# Ray: an actor of Ray Data keeps a filter of its own, and rows go through it batch by batch.
# In: the filter, rows.csv, and where the answers go. `python score.py net.cjs rows.csv answers.csv`
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import numpy as np
import ray

from node_filter import NodeFilter

script, rows, answers = (os.path.abspath(path) for path in sys.argv[1:4])
features = [f"f{i}" for i in range(8)]


class Score:
    def __init__(self):
        self.filter = NodeFilter(script)

    def __call__(self, batch):
        x = np.column_stack([batch[name] for name in features])
        return {"id": batch["id"], "y": self.filter(x)[:, 0]}


# Workers find node_filter where this file's parent is.
here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, runtime_env={"env_vars": {"PYTHONPATH": here}})
scored = ray.data.read_csv(rows).map_batches(Score, batch_format="numpy", batch_size=16384, compute=ray.data.ActorPoolStrategy(size=2))
scored.to_pandas().sort_values("id").to_csv(answers, index=False, float_format="%.9g")
ray.shutdown()
