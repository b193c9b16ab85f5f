import type { InjectionToken } from '@nestjs/common';
import { StudiesError } from '../base/errors.js';
import type { CandidateContext } from '../experiment/run-context.js';
import type { EffectProvider } from './effect.options.js';
import { ProviderGate } from './providers/provider-gate.js';
import { findReachableClients } from './reachable/reachable-clients.js';
import { RequestGate } from './requests/request-gate.js';

/** Settings of an application for what its candidates do outwards. */
export interface EffectSettings {
  readonly providers: readonly EffectProvider[];
  /** Requests that candidates may send. */
  readonly allowed: readonly string[];
}

/** Parts of the application that the gates need. */
export interface EffectPlace {
  /** Returns the candidate in whose context this is called, if any. */
  running(): CandidateContext | undefined;
  /**
   * Calls back with all that the application has, or makes, for a token: instances, or the prototype of those that are made later.
   *
   * @returns the number of its providers
   */
  eachOf(token: InjectionToken, see: (provided: unknown) => void): number;
  /** Logs a message for the operator. */
  say(message: string): void;
}

/** Most clients of an experiment that are named. */
const SHOWN = 5;

/** Gates of what candidates do outwards, other than by statements: their requests, and providers that send something. */
export class EffectGates {
  private readonly providers: ProviderGate;
  private readonly requests: RequestGate;
  private readonly told = new Set<string>();

  constructor(
    private readonly settings: EffectSettings,
    private readonly place: EffectPlace,
  ) {
    this.providers = new ProviderGate(() => place.running());
    this.requests = new RequestGate(place, settings.allowed);
  }

  /**
   * Guards the providers. To be called at the start, and again when the application has loaded more.
   *
   * @throws StudiesError when a token is nobody's
   */
  guard(): void {
    for (const provider of this.settings.providers) {
      const { provide, reads = [] } = isToken(provider) ? { provide: provider } : provider;
      const name = nameOf(provide);
      const found = this.place.eachOf(provide, (provided) => {
        if (!this.providers.guard(provided, name, reads)) this.tellOnce(name);
      });
      if (found === 0) throw makeUnknown(name);
    }
  }

  /**
   * Tells the operator which clients candidates can reach past the gates.
   *
   * @param hosts objects whose methods the control and the candidates are
   * @param isSeen decides which objects have a gate elsewhere
   */
  tellReachable(experiment: string, hosts: readonly object[], isSeen: (value: object) => boolean): void {
    const found = hosts.flatMap((host) => findReachableClients(host, (value) => this.providers.has(value) || isSeen(value)));
    if (found.length === 0) return;
    const shown = found.slice(0, SHOWN).map(({ place, kind }) => `${place} (${kind})`);
    const rest = found.length > SHOWN ? ` and ${found.length - SHOWN} more` : '';
    this.place.say(
      `Experiment "${experiment}": its candidates can reach ${shown.join(', ')}${rest}. What they send there is not refused. Name the provider in ` +
        'the option "effects" of StudiesModule, or set writes: "allow" if it does no harm.',
    );
  }

  /** Watches requests. To be called before a candidate runs. */
  open(): void {
    this.requests.open();
  }

  close(): void {
    this.requests.close();
  }

  private tellOnce(name: string): void {
    if (this.told.has(name)) return;
    this.told.add(name);
    this.place.say(
      `Option "effects": ${name} can't be guarded, because it is frozen, a Proxy, or has no methods. Candidates can use it. ` +
        'Name what it is made from instead, or wrap it in a class of your own.',
    );
  }
}

function isToken(provider: EffectProvider): provider is InjectionToken {
  return typeof provider !== 'object' || !('provide' in provider);
}

function nameOf(token: InjectionToken): string {
  return typeof token === 'function' ? token.name : String(token);
}

function makeUnknown(name: string): StudiesError {
  return new StudiesError(
    'INVALID_OPTIONS',
    `Option "effects" of StudiesModule names ${name}, which no module provides. Name the token by which it is injected.`,
    { field: 'effects', token: name },
  );
}
