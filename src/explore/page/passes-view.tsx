// What every pass did. In: the passes of a goal. Out: a list to search, and for the one that is chosen its diff and the rules that fired. Guarantee:
// a search looks at all that is shown: names, what a pass is for, rules, and changed lines.
import { useId } from "preact/hooks";
import type { PassRow, Rewrite } from "../report.ts";
import { Lines } from "./lines.tsx";
import { count } from "./numbers.ts";
import type { State } from "./state.ts";
import { Colored } from "./text.tsx";

/** A pass with its name in an address: a pass that runs again for another target is another. */
function named(passes: readonly PassRow[]): readonly { readonly pass: PassRow; readonly key: string }[] {
  const seen = new Map<string, number>();
  return passes.map((pass) => {
    const name = pass.target === undefined ? pass.pass : `${pass.pass}/${pass.target}`;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return { pass, key: times === 1 ? name : `${name}~${times}` };
  });
}

/** Whether a pass has the words of a search. */
function has({ pass, stage, target = "", says, diff = [], rewrites }: PassRow, words: string): boolean {
  const wanted = words.trim().toLowerCase();
  const texts = [pass, stage, target, says, ...rewrites.flatMap(({ rule, promise, origin }) => [rule, promise, origin])];
  const found = (text: string) => text.toLowerCase().includes(wanted);
  return texts.some(found) || diff.some(([sign, text]) => sign !== " " && found(text));
}

/** The view. */
export function PassesView({ state }: { readonly state: State }) {
  const passes = state.current.value.passes;
  const search = state.search.value;
  const id = useId();
  const found = named(passes).filter(({ pass }) => has(pass, search));
  const changed = found.filter(({ pass }) => pass.changed);
  const still = found.filter(({ pass }) => !pass.changed);
  // What a pass changed within a stage is what one looks for; the first of a list only builds it.
  const told = ({ pass }: (typeof found)[number]) => pass.diff !== undefined || pass.rewrites.length > 0;
  const chosen = found.find(({ key }) => key === state.pass.value) ?? changed.find(told) ?? found[0];
  const button = ({ pass, key }: (typeof found)[number]) => (
    <li key={key}>
      <button
        type="button"
        data-pass={key}
        aria-current={key === chosen?.key}
        onClick={() => {
          state.pass.value = key;
        }}
      >
        <b>{pass.pass}</b>
        <small>{[pass.stage, pass.target].filter(Boolean).join(", ")}</small>
        <span>{pass.rewrites.length > 0 ? `${pass.rewrites.length} rewrites` : `${count(pass.lines)} lines`}</span>
      </button>
    </li>
  );
  return (
    <div class="passes">
      <nav aria-label="Passes">
        <label for={id}>Search passes, rules and changed lines</label>
        <input
          id={id}
          type="search"
          value={search}
          onInput={(event) => {
            state.search.value = event.currentTarget.value;
          }}
        />
        <ul>{changed.map(button)}</ul>
        {still.length > 0 && (
          <details open={changed.length === 0}>
            <summary>{`${still.length} without a change`}</summary>
            <ul>{still.map(button)}</ul>
          </details>
        )}
        {found.length === 0 && <p class="empty">No pass has these words.</p>}
      </nav>
      {chosen !== undefined && <Detail key={`${state.goal.value} ${chosen.key}`} state={state} pass={chosen.pass} />}
    </div>
  );
}

function Detail({ state, pass }: { readonly state: State; readonly pass: PassRow }) {
  const diff = pass.diff ?? [];
  const width = diff.reduce((most, [, text]) => Math.max(most, text.length), 0);
  return (
    <section class="detail" aria-label={`Pass ${pass.pass}`}>
      <h2>{pass.pass}</h2>
      <p>{pass.says}</p>
      {diff.length > 0 ? (
        <div class="diff">
          <Lines
            label={`What ${pass.pass} changed`}
            count={diff.length}
            width={Math.min(width, 430)}
            line={(row) => {
              const [sign, text] = diff[row];
              return {
                class: { " ": "", "+": "plus", "-": "minus", "…": "left-out" }[sign],
                body: (
                  <>
                    <span class="sign">{sign}</span>
                    <Colored stage={pass.stage} text={text} />
                  </>
                ),
              };
            }}
          />
        </div>
      ) : (
        <p class="empty">{pass.changed ? `Leads to the stage ${pass.stage}: ${count(pass.lines)} lines.` : "Nothing changed."}</p>
      )}
      {pass.rewrites.length > 0 && <Rewrites state={state} rewrites={pass.rewrites} />}
    </section>
  );
}

/** What a promise says. */
const promises: { readonly [P in Rewrite["promise"]]: string } = {
  bits: "the same bits for every input",
  value: "the same value; the sign of a zero may differ",
  approx: "the same up to rounding; off with --exact",
};

function Rewrites({ state, rewrites }: { readonly state: State; readonly rewrites: readonly Rewrite[] }) {
  return (
    <>
      <h3>{`${rewrites.length} rewrites`}</h3>
      <ol class="rewrites">
        {rewrites.map(({ thing, rule, promise, before, after, origin }, i) => (
          <li key={i} class={state.lit.value.all.has(thing) ? "lit" : ""}>
            <p>
              <b>{rule}</b>
              <span class={`promise ${promise}`} title={promises[promise]}>
                {promise}
              </span>
              <button type="button" class="link" onClick={() => state.visit(thing)}>
                {origin === "" ? "show" : origin}
              </button>
            </p>
            <pre class="minus">{before}</pre>
            <pre class="plus">{after}</pre>
          </li>
        ))}
      </ol>
    </>
  );
}
