import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Experiment } from '../api/experiment.js';
import type { Changing } from '../experiment/use.changing.js';

/** Properties of a form of settings. */
export interface SettingFormProps {
  readonly experiment: Experiment;
  readonly changing: Changing;
}

/** Form of settings that are changed together. */
export function SettingForm(props: {
  readonly title: string;
  readonly hint: ComponentChildren;
  /** Description of invalid input, if there is any. */
  readonly problem: string | undefined;
  readonly isChanged: boolean;
  readonly isWide?: boolean;
  readonly onSave: () => void;
  readonly onReset: () => void;
  readonly children: ComponentChildren;
}) {
  const { title, hint, problem, isChanged, isWide = false, onSave, onReset, children } = props;
  const id = useId();
  const canSave = isChanged && problem === undefined;
  return (
    <section class={`panel${isWide ? ' wide' : ''}`} aria-labelledby={id}>
      <h3 id={id}>{title}</h3>
      <p class="quiet">{hint}</p>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (canSave) onSave();
        }}
      >
        {children}
        <p class="wrong" role="status">
          {problem}
        </p>
        <div class="actions">
          <button type="submit" class="primary" aria-disabled={!canSave}>
            Save
          </button>
          {isChanged && (
            <button type="button" onClick={onReset}>
              Undo
            </button>
          )}
        </div>
      </form>
    </section>
  );
}
