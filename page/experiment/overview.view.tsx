import { summaryOf } from '../api/api.js';
import type { CandidateSummary, Summary } from '../api/summary.js';
import { Pictures } from '../charts/pictures.js';
import { EpochChoice } from '../epochs/epoch.choice.js';
import { useResource } from '../live/use.resource.js';
import { Empty, Loaded } from '../parts/loaded.js';
import { TurnPanel } from '../turn/turn.panel.js';
import { CandidateChoice, chosenOf } from './candidate.choice.js';
import { KeyFigures } from './key.figures.js';
import { Verdict } from './verdict.js';
import type { SectionProps } from './section.js';

/** Overview of an experiment: its share of calls, its readiness, and the charts. */
export function OverviewView({ experiment, changing, query }: SectionProps) {
  const { name } = experiment;
  const { epoch } = query;
  const summary = useResource(`summary ${name} ${epoch}`, (signal) => summaryOf(name, signal, epoch));
  return (
    <>
      <TurnPanel experiment={experiment} changing={changing} />
      <Loaded resource={summary} what="the summary">
        {(data) => <Summarised summary={data} query={query} targetRate={experiment.targetRate} />}
      </Loaded>
    </>
  );
}

function Summarised(props: { readonly summary: Summary; readonly query: SectionProps['query']; readonly targetRate: number }) {
  const { summary, query, targetRate } = props;
  const candidate: CandidateSummary | undefined = chosenOf(summary.candidates, query['candidate']);
  if (candidate === undefined || summary.runs === 0) {
    return (
      <>
        <EpochChoice name={summary.name} epoch={summary.epoch} />
        <Empty>
          <p>Nothing is recorded yet. Figures and charts appear once calls have run the experiment.</p>
          <KeyFigures summary={summary} candidate={undefined} />
        </Empty>
      </>
    );
  }
  return (
    <>
      <EpochChoice name={summary.name} epoch={summary.epoch} />
      <CandidateChoice names={summary.candidates.map(({ name }) => name)} chosen={candidate.name} />
      <Verdict candidate={candidate} experiment={summary.name} />
      <KeyFigures summary={summary} candidate={candidate} />
      <Pictures name={summary.name} candidate={candidate} targetRate={targetRate} epoch={query['epoch']} />
    </>
  );
}
