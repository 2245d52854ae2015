# Nets as PyTorch has them. In: layers as layerc's resolved configs say them, weights in Keras' order and shape. Out: a torch module over
# channels-first tensors, the rows as it wants them, and its weights back in Keras' shape. Guarantee: a layer or key that is
# not here is refused by name.
import torch
import torch.nn.functional as F
from torch import nn


def pair(value, rank):
    return list(value) if isinstance(value, list) else [value] * rank


ACTIVATIONS = {None: None, "linear": None, "relu": F.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "softmax": lambda x: F.softmax(x, -1)}


class Weight:
    """A parameter beside what turns Keras' array into it, and back."""

    def __init__(self, parameter, there, back):
        self.parameter, self.there, self.back = parameter, there, back

    def load(self, array):
        with torch.no_grad():
            self.parameter.copy_(self.there(array))


same = lambda t: t


class Layer(nn.Module):
    """weights: in Keras' order; None: a number that is not trained and has no tensor here."""

    weights = ()

    def __init__(self, activation="linear"):
        super().__init__()
        if activation not in ACTIVATIONS:
            raise ValueError(f"no activation {activation}")
        self.activation = ACTIVATIONS[activation]

    def end(self, y):
        return y if self.activation is None else self.activation(y)


class Dense(Layer):
    def __init__(self, c, shape, order):
        super().__init__(c["activation"])
        self.linear = nn.Linear(shape[-1], c["units"], bias=c["useBias"])
        # Behind a flattened picture the numbers of a row come in another order.
        there = (lambda t: t.t()) if order is None else (lambda t: t[order].t())
        back = (lambda t: t.t()) if order is None else (lambda t: t.t()[order.argsort()])
        self.weights = [Weight(self.linear.weight, there, back)]
        if c["useBias"]:
            self.weights.append(Weight(self.linear.bias, same, same))

    def forward(self, x):
        return self.end(self.linear(x))


