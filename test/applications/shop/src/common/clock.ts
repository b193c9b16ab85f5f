/** The time that all answers and rows show: it stands still, so that they can be compared. */
export const NOW = new Date('2026-01-02T03:04:05.000Z');
