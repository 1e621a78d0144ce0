import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse, parseDocument } from 'yaml';
import { readManifest } from '../../../../src/core/manifest/readManifest';
import { readWaivers } from '../../../../src/core/manifest/readWaivers';
import { SECTIONS } from '../../../../src/core/manifest/sections';

const REFERENCE = readFileSync('docs/manifest.md', 'utf8');

/** The text below each heading of the third level. */
const documented = new Map(
  REFERENCE.split(/^### /m)
    .slice(1)
    .map((part) => [part.slice(0, part.indexOf('\n')), part.split(/^## /m)[0] ?? '']),
);

/** By key, the column `default` of the section's table, with the keys of the section that it says it has all of. */
function keysUnder(heading: string): ReadonlyMap<string, string> {
  const part = documented.get(heading) ?? '';
  const inherited = /has all keys of \[(\w)([^\]]*)\]/.exec(part);
  const keys = new Map(inherited ? keysUnder(headingOf(`${inherited[1]}${inherited[2]}`)) : []);
  for (const [, key = '', fallback = ''] of part.matchAll(/^\| `(\w+)` \|[^|]*\| ([^|]*) \|/gm)) keys.set(key, fallback);
  return keys;
}

function headingOf(noun: string): string {
  const heading = noun.charAt(0).toUpperCase() + noun.slice(1);
  return documented.has(heading) ? heading : ([...documented.keys()].find((other) => other.startsWith(heading)) ?? heading);
}

describe('the reference of the manifest', () => {
  for (const { noun, keys } of Object.values(SECTIONS)) {
    it(`names the keys of ${noun}, and no others`, () => {
      assert.deepEqual([...keysUnder(headingOf(noun)).keys()].sort(), keys.map(({ name }) => name).sort());
    });

    it(`says which keys of ${noun} are required`, () => {
      for (const { name, required } of keys) {
        const said = keysUnder(headingOf(noun)).get(name);
        // A run without command is a run with sql: the reader says so in words of its own.
        if (noun === 'a run with `command`' && name === 'command') assert.equal(said, 'required');
        else assert.equal(said === 'required', required, `${name}: ${said}`);
      }
    });
  }

  it('describes nothing that the reader does not know', () => {
    assert.deepEqual(
      [...documented.keys()].sort(),
      Object.values(SECTIONS)
        .map(({ noun }) => headingOf(noun))
        .sort(),
    );
  });

  it('links only to what is there', () => {
    const chapters = [...REFERENCE.matchAll(/^## (.*)/gm)].map(([, title = '']) => title);
    const anchors = [...documented.keys(), ...chapters].map((heading) =>
      heading.toLowerCase().replaceAll('`', '').replaceAll(' ', '-'),
    );
    for (const [, anchor = ''] of REFERENCE.matchAll(/\]\(#([^)]*)\)/g)) assert.ok(anchors.includes(anchor), anchor);
  });

  it('has examples that read without problems', () => {
    const examples = [...REFERENCE.matchAll(/```yaml\n(.*?)```/gs)].map(([, yaml = '']) => yaml);
    const whole = examples.find((yaml) => yaml.startsWith('version:')) ?? '';
    assert.deepEqual(readManifest(whole).problems, []);
    const extending = examples.find((yaml) => /^extends:/m.test(yaml)) ?? '';
    assert.deepEqual(readManifest(extending).problems, []);
    assert.match(extending, /^extends:/m);
    assert.deepEqual(readWaivers(examples.find((yaml) => yaml.startsWith('waivers:')) ?? '').problems, []);
    const beside = examples.filter((yaml) => /^(?:failures|history):/.test(yaml));
    assert.equal(beside.length, 2);
    for (const part of beside) assert.deepEqual(readManifest(`${whole}${part}`).problems, [], part);
    const parts = examples.filter((yaml) => /^(?:expect|needs|run):/.test(yaml));
    assert.equal(parts.length, 3);
    for (const part of parts) {
      const manifest = parseDocument(whole);
      const path = ['phases', 1, 'processors', 0];
      for (const [key, value] of Object.entries<unknown>(parse(part))) manifest.setIn([...path, key], value);
      manifest.setIn([...path, 'entity'], 'player');
      manifest.addIn(['phases', 0, 'processors'], { id: 'ZONES', table: 'a.zones', date_column: 'game_date' });
      manifest.addIn(['phases', 0, 'processors'], { id: 'UPGC', table: 'a.upgc', date_column: 'game_date' });
      assert.deepEqual(readManifest(String(manifest)).problems, [], part);
    }
  });
});

describe('the fixture of all keys', () => {
  it('uses every key of a manifest', () => {
    const fixture = readFileSync('test/fixtures/manifests/whole.yaml', 'utf8');
    const elsewhere = new Set([
      'duckdbWarehouse',
      'parquetWarehouse',
      'bigqueryWarehouse',
      'waiversFile',
      'waiver',
      'logProfile',
    ]);
    for (const [name, { keys }] of Object.entries(SECTIONS)) {
      if (elsewhere.has(name)) continue;
      for (const key of keys)
        if (!['extends', 'without'].includes(key.name))
          assert.match(fixture, new RegExp(`\\b${key.name}:`), `${name}.${key.name}`);
    }
  });
});
