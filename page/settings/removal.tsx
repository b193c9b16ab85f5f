import { useState } from 'preact/hooks';
import { purgeResults, removeExperiment } from '../api/api.js';
import type { Experiment } from '../api/experiment.js';
import { failureOf, type Failure } from '../api/failure.js';
import { announce } from '../live/announcer.js';
import { NameDialog } from '../parts/name.dialog.js';
import { FailureText, Notice } from '../parts/notice.js';
import { go } from '../route/location.js';
import { PurgeProgress } from './purge.progress.js';

type Asked = 'none' | 'purge' | 'remove';

/** Buttons that purge the results and remove the experiment. Neither can be undone. */
export function Removal({ experiment }: { readonly experiment: Experiment }) {
  const { name, version } = experiment;
  const [asked, setAsked] = useState<Asked>('none');
  const [running, setRunning] = useState<Asked>('none');
  const [failure, setFailure] = useState<Failure>();

  const run = async (what: Asked, work: () => Promise<void>, done: () => void) => {
    setAsked('none');
    setFailure(undefined);
    setRunning(what);
    try {
      await work();
      done();
    } catch (error) {
      setFailure(failureOf(error));
    }
    setRunning('none');
  };
  const purge = () =>
    void run(
      'purge',
      () => purgeResults(name),
      () => announce('The results are purged.'),
    );
  const remove = () =>
    void run(
      'remove',
      () => removeExperiment(name, version),
      () => go({ view: 'list', query: {} }),
    );
  const ask = (what: Asked) => {
    if (running === 'none') setAsked(what);
  };
  return (
    <section class="panel removal" aria-labelledby="removal-title">
      <h3 id="removal-title">Purge or delete</h3>
      <p>
        <button type="button" class="danger" aria-disabled={running !== 'none'} onClick={() => ask('purge')}>
          Purge results …
        </button>{' '}
        removes all figures and samples, and starts counting from zero. Settings and history stay.
      </p>
      <p>
        <button type="button" class="danger" aria-disabled={running !== 'none'} onClick={() => ask('remove')}>
          Delete experiment …
        </button>{' '}
        removes it with its results. If an application still has it in its code, it is created again with its initial percentage.
      </p>
      <PurgeProgress name={name} isAsked={running !== 'none'} />
      {failure !== undefined && (
        <Notice kind="bad" isUrgent>
          <FailureText failure={failure} />
        </Notice>
      )}
      {asked === 'purge' && (
        <NameDialog title="Purge results" name={name} action="Purge results" onClose={() => setAsked('none')} onConfirm={purge}>
          <p>All figures and samples of this experiment are removed. This can’t be undone.</p>
        </NameDialog>
      )}
      {asked === 'remove' && (
        <NameDialog
          title="Delete experiment"
          name={name}
          action="Delete experiment"
          onClose={() => setAsked('none')}
          onConfirm={remove}
        >
          <p>The experiment, its settings and all its results are removed. This can’t be undone.</p>
        </NameDialog>
      )}
    </section>
  );
}
