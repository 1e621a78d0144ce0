import type { Context, Runnable } from 'mocha';

/** Skips the running test, or every test of the suite whose hook is running; `npm test` prints the reason at its end. */
export function skipBecause(context: Context, reason: string): never {
  return skip(context, { skipReason: reason });
}

/** The same for what runs where it is installed and may be missing on CI too. */
export function skipUnlessInstalled(context: Context, reason: string): never {
  return skip(context, { skipReason: reason, isOptional: true });
}

function skip(context: Context, marks: { readonly skipReason: string; readonly isOptional?: true }): never {
  const mark = (test: Runnable) => Object.assign(test, marks);
  const running: (Runnable & { readonly type?: string }) | undefined = context.test ?? context.currentTest;
  if (running?.type === 'hook') running.parent?.eachTest(mark);
  else if (running !== undefined) mark(running);
  return context.skip();
}
