import type { Experiment } from '../api/experiment.js';
import type { FieldDifference } from '../api/summary.js';
import type { Changing } from '../experiment/use.changing.js';
import { Seen } from '../parts/seen.js';
import { number, share } from '../text/figure.text.js';
import { DIFFERENCE_WORDS } from '../text/word.text.js';
import { seen } from '../text/visible.js';
import type { FieldNode } from './field.tree.js';
import { leaveOut, takeBack } from './leave.out.js';
import { coverOf } from './left.out.js';

/** Input of all nodes. */
export interface TreeContext {
  readonly runs: number;
  readonly noiseRuns: number;
  readonly ignorePaths: readonly string[];
  readonly experiment: Experiment;
  readonly changing: Changing;
}

/** Differing fields, as a tree. */
export function FieldTree({ nodes, context }: { readonly nodes: readonly FieldNode[]; readonly context: TreeContext }) {
  return (
    <ul class="fields">
      {nodes.map((node) => (
        <li key={node.path}>
          <Node node={node} context={context} />
          {node.children.length > 0 && <FieldTree nodes={node.children} context={context} />}
        </li>
      ))}
    </ul>
  );
}

function Node({ node, context }: { readonly node: FieldNode; readonly context: TreeContext }) {
  const { step, path, fields, most, kept } = node;
  const cover = coverOf(path, context.ignorePaths);
  return (
    <div class={`field-node${cover === undefined ? '' : ' is-left-out'}`}>
      <div class="field-head">
        <code class="field-path" title={seen(path)}>
          <Seen text={step} />
        </code>
        {fields.length === 0 && <span class="quiet">in {number(most)} runs or more</span>}
        <LeaveOut path={path} kept={kept} cover={cover} context={context} />
      </div>
      {fields.map((field) => (
        <Field key={field.kind} field={field} context={context} />
      ))}
    </div>
  );
}

function LeaveOut(props: {
  readonly path: string;
  readonly kept: string | undefined;
  readonly cover: string | undefined;
  readonly context: TreeContext;
}) {
  const { path, kept, cover, context } = props;
  const { experiment, changing } = context;
  if (kept !== undefined) return <span class="quiet field-action">{kept}</span>;
  if (cover !== undefined && cover !== path) {
    return (
      <span class="quiet field-action">
        Left out by <Seen text={cover} />
      </span>
    );
  }
  const isOut = cover === path;
  return (
    <span class="field-action">
      {isOut && <span class="quiet">Left out from now on </span>}
      <button type="button" class="small" onClick={() => void changing.send(isOut ? takeBack(path) : leaveOut(path), experiment)}>
        {isOut ? 'Compare again' : 'Leave out'}
        <span class="unseen"> {seen(path)}</span>
      </button>
    </span>
  );
}

function Field({ field, context }: { readonly field: FieldDifference; readonly context: TreeContext }) {
  const { kind, count, noise, isNoise, example } = field;
  const { runs, noiseRuns } = context;
  return (
    <div class="field-difference">
      <span class="field-count">{number(count)}</span>
      <span class="field-bar" aria-hidden="true">
        <span class={isNoise ? 'is-noise' : ''} style={{ width: `${Math.max((100 * count) / Math.max(runs, count, 1), 1)}%` }} />
      </span>
      <span>
        {DIFFERENCE_WORDS[kind]}, in {runs > 0 ? share(count / runs) : 'none'} of runs
        {noiseRuns > 0 && <>; the control itself in {share(noise / noiseRuns)}</>}
        {isNoise && <strong class="noise"> Noise</strong>}
      </span>
      {example !== null && <Example example={example} />}
    </div>
  );
}

function Example({ example }: { readonly example: NonNullable<FieldDifference['example']> }) {
  return (
    <dl class="example">
      {(['control', 'candidate'] as const).map((side) =>
        side in example ? (
          <div key={side}>
            <dt>{side}</dt>
            <dd>
              <code>
                <Seen text={JSON.stringify(example[side])} />
              </code>
            </dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
