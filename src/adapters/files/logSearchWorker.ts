import { parentPort, workerData } from 'node:worker_threads';
import { FIND_LIMITS, findInLog } from '../../app/logs/findInLogs';
import { fileBytes } from './fileBytes';
import type { SearchMessage, SearchOrder } from './logSearch';

/** A thread that searches logs: an expression may take forever, and only a thread can be ended then. */
async function search({ paths, source, flags, most }: SearchOrder): Promise<void> {
  const say = (message: SearchMessage) => parentPort?.postMessage(message);
  const pattern = new RegExp(source, flags);
  let hits = 0;
  let bytes = 0;
  for (const [log, path] of paths.entries()) {
    if (bytes >= FIND_LIMITS.bytes) break;
    const found = await findInLog(fileBytes(path), log, pattern, most - hits, () => say('alive'));
    hits += found.hits.length;
    bytes += found.bytes;
    say(found);
  }
}

void search(workerData as SearchOrder);
