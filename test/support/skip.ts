import type { Context } from 'mocha';

/** Skips the running test; `npm test` prints the reason at its end. */
export function skipBecause(context: Context, reason: string): never {
  const test = context.test ?? context.currentTest;
  if (test !== undefined) Object.assign(test, { skipReason: reason });
  return context.skip();
}
