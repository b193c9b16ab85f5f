import type { Experiment } from '../api/experiment.js';
import type { RouteQuery } from '../route/route.js';
import type { Changing } from './use.changing.js';

/** Properties of a section of an experiment's view. */
export interface SectionProps {
  readonly experiment: Experiment;
  readonly changing: Changing;
  readonly query: RouteQuery;
}
