import { useId, useState } from 'preact/hooks';
import { fieldPathProblem } from '../../lib/values/field-path.js';
import type { Experiment } from '../api/experiment.js';
import type { Changing } from '../experiment/use.changing.js';
import { Seen } from '../parts/seen.js';
import { hashOf } from '../route/route.js';
import { seen } from '../text/visible.js';
import { leaveOut, takeBack } from './leave.out.js';

/** Fields that operators have left out of the comparison. Each can be compared again, and others can be added. */
export function LeftOut({ experiment, changing }: { readonly experiment: Experiment; readonly changing: Changing }) {
  const { name, ignorePaths } = experiment;
  const id = useId();
  const history = hashOf({ view: 'experiment', name, section: 'history', query: {} });
  return (
    <section class="panel" aria-labelledby={id}>
      <h3 id={id}>Left out of the comparison</h3>
      <p class="quiet">
        Results that differ only in these fields match, from the time they were left out. Earlier counts stay. The{' '}
        <a href={history}>history</a> shows who did it.
      </p>
      {ignorePaths.length === 0 ? (
        <p>None, apart from those in the code.</p>
      ) : (
        <ul class="plain left-out">
          {ignorePaths.map((path) => (
            <li key={path}>
              <code>
                <Seen text={path} />
              </code>
              <button type="button" class="small" onClick={() => void changing.send(takeBack(path), experiment)}>
                Compare again<span class="unseen"> {seen(path)}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <AddPath experiment={experiment} changing={changing} />
    </section>
  );
}

function AddPath({ experiment, changing }: { readonly experiment: Experiment; readonly changing: Changing }) {
  const [path, setPath] = useState('');
  const [problem, setProblem] = useState<string>();
  const id = useId();
  const add = async () => {
    const wrong = fieldPathProblem(path);
    setProblem(wrong && `It ${wrong}.`);
    if (wrong === undefined && (await changing.send(leaveOut(path), experiment))) setPath('');
  };
  return (
    <form
      class="with-button"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <label class="field grow">
        <span>Another field</span>
        <input
          type="text"
          spellcheck={false}
          autocapitalize="off"
          placeholder="$.items[*].price"
          value={path}
          aria-invalid={problem !== undefined}
          aria-describedby={id}
          onInput={(event) => setPath(event.currentTarget.value)}
        />
      </label>
      <button type="submit">Leave out</button>
      <p class="wrong" id={id} role="status">
        {problem}
      </p>
    </form>
  );
}
