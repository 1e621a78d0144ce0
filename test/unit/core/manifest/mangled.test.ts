import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { isAlias, isNode, parseDocument, visit } from 'yaml';
import { readManifest } from '../../../../src/core/manifest/readManifest';
import { readWaivers } from '../../../../src/core/manifest/readWaivers';
import type { ManifestReading, Pipeline, Position } from '../../../../src/core/pipeline';

const WHOLE = readFileSync('test/fixtures/manifests/whole.yaml', 'utf8');
const WAIVERS = `waivers:
  - { processor: PDC, date: 2021-11-05, reason: no source, author: ann }
  - { source: BOX, from: 2021-11-05, to: 2021-11-09, reason: strike, author: ben, until: 2022-01-01 }
`;

/** What holds of every reading, whatever the text. */
function assertLawful(text: string, { pipeline, problems }: ManifestReading): void {
  const broken = problems.some(({ severity }) => severity === 'error');
  assert.equal(pipeline === undefined, broken, 'a pipeline, or an error');
  const lines = text.split(/\r\n|\r|\n/);
  const inside = ({ line, column }: Position): boolean =>
    column >= 0 && column <= (lines[line] ?? '').length && line < lines.length;
  for (const { range, message, fix } of problems) {
    assert.ok(inside(range.start) && inside(range.end), `${message} lies in the text`);
    assert.ok(compare(range.start, range.end) <= 0, message);
    assert.match(message, /^[^a-z].*[.?]$/su);
    if (fix !== undefined) assert.ok(inside(fix.range.start) && inside(fix.range.end));
  }
  for (const [index, { range }] of problems.entries())
    if (index > 0) assert.ok(compare(problems[index - 1]?.range.start ?? range.start, range.start) <= 0, 'ascending');
  if (pipeline !== undefined) assertWhole(pipeline);
}

function compare(a: Position, b: Position): number {
  return a.line - b.line || a.column - b.column;
}

/** What the contract promises of a pipeline. */
function assertWhole(pipeline: Pipeline): void {
  const { nodes, sources, processors, calendars, phases, order, seasons } = pipeline;
  visitValues(pipeline, (value) => {
    if (typeof value === 'number') assert.ok(Number.isFinite(value), 'no stand-in');
    if (typeof value === 'string') assert.notEqual(value, undefined);
  });
  assert.deepEqual(nodes, [...sources, ...processors]);
  assert.equal(new Set(nodes.map(({ id }) => id)).size, nodes.length);
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    nodes.map(({ index }) => index),
  );
  const rank = new Map(order.map((node, at) => [node, at]));
  for (const [index, node] of nodes.entries()) {
    assert.equal(node.index, index);
    assert.ok(calendars[node.calendar] && node.tables.length > 0 && node.id !== '' && node.dateColumn !== '');
    if (node.kind === 'source') continue;
    assert.ok(phases[node.phase]);
    const needed = node.needs.flatMap((need) => (need.kind === 'single' ? [need] : need.alternatives));
    for (const { node: on, window } of needed) {
      assert.ok(nodes[on]);
      if (window.kind === 'same') assert.ok((rank.get(on) ?? 0) < (rank.get(index) ?? 0));
    }
    for (const run of node.run) if (run.kind === 'command') assert.ok(run.argv.length > 0);
  }
  for (const [index, season] of seasons.entries()) {
    assert.ok(season.from <= season.to);
    if (index > 0) assert.ok((seasons[index - 1]?.to ?? 0) < season.from);
  }
}

function visitValues(value: unknown, see: (value: unknown) => void): void {
  see(value);
  if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) visitValues(inner, see);
}

const POSITIONS: readonly (readonly [number, number])[] = (() => {
  const found: [number, number][] = [];
  visit(parseDocument(WHOLE), {
    Node: (_key, node) => {
      if (isNode(node) && !isAlias(node) && node.range) found.push([node.range[0], node.range[1]]);
    },
  });
  return found;
})();

