import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatDay } from '../../../../src/base/day';
import type { Waiver } from '../../../../src/core/coverage/coverage';
import { readWaivers } from '../../../../src/core/manifest/readWaivers';
import { addWaivers, type NewWaiver, removeWaivers, type WaiversEdit } from '../../../../src/core/waivers/editWaivers';
import { day } from '../../../support/builders';

const FILE = `# Reviewed every month.
waivers:
  # The league said so: see the mail of 2021-11-08
  - { processor: PGS, date: 2021-11-05, reason: The league never published it, author: ann }

  - source: BOX # the vendor
    from: 2022-01-03
    to: 2022-01-09
    reason: "The vendor: will resend it"
    author: ben
    until: 2022-03-01
`;

const waiver = (more: Partial<NewWaiver> = {}): NewWaiver => ({
  kind: 'processor',
  node: 'PDC',
  from: day('2021-12-01'),
  to: day('2021-12-03'),
  reason: 'too early: #1, {x}',
  author: 'cleo',
  until: day('2022-06-30'),
  ...more,
});

function textOf(edit: WaiversEdit): string {
  assert.ok('text' in edit, JSON.stringify(edit));
  return edit.text;
}

describe('adding waivers', () => {
  it('appends a line and leaves every other one as it is', () => {
    const odd = `${FILE}    #   an odd   end`.replace(' # the', '     #the');
    const text = textOf(addWaivers(odd, [waiver()]));
    assert.equal(
      text,
      `${odd}\n  - { processor: PDC, from: 2021-12-01, to: 2021-12-03, reason: "too early: #1, {x}", author: cleo, until: 2022-06-30 }\n`,
    );
  });

  it('writes the first one, a single date that never ends', () => {
    const first = waiver({ kind: 'source', node: 'BOX', to: day('2021-12-01'), reason: 'late' });
    const { until: _until, ...endless } = first;
    const line = '  - { source: BOX, date: 2021-12-01, reason: late, author: cleo }\n';
    assert.equal(textOf(addWaivers('', [endless])), `waivers:\n${line}`);
    assert.equal(textOf(addWaivers('waivers: []\n', [endless])), `waivers:\n${line}`);
    assert.equal(textOf(addWaivers('# none yet\n', [endless])), `# none yet\n\nwaivers:\n${line}`);
  });

  it('keeps the ends of lines, the indentation and the blanks in braces', () => {
    const windows = FILE.replaceAll('\n', '\r\n');
    assert.ok(textOf(addWaivers(windows, [waiver()])).startsWith(windows));
    const flat = 'waivers:\n- {processor: PGS, date: 2021-11-05, reason: r, author: a}\n';
    assert.ok(textOf(addWaivers(flat, [waiver()])).startsWith(`${flat}- {processor: PDC`));
  });

  it('leaves a file with a mistake alone, and says where it is', () => {
    for (const [text, line] of [
      ['waivers:\n  - { processor: PGS, date: 2021-11-05, reason: r }\n', 1],
      ['waivers:\n  - processor: PGS\n   date: x\n', 2],
      ['- PGS\n', 0],
    ] as const) {
      const edit = addWaivers(text, [waiver()]);
      assert.ok('problem' in edit, JSON.stringify(edit));
      assert.equal(edit.problem.range.start.line, line, text);
    }
  });
});

describe('removing waivers', () => {
  it('takes a whole one out, and leaves the others as they are', () => {
    const text = textOf(removeWaivers(FILE, 'PGS', [{ from: day('2021-11-01'), to: day('2021-11-30') }]));
    assert.equal(text.slice(text.indexOf('  - source')), FILE.slice(FILE.indexOf('  - source')));
    assert.deepEqual(
      readWaivers(text).waivers.map(({ node }) => node),
      ['BOX'],
    );
  });

  it('cuts one that covers more, into two where it must', () => {
    const text = textOf(removeWaivers(FILE, 'BOX', [{ from: day('2022-01-05'), to: day('2022-01-05') }]));
    assert.deepEqual(
      readWaivers(text).waivers.map(({ node, from, to }) => `${node} ${formatDay(from)} ${formatDay(to)}`),
      ['PGS 2021-11-05 2021-11-05', 'BOX 2022-01-03 2022-01-04', 'BOX 2022-01-06 2022-01-09'],
    );
    assert.match(text, /# Reviewed every month\./);
  });

  it('changes nothing where nothing of it is waived', () => {
    assert.equal(textOf(removeWaivers(FILE, 'PGS', [{ from: day('2022-01-05'), to: day('2022-01-05') }])), FILE);
    assert.equal(textOf(removeWaivers('', 'PGS', [{ from: 0, to: 1 }])), '');
  });
});

const word = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12 }),
  fc.constantFrom('yes', 'null', '2021-11-05', '- x', '# y', 'a: b', '"', "it's", '{', '1e3', ' x'),
);
const arbitrary: fc.Arbitrary<NewWaiver> = fc
  .record({
    node: fc.constantFrom('PDC', 'PGS', 'BOX'),
    from: fc.integer({ min: day('2021-11-01'), max: day('2021-11-20') }),
    length: fc.nat(5),
    reason: word,
    author: word,
    until: fc.option(fc.integer({ min: day('2022-01-01'), max: day('2022-01-09') }), { nil: undefined }),
  })
  .map(({ length, until, ...rest }) => ({
    kind: 'processor',
    ...rest,
    to: rest.from + length,
    ...(until !== undefined && { until }),
  }));

describe('editing waivers', () => {
  const held = (waivers: readonly Waiver[]) =>
    new Set(
      waivers.flatMap((one) =>
        Array.from(
          { length: one.to - one.from + 1 },
          (_, at) => `${one.node} ${one.from + at} ${one.reason} ${one.author} ${one.until}`,
        ),
      ),
    );

  it('says what was meant, whatever the texts are, or leaves the file alone', () => {
    fc.assert(
      fc.property(fc.array(arbitrary, { minLength: 1, maxLength: 4 }), fc.constantFrom('', FILE), (added, file) => {
        const edit = addWaivers(file, added);
        if (!('text' in edit)) return;
        const { waivers, problems } = readWaivers(edit.text);
        assert.deepEqual(problems, []);
        assert.deepEqual(held(waivers), held([...readWaivers(file).waivers, ...added]));
      }),
      { numRuns: 300 },
    );
  });

  it('removes exactly the dates that were named', () => {
    const dates = fc.tuple(fc.integer({ min: day('2021-11-01'), max: day('2021-11-25') }), fc.nat(4));
    fc.assert(
      fc.property(fc.array(arbitrary, { maxLength: 4 }), fc.array(dates, { minLength: 1, maxLength: 3 }), (added, picked) => {
        const made = addWaivers('', added);
        if (!('text' in made)) return;
        const ranges = picked.map(([from, length]) => ({ from, to: from + length }));
        const gone = (text: string) => ranges.some(({ from, to }) => text.startsWith('PDC ') && inside(text, from, to));
        const after = readWaivers(textOf(removeWaivers(made.text, 'PDC', ranges))).waivers;
        assert.deepEqual(held(after), new Set([...held(made.waivers)].filter((text) => !gone(text))));
      }),
      { numRuns: 300 },
    );
  });

  const inside = (text: string, from: number, to: number) =>
    Number(text.split(' ')[1]) >= from && Number(text.split(' ')[1]) <= to;
});
