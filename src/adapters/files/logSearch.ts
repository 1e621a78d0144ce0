import { Worker } from 'node:worker_threads';
import { FIND_LIMITS, type FoundInLog, type LogSearch, type SearchEnd } from '../../app/logs/findInLogs';

export interface SearchOrder {
  readonly paths: readonly string[];
  readonly source: string;
  readonly flags: string;
  /** Hits that are told over all logs. */
  readonly most: number;
}

export type SearchMessage = FoundInLog | 'alive';

/** A megabyte of a log takes some milliseconds, unless the expression tries too many ways. */
const PATIENCE_MS = 10_000;

/**
 * Searches in a thread of its own, which is ended when it is told to stop or when nothing was heard of it for long.
 * @param script the bundle of the thread.
 */
export function threadedSearch(script: string, patienceMs = PATIENCE_MS): LogSearch {
  return (paths, pattern, { signal, found, most = FIND_LIMITS.hits }) =>
    new Promise((resolve, reject) => {
      const workerData: SearchOrder = { paths, source: pattern.source, flags: pattern.flags, most };
      const worker = new Worker(script, { workerData });
      const end = (how: SearchEnd) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        void worker.terminate();
        resolve(how);
      };
      const stop = () => end('stopped');
      let timer = setTimeout(() => end('tooSlow'), patienceMs);
      worker.on('message', (message: SearchMessage) => {
        clearTimeout(timer);
        timer = setTimeout(() => end('tooSlow'), patienceMs);
        if (message !== 'alive') found(message);
      });
      worker.once('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      worker.once('exit', () => end('done'));
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
}
