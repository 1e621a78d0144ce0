import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseDay } from '../../../../src/base/day';
import { readManifest } from '../../../../src/core/manifest/readManifest';
import { readWaivers } from '../../../../src/core/manifest/readWaivers';
import { assertProblems, unmark } from './marked';

const { pipeline } = readManifest(readFileSync('test/fixtures/manifests/whole.yaml', 'utf8'));

describe('waivers', () => {
  it('name a node, dates, a reason and an author, and may expire', () => {
    const { waivers, problems } = readWaivers(`waivers:
  - { processor: MLFS, from: 2021-11-05, to: 2021-11-09, reason: too early, author: ann, until: 2022-01-31 }
  - { source: BOX, date: 2021-12-01, reason: postponed, author: ben }
`);
    assert.deepEqual(problems, []);
    assert.deepEqual(waivers, [
      {
        node: 'MLFS',
        from: parseDay('2021-11-05'),
        to: parseDay('2021-11-09'),
        reason: 'too early',
        author: 'ann',
        until: parseDay('2022-01-31'),
      },
      { node: 'BOX', from: parseDay('2021-12-01'), to: parseDay('2021-12-01'), reason: 'postponed', author: 'ben' },
    ]);
  });

  it('are none in an empty file', () => {
    for (const text of ['', '# none yet\n', 'waivers: []']) assert.deepEqual(readWaivers(text), { waivers: [], problems: [] });
  });

  it('hold although another has a mistake', () => {
    const source = unmark(`waivers:
  - { processor: PDC, date: 2021-11-05, reason: r, author: a }
  - «{ processor: PDC, date: 2021-11-06, reason: r }»
  - { processor: PDC, from: 2021-11-09, to: «2021-11-08», reason: r, author: a }
  - «{ date: 2021-11-06, reason: r, author: a }»
  - { processor: PDC, date: 2021-11-07, reason: r, author: a, «untill»: 2021-12-01 }
  - «PDC»
  - { source: BOX, date: 2021-11-08, reason: r, author: a }
`);
    const { waivers, problems } = readWaivers(source.text);
    assertProblems(problems, source, [
      'missingKey: `author` is missing in a waiver: add it.',
      'badDate: `to` is 2021-11-08, before the start 2021-11-09: swap them or correct the year.',
      'missingKey: A waiver must say on what: add `processor: ID` or `source: ID`.',
      'unknownKey: `untill` is no key of a waiver. Did you mean `until`? => until',
      'wrongType: A waiver of `waivers` must be a mapping (`processor`, `source`, `from`, `to`, `date`, `reason`, …), not the text "PDC".',
    ]);
    assert.deepEqual(
      waivers.map(({ node }) => node),
      ['PDC', 'BOX'],
    );
  });

  it('warn of a node that the manifest does not have, when that is known', () => {
    const source = unmark('waivers: [{ processor: «MLSF», date: 2021-11-05, reason: r, author: a }]');
    const { waivers, problems } = readWaivers(source.text, pipeline);
    assertProblems(problems, source, [
      'warning unknownReference: The manifest has no `MLSF`, so this waives nothing. Did you mean `MLFS`? => MLFS',
    ]);
    assert.equal(waivers.length, 1);
    assert.deepEqual(readWaivers(source.text).problems, []);
  });

  it('are none where the file cannot be read', () => {
    const source = unmark('«- PDC»');
    const { waivers, problems } = readWaivers(source.text);
    assert.deepEqual(waivers, []);
    assertProblems(problems, source, ['wrongType: The file must be a mapping (`waivers`), not a list.']);
    assert.equal(readWaivers('waivers: [').problems[0]?.code, 'syntax');
    const merged = '<<<<<<< HEAD\n- {a: 1}\n=======\n- {b: 2}\n>>>>>>> other\n';
    assert.deepEqual(
      readWaivers(merged).problems.map(({ code, message }) => [code, message.slice(0, 33)]),
      [['syntax', 'A merge left its conflict here: c']],
      'one problem, whatever YAML thinks of it',
    );
  });
});
