// A process that runs the test files that testWorkers.mjs sends it, one after the other.
// @ts-check
import { runMocha } from './mochaRun.mjs';

process.setSourceMapsEnabled(true);
process.on('message', (/** @type {{ file: string, options?: { timeout?: number } }} */ { file, options }) => {
  // What a test left open must not keep the others waiting.
  if (file === '') process.exit();
  void run(file, options);
});
process.on('disconnect', () => process.exit());

/** @param {string} file @param {{ timeout?: number }} [options] */
async function run(file, options) {
  const results = await runMocha([file], options);
  // What was printed is heard before what came of it.
  process.stdout.write('', () => process.send?.(results));
}
