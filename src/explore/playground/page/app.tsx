// The playground as a page. In: the session. Out: the list with what is wrong with it, the training beneath, the report beside; on a narrow page one of the
// three. Guarantee: texts of the visitor's are shown as text.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Mounted } from "../../page/mount.tsx";
import { datasets } from "../datasets.ts";
import { presets } from "../presets.ts";
import { takenOf } from "./drop.ts";
import { type Editor, editorIn } from "./editor.ts";
import * as session from "./session.ts";
import { TrainingPart } from "./training.tsx";

const tabs = [
  ["list", "List"],
  ["training", "Training"],
  ["report", "Report"],
] as const;

/** The page. */
export function Playground() {
  return (
    <div class="playground" data-tab={session.tab.value} data-busy={session.busy.value}>
      <Head />
      <nav class="places" aria-label="Parts of the page">
        {tabs.map(([key, title]) => (
          <button type="button" key={key} aria-pressed={session.tab.value === key} onClick={() => session.chooseTab(key)}>
            {title}
          </button>
        ))}
      </nav>
      <main>
        <section class="part list" aria-label="List">
          <List />
          <Problems />
        </section>
        <section class="part training" aria-label="Training">
          <TrainingPart />
        </section>
        <section class="part shown" aria-label="Report">
          <ReportPart />
        </section>
      </main>
    </div>
  );
}

function Head() {
  const input = useRef<HTMLInputElement>(null);
  const preset = presets.find(({ text }) => text === session.text.value);
  return (
    <header class="bar">
      <h1>layerc playground</h1>
      <label>
        Preset
        <select
          value={preset?.id ?? ""}
          onChange={({ currentTarget }) => {
            const found = presets.find(({ id }) => id === currentTarget.value);
            if (found !== undefined) session.choose(found);
          }}
        >
          {preset === undefined && <option value="">a list of your own</option>}
          {presets.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label>
        Data
        <select value={session.data.value} onChange={({ currentTarget }) => session.chooseData(currentTarget.value)}>
          {datasets.map(({ id, title, says }) => (
            <option key={id} value={id} title={says}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        onClick={() => input.current?.click()}
        title="A .keras, .h5, .onnx or .safetensors file, or all files of a TensorFlow.js model; dropping them on the page does the same"
      >
        Open file…
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files of a model"
        onChange={async ({ currentTarget }) => {
          const taken = await takenOf([...(currentTarget.files ?? [])]);
          currentTarget.value = "";
          if (taken.name !== "") session.openFiles(taken);
        }}
      />
      <button type="button" class="main" disabled={session.compiled.value === undefined} onClick={session.exportModule}>
        Export module
      </button>
      <span class="state" role="status">
        {session.busy.value ? "compiling…" : ""}
      </span>
    </header>
  );
}

function List() {
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | undefined>(undefined);
  useLayoutEffect(() => {
    if (place.current === null) return;
    editor.current = editorIn(place.current, session.text.peek(), session.write);
    session.onEditor(editor.current);
  }, []);
  const [text, problems, file] = [session.text.value, session.problems.value, session.file.value];
  const isUnread = !session.busy.value && session.compiled.value === undefined;
  // The newest text, and not that of this drawing: somebody may have typed on since.
  useEffect(() => editor.current?.set(session.text.peek()), [text]);
  useEffect(() => editor.current?.show(file === undefined ? problems : []), [problems, file]);
  return (
    <>
      {file !== undefined && (
        <p class="file">
          <span>
            <b>{file}</b> {isUnread ? "cannot be opened." : "is shown in the place of the list."}
          </span>
          <button type="button" onClick={session.closeFile}>
            Back to the list
          </button>
        </p>
      )}
      <div class="editor" ref={place} hidden={file !== undefined} />
    </>
  );
}

function Problems() {
  const [problems, notice] = [session.problems.value, session.notice.value];
  return (
    <>
      {notice !== undefined && (
        <p class="hint" role="status">
          {notice}
        </p>
      )}
      <ul class="problems" aria-label="Problems" aria-live="polite">
        {problems.map(({ message, hint, severity, code, from }) => (
          <li key={`${code}${message}`} class={severity}>
            <button type="button" onClick={() => session.goTo(from)}>
              {message}
            </button>
            {hint !== undefined && <p>{hint}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}

function ReportPart() {
  const place = useRef<HTMLDivElement>(null);
  const mounted = useRef<Mounted | undefined>(undefined);
  const report = session.report.value;
  useLayoutEffect(() => {
    if (report === undefined) {
      mounted.current?.unmount();
      mounted.current = undefined;
      return;
    }
    if (mounted.current !== undefined) return mounted.current.show(report);
    void import("../../page/mount.tsx").then(({ mount }) => {
      const now = session.report.peek();
      if (place.current === null || mounted.current !== undefined || now === undefined) return;
      mounted.current = mount(place.current, now, { memory: session.memory, profile: session.profile });
    });
  }, [report]);
  return (
    <>
      {report === undefined && !session.busy.value && <p class="hint">Nothing has been compiled yet.</p>}
      <div class="place" ref={place} />
    </>
  );
}
