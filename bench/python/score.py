# The same as `layerc score`, as one writes it in Python: rows of a Parquet file by DuckDB, a network by onnxruntime, answers to a Parquet file.
# In: rows, network, answers. Out: a line of JSON with the rows, the seconds and the most memory, from the first row read on.
import json
import resource
import sys
import time

import duckdb
import numpy as np
import onnxruntime
import pyarrow as pa
import pyarrow.parquet as pq

rows, network, answers = sys.argv[1:4]
options = onnxruntime.SessionOptions()
# More threads only wait for each other on a network of this size.
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name
start = time.perf_counter()
connection = duckdb.connect()
features = ", ".join(f"f{i}" for i in range(8))
relation = connection.execute(f"SELECT id, {features} FROM read_parquet('{rows}')")
reader = relation.to_arrow_reader(100_000) if hasattr(relation, "to_arrow_reader") else relation.fetch_record_batch(100_000)
schema = pa.schema([("id", pa.int64()), ("y", pa.float32())])
count = 0
with pq.ParquetWriter(answers, schema) as writer:
    for batch in reader:
        x = np.column_stack([batch.column(i + 1).to_numpy(zero_copy_only=False) for i in range(8)])
        (y,) = session.run(None, {name: x})
        writer.write_batch(pa.record_batch([batch.column(0), pa.array(y[:, 0])], schema=schema))
        count += batch.num_rows
seconds = time.perf_counter() - start
print(json.dumps({"rows": count, "seconds": seconds, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
