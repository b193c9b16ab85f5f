import { useEffect, useRef } from 'preact/hooks';
import type { Experiment } from '../api/experiment.js';
import { Seen } from '../parts/seen.js';
import { hashOf } from '../route/route.js';
import { StateBadge, StateDetail } from './state.badge.js';
import type { Changing } from './use.changing.js';

/** Name of the experiment and, once they are known, its state and the button to switch it off. All of it stays in sight. */
export function ExperimentHead(props: {
  readonly name: string;
  readonly experiment: Experiment | undefined;
  readonly changing: Changing;
}) {
  const { name, experiment, changing } = props;
  const head = useRoomBelow();
  return (
    <div class="experiment-head" ref={head}>
      <div class="experiment-title">
        <a class="up" href={hashOf({ view: 'list', query: {} })}>
          Experiments
        </a>
        <h1 data-arrival tabIndex={-1}>
          <Seen text={name} />
        </h1>
        {experiment !== undefined && (
          <p class="experiment-state">
            <StateBadge experiment={experiment} />
            <strong class="percent">{experiment.percentEnabled} %</strong>
            <span class="quiet detail">
              <StateDetail experiment={experiment} />
            </span>
          </p>
        )}
      </div>
      {experiment !== undefined && <SwitchOff isOff={experiment.percentEnabled === 0} changing={changing} />}
    </div>
  );
}

function SwitchOff({ isOff, changing }: { readonly isOff: boolean; readonly changing: Changing }) {
  return (
    <button
      type="button"
      class="off"
      aria-disabled={isOff}
      onClick={() => {
        if (!isOff) void changing.switchOff();
      }}
    >
      {isOff ? 'Is off' : 'Switch off'}
    </button>
  );
}

/** Makes scrolled-to content stop below the element, which stays in sight. */
function useRoomBelow() {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const head = element.current;
    if (head === null) return undefined;
    const root = document.documentElement;
    const observer = new ResizeObserver(() => root.style.setProperty('--head-height', `${head.offsetHeight}px`));
    observer.observe(head);
    return () => {
      observer.disconnect();
      root.style.removeProperty('--head-height');
    };
  }, []);
  return element;
}
