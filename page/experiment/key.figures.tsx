import type { ComponentChildren } from 'preact';
import type { CandidateSummary, Summary, UncomparedPart } from '../api/summary.js';
import { Moment } from '../parts/moment.js';
import { durationText, matchIntervalText, matchText, number, share, speedupText } from '../text/figure.text.js';
import { SPEEDUP_WORDS, skipText, UNCOMPARED_WORDS } from '../text/word.text.js';

/** Key figures of an experiment. */
export function KeyFigures({
  summary,
  candidate,
}: {
  readonly summary: Summary;
  readonly candidate: CandidateSummary | undefined;
}) {
  const { span, skipped, refused } = summary;
  return (
    <dl class="key-figures">
      <Figure
        label="Runs"
        detail={
          span.from !== null && (
            <>
              first <Moment time={span.from} />
            </>
          )
        }
      >
        {number(summary.runs)}
      </Figure>
      {candidate !== undefined && <CandidateFigures candidate={candidate} />}
      <Skipped skipped={skipped} />
      <Refused refused={refused} />
    </dl>
  );
}

function CandidateFigures({ candidate }: { readonly candidate: CandidateSummary }) {
  const { mismatchRate, durations, speedup, speedupOver, speed, account, reads, noise, delta } = candidate;
  const median = speedup.find(({ percentile }) => percentile === 50)?.factor;
  return (
    <>
      <Figure label="Match rate" detail={mismatchRate && `95 % confidence: ${matchIntervalText(mismatchRate)}`}>
        {matchText(mismatchRate)}
      </Figure>
      <Figure
        label="Speed at the median"
        detail={
          <span title={SPEEDUP_WORDS[speedupOver]}>
            {speed === null ? delta && delayText(delta.p50) : `in total ${speedupText(factorOf(speed.total))}`}
            {speed === null ? ', beside the first call' : ', beside the second call'}
          </span>
        }
      >
        {speedupText(median)}
      </Figure>
      <Figure
        label="Median duration"
        detail={
          durations.candidate && `95 %: ${durationText(durations.control?.p95)} to ${durationText(durations.candidate.p95)}`
        }
      >
        {durationText(durations.control?.p50)} → {durationText(durations.candidate?.p50)}
      </Figure>
      {noise.rate && (
        <Figure label="Control differs from itself" detail={`in ${number(noise.runs)} comparisons`}>
          {share(noise.rate.estimate)}
        </Figure>
      )}
      <Uncompared account={account} />
      {reads !== null && (
        <Figure
          label="Read at the same moment"
          detail={`${number(reads.later)} of ${number(reads.sameMoment + reads.later)} later`}
        >
          {share(reads.sameMoment / (reads.sameMoment + reads.later))}
        </Figure>
      )}
    </>
  );
}

/** Returns a ratio as a factor of speed: 2 for twice as fast, -2 for half as fast. */
function factorOf(ratio: number): number {
  return ratio >= 1 ? ratio : -1 / ratio;
}

function delayText(saved: number): string {
  return `${durationText(Math.abs(saved))} ${saved < 0 ? 'later' : 'sooner'}`;
}

function Uncompared({ account }: Pick<CandidateSummary, 'account'>) {
  const parts = (Object.keys(UNCOMPARED_WORDS) as UncomparedPart[]) // its own keys
    .filter((part) => account[part] > 0)
    .sort((one, other) => account[other] - account[one]);
  if (parts.length === 0) return null;
  const detail = parts.map((part) => `${UNCOMPARED_WORDS[part]} ${number(account[part])}`).join(', ');
  return (
    <Figure label="Not compared" detail={detail}>
      {number(parts.reduce((sum, part) => sum + account[part], 0))}
    </Figure>
  );
}

function Skipped({ skipped }: { readonly skipped: Summary['skipped'] }) {
  const reasons = Object.entries(skipped).sort(([, a], [, b]) => b - a);
  if (reasons.length === 0) return null;
  const detail = reasons.map(([reason, count]) => `${skipText(reason)} ${number(count)}`).join(', ');
  return (
    <Figure label="Skipped" detail={detail}>
      {number(reasons.reduce((sum, [, count]) => sum + count, 0))}
    </Figure>
  );
}

/** What candidates would have written or sent. */
function Refused({ refused }: { readonly refused: Summary['refused'] }) {
  if (refused.length === 0) return null;
  const detail = refused.map(({ effect, count }) => `${effect} in ${number(count)}`).join(', ');
  return (
    <Figure label="Refused" detail={detail}>
      {number(refused.reduce((sum, { count }) => sum + count, 0))}
    </Figure>
  );
}

function Figure(props: { readonly label: string; readonly detail?: ComponentChildren; readonly children: ComponentChildren }) {
  const { label, detail, children } = props;
  return (
    <div class="key-figure">
      <dt>{label}</dt>
      <dd class="key-value">{children}</dd>
      {detail && <dd class="quiet">{detail}</dd>}
    </div>
  );
}
