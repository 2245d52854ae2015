// Every optimizer as a plain loop over doubles, from Keras' documentation and source; shares nothing with the compiler. In: a config. Out:
// an object that moves one weight, with the state it keeps.
type Numbers = number[];

/** What a step is told. */
export interface Told {
  /** Behind the weight decay, and before it. */
  readonly w: Numbers;
  readonly before: Numbers;
  readonly g: Numbers;
  readonly rate: number;
  /** From 1. */
  readonly t: number;
  readonly shape: readonly number[];
}
type Step = (told: Told) => Numbers;
type Config = Readonly<Record<string, number | boolean>>;

const zeros = (n: number): Numbers => Array.from({ length: n }, () => 0);
const rms = (x: Numbers): number => Math.sqrt(x.reduce((sum, one) => sum + one * one, 0) / x.length);
const norm = (x: Numbers): number => Math.sqrt(x.reduce((sum, one) => sum + one * one, 0));
/** State that is made at the first step. */
function kept(names: readonly string[], initial = 0) {
  const all: Record<string, Numbers> = {};
  return (n: number): Record<string, Numbers> => {
    for (const name of names) all[name] ??= zeros(n).map(() => initial);
    return all;
  };
}

/** By name: a fresh optimizer of one weight. */
export const references: Readonly<Record<string, (config: Config) => Step>> = {
  sgd({ momentum = 0, nesterov = false }) {
    const state = kept(["m"]);
    return ({ w, g, rate }) => {
      const { m } = state(w.length);
      return w.map((one, i) => {
        if (momentum === 0) return one - rate * g[i];
        m[i] = +momentum * m[i] - rate * g[i];
        return one + (nesterov ? +momentum * m[i] - rate * g[i] : m[i]);
      });
    };
  },
  rmsprop({ rho = 0.9, momentum = 0, epsilon = 1e-7, centered = false }) {
    const state = kept(["v", "m", "a"]);
    return ({ w, g, rate }) => {
      const { v, m, a } = state(w.length);
      return w.map((one, i) => {
        v[i] = +rho * v[i] + (1 - +rho) * g[i] ** 2;
        a[i] = +rho * a[i] + (1 - +rho) * g[i];
        m[i] = +momentum * m[i] + (rate * g[i]) / Math.sqrt(v[i] - (centered ? a[i] ** 2 : 0) + +epsilon);
        return one - m[i];
      });
    };
  },
  adam: (config) => adam(config),
  adamw: (config) => adam(config),
  adadelta({ rho = 0.95, epsilon = 1e-7 }) {
    const state = kept(["a", "d"]);
    return ({ w, g, rate }) => {
      const { a, d } = state(w.length);
      return w.map((one, i) => {
        a[i] = +rho * a[i] + (1 - +rho) * g[i] ** 2;
        const delta = (Math.sqrt(d[i] + +epsilon) / Math.sqrt(a[i] + +epsilon)) * g[i];
        d[i] = +rho * d[i] + (1 - +rho) * delta ** 2;
        return one - rate * delta;
      });
    };
  },
  adagrad({ initialAccumulatorValue = 0.1, epsilon = 1e-7 }) {
    const state = kept(["a"], +initialAccumulatorValue);
    return ({ w, g, rate }) => {
      const { a } = state(w.length);
      return w.map((one, i) => {
        a[i] += g[i] ** 2;
        return one - (rate * g[i]) / Math.sqrt(a[i] + +epsilon);
      });
    };
  },
  adamax({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }) {
    const state = kept(["m", "u"]);
    return ({ w, g, rate, t }) => {
      const { m, u } = state(w.length);
      return w.map((one, i) => {
        m[i] = +beta1 * m[i] + (1 - +beta1) * g[i];
        u[i] = Math.max(+beta2 * u[i], Math.abs(g[i]));
        return one - (rate * m[i]) / ((1 - (+beta1) ** t) * (u[i] + +epsilon));
      });
    };
  },
  nadam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }) {
    const state = kept(["m", "v"]);
    const mu = (t: number): number => +beta1 * (1 - 0.5 * 0.96 ** t);
    let product = 1;
    return ({ w, g, rate, t }) => {
      const { m, v } = state(w.length);
      product *= mu(t);
      return w.map((one, i) => {
        m[i] = +beta1 * m[i] + (1 - +beta1) * g[i];
        v[i] = +beta2 * v[i] + (1 - +beta2) * g[i] ** 2;
        const hat = (mu(t + 1) * m[i]) / (1 - product * mu(t + 1)) + ((1 - mu(t)) * g[i]) / (1 - product);
        return one - (rate * hat) / (Math.sqrt(v[i] / (1 - (+beta2) ** t)) + +epsilon);
      });
    };
  },
  ftrl(config) {
    const { learningRatePower = -0.5, initialAccumulatorValue = 0.1, beta = 0 } = config;
    const [l1, l2] = [+(config.l1RegularizationStrength ?? 0), +(config.l2RegularizationStrength ?? 0)];
    const shrinkage = +(config.l2ShrinkageRegularizationStrength ?? 0);
    const [a, z] = [kept(["a"], +initialAccumulatorValue), kept(["z"])];
    return ({ w, g, rate }) => {
      const [sums, linear] = [a(w.length).a, z(w.length).z];
      return w.map((one, i) => {
        const before = sums[i] ** -learningRatePower;
        sums[i] += g[i] ** 2;
        const after = sums[i] ** -learningRatePower;
        linear[i] += g[i] + 2 * shrinkage * one - ((after - before) / rate) * one;
        const quadratic = after / rate + 2 * (l2 + +beta / (2 * rate));
        return (Math.max(-l1, Math.min(l1, linear[i])) - linear[i]) / quadratic;
      });
    };
  },
  lion({ beta1 = 0.9, beta2 = 0.99 }) {
    const state = kept(["m"]);
    return ({ w, g, rate }) => {
      const { m } = state(w.length);
      return w.map((one, i) => {
        const step = rate * Math.sign(+beta1 * m[i] + (1 - +beta1) * g[i]);
        m[i] = +beta2 * m[i] + (1 - +beta2) * g[i];
        return one - step;
      });
    };
  },
  lamb({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 }) {
    const state = kept(["m", "v"]);
    return ({ w, g, rate, t }) => {
      const { m, v } = state(w.length);
      const update = w.map((_, i) => {
        m[i] = +beta1 * m[i] + (1 - +beta1) * g[i];
        v[i] = +beta2 * v[i] + (1 - +beta2) * g[i] ** 2;
        return m[i] / (1 - (+beta1) ** t) / (Math.sqrt(v[i] / (1 - (+beta2) ** t)) + +epsilon);
      });
      const ratio = norm(w) > 0 && norm(update) > 0 ? norm(w) / norm(update) : 1;
      return w.map((one, i) => one - ratio * rate * update[i]);
    };
  },
  adafactor({ beta2Decay = -0.8, epsilon1 = 1e-30, epsilon2 = 1e-3, clipThreshold = 1 }) {
    let [r, c, v]: Numbers[] = [[], [], []];
    return ({ w, g, rate, t, shape }) => {
      const rest = 1 - t ** +beta2Decay;
      const squares = g.map((one) => one * one + +epsilon1);
      const blend = (old: Numbers, next: Numbers): Numbers => next.map((one, i) => rest * (old[i] ?? 0) + (1 - rest) * one);
      if (shape.length === 2) {
        const [rows, columns] = shape;
        const mean = (count: number, other: number, at: (i: number, j: number) => number): Numbers =>
          zeros(count).map((_, i) => zeros(other).reduce((sum, _zero, j) => sum + squares[at(i, j)], 0) / other);
        r = blend(r, mean(rows, columns, (i, j) => i * columns + j)); // biome-ignore format: one line
        c = blend(c, mean(columns, rows, (i, j) => j * columns + i)); // biome-ignore format: one line
        const all = r.reduce((sum, one) => sum + one, 0) / rows;
        v = w.map((_, i) => (r[Math.floor(i / columns)] / all) * c[i % columns]);
      } else v = blend(v, squares);
      const u = g.map((one, i) => one / Math.sqrt(v[i]));
      const alpha = Math.max(+epsilon2, rms(w)) * Math.min(rate, 1 / Math.sqrt(t));
      const held = Math.max(1, rms(u) / +clipThreshold);
      return w.map((one, i) => one - (alpha * u[i]) / held);
    };
  },
  muon(config) {
    const { momentum = 0.95, nesterov = true, nsSteps = 5, rmsRate = 0.2, adamLrRatio = 1 } = config;
    const [a, b, c] = [+(config.muonA ?? 3.4445), +(config.muonB ?? -4.775), +(config.muonC ?? 2.0315)];
    const state = kept(["m"]);
    const other = adam({ beta1: config.adamBeta1 ?? 0.9, beta2: config.adamBeta2 ?? 0.999, epsilon: config.epsilon ?? 1e-7 });
    return (told) => {
      const { w, g, rate, shape } = told;
      if (shape.length !== 2) return other({ ...told, rate: rate * +adamLrRatio });
      const { m } = state(w.length);
      for (let i = 0; i < m.length; i++) m[i] = +momentum * m[i] + g[i];
      const direction = m.map((one, i) => (nesterov ? g[i] + +momentum * one : one));
      const [rows, columns] = shape;
      let x = Array.from({ length: rows }, (_, i) => direction.slice(i * columns, (i + 1) * columns));
      if (rows > columns) x = turned(x);
      const size = norm(direction) + 1e-7;
      x = x.map((row) => row.map((one) => one / size));
      for (let k = 0; k < +nsSteps; k++) {
        const square = product(x, turned(x));
        const fourth = product(square, square);
        const sum = square.map((row, i) => row.map((one, j) => b * one + c * fourth[i][j]));
        const moved = product(sum, x);
        x = x.map((row, i) => row.map((one, j) => a * one + moved[i][j]));
      }
      const flat = (rows > columns ? turned(x) : x).flat();
      return w.map((one, i) => one - rate * flat[i] * Math.sqrt(Math.max(rows, columns)) * +rmsRate);
    };
  },
  schedulefreeadamw({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, warmupSteps = 0 }) {
    let z: Numbers | undefined;
    const state = kept(["v"]);
    return ({ w, before: start, g, rate, t }) => {
      z ??= [...start];
      const momentum = z;
      const { v } = state(w.length);
      const warm = rate * (+warmupSteps > 0 ? Math.min(t / +warmupSteps, 1) : 1);
      return w.map((one, i) => {
        v[i] = +beta2 * v[i] + (1 - +beta2) * g[i] ** 2;
        momentum[i] -= (warm * g[i]) / (Math.sqrt(v[i] / (1 - (+beta2) ** t)) + +epsilon);
        const before = (one - (1 - +beta1) * momentum[i]) / +beta1;
        const mean = (1 - 1 / t) * before + momentum[i] / t;
        return (1 - +beta1) * momentum[i] + +beta1 * mean;
      });
    };
  },
};

function adam({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7, amsgrad = false }: Config): Step {
  const state = kept(["m", "v", "most"]);
  return ({ w, g, rate, t }) => {
    const { m, v, most } = state(w.length);
    const a = (rate * Math.sqrt(1 - (+beta2) ** t)) / (1 - (+beta1) ** t);
    return w.map((one, i) => {
      m[i] = +beta1 * m[i] + (1 - +beta1) * g[i];
      v[i] = +beta2 * v[i] + (1 - +beta2) * g[i] ** 2;
      most[i] = Math.max(most[i], v[i]);
      return one - (a * m[i]) / (Math.sqrt(amsgrad ? most[i] : v[i]) + +epsilon);
    });
  };
}

const turned = (x: Numbers[]): Numbers[] => x[0].map((_, j) => x.map((row) => row[j]));
const product = (a: Numbers[], b: Numbers[]): Numbers[] =>
  a.map((row) => b[0].map((_, j) => row.reduce((sum, one, k) => sum + one * b[k][j], 0)));
