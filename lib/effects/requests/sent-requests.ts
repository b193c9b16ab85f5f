import { Agent, ClientRequest } from 'node:http';

type AddRequest = (this: Agent, request: ClientRequest, ...rest: unknown[]) => void;
type OnSocket = (this: ClientRequest, socket: unknown, ...rest: unknown[]) => void;

const AGENTS = Agent.prototype as unknown as { addRequest: AddRequest }; // its types leave it out
const REQUESTS = ClientRequest.prototype as unknown as { onSocket: OnSocket };

/**
 * Watch over requests of `node:http` where Node announces none before it is sent. Each is seen when it gets an agent, or, without an agent, a
 * socket: until then nothing is sent. Node's classes have no other place for this.
 */
export class SentRequests {
  private readonly own: Readonly<{ addRequest: AddRequest; onSocket: OnSocket }>;
  private readonly before = { addRequest: AGENTS.addRequest, onSocket: REQUESTS.onSocket };
  private isStopped = false;

  /** @param refusalOf returns the error with which a request is refused, if it is */
  constructor(refusalOf: (request: ClientRequest) => Error | undefined) {
    const { addRequest, onSocket } = this.before;
    const refused = (request: ClientRequest) => {
      const refusal = this.isStopped || request.destroyed ? undefined : refusalOf(request);
      if (refusal !== undefined) request.destroy(refusal);
      return refusal;
    };
    this.own = {
      addRequest(request, ...rest) {
        const refusal = refused(request);
        // A request without a socket tells of its error when it is told that there is none.
        if (refusal === undefined) addRequest.call(this, request, ...rest);
        else onSocket.call(request, null, refusal);
      },
      onSocket(socket, ...rest) {
        refused(this);
        onSocket.call(this, socket, ...rest);
      },
    };
    AGENTS.addRequest = this.own.addRequest;
    REQUESTS.onSocket = this.own.onSocket;
  }

  /** Ends the watch, and puts Node's methods back unless somebody has replaced them since. */
  stop(): void {
    this.isStopped = true;
    if (AGENTS.addRequest === this.own.addRequest) AGENTS.addRequest = this.before.addRequest;
    if (REQUESTS.onSocket === this.own.onSocket) REQUESTS.onSocket = this.before.onSocket;
  }
}
