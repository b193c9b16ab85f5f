import { summaryOf } from '../api/api.js';
import type { CandidateSummary } from '../api/summary.js';
import { CandidateChoice, chosenOf } from '../experiment/candidate.choice.js';
import { EpochChoice } from '../epochs/epoch.choice.js';
import { useResource } from '../live/use.resource.js';
import { Empty, Loaded } from '../parts/loaded.js';
import { hashOf } from '../route/route.js';
import { counted, number, share } from '../text/figure.text.js';
import { fieldTree } from './field.tree.js';
import { FieldTree } from './field.tree.view.js';
import { LeftOut } from './left.out.list.js';
import type { SectionProps } from '../experiment/section.js';

/** Differing fields of a candidate. */
export function DifferencesView({ experiment, changing, query }: SectionProps) {
  const { name } = experiment;
  const { epoch } = query;
  const summary = useResource(`summary ${name} ${epoch}`, (signal) => summaryOf(name, signal, epoch));
  return (
    <>
      <h2 class="section-title" data-arrival tabIndex={-1}>
        Differences by field
      </h2>
      <Loaded resource={summary} what="the differences">
        {({ candidates, epoch: shown }) => {
          const candidate = chosenOf(candidates, query['candidate']);
          if (candidate === undefined) return <Empty>No candidate has run yet.</Empty>;
          return (
            <>
              <EpochChoice name={name} epoch={shown} />
              <CandidateChoice names={candidates.map((one) => one.name)} chosen={candidate.name} />
              <Differences candidate={candidate} epoch={epoch} experiment={experiment} changing={changing} />
            </>
          );
        }}
      </Loaded>
      <LeftOut experiment={experiment} changing={changing} />
    </>
  );
}

function Differences({
  candidate,
  epoch = '',
  experiment,
  changing,
}: Omit<SectionProps, 'query'> & { readonly candidate: CandidateSummary; readonly epoch: string | undefined }) {
  const { counts, differences, examined, noise, name } = candidate;
  const runs = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const { mismatched = 0 } = counts;
  const samples = hashOf({
    view: 'experiment',
    name: experiment.name,
    section: 'samples',
    query: { outcome: 'mismatched', candidate: name, epoch },
  });
  return (
    <>
      <p>
        {number(mismatched)} of {counted(runs, 'run')} returned another value
        {examined < mismatched && <>; {number(examined)} of them were examined</>}. <a href={samples}>See samples</a>
      </p>
      {noise.rate !== null && (
        <p class="quiet">
          The control was compared with itself {number(noise.runs)} times, and differed in {share(noise.rate.estimate)}. Where it
          does, the candidate's difference may be noise.
        </p>
      )}
      {differences.length === 0 ? (
        <Empty>No field differs.</Empty>
      ) : (
        <div class="panel differences">
          <FieldTree
            nodes={fieldTree(differences)}
            context={{ runs, noiseRuns: noise.runs, ignorePaths: experiment.ignorePaths, experiment, changing }}
          />
        </div>
      )}
    </>
  );
}
