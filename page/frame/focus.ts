/** Moves the focus to the heading of the current view. */
export function focusHeading(): void {
  const heading = [...document.querySelectorAll<HTMLElement>('main [data-arrival]')].at(-1);
  (heading ?? document.querySelector('main'))?.focus({ preventScroll: true });
}

/** Keeps the focus on the page when the next drawing removes the focused element. */
export function keepFocus(): void {
  requestAnimationFrame(() => {
    if (document.activeElement === null || document.activeElement === document.body) focusHeading();
  });
}
