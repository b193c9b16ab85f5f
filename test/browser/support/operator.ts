import type { Locator, Page, Response } from 'playwright-core';
import type { Troubles } from './troubles.js';

/** The parts of an experiment's view. */
export type Section = 'overview' | 'differences' | 'samples' | 'settings' | 'history';

/** Somebody who looks at the page, and finds things as people do: by what they are called. */
export class Operator {
  /** @param address where the administration is */
  constructor(
    readonly address: string,
    readonly page: Page,
    readonly troubles: Troubles,
  ) {}

  /** Goes to the list. */
  async openList(search = ''): Promise<void> {
    await this.open(`#/${search}`);
    await this.heading('Experiments').waitFor();
  }

  /** Goes to an experiment. */
  async openExperiment(name: string, section: Section = 'overview'): Promise<void> {
    await this.open(`#/experiments/${encodeURIComponent(name)}${section === 'overview' ? '' : `/${section}`}`);
    await this.page.getByRole('navigation', { name: 'Parts of the experiment' }).waitFor();
  }

  /** Goes to an address of the page. */
  async open(hash: string): Promise<Response | null> {
    return this.page.goto(`${this.address}${hash}`);
  }

  /** The row of an experiment in the list. */
  row(name: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }

  /** A figure in a row of the list, by the title of its column. */
  cell(name: string, column: string): Locator {
    return this.row(name).locator(`[data-label="${column}"]`);
  }

  /** The names in the list, from top to bottom. */
  async names(): Promise<string[]> {
    return this.page.getByRole('rowheader').getByRole('link').allTextContents();
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { name, exact: true });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** A part of the view that has a title. */
  region(name: string): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true });
  }

  /** The experiment's state and percentage, as its head has them. */
  async state(): Promise<string> {
    return (await this.page.locator('.experiment-state').innerText()).replace(/\s+/g, ' ').trim();
  }

  text(text: string | RegExp): Locator {
    return this.page.getByText(text);
  }

  /** All text that is seen. */
  async seen(): Promise<string> {
    return this.page.locator('body').innerText();
  }
}
