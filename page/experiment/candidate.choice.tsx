import { Seen } from '../parts/seen.js';
import { refine } from '../route/location.js';

/** Choice among several candidates; nothing if there is only one. */
export function CandidateChoice({ names, chosen }: { readonly names: readonly string[]; readonly chosen: string | undefined }) {
  if (names.length < 2) return null;
  return (
    <fieldset class="choices">
      <legend>Candidate</legend>
      {names.map((name) => (
        <label key={name} class="choice">
          <input type="radio" name="candidate" checked={name === chosen} onChange={() => refine({ candidate: name })} />
          <Seen text={name} />
        </label>
      ))}
    </fieldset>
  );
}

/** Returns the requested candidate; the first if there is none of that name. */
export function chosenOf<Candidate extends { readonly name: string }>(
  candidates: readonly Candidate[],
  name: string | undefined,
): Candidate | undefined {
  return candidates.find((candidate) => candidate.name === name) ?? candidates[0];
}
