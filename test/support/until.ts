import { setTimeout as delay } from 'node:timers/promises';

/** Waits until something holds; the test's own time limit ends it. */
export async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await delay(20);
}
