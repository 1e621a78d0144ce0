// A process that runs the test files that nodeTests.mjs sends it, one after the other.
// @ts-check
import { runMocha } from './mochaRun.mjs';

process.setSourceMapsEnabled(true);
process.on('message', (file) => {
  // What a test left open must not keep the others waiting.
  if (file === '') process.exit();
  void run(String(file));
});
process.on('disconnect', () => process.exit());

/** @param {string} file */
async function run(file) {
  const results = await runMocha([file]);
  // What was printed is heard before what came of it.
  process.stdout.write('', () => process.send?.(results));
}
