import { useState } from 'preact/hooks';
import { durationsOf, timelineOf } from '../api/api.js';
import { serverNow } from '../api/server.clock.js';
import type { CandidateSummary } from '../api/summary.js';
import { SPANS, type Span } from '../api/timeline.js';
import { useResource } from '../live/use.resource.js';
import { Loaded } from '../parts/loaded.js';
import { DurationsPicture } from './durations.picture.js';
import { MatchPicture } from './match.picture.js';
import { OutcomesPicture } from './outcomes.picture.js';
import { periodsOf } from './periods.js';
import { SpeedupPicture } from './speedup.picture.js';

/** Refresh interval of distributions, and of timelines of days and longer, in ms. */
const SLOWLY = 10_000;

const SPAN_WORDS: Readonly<Record<Span, string>> = { hour: 'Hour', day: 'Day', week: 'Week', quarter: '90 days' };

/** Charts of a candidate. */
export function Pictures(props: {
  readonly name: string;
  readonly candidate: CandidateSummary;
  readonly targetRate: number;
  readonly epoch: string | undefined;
}) {
  const { name, candidate, targetRate, epoch } = props;
  const [span, setSpan] = useState<Span>('hour');
  const timeline = useResource(
    `timeline ${name} ${span} ${epoch}`,
    (signal) => timelineOf(name, span, signal, epoch),
    span === 'hour' ? undefined : SLOWLY,
  );
  const durations = useResource(`durations ${name} ${epoch}`, (signal) => durationsOf(name, signal, epoch), SLOWLY);
  return (
    <>
      <fieldset class="choices">
        <legend>The last</legend>
        {SPANS.map((one) => (
          <label key={one} class="choice">
            <input type="radio" name="span" checked={one === span} onChange={() => setSpan(one)} />
            {SPAN_WORDS[one]}
          </label>
        ))}
      </fieldset>
      <div class="pictures">
        <Loaded resource={timeline} what="the timeline">
          {(data) => {
            const periods = periodsOf(data, candidate.name, serverNow());
            return (
              <>
                <OutcomesPicture periods={periods} step={data.step} />
                <MatchPicture periods={periods} step={data.step} targetRate={targetRate} />
              </>
            );
          }}
        </Loaded>
        <Loaded resource={durations} what="the durations">
          {(data) => {
            const found = data.candidates.find((one) => one.name === candidate.name);
            return <DurationsPicture control={found?.control ?? null} candidate={found?.candidate ?? null} />;
          }}
        </Loaded>
        <SpeedupPicture speedup={candidate.speedup} over={candidate.speedupOver} />
      </div>
    </>
  );
}
