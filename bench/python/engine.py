# PyTorch on one thread, as a process that is asked. In: a folder with task.json and float32 files in argv[1]; then lines on stdin:
# `output`, `weights`, `run N`. Out: a line of JSON for each on stdout: a file that was written, or nanoseconds.
# Guarantee: times are of the calls alone, taken here; rows are made beforehand, no gradient is kept where none is asked for.
import json
import os
import sys
import time
import warnings

import torch
import torch.nn.functional as F

from nets import Net

warnings.filterwarnings("ignore")
torch.set_num_threads(1)
torch.set_num_interop_threads(1)
FOLDER = sys.argv[1]
with open(os.path.join(FOLDER, "task.json")) as file:
    TASK = json.load(file)


def numbers(name):
    path = os.path.join(FOLDER, name)
    if os.path.getsize(path) == 0:
        return torch.empty(0)
    return torch.from_file(path, shared=False, size=os.path.getsize(path) // 4, dtype=torch.float32)


def write(name, tensors):
    path = os.path.join(FOLDER, name)
    with open(path, "wb") as file:
        for tensor in tensors:
            file.write(tensor.detach().contiguous().flatten().numpy().tobytes())
    return {"file": path}


def loaded(net):
    at, values = 0, numbers("weights.f32")
    for weight, shape in zip(net.all_weights, TASK["weights"], strict=True):
        size = torch.Size(shape).numel()
        weight.load(values[at : at + size].view(shape))
        at += size
    return net


def predictor(last):
    net = loaded(Net(TASK["layers"], last, False)).eval()
    size = TASK["batch"] * torch.Size(TASK["shape"]).numel()
    xs = [net.rows(part, TASK["shape"], TASK["tokens"]) for part in numbers("inputs.f32").split(size)]
    with torch.inference_mode():
        call = net
        if TASK["traced"]:
            # A trace without the mode for inference: what is made in it may not be changed by the passes.
            with torch.inference_mode(False), torch.no_grad():
                call = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(net, xs[0], check_trace=False)))

    def run(calls):
        with torch.inference_mode():
            for i in range(calls):
                call(xs[i % len(xs)])

    def output():
        with torch.inference_mode():
            return net.keras(call(xs[0]))

    return {"run": run, "output": lambda: write("output.f32", [output()])}


def trainer(last):
    entropy = TASK["loss"] == "categorical_crossentropy"
    if not entropy and TASK["loss"] != "mse":
        raise ValueError(f"no loss {TASK['loss']}")
    net = loaded(Net(TASK["layers"], last, entropy)).train()
    x = net.rows(numbers("inputs.f32"), TASK["shape"], TASK["tokens"])
    y = numbers("targets.f32").view(TASK["batch"], -1)
    if entropy:
        y = y.argmax(1)
    parameters = [p for p in net.parameters() if p.requires_grad]
    rate = TASK["rate"]
    if TASK["optimizer"] == "adam":
        optimizer = torch.optim.Adam(parameters, lr=rate, eps=1e-7, fused=True)
    else:
        optimizer = torch.optim.SGD(parameters, lr=rate)

    def run(calls):
        for _ in range(calls):
            optimizer.zero_grad(set_to_none=True)
            out = net(x)
            loss = F.cross_entropy(out, y) if entropy else F.mse_loss(out, y)
            loss.backward()
            optimizer.step()
            loss.item()

    def weights():
        with torch.no_grad():
            return write("weights.out", [w.back(w.parameter) for w, t in zip(net.all_weights, TASK["trainable"]) if t])

    return {"run": run, "weights": weights}


def timed(made, calls):
    start = time.perf_counter_ns()
    made["run"](calls)
    return time.perf_counter_ns() - start


def glance(last, onednn):
    """Nanoseconds of a call, in the best of a few quick looks at an engine of its own."""
    torch.backends.mkldnn.set_flags(onednn)
    made = make(last)
    timed(made, 3)
    once = timed(made, 1)
    calls = max(1, int(20e6 / once))
    return min(timed(made, calls) / calls for _ in range(3))


make = predictor if TASK["kind"] == "predict" else trainer
# What is faster depends on the net: channels first or last in memory, oneDNN or PyTorch's own kernels.
pictures = any(layer["layer"] in ("Conv2D", "DepthwiseConv2D") for layer in TASK["layers"])
ways = [(last, onednn) for last in ([False, True] if pictures else [False]) for onednn in (True, False)]
best = min(ways, key=lambda way: glance(*way))
torch.backends.mkldnn.set_flags(best[1])
engine = make(best[0])
print(json.dumps({"ready": torch.__version__}), flush=True)
for line in sys.stdin:
    word, *rest = line.split()
    answer = {"nanoseconds": timed(engine, int(rest[0]))} if word == "run" else engine[word]()
    print(json.dumps(answer), flush=True)
