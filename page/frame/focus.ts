/** Moves the focus to the heading of what was last arrived at. */
export function focusHeading(): void {
  const heading = [...document.querySelectorAll<HTMLElement>('main [data-arrival]')].at(-1);
  (heading ?? document.querySelector('main'))?.focus({ preventScroll: true });
}

/** Sees to it that the focus is not lost when what had it goes away with what is drawn next. */
export function keepFocus(): void {
  requestAnimationFrame(() => {
    if (document.activeElement === null || document.activeElement === document.body) focusHeading();
  });
}
