import { useEffect, useRef } from 'preact/hooks';
import type { Experiment } from '../api/experiment.js';
import { Seen } from '../parts/seen.js';
import { hashOf } from '../route/route.js';
import { StateBadge, StateDetail } from './state.badge.js';
import type { Changing } from './use.changing.js';

/** Which experiment it is, its state, and the switch off, which are always in sight. */
export function ExperimentHead({ experiment, changing }: { readonly experiment: Experiment; readonly changing: Changing }) {
  const { name, percentEnabled } = experiment;
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
        <p class="experiment-state">
          <StateBadge experiment={experiment} />
          <strong class="percent">{percentEnabled} %</strong>
          <span class="quiet detail">
            <StateDetail experiment={experiment} />
          </span>
        </p>
      </div>
      <button
        type="button"
        class="off"
        aria-disabled={percentEnabled === 0}
        onClick={() => {
          if (percentEnabled > 0) void changing.switchOff();
        }}
      >
        {percentEnabled === 0 ? 'Is off' : 'Switch off'}
      </button>
    </div>
  );
}

/** Has what is scrolled to come to rest below the element, which stays in sight. */
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