const ODD = [
  '',
  '~',
  '[]',
  '{}',
  '*x',
  '&a [*a]',
  '&b',
  '!!int x',
  '!foo 1',
  '.nan',
  '-.inf',
  '1e999',
  '0x10',
  '-0',
  '{a}',
  '? a',
  '[,]',
  '"',
  "'",
];
const odd = fc.oneof(
  fc.constantFrom(
    ...ODD,
    '2021-02-30',
    '9999-12-31',
    '0001-01-01',
    '__proto__',
    'constructor',
    '{date}',
    'PGS',
    '\t',
    '\u0000',
    '\ufeff',
    '- ',
    ': ',
    '\r',
  ),
  fc.jsonValue().map((value) => JSON.stringify(value)),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

/** A sound manifest after one to four accidents. */
function mangled(sound: string, positions: readonly (readonly [number, number])[]): fc.Arbitrary<string> {
  const splice = fc.tuple(fc.nat({ max: sound.length }), fc.nat({ max: 12 }), odd).map(
    ([at, drop, put]) =>
      (text: string) =>
        text.slice(0, at) + put + text.slice(at + drop),
  );
  const line = fc
    .tuple(fc.nat(200), fc.nat(200), fc.constantFrom('drop', 'double', 'move'))
    .map(([from, to, how]) => (text: string) => {
      const lines = text.split('\n');
      const [taken = ''] = how === 'double' ? lines.slice(from % lines.length) : lines.splice(from % lines.length, 1);
      if (how !== 'drop') lines.splice(to % (lines.length + 1), 0, taken);
      return lines.join('\n');
    });
  const value = fc.tuple(fc.nat(), odd).map(([pick, put]) => (text: string) => {
    const [start, end] = positions[pick % Math.max(1, positions.length)] ?? [0, 0];
    return text.slice(0, start) + put + text.slice(end);
  });
  return fc
    .tuple(value, fc.array(fc.oneof(splice, line), { maxLength: 3 }))
    .map(([first, rest]) => rest.reduce((text, step) => step(text), first(sound)));
}

describe('any text', () => {
  it('is read lawfully when it is a mangled manifest', () => {
    let sound = 0;
    fc.assert(
      fc.property(mangled(WHOLE, POSITIONS), (text) => {
        const reading = readManifest(text);
        assertLawful(text, reading);
        if (reading.pipeline !== undefined) sound++;
      }),
      { numRuns: 500 },
    );
    assert.ok(sound > 0, 'some accidents leave a manifest sound, or the laws of pipelines were not tried');
  });

  it('is read lawfully when it is a mangled manifest that extends another', () => {
    const presets = new Map([['whole', WHOLE]]);
    const extending = WHOLE.replace('name: Basketball seasons', 'name: Mine\nextends: preset:whole\nwithout: [PGS, phase3]');
    let sound = 0;
    fc.assert(
      fc.property(mangled(extending, POSITIONS), (text) => {
        const reading = readManifest(text, presets);
        assertLawful(text, reading);
        if (reading.pipeline !== undefined) sound++;
      }),
      { numRuns: 500 },
    );
    assert.ok(sound > 0, 'some accidents leave a manifest sound');
  });

  it('is read lawfully when one value of a manifest is another', () => {
    fc.assert(
      fc.property(fc.nat(), odd, (pick, put) => {
        const [start, end] = POSITIONS[pick % POSITIONS.length] ?? [0, 0];
        const text = WHOLE.slice(0, start) + put + WHOLE.slice(end);
        assertLawful(text, readManifest(text));
      }),
      { numRuns: 500 },
    );
  });

  it('is read lawfully when it is anything', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.json()), (text) => {
        assertLawful(text, readManifest(text));
        for (const { message } of readWaivers(text).problems) assert.notEqual(message, '');
      }),
      { numRuns: 500 },
    );
  });

  it('gives only whole waivers when it is a mangled file of them', () => {
    fc.assert(
      fc.property(mangled(WAIVERS, []), (text) => {
        const { waivers, problems } = readWaivers(text);
        if (problems.length === 0 && text.includes('PDC')) assert.notEqual(waivers, undefined);
        for (const { node, from, to, reason, author, until } of waivers) {
          assert.ok(node !== '' && reason.trim() !== '' && author.trim() !== '');
          assert.ok(from <= to && (until === undefined || Number.isInteger(until)));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('cannot grow by aliases', () => {
    const laughs = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let level = 1; level < 12; level++)
      laughs.push(
        `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
      );
    assertLawful(laughs.join('\n'), readManifest(laughs.join('\n')));
    const many = (name: string): string => `[${Array(1000).fill(`*${name}`).join(', ')}]`;
    const text = `version: 1
name: &need BOX
sources: &needs ${many('need')}
exclude: &processor { id: A, table: a.b, date_column: d, needs: *needs }
failures: &processors ${many('processor')}
history: &phase { id: p, processors: *processors }
phases: ${many('phase')}
`;
    const reading = readManifest(text);
    assertLawful(text, reading);
    assert.ok(reading.problems.some(({ message }) => message === 'Its aliases repeat too much: write some of the values out.'));
  });

  it('may hold an alias of itself, or nest without end', () => {
    for (const text of [
      'phases: &a [*a]',
      '&a { phases: *a }',
      '['.repeat(10_000),
      '- '.repeat(10_000),
      '{a: '.repeat(10_000),
      `phases: ${'['.repeat(900)}${']'.repeat(900)}`,
    ])
      assertLawful(text, readManifest(text));
  });

  it('may be wrong everywhere', () => {
    const text = Array.from({ length: 2000 }, (_, at) => `key${at}: 1`).join('\n');
    const reading = readManifest(text);
    assertLawful(text, reading);
    assert.equal(reading.problems.length, 501);
    assert.ok(
      reading.problems.some(({ message }) => message === 'Only 500 problems are listed: more may follow when these are mended.'),
    );
  });

  it('may be a chain of needs longer than the call stack', () => {
    const count = 12_000;
    const processors = Array.from(
      { length: count },
      (_, at) => `  - { id: P${at}, table: a.p${at}, date_column: d, needs: [P${(at + 1) % count}] }`,
    );
    const head =
      'version: 1\nname: n\nwarehouse: { type: duckdb, path: x }\nseasons: [{ name: s, start: 2021-01-01, end: 2021-02-01 }]\nphases:\n- id: p\n  processors:\n';
    const circle = readManifest(head + processors.join('\n'));
    assert.deepEqual(
      circle.problems.map(({ code }) => code),
      ['cycle'],
    );
    const chain = readManifest(
      `${head}${processors.slice(0, -1).join('\n')}\n  - { id: P${count - 1}, table: a.last, date_column: d }`,
    );
    assert.equal(chain.pipeline?.order[0], count - 1);
  });
});
