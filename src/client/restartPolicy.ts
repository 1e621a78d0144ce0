const DELAYS_MS = [500, 1_000, 2_000, 5_000, 10_000];
const WINDOW_MS = 180_000;

/**
 * How long to wait before the engine is started again; undefined when it ended too often lately, and a person has to look.
 * @param endings when it ended unasked, epoch milliseconds, the newest last.
 */
export function restartDelay(endings: readonly number[], now: number): number | undefined {
  const recent = endings.filter((at) => now - at < WINDOW_MS).length;
  return DELAYS_MS[Math.max(0, recent - 1)];
}
