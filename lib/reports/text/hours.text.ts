const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const HOURS = 24;

/** Describes hours of the week, 0 to 167 from Sunday 0:00 on, such as "Sun, Mon 3–5, 22–24". */
export function hoursText(hours: readonly number[]): string {
  const days = DAYS.map((name, day) => ({ name, hours: hours.filter((hour) => Math.floor(hour / HOURS) === day) }));
  return days
    .filter((day) => day.hours.length > 0)
    .map((day) => (day.hours.length === HOURS ? day.name : `${day.name} ${listSpans(day.hours.map((hour) => hour % HOURS))}`))
    .join(', ');
}

function listSpans(hours: readonly number[]): string {
  const spans: { from: number; to: number }[] = [];
  for (const hour of hours) {
    const last = spans.at(-1);
    if (last?.to === hour) last.to = hour + 1;
    else spans.push({ from: hour, to: hour + 1 });
  }
  return spans.map(({ from, to }) => `${from}–${to}`).join(', ');
}
