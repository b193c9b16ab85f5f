import type { BrowserContext, Page } from 'playwright-core';

/** Set by payloads that are run. */
declare global {
  interface Window {
    canary?: unknown;
  }
}

/** What a console says of a request that was not answered with success: the page's own business. */
const REQUESTS = /^Failed to load resource: /;

/** What no page may do: run what is shown, break its policy, ask another host, or fail. */
export class Troubles {
  readonly found: string[] = [];
  /** The hosts that were asked. */
  readonly hosts = new Set<string>();

  /** Notes what the pages of a context do from now on. */
  static async of(context: BrowserContext): Promise<Troubles> {
    const troubles = new Troubles();
    await context.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        console.error(`Broken policy: ${violatedDirective} ${blockedURI}`),
      );
    });
    context.on('page', (page) => troubles.watch(page));
    context.on('request', (request) => troubles.hosts.add(new URL(request.url()).host));
    context.on('response', (response) => {
      if (response.status() >= 500) troubles.found.push(`${response.url()} was answered with ${response.status()}`);
    });
    return troubles;
  }

  private watch(page: Page): void {
    page.on('pageerror', (error) => this.found.push(`An error was thrown: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error' && !REQUESTS.test(message.text())) this.found.push(`The console says: ${message.text()}`);
    });
    page.on('dialog', (dialog) => {
      this.found.push(`A dialog was opened: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }
}
