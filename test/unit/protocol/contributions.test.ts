import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { COMMANDS } from '../../../src/protocol/contributions/commands';
import { CONTEXT_KEYS } from '../../../src/protocol/contributions/contextKeys';
import { MATRIX_VIEW_TYPE, PLAN_VIEW_TYPE } from '../../../src/protocol/contributions/ids';
import { MENUS } from '../../../src/protocol/contributions/menus';
import { VIEW_CONTAINER, VIEWS } from '../../../src/protocol/contributions/views';
import { WALKTHROUGH_STEPS } from '../../../src/protocol/contributions/walkthrough';
import { WELCOME } from '../../../src/protocol/contributions/welcome';

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

  it('say in every view what to do where there is nothing to show, by one text at a time', () => {
    const trusted = { workspaceFolderCount: 1, isWorkspaceTrusted: true, 'backfill.hasManifest': true };
    const ready = { ...trusted, 'backfill.engine': 'ready' };
    const states: Record<string, readonly [context: Record<string, unknown>, views: readonly string[]]> = {
      'no folder': [{ workspaceFolderCount: 0, isWorkspaceTrusted: true, 'backfill.engine': 'none' }, Object.keys(VIEWS)],
      'no manifest': [{ ...trusted, 'backfill.hasManifest': false, 'backfill.engine': 'none' }, Object.keys(VIEWS)],
      'not trusted': [{ ...ready, isWorkspaceTrusted: false }, Object.keys(VIEWS)],
      // The trees tell the rest of these: mistakes, problems, what is being read.
      'a broken manifest': [{ ...ready, 'backfill.backfills': 'none' }, ['backfill.backfills', 'backfill.failures']],
      'nothing read': [{ ...ready, 'backfill.backfills': 'none', 'backfill.failures': 'some' }, ['backfill.backfills']],
      'no backfill': [
        { ...ready, 'backfill.read': true, 'backfill.backfills': 'none', 'backfill.failures': 'some' },
        ['backfill.backfills'],
      ],
      'no table of failures': [{ ...ready, 'backfill.backfills': 'some', 'backfill.failures': 'none' }, ['backfill.failures']],
      'no failure': [{ ...ready, 'backfill.backfills': 'some', 'backfill.failures': 'empty' }, ['backfill.failures']],
      'all there': [{ ...ready, 'backfill.backfills': 'some', 'backfill.failures': 'some' }, []],
    };
    for (const [state, [context, views]] of Object.entries(states)) {
      const shown = WELCOME.filter(({ when }) => holds(when, context));
      assert.deepEqual(shown.map(({ view }) => view).sort(), [...views].sort(), state);
      for (const { contents } of shown) {
        assert.match(contents, /\]\(command:/, state);
        assert.doesNotMatch(contents, /[`*]/, 'of Markdown only links are shown as such');
        if (context['backfill.read'] !== true) assert.doesNotMatch(contents, /backfill\.(launch|fillGaps)/, state);
      }
    }
  });

  it('have every action of a line also in its menu, once, in an order of its own', () => {
    const kinds = (when: string) => (/\^\(([^)]*)\)/.exec(when)?.[1] ?? '').split('|');
    const items = (MENUS['view/item/context'] ?? []).flatMap(({ command, when, group }) =>
      kinds(when).map((kind) => ({ command, kind, group, flag: /\\\+(\w+)/.exec(when)?.[1] })),
    );
    const inline = items.filter(({ group }) => group.startsWith('inline'));
    const listed = items.filter(({ group }) => !group.startsWith('inline'));
    for (const { command, kind } of inline)
      assert.ok(
        listed.some((one) => one.command === command && one.kind === kind),
        `${command} of ${kind} is an icon alone`,
      );
    const places = new Map<string, string>();
    for (const { command, kind, group } of listed) {
      const place = `${kind} ${group}`;
      const before = places.get(place);
      // Pause and Resume take turns.
      const turns = new Set([before, command, 'backfill.pause', 'backfill.resume']).size === 2;
      assert.ok(before === undefined || before === command || turns, `${command} and ${before} at ${place}`);
      places.set(place, command);
    }
  });

  it('name files that exist', () => {
    const { icon } = JSON.parse(readFileSync('package.json', 'utf8')) as { icon: string };
    const pictures = WALKTHROUGH_STEPS.map(({ picture }) => `media/walkthrough/${picture}.png`);
    for (const file of [icon, VIEW_CONTAINER.icon, ...pictures]) assert.ok(existsSync(file), file);
    for (const file of pictures) assert.ok(statSync(file).size <= 150_000, file);
  });
});

/** A when clause of the kind that welcome views have: terms that all hold. */
function holds(when: string, context: Record<string, unknown>): boolean {
  return when.split(' && ').every((term) => {
    const [, not, key = '', operator, value] = /^(!?)([\w.]+)(?: (==|!=) (\w+))?$/.exec(term) ?? assert.fail(term);
    if (operator === undefined) return Boolean(context[key]) !== (not === '!');
    return (String(context[key]) === value) === (operator === '==');
  });
}
