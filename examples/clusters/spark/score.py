# Spark, in two ways: mapInPandas with a filter for each task, and TRANSFORM, which pipes lines through the command.
# In: the filter, rows.csv, and where the answers go. `python score.py net.cjs rows.csv answers.csv [transform]`
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from pyspark.sql import SparkSession

script, rows, answers = (os.path.abspath(path) for path in sys.argv[1:4])
features = [f"f{i}" for i in range(8)]
spark = SparkSession.builder.master("local[2]").appName("layerc").getOrCreate()
spark.sparkContext.addPyFile(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "node_filter.py"))
schema = "id long, " + ", ".join(f"{name} float" for name in features)
table = spark.read.csv(rows, header=True, schema=schema)


def score(batches):
    from node_filter import NodeFilter

    node = NodeFilter(script)
    for batch in batches:
        yield batch[["id"]].assign(y=node(batch[features].to_numpy())[:, 0])
    node.close()


if "transform" in sys.argv[4:]:
    table.createOrReplaceTempView("rows")
    scored = spark.sql(
        f"""SELECT TRANSFORM (id, {", ".join(features)})
            ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t'
            USING 'node {script} --rows tsv --pass 1'
            AS (id LONG, y FLOAT)
            ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t'
            FROM rows"""
    )
else:
    scored = table.mapInPandas(score, "id long, y float")
scored.toPandas().sort_values("id").to_csv(answers, index=False, float_format="%.9g")
spark.stop()
