import process from 'node:process';
import type { Domain } from 'node:domain';

/** Domains that are left at most. No code nests that many; any beyond it stay entered. */
const ENTERED = 100;

/**
 * Runs something outside of all domains (`node:domain`), and enters them again afterwards. Work begun within a domain would report its
 * errors there. Costs one property access if the application uses no domains.
 */
export function outsideOfDomain<Value>(act: () => Value): Value {
  // Node's types don't declare `process.domain`: it exists once the application has loaded `node:domain`.
  const host = process as { readonly domain?: Domain | null };
  return host.domain ? outside(host, act) : act();
}

function outside<Value>(host: { readonly domain?: Domain | null }, act: () => Value): Value {
  const left: Domain[] = [];
  while (host.domain && left.length < ENTERED) {
    left.push(host.domain);
    host.domain.exit();
  }
  try {
    return act();
  } finally {
    for (const domain of left.reverse()) domain.enter();
  }
}
