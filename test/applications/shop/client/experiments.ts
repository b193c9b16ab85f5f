import { request } from './http';
import { pause } from './wait';

/** What the library says of one experiment. */
export interface Tally {
  readonly name: string;
  readonly percentEnabled: number;
  readonly runs: number;
  readonly skipped: { readonly [reason: string]: number };
  readonly candidates: readonly { readonly name: string; readonly counts: { readonly [outcome: string]: number } }[];
}

/** Longer than candidates may take, and than the library waits before it writes. */
const SETTLING = 1_500;

/** Reads what the experiments have counted; none when they are absent. */
export async function readExperiments(): Promise<Tally[]> {
  await pause(SETTLING);
  const list = await request('/api/studies/experiments?limit=200');
  if (list.status === 404) return [];
  if (list.status !== 200) throw new Error(`The administration answers ${list.status}: ${list.body}`);
  const { items } = JSON.parse(list.body) as { items: Pick<Tally, 'name' | 'percentEnabled'>[] };
  const tallies: Tally[] = [];
  for (const { name, percentEnabled } of items) {
    const { body } = await request(`/api/studies/experiments/${name}/summary`);
    tallies.push({ percentEnabled, ...(JSON.parse(body) as Omit<Tally, 'percentEnabled'>) });
  }
  return tallies;
}
