/**
 * What the signals of the system mean to an executor: it outlives its terminal (SIGHUP) and the Ctrl+C that was meant for whoever watches
 * it (SIGINT); SIGTERM cancels the backfill. The returned signal aborts on SIGTERM.
 */
export function executorSignals(): AbortSignal {
  const cancel = new AbortController();
  process.on('SIGHUP', () => undefined);
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => cancel.abort());
  return cancel.signal;
}
