// The panes side by side. In: the state. Out: as many columns as there is room for, of what the reader chose. Guarantee: narrow or wide is
// the same list of panes: with room for one they are tabs, with room for more they are switches.
import { useId } from "preact/hooks";
import { legends } from "../legend.ts";
import { Arena } from "./arena.tsx";
import { Boxes } from "./drawing.tsx";
import { firstOf, type Shown } from "./panes.ts";
import { choose, type State, shownPanes, toggle } from "./state.ts";
import { Tabs } from "./tabs.tsx";
import { Text } from "./text.tsx";

/** The view. */
export function PanesView({ state }: { readonly state: State }) {
  const panes = shownPanes(state);
  const id = useId();
  const shown = panes.filter((pane) => pane.shown);
  return (
    <>
      <div class="bar">
        {state.columns.value === 1 ? (
          <Tabs
            label="Panes"
            tabs={panes.map(({ row }) => ({ key: row.id, title: row.title }))}
            chosen={shown[0]?.row.id ?? ""}
            controls={id}
            onChoose={(key) => toggle(state, key, false)}
          />
        ) : (
          <fieldset class="switches" aria-label="Panes that are shown">
            {panes.map(({ row, shown: pressed }) => (
              <button
                key={row.id}
                type="button"
                data-switch={row.id}
                aria-pressed={pressed}
                title={row.says}
                onClick={() => toggle(state, row.id, pressed)}
              >
                {row.title}
              </button>
            ))}
          </fieldset>
        )}
        <input
          type="search"
          class="find"
          aria-label="Find in the texts; Enter for the next place"
          placeholder="Find"
          value={state.find.value.words}
          onInput={(event) => {
            state.find.value = { words: event.currentTarget.value, place: 0 };
          }}
          onKeyDown={({ key, shiftKey }) => {
            const { words, place } = state.find.value;
            if (key === "Enter") state.find.value = { words, place: Math.max(0, place + (shiftKey ? -1 : 1)) };
          }}
        />
      </div>
      <div class="columns" id={id} {...(state.columns.value === 1 && { role: "tabpanel", "aria-label": shown[0]?.row.title })}>
        {shown.map(({ row, choices, key }) => {
          const now = choices.find((choice) => choice.key === key) ?? firstOf(row, choices);
          return (
            <section class="pane" key={row.id} data-pane={row.id} aria-label={row.title}>
              <header>
                <h2>{row.title}</h2>
                {choices.length > 1 && (
                  <select
                    aria-label={`What ${row.title} shows`}
                    value={now.key}
                    onChange={(event) => choose(state, row.id, event.currentTarget.value)}
                  >
                    {choices.map((choice) => (
                      <option key={choice.key} value={choice.key}>
                        {choice.title}
                      </option>
                    ))}
                  </select>
                )}
                <Legend shown={now} />
              </header>
              <Content state={state} id={row.id} title={row.title} shown={now} />
              {row.arena && <Arena state={state} arena={state.current.value.arena} />}
            </section>
          );
        })}
      </div>
    </>
  );
}

interface ContentProps {
  readonly state: State;
  readonly id: string;
  readonly title: string;
  readonly shown: Shown;
}

function Content({ state, id, title, shown: { text, drawing } }: ContentProps) {
  if (drawing !== undefined) return <Boxes state={state} id={id} label={`${title}, drawn`} drawing={drawing} />;
  return text === undefined ? null : <Text state={state} pane={text} id={id} />;
}

/** How a stage's text is read. */
function Legend({ shown: { text } }: { readonly shown: Shown }) {
  const stage = text?.stage;
  if (stage === undefined || !(stage in legends)) return null;
  const { says, signs } = legends[stage as keyof typeof legends];
  return (
    <details class="legend">
      <summary aria-label="How to read this">?</summary>
      <div>
        <p>{says}</p>
        <dl>
          {signs.map(([sign, meaning]) => (
            <div key={sign}>
              <dt>
                <code>{sign}</code>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </div>
    </details>
  );
}
