import { serverNow } from '../api/server.clock.js';
import type { Experiment } from '../api/experiment.js';
import { Moment } from '../parts/moment.js';
import { Seen } from '../parts/seen.js';
import { Shape, type ShapeKind } from '../parts/shape.js';
import { isSeen, stateOf, STATE_WORDS, type State } from './state.js';

const SHAPES: Readonly<Record<State['kind'], ShapeKind>> = {
  running: 'on',
  off: 'off',
  scheduled: 'waiting',
  ended: 'off',
  halted: 'stopped',
  unseen: 'unseen',
};

/** State of an experiment, as a shape and in words. */
export function StateBadge({ experiment }: { readonly experiment: Experiment }) {
  const state = stateOf(experiment, serverNow());
  return (
    <span class={`state state-${state.kind}`}>
      <Shape kind={SHAPES[state.kind]} />
      {STATE_WORDS[state.kind]}
    </span>
  );
}

/** Details of a state; nothing for one that explains itself. */
export function StateDetail({ experiment }: { readonly experiment: Experiment }) {
  const now = serverNow();
  const state = stateOf(experiment, now);
  const unseen = !isSeen(experiment, now) && (
    <span>
      in no running process
      {experiment.seenAt !== null && (
        <>
          , last <Moment time={experiment.seenAt} />
        </>
      )}
    </span>
  );
  switch (state.kind) {
    case 'halted':
      return (
        <>
          <Seen text={state.reason} /> <Moment time={state.at} />
        </>
      );
    case 'scheduled':
      return (
        <>
          from <Moment time={state.at} />
        </>
      );
    case 'ended':
      return <Moment time={state.at} />;
    case 'running':
    case 'off':
    case 'unseen':
      return unseen || null;
    default:
      return state satisfies never;
  }
}
