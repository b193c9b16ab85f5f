import process from 'node:process';
import type { Domain } from 'node:domain';

/** More than any code nests; what is entered beyond it is left as it is. */
const ENTERED = 100;

/**
 * Does something in no domain (`node:domain`), and enters again those that it was called in: what is begun in it would tell them its errors.
 * Costs one look at a property where the application has none.
 */
export function outsideOfDomain<Value>(act: () => Value): Value {
  // The types know of no `process.domain`: it is there once the application has loaded `node:domain`.
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
