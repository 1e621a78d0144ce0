import assert from 'node:assert/strict';
import fc from 'fast-check';
import { BUILT_IN_PROFILES } from '../../../../src/core/logs/builtIn/profiles';
import { CompiledProfile } from '../../../../src/core/logs/compiledProfile';
import { PATTERN_KEYS } from '../../../../src/core/logs/patternKeys';

describe('a compiled profile', () => {
  const patterns = [
    '^done|finished',
    'b(?<rows>\\d+)',
    '^a (?<rows>\\d)',
    '(?<!x)end$',
    '(a)\\1z',
    '[(?<q>]{4}',
    '^(?:one|two)',
    '(',
  ];

  it('matches what its patterns match one by one', () => {
    const word = fc.constantFrom('done', 'finished', ' ', 'b', '12', 'a ', 'x', 'end', 'aaz', '(?<q', 'one', 'two', '\n');
    const message = fc.array(word, { maxLength: 5 }).map((words) => words.join(''));
    fc.assert(
      fc.property(message, fc.subarray(patterns), (text, success) => {
        const profile = new CompiledProfile({ success });
        const expected = patterns.filter((one) => success.includes(one)).some((one) => one !== '(' && new RegExp(one).test(text));
        assert.equal(profile.match('success', text) !== undefined, expected);
        if (expected) assert.ok(profile.mayTell(text));
      }),
      { numRuns: 1000 },
    );
  });

  it('may tell something wherever a pattern of a built-in one matches', () => {
    const lines = [
      'Processing game date 12/58: 2021-11-14',
      '  ✓ Success: 30 teams processed',
      'BOOTSTRAP: Skipping 2021-11-01 (early)',
    ];
    for (const profile of [...BUILT_IN_PROFILES.values()].map((one) => new CompiledProfile(one))) {
      for (const line of lines) {
        const told = PATTERN_KEYS.some((key) => key !== 'ignore' && profile.match(key, line) !== undefined);
        if (told) assert.ok(profile.mayTell(line), line);
      }
    }
  });
});
