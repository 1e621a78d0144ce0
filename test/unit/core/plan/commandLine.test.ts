import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { shellText } from '../../../../src/core/plan/commandLine';
import { skipBecause } from '../../../support/skip';

describe('shellText', () => {
  it('is read back by a shell as the same words', function () {
    if (process.platform === 'win32') skipBecause(this, 'Windows has no sh to read the command line with');
    const word = fc.string({ unit: fc.constantFrom(...'a1 \t\n\'"$`\\;&|*{}()<>!#~-é'.split('')), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const out = execFileSync('sh', ['-c', `printf '%s\\0' ${shellText(words)}`], { encoding: 'utf8' });
        assert.deepEqual(out.split('\0').slice(0, -1), words);
      }),
      { numRuns: 30 },
    );
  });
});
