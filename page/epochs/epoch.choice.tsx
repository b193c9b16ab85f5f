import { epochsOf } from '../api/api.js';
import type { Epoch } from '../api/epoch.js';
import { useResource } from '../live/use.resource.js';
import { Moment } from '../parts/moment.js';
import { Seen } from '../parts/seen.js';
import { refine } from '../route/location.js';
import { seen } from '../text/visible.js';

/** Refresh interval of the list of epochs, in ms. */
const SELDOM = 60_000;

/** Release that results are of, and a choice of earlier ones if there are any. */
export function EpochChoice({ name, epoch }: { readonly name: string; readonly epoch: Epoch | null }) {
  const { data: epochs = [] } = useResource(`epochs ${name}`, (signal) => epochsOf(name, signal), SELDOM);
  if (epoch === null) return null;
  return (
    <p class="epoch quiet">
      Release <Seen text={releaseOf(epoch)} />, since <Moment time={epoch.begunAt} />
      {!epoch.current && <strong>. Other code runs now</strong>}
      {epochs.length > 1 && (
        <>
          {' '}
          <select
            aria-label="Release"
            value={String(epoch.number)}
            onChange={({ currentTarget }) => refine({ epoch: choose(epochs, currentTarget.value) })}
          >
            {epochs.map((one) => (
              <option key={one.number} value={String(one.number)}>
                {seen(releaseOf(one))}
                {one.current ? ' (runs now)' : ''}
              </option>
            ))}
          </select>
        </>
      )}
    </p>
  );
}

/** Returns the value for the address: none for the current epoch, which may be another one later. */
function choose(epochs: readonly Epoch[], number: string): string {
  return epochs.find((one) => String(one.number) === number)?.current === false ? number : '';
}

function releaseOf({ release, fingerprint }: Epoch): string {
  return release === '' ? `code ${fingerprint.slice(0, 6)}` : release;
}
