import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import {
  COMMANDS,
  CONTEXT_KEYS,
  MATRIX_VIEW_TYPE,
  MENUS,
  PLAN_VIEW_TYPE,
  VIEW_CONTAINER,
  VIEWS,
  WALKTHROUGH_STEPS,
  WELCOME,
} from '../../../src/protocol/contributions';

describe('contributions', () => {
  it('are in package.json as they are typed', () => {
    execFileSync(process.execPath, ['scripts/contributions.mjs', '--check'], { stdio: 'pipe' });
  });

  it('refer to commands, views and keys that exist', () => {
    const known = new Set<string>([
      ...Object.keys(COMMANDS),
      ...Object.keys(VIEWS),
      ...Object.keys(CONTEXT_KEYS),
      MATRIX_VIEW_TYPE,
      PLAN_VIEW_TYPE,
    ]);
    const texts = [
      ...Object.values(MENUS).flatMap((items) => items.map(({ when }) => when)),
      ...Object.values(COMMANDS).flatMap((command) => [
        'enablement' in command ? command.enablement : '',
        'palette' in command ? command.palette : '',
      ]),
      ...WALKTHROUGH_STEPS.flatMap(({ description, completionEvents }) => [
        ...completionEvents.map((event) => event.slice(event.indexOf(':') + 1)),
        ...[...description.matchAll(/command:([\w.]+)/g)].map(([, id]) => id ?? ''),
      ]),
      ...WELCOME.flatMap(({ when, contents }) => [
        when,
        ...[...contents.matchAll(/command:([\w.]+)/g)].map(([, id]) => id ?? ''),
      ]),
    ];
    for (const [word] of texts.join(' ').matchAll(/\bbackfill\.[a-zA-Z]+/g)) assert.ok(known.has(word), word);
  });

  it('name files that exist', () => {
    const { icon } = JSON.parse(readFileSync('package.json', 'utf8')) as { icon: string };
    const pictures = WALKTHROUGH_STEPS.map(({ picture }) => `media/walkthrough/${picture}.png`);
    for (const file of [icon, VIEW_CONTAINER.icon, ...pictures]) assert.ok(existsSync(file), file);
    for (const file of pictures) assert.ok(statSync(file).size <= 150_000, file);
  });
});
