import { Injectable } from '@nestjs/common';
import type { ExperimentResult, Observation } from 'nestjs-studies';
import { labelOf, LIMIT, type City } from '../cities/city.js';

/** Counts what happens to the search, and says it in one line. */
@Injectable()
export class Tally {
  private requests = 0;
  private results: ExperimentResult[] = [];

  countRequest(): void {
    this.requests += 1;
  }

  countResult(result: ExperimentResult): void {
    this.results.push(result);
  }

  /** What has been counted since it was last asked; what there is no data for is left out. */
  line(): string {
    const { requests, results } = this;
    this.requests = 0;
    this.results = [];
    const counts = `${padded(requests)} requests, ${padded(results.length)} ran the candidate`;
    if (results.length === 0) return counts;

    const candidates = results.flatMap((result) => result.candidates);
    const count = (...outcomes: string[]) => padded(candidates.filter(({ outcome }) => outcomes.includes(outcome)).length);
    const outcomes = `${count('matched')} matched, ${count('mismatched')} mismatched, ${count('errored', 'timedOut')} errors`;
    const times = `control ${median(results.map(({ control }) => control))}, candidate ${median(candidates)}`;
    const example = results.find(({ mismatched }) => mismatched);
    return [counts, outcomes, times, ...(example === undefined ? [] : [difference(example)])].join(' | ');
  }
}

function padded(count: number): string {
  return String(count).padStart(3);
}

function median(observations: readonly { readonly duration: number }[]): string {
  const sorted = observations.map(({ duration }) => duration).sort((a, b) => a - b);
  return `${(sorted[sorted.length >>> 1] ?? 0).toFixed(3)} ms`;
}

/** The first place at which two answers differ: what was asked, what the control has there, and what the candidate. */
function difference({ context, control, candidates: [candidate] }: ExperimentResult): string {
  const asked = JSON.stringify(context['text']);
  if (candidate?.kind !== 'returned') return `${asked}: ${String(candidate)}`;
  const [ours, theirs] = [listed(control), listed(candidate)];
  let place = 0;
  while (place < LIMIT && ours[place] === theirs[place]) place += 1;
  if (place === LIMIT) return `${asked}: other cities with the same names`;
  return `${asked} #${place + 1}: control ${ours[place] ?? 'nothing'}, candidate ${theirs[place] ?? 'nothing'}`;
}

function listed(observation: Observation): string[] {
  return observation.kind === 'returned' ? (observation.value as City[]).map(labelOf) : []; // the search gives cities
}
