import { systemClock, type Clock } from '../base/clock.js';

/**
 * A clock that says how long behaviours took, whatever they did.
 *
 * @param durations in ms, by the behaviour's name; a behaviour that isn't named is timed
 */
export function fixedClock(durations: Readonly<Record<string, number>>): Clock {
  return (behaviour, withCpu, now) => {
    const duration = Object.hasOwn(durations, behaviour) ? durations[behaviour] : undefined;
    return duration === undefined ? systemClock(behaviour, withCpu, now) : { stop: () => ({ duration }) };
  };
}
