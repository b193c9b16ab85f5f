import { useId } from 'preact/hooks';
import type { Experiment } from '../api/experiment.js';
import type { Changing } from '../experiment/use.changing.js';
import { useDraft } from '../experiment/use.draft.js';
import { LAST_POSITION, percentAt, percentOf, positionOf, STOPS } from './slider.scale.js';

/** Sets the share of calls that run the experiment: by a slider, by a number, or by one click. */
export function TurnPanel({ experiment, changing }: { readonly experiment: Experiment; readonly changing: Changing }) {
  const { percentEnabled } = experiment;
  const draft = useDraft(experiment, changing, ({ percentEnabled }) => ({ text: String(percentEnabled) }));
  const { text } = draft.fields;
  const id = useId();
  const percent = percentOf(text);
  const isChanged = percent !== percentEnabled;

  const turn = (to: number) => draft.send({ text: `${to} % of calls`, change: () => ({ percentEnabled: to }) });
  const write = (written: string) => draft.edit({ text: written });
  return (
    <section class="panel turn" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>Share of calls</h2>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (percent !== undefined && isChanged) turn(percent);
        }}
      >
        <div class="turn-scale">
          <input
            type="range"
            aria-label="Share of calls"
            min={0}
            max={LAST_POSITION}
            step={1}
            value={positionOf(percent ?? percentEnabled)}
            aria-valuetext={`${percent ?? percentEnabled} %`}
            onInput={(event) => write(String(percentAt(Number(event.currentTarget.value))))}
          />
          <div class="stops" role="group" aria-label="Set at once to">
            {STOPS.map((stop) => (
              <button key={stop} type="button" class="small" aria-pressed={stop === percentEnabled} onClick={() => turn(stop)}>
                {stop} %
              </button>
            ))}
          </div>
        </div>
        <div class="turn-number">
          <label class="field">
            <span>Percent</span>
            <input
              type="text"
              inputMode="decimal"
              size={6}
              value={text}
              aria-invalid={percent === undefined}
              aria-describedby={`${id}-wrong`}
              onInput={(event) => write(event.currentTarget.value)}
            />
          </label>
          <button type="submit" class="primary" aria-disabled={!isChanged || percent === undefined}>
            {isChanged && percent !== undefined ? `Set to ${percent} %` : 'Set'}
          </button>
          {isChanged && (
            <button type="button" onClick={draft.reset}>
              Leave it at {percentEnabled} %
            </button>
          )}
        </div>
        <p id={`${id}-wrong`} class="wrong">
          {percent === undefined && 'A number from 0 to 100 with at most two decimals.'}
        </p>
      </form>
    </section>
  );
}
