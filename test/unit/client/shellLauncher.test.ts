import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellLauncher } from '../../../src/client/shellLauncher';
import { skipBecause } from '../../support/skip';

describe('shellLauncher', () => {
  it('runs the command line on the given runtime with the words as they were typed', function () {
    if (process.platform === 'win32') skipBecause(this, 'the launcher of this system is no shell script');
    const folder = mkdtempSync(join(tmpdir(), "it's a folder "));
    try {
      const script = join(folder, 'print words.js');
      writeFileSync(script, 'console.log(JSON.stringify([process.env.ELECTRON_RUN_AS_NODE, ...process.argv.slice(2)]))');
      const [posix] = shellLauncher(process.execPath, script);
      const launcher = join(folder, posix?.name ?? '');
      writeFileSync(launcher, posix?.text ?? '');
      chmodSync(launcher, 0o755);
      const words = ['run', '--reason', `it's "fixed" $HOME *`, ''];
      assert.deepEqual(JSON.parse(execFileSync(launcher, words, { encoding: 'utf8' })), ['1', ...words]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('has a batch file for Windows', () => {
    const [, windows] = shellLauncher('C:\\Code 100%\\Code.exe', 'C:\\x\\cli.js');
    assert.equal(windows?.name, 'backfill.cmd');
    assert.match(windows?.text ?? '', /^"C:\\Code 100%%\\Code\.exe" "C:\\x\\cli\.js" %\*\r$/m);
  });
});
