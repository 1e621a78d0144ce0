import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse, parseDocument } from 'yaml';
import { readManifest } from '../../../../src/core/manifest/readManifest';

const PAGE = readFileSync('docs/yourPipeline.md', 'utf8');
/** The examples of each chapter, by its number. */
const chapters = new Map(
  PAGE.split(/^## (?=\d+\. )/m)
    .slice(1)
    .map((chapter) => [
      Number.parseInt(chapter, 10),
      Array.from(chapter.matchAll(/```yaml\n(.*?)```/gs), ([, yaml = '']) => yaml),
    ]),
);
const top = (...numbers: readonly number[]) => numbers.flatMap((number) => chapters.get(number) ?? []);

describe('the page about describing a pipeline', () => {
  it('has examples that together are a manifest without a mistake', () => {
    const whole = parseDocument(top(2, 3, 4, 5, 9).join(''));
    assert.deepEqual(readManifest(String(whole)).problems, []);
    const [run, programs] = chapters.get(8) ?? [];
    const sales = ['phases', 0, 'processors', 0];
    const trend = ['phases', 1, 'processors', 0];
    for (const [path, example] of [
      [sales, top(6)[0]],
      [trend, top(7)[0]],
      [trend, run],
      [[], programs],
    ] as const)
      for (const [key, value] of Object.entries<unknown>(parse(example ?? ''))) whole.setIn([...path, key], value);
    const { pipeline, problems } = readManifest(String(whole));
    assert.deepEqual(problems, []);
    assert.equal(pipeline?.processors.map(({ needs, run: ways }) => needs.length + ways.length).join(), '0,6');
    const [way] = pipeline?.processors[1]?.run ?? [];
    assert.equal(way?.kind === 'command' && way.argv[0], '.venv/bin/python');
  });

  it('is already one after the fifth step, and shows how to extend a preset', () => {
    assert.deepEqual(readManifest(top(2, 3, 4, 5).join('')).problems, []);
    assert.deepEqual(readManifest(top(10).join('')).problems, []);
  });

  it('links only to what is there', () => {
    const reference = readFileSync('docs/manifest.md', 'utf8');
    for (const [, file = '', anchor] of PAGE.matchAll(/\]\(([^)#]+)(?:#([^)]*))?\)/g)) {
      assert.notEqual(readFileSync(`docs/${file}`, 'utf8'), '');
      if (anchor !== undefined) assert.ok(new RegExp(`^##+ ${anchor}$`, 'im').test(reference), anchor);
    }
  });
});