class Conv(Layer):
    """shape: [*space, channels]. Uneven padding is a pad in front."""

    def __init__(self, c, shape, rank, depthwise=False):
        super().__init__(c["activation"])
        size, strides, dilation = (pair(c[k], rank) for k in ("kernelSize", "strides", "dilationRate"))
        channels = shape[-1]
        groups = channels if depthwise else c["groups"]
        filters = channels * c["depthMultiplier"] if depthwise else c["filters"]
        if c["padding"] not in ("same", "valid"):
            raise ValueError(f"no padding {c['padding']}")
        self.pad, even = None, [0] * rank
        if c["padding"] == "same":
            total = [max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0) for n, k, s, d in zip(shape, size, strides, dilation)]
            if all(t % 2 == 0 for t in total):
                even = [t // 2 for t in total]
            else:
                self.pad = [side for t in reversed(total) for side in (t // 2, t - t // 2)]
        make = nn.Conv1d if rank == 1 else nn.Conv2d
        self.conv = make(channels, filters, size, strides, even, dilation, groups, bias=c["useBias"])
        last = list(range(rank))
        if depthwise:  # [*taps, channels, multiplier] and [channels * multiplier, 1, *taps]
            there = lambda t: t.flatten(rank).movedim(-1, 0).unsqueeze(1)
            back = lambda t: t.squeeze(1).movedim(0, -1).unflatten(-1, (channels, -1))
        else:  # [*taps, in, out] and [out, in, *taps]
            there = lambda t: t.permute(rank + 1, rank, *last)
            back = lambda t: t.permute(*[i + 2 for i in last], 1, 0)
        self.weights = [Weight(self.conv.weight, there, back)]
        if c["useBias"]:
            self.weights.append(Weight(self.conv.bias, same, same))

    def forward(self, x):
        return self.end(self.conv(x if self.pad is None else F.pad(x, self.pad)))


class Recurrent(Layer):
    """order: which of Keras' gates is torch's first, second, …"""

    def __init__(self, c, shape, kind, order):
        super().__init__()
        if c["activation"] != "tanh" or c["recurrentActivation"] != "sigmoid" or not c["useBias"] or c.get("resetAfter") is False:
            raise ValueError("no recurrent layer with these activations, this bias or this reset")
        self.net = kind(shape[-1], c["units"], batch_first=True)
        self.sequences = c["returnSequences"]
        inverse = [order.index(i) for i in range(len(order))]
        gates = lambda t, which: torch.cat([t.chunk(len(order), -1)[i] for i in which], -1)
        kernel = (lambda t: gates(t, order).t(), lambda t: gates(t.t(), inverse))
        self.weights = [Weight(self.net.weight_ih_l0, *kernel), Weight(self.net.weight_hh_l0, *kernel)]
        if kind is nn.LSTM:
            # Keras has one bias; the second of torch would move it twice.
            nn.init.zeros_(self.net.bias_hh_l0).requires_grad_(False)
            self.weights.append(Weight(self.net.bias_ih_l0, lambda t: gates(t, order), lambda t: gates(t, inverse)))
        else:
            self.weights.append(Two(self.net.bias_ih_l0, self.net.bias_hh_l0, lambda t: gates(t, order), lambda t: gates(t, inverse)))

    def forward(self, x):
        y, _ = self.net(x)
        return y if self.sequences else y[:, -1]


class Two:
    """Keras' [2, n] as two of torch's."""

    def __init__(self, first, second, there, back):
        self.parts = (Weight(first, there, back), Weight(second, there, back))

    def load(self, array):
        for weight, row in zip(self.parts, array):
            weight.load(row)

    @property
    def parameter(self):
        return torch.stack([weight.parameter for weight in self.parts])

    def back(self, both):
        return torch.stack([weight.back(row) for weight, row in zip(self.parts, both)])


class Attention(Layer):
    """Query, key and value from one product, the fused attention of torch behind it."""

    def __init__(self, c, shape):
        super().__init__()
        self.weights = []
        for key in ("valueDim", "outputShape", "attentionAxes", "slidingWindow"):
            if c[key] is not None:
                raise ValueError(f"no attention with {key}")
        self.heads, self.width, size = c["numHeads"], c["keyDim"], shape[-1]
        inner = self.heads * self.width
        self.into, self.out = nn.Linear(size, 3 * inner), nn.Linear(inner, size)
        for i in range(3):
            part = slice(i * inner, (i + 1) * inner)
            self.weights += (
                Weight(self.into.weight.detach()[part], lambda t: t.flatten(1).t(), lambda t: t.t().unflatten(1, (self.heads, -1))),
                Weight(self.into.bias.detach()[part], lambda t: t.flatten(), lambda t: t.unflatten(0, (self.heads, -1))),
            )
        self.weights += (
            Weight(self.out.weight, lambda t: t.flatten(0, 1).t(), lambda t: t.t().unflatten(0, (self.heads, -1))),
            Weight(self.out.bias, same, same),
        )

    def forward(self, x, _):
        rows, steps, _ = x.shape
        q, k, v = self.into(x).view(rows, steps, 3, self.heads, self.width).permute(2, 0, 3, 1, 4)
        return self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(rows, steps, -1))


class BatchNorm(Layer):
    def __init__(self, c, shape):
        super().__init__()
        make = nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d
        self.norm = make(shape[-1], eps=c["epsilon"], momentum=1 - c["momentum"])
        parts = (self.norm.weight, self.norm.bias, self.norm.running_mean, self.norm.running_var)
        self.weights = [Weight(part, same, same) for part in parts]

    def forward(self, x):
        return self.norm(x)


class LayerNorm(Layer):
    def __init__(self, c, shape):
        super().__init__()
        self.norm = nn.LayerNorm(shape[-1], eps=c["epsilon"])
        self.weights = [Weight(self.norm.weight, same, same), Weight(self.norm.bias, same, same)]

    def forward(self, x):
        return self.norm(x)


class Embedding(Layer):
    def __init__(self, c, shape):
        super().__init__()
        self.table = nn.Embedding(c["inputDim"], c["outputDim"])
        self.weights = [Weight(self.table.weight, same, same)]

    def forward(self, x):
        return self.table(x)


class Of(Layer):
    """A layer without weights."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *xs):
        return self.function(*xs)


def pool(c, rank):
    size = pair(c["poolSize"], rank)
    strides = size if c["strides"] is None else pair(c["strides"], rank)
    if c["padding"] != "valid":
        raise ValueError("no padded pooling")
    function = F.max_pool1d if rank == 1 else F.max_pool2d
    return Of(lambda x: function(x, size, strides))


def relu(c):
    if c["negativeSlope"] != 0 or c["threshold"] != 0:
        raise ValueError("no leaky ReLU")
    if c["maxValue"] is None:
        return Of(F.relu)
    return Of(F.relu6 if c["maxValue"] == 6 else lambda x: x.clamp(0, c["maxValue"]))


# Shapes are Keras', channels last; `order` is where each number of a flattened picture stands in Keras' row.
MAKERS = {
    "Dense": lambda c, shape, order: Dense(c, shape, order),
    "Conv1D": lambda c, shape, order: Conv(c, shape, 1),
    "Conv2D": lambda c, shape, order: Conv(c, shape, 2),
    "DepthwiseConv2D": lambda c, shape, order: Conv(c, shape, 2, depthwise=True),
    "MaxPooling1D": lambda c, shape, order: pool(c, 1),
    "MaxPooling2D": lambda c, shape, order: pool(c, 2),
    "Flatten": lambda c, shape, order: Of(lambda x: x.flatten(1)),
    "GlobalAveragePooling2D": lambda c, shape, order: Of(lambda x: x.mean((2, 3))),
    "GlobalAveragePooling1D": lambda c, shape, order: Of(lambda x: x.mean(1)),
    "LSTM": lambda c, shape, order: Recurrent(c, shape, nn.LSTM, [0, 1, 2, 3]),
    "GRU": lambda c, shape, order: Recurrent(c, shape, nn.GRU, [1, 0, 2]),
    "Embedding": lambda c, shape, order: Embedding(c, shape),
    "MultiHeadAttention": lambda c, shape, order: Attention(c, shape),
    "LayerNormalization": lambda c, shape, order: LayerNorm(c, shape),
    "BatchNormalization": lambda c, shape, order: BatchNorm(c, shape),
    "ReLU": lambda c, shape, order: relu(c),
    "Softmax": lambda c, shape, order: Of(lambda x: F.softmax(x, -1)),
    "Add": lambda c, shape, order: Of(lambda x, y: x + y),
}

PICTURES = {"Conv1D", "Conv2D", "DepthwiseConv2D", "MaxPooling1D", "MaxPooling2D"}


class Net(nn.Module):
    """layers: {layer, config, from: indices of layers (-1: the input), inputs: their shapes}; last: channels last in memory."""

    def __init__(self, layers, last, logits):
        super().__init__()
        self.picture, self.last = layers[0]["layer"] in PICTURES, last
        self.sources = [layer["from"] for layer in layers]
        order, made = None, []
        for layer in layers:
            name, config, shape = layer["layer"], layer["config"], layer["inputs"][0]
            if name not in MAKERS:
                raise ValueError(f"no layer {name}")
            made.append(MAKERS[name](config, shape, order))
            order = None
            if name == "Flatten" and self.picture:
                if last:  # flattened as Keras does, for nothing
                    made[-1] = Of(lambda x: x.movedim(1, -1).flatten(1))
                else:
                    size = torch.tensor(shape).prod().item()
                    order = torch.arange(size).view(shape).movedim(-1, 0).flatten()
        if logits:
            made[-1].activation = None
        self.layers = nn.ModuleList(made)
        self.all_weights = [weight for layer in made for weight in layer.weights]
        if last:
            self.to(memory_format=torch.channels_last)

    def rows(self, values, shape, tokens):
        """Rows back to back as the net takes them, made beforehand."""
        x = values.view(-1, *shape)
        if tokens:
            return x.long()
        if not self.picture:
            return x.clone()
        x = x.movedim(-1, 1)
        return x.contiguous(memory_format=torch.channels_last if self.last else torch.contiguous_format)

    def forward(self, x):
        ys = []
        for layer, sources in zip(self.layers, self.sources):
            ys.append(layer(*[x if i < 0 else ys[i] for i in sources]))
        return ys[-1]

    def keras(self, y):
        """A result as Keras lays it out."""
        return y.movedim(1, -1) if self.picture and y.dim() > 2 else y
