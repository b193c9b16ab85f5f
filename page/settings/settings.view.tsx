import { hashOf } from '../route/route.js';
import { GuardrailsForm } from './guardrails.form.js';
import { MeasureForm } from './measure.form.js';
import { PeriodForm } from './period.form.js';
import { Removal } from './removal.js';
import { SubjectsForm } from './subjects.form.js';
import type { SectionProps } from '../experiment/section.js';

/** All settings but the share of calls. */
export function SettingsView({ experiment, changing }: SectionProps) {
  const { name, ignorePaths } = experiment;
  return (
    <>
      <h2 class="section-title" data-arrival tabIndex={-1}>
        Settings
      </h2>
      <div class="settings">
        <PeriodForm experiment={experiment} changing={changing} />
        <SubjectsForm experiment={experiment} changing={changing} />
        <MeasureForm experiment={experiment} changing={changing} />
        <GuardrailsForm experiment={experiment} changing={changing} />
      </div>
      <p>
        {ignorePaths.length === 0
          ? 'No field is'
          : ignorePaths.length === 1
            ? 'One field is'
            : `${ignorePaths.length} fields are`}{' '}
        left out of the comparison here, apart from those in the code:{' '}
        <a href={hashOf({ view: 'experiment', name, section: 'differences', query: {} })}>Differences</a>
      </p>
      <Removal experiment={experiment} />
    </>
  );
}
