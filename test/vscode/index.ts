// What VS Code calls in its extension host: runs mocha there and leaves the results in `results.json` beside this bundle.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

interface TestResult {
  title: string;
  state: 'passed' | 'failed' | 'skipped';
  detail?: string;
}

/** Rejects when a test failed, which is how @vscode/test-electron learns of it. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000 });
  mocha.addFile(join(__dirname, 'tests.js'));
  const results: TestResult[] = [];
  const failures = await new Promise<number>((done) => {
    const runner = mocha.run(done);
    runner.on('pass', (test) => results.push({ title: test.fullTitle(), state: 'passed' }));
    runner.on('pending', (test) => results.push({ title: test.fullTitle(), state: 'skipped', detail: 'see the test' }));
    runner.on('fail', (test, error: unknown) => {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      results.push({ title: test.fullTitle(), state: 'failed', detail });
    });
  });
  writeFileSync(join(__dirname, 'results.json'), JSON.stringify(results));
  if (failures > 0) throw new Error(`${failures} tests failed in the extension host.`);
}
