import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../base/logger';
import type { GivenRequest, Journal } from '../journal';

const LOOK_MS = 500;

export interface RequestLoop {
  readonly journal: Pick<Journal, 'append' | 'requests'>;
  /** Of the backfill. */
  readonly id: string;
  /** Of the executor: what earlier ones were asked is over. */
  readonly session: number;
  /** Names of requests that were answered before. */
  readonly answered: ReadonlySet<string>;
  /** Does what is asked for, and says in a few words what that comes to. */
  readonly handle: (request: GivenRequest) => string;
}

/** Looks for requests until the returned function is called. An answer is on record once the journal can be written. */
export function answerRequests({ journal, id, session, answered, handle }: RequestLoop): () => void {
  const stop = new AbortController();
  const seen = new Set(answered);
  let told = false;
  const look = async () => {
    for (const request of await journal.requests(id)) {
      if (seen.has(request.name) || (request.session ?? session) < session) continue;
      seen.add(request.name);
      const { name, kind, by } = request;
      // Not waited for: a journal that cannot be written must not keep the next request from being seen.
      journal.append(id, { type: 'requested', request: name, kind, by, answer: handle(request) }).catch(() => undefined);
    }
  };
  const loop = async () => {
    while (!stop.signal.aborted) {
      await look().catch((thrown: unknown) => {
        if (told) return;
        told = true;
        const message = `Requests cannot be seen: ${messageOf(thrown)}`;
        journal.append(id, { type: 'note', message }).catch(() => undefined);
      });
      // A paused backfill with nothing that runs is kept alive by nothing else.
      await delay(LOOK_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  void loop();
  return () => stop.abort();
}
